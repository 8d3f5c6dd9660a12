import pghistory
import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from settlements.enums import BreachState
from settlements.models.statement import Statement
from settlements.querysets import PotentialBreachQuerySet


@pghistory.track()
class PotentialBreach(models.Model):
    """A payment the agency let fall overdue: a potential breach of its own (B-12, Order 2
    art. 39). Found by the program, seen by the institution and by the administration.
    """

    statement = models.OneToOneField(
        Statement, verbose_name=_("statement"), on_delete=models.PROTECT, related_name="breach"
    )
    state = models.CharField(
        _("state"), max_length=12, choices=BreachState, default=BreachState.POTENTIAL
    )
    due_on = models.DateField(_("was to be paid by"))
    began_on = models.DateField(_("overdue since"))
    amount = models.DecimalField(_("amount"), max_digits=16, decimal_places=2)
    found_at = models.DateTimeField(_("found at"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    late_workdays = models.PositiveIntegerField(_("working days late"), null=True, blank=True)

    objects = PotentialBreachQuerySet.as_manager()

    class Meta:
        verbose_name = _("potential agency breach")
        verbose_name_plural = _("potential agency breaches")
        ordering = ["-began_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="potentialbreach_begins_after_the_deadline",
                condition=Q(began_on__gt=F("due_on")),
            ),
            models.CheckConstraint(
                name="potentialbreach_ended_has_its_day",
                condition=Q(state=BreachState.POTENTIAL, ended_on__isnull=True)
                | (~Q(state=BreachState.POTENTIAL) & Q(ended_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="potentialbreach_paid_late_counts_its_days",
                condition=~Q(state=BreachState.PAID_LATE) | Q(late_workdays__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="state_machine",
                field="state",
                transitions=[
                    ("potential", "paid_late"),
                    ("potential", "cancelled"),
                    ("cancelled", "potential"),
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.statement} · {self.began_on}"
