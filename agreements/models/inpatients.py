from datetime import date, datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agency.models import Attachment, User
from agreements.enums.cascade import CascadeKind
from agreements.models.agreement import Agreement
from agreements.querysets.cascade import InpatientWarningQuerySet

_BOUNDARIES = [
    (CascadeKind.SUSPEND.value, _("Suspension")),
    (CascadeKind.DISSOLVE.value, _("Dissolution")),
]


class InpatientWarning(models.Model):
    """The institution's duty to warn its inpatients when its agreement is suspended or dissolved,
    and to say how many lie over the boundary (B-13): what is provided from `boundary_on` is not
    settled.
    """

    agreement = models.ForeignKey(
        Agreement,
        verbose_name=_("agreement"),
        on_delete=models.PROTECT,
        related_name="inpatient_warnings",
    )
    kind = models.CharField(_("kind"), max_length=10, choices=_BOUNDARIES)
    boundary_on = models.DateField(_("first day without settlement"))
    due_on = models.DateField(_("to be answered by"))
    due_basis = models.JSONField(_("basis of the deadline"), default=dict, blank=True)
    due_provisional = models.BooleanField(_("deadline is provisional"), default=False)
    created_at = models.DateTimeField(_("imposed at"))
    inpatients = models.PositiveIntegerField(
        _("inpatients over the boundary"), null=True, blank=True
    )
    told_on = models.DateField(
        _("patients told on"), null=True, blank=True, help_text=_("Empty where there were none.")
    )
    note = models.TextField(_("what was arranged for them"), blank=True)
    file = models.ForeignKey(
        Attachment,
        verbose_name=_("file"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("answered by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    void_on = models.DateField(
        _("fell away on"), null=True, blank=True, help_text=_("What imposed it was annulled.")
    )

    objects = InpatientWarningQuerySet.as_manager()

    class Meta:
        verbose_name = _("warning of inpatients")
        verbose_name_plural = _("warnings of inpatients")
        ordering = ["-boundary_on", "-pk"]
        indexes = [
            models.Index(
                name="inpatientwarning_open",
                fields=["due_on"],
                condition=Q(answered_at__isnull=True, void_on__isnull=True),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                name="inpatientwarning_one_of_a_boundary",
                fields=["agreement", "boundary_on", "kind"],
                condition=Q(void_on__isnull=True),
            ),
            models.CheckConstraint(
                name="inpatientwarning_answered_has_its_facts",
                condition=Q(
                    answered_at__isnull=True, answered_by__isnull=True, inpatients__isnull=True
                )
                | Q(answered_at__isnull=False, answered_by__isnull=False, inpatients__isnull=False),
            ),
            models.CheckConstraint(
                name="inpatientwarning_patients_were_told",
                condition=Q(inpatients__isnull=True)
                | Q(inpatients=0, told_on__isnull=True)
                | Q(inpatients__gt=0, told_on__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="answered_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.answered_at IS NOT NULL AND (OLD.answered_at, OLD.inpatients, OLD.told_on)"
                    " IS DISTINCT FROM (NEW.answered_at, NEW.inpatients, NEW.told_on)"
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} {self.boundary_on}"

    def get_absolute_url(self) -> str:
        return self.agreement.get_absolute_url()

    def get_portal_url(self) -> str:
        return self.agreement.get_portal_url()

    @property
    def is_open(self) -> bool:
        return self.answered_at is None and self.void_on is None

    def respond(
        self, *, by: User, at: datetime, inpatients: int, told_on: date | None, note: str
    ) -> None:
        self.answered_by, self.answered_at = by, at
        self.inpatients, self.told_on, self.note = inpatients, told_on, note
