from __future__ import annotations

from datetime import date

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import ExpressionWrapper, F, Func, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE, transition

from agency.models import Lifecycle, Region, StateField, TransitionRecord
from agreements.enums.life import ENDED, RUNNING, AgreementState, DissolutionGround
from agreements.models.machine import TRIGGERS
from agreements.querysets.life import AgreementQuerySet
from institutions.models import DesignationApplication, Institution
from institutions.models.letters import letter_key

_STATE = AgreementState
_DAY_AFTER_THE_LAST = ExpressionWrapper(F("last_day") + 1, output_field=models.DateField())
# Who, since when, until when, under which number; how the state moved is in the transitions.
_KEPT_FIELDS = (
    *("number", "institution", "region", "valid_from", "valid_to", "last_day"),
    *("signed_on", "dissolution_ground", "renewal_of"),
)


class DateRange(Func):
    function = "DATERANGE"
    output_field = DateRangeField()


@pghistory.track(
    pghistory.InsertEvent(), pghistory.UpdateEvent(condition=pghistory.AnyChange(*_KEPT_FIELDS))
)
class Agreement(Lifecycle):
    """The contract between the agency of a region and an institution (Order 2 arts. 10, 26-53).

    `valid_from` and `valid_to` are both inclusive (T-07). `last_day` is the last day the
    agreement bound the parties: `valid_to`, or earlier once dissolved or terminated.

    No index and no constraint with an index behind it names `state` or `ended_on`: so a state
    moves as a heap-only update, and a sweep over thousands touches no index (README, "Clock").
    """

    number = models.CharField(_("number"), max_length=20, unique=True, null=True, blank=True)
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="agreements",
    )
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="agreements"
    )
    state = StateField(_("state"), choices=AgreementState.choices, default=AgreementState.DRAFT)
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"))
    last_day = models.DateField(_("last day"))
    signed_on = models.DateField(_("signed on"), null=True, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    dissolution_ground = models.PositiveSmallIntegerField(
        _("ground of dissolution"), choices=DissolutionGround, null=True, blank=True
    )
    renewal_of = models.OneToOneField(
        "self",
        verbose_name=_("renewal of"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="renewed_by",
    )
    application = models.OneToOneField(
        DesignationApplication,
        verbose_name=_("application"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="agreement",
        help_text=_("The application for designation it was negotiated on."),
    )
    guidance_until = models.DateField(
        _("policy guidance until"),
        null=True,
        blank=True,
        help_text=_("Of an institution newly designated (A-11); it has no effect in law."),
    )
    renewal_apply_by = models.DateField(_("renewal to be applied for by"), null=True, blank=True)
    renewal_remind_on = models.DateField(_("reminder of renewal on"), null=True, blank=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["-valid_from", "-pk"]
        triggers = TRIGGERS
        constraints = [
            models.CheckConstraint(
                name="agreement_number_has_its_form",
                condition=Q(number__isnull=True)
                | Q(number__regex=r"^[0-9]{6}-[0-9]{4}-[0-9]{4,}$"),
            ),
            models.CheckConstraint(
                name="agreement_ends_after_it_begins", condition=Q(valid_to__gte=F("valid_from"))
            ),
            models.CheckConstraint(
                name="agreement_last_day_within_term",
                condition=Q(last_day__lte=F("valid_to"), last_day__gte=F("valid_from") - 1),
            ),
            models.CheckConstraint(
                name="agreement_signed_has_day_and_number",
                condition=Q(state=_STATE.DRAFT, signed_on__isnull=True, number__isnull=True)
                | Q(state=_STATE.CANCELLED)
                | (~Q(state=_STATE.DRAFT) & Q(signed_on__isnull=False, number__isnull=False)),
            ),
            models.CheckConstraint(
                name="agreement_ended_has_its_day",
                condition=Q(state__in=ENDED, ended_on__isnull=False)
                | (~Q(state__in=ENDED) & Q(ended_on__isnull=True)),
            ),
            models.CheckConstraint(
                name="agreement_dissolved_has_a_ground",
                condition=Q(state=_STATE.DISSOLVED, dissolution_ground__isnull=False)
                | (~Q(state=_STATE.DISSOLVED) & Q(dissolution_ground__isnull=True)),
            ),
            ExclusionConstraint(
                name="agreement_one_at_a_time",
                expressions=[
                    ("institution", RangeOperators.EQUAL),
                    ("region", RangeOperators.EQUAL),
                    # Half open: an agreement that ended before its first day occupies none.
                    (DateRange("valid_from", _DAY_AFTER_THE_LAST), RangeOperators.OVERLAPS),
                ],
                condition=Q(signed_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.number or gettext("Draft %(pk)s") % {"pk": self.pk}

    def get_absolute_url(self) -> str:
        return reverse("agreements_desk:detail", args=[self.pk])

    def get_portal_url(self) -> str:
        return reverse("agreements_portal:detail", args=[self.pk])

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING

    @transition(field=state, source=_STATE.DRAFT, target=_STATE.SIGNED)
    def sign(self, *, on: date, number: str) -> None:
        self.signed_on, self.number = on, number

    @transition(field=state, source=[_STATE.DRAFT, _STATE.SIGNED], target=_STATE.CANCELLED)
    def cancel(self) -> None:
        # It never bound anybody: no day is taken.
        self.last_day = date.fromordinal(self.valid_from.toordinal() - 1)

    @transition(field=state, source=_STATE.SIGNED, target=_STATE.EFFECTIVE)
    def take_effect(self) -> None:
        pass

    @transition(field=state, source=_STATE.EFFECTIVE, target=_STATE.SUSPENDED)
    def suspend(self) -> None:
        pass

    @transition(field=state, source=_STATE.SUSPENDED, target=_STATE.EFFECTIVE)
    def resume(self) -> None:
        pass

    @transition(field=state, source=RUNNING, target=_STATE.EXPIRED)
    def expire(self) -> None:
        self.ended_on = self.valid_to

    @transition(field=state, source=_STATE.EFFECTIVE, target=_STATE.RENEWED)
    def give_way_to_renewal(self) -> None:
        self.ended_on = self.valid_to

    @transition(field=state, source=RUNNING, target=_STATE.DISSOLVED)
    def dissolve(self, *, on: date, ground: int) -> None:
        """`on` is the first day without an agreement."""
        self.dissolution_ground, self.ended_on = ground, on
        self.last_day = date.fromordinal(on.toordinal() - 1)

    @transition(
        field=state,
        source=_STATE.SUSPENDED,
        target=RETURN_VALUE(_STATE.EFFECTIVE, _STATE.EXPIRED),
    )
    @transition(
        field=state,
        source=_STATE.DISSOLVED,
        target=RETURN_VALUE(_STATE.EFFECTIVE, _STATE.SUSPENDED, _STATE.EXPIRED, _STATE.RENEWED),
    )
    @transition(
        field=state,
        source=_STATE.AUTO_TERMINATED,
        target=RETURN_VALUE(_STATE.EFFECTIVE, _STATE.EXPIRED, _STATE.RENEWED),
    )
    @transition(field=state, source=_STATE.EXPIRED, target=RETURN_VALUE(_STATE.RENEWED))
    def restore(self, *, state: AgreementState, last_day: date) -> AgreementState:
        """Be again what it would be without the act that was annulled (B-19)."""
        self.dissolution_ground, self.last_day = None, last_day
        self.ended_on = last_day if state in ENDED else None
        return state

    @transition(field=state, source=_STATE.CANCELLED, target=_STATE.SIGNED)
    def reinstate(self) -> None:
        """Signed again: it was given up because of an act that was annulled."""
        self.last_day = self.valid_to

    @transition(field=state, source=_STATE.SUSPENDED, target=_STATE.AUTO_TERMINATED)
    def terminate_automatically(self, *, on: date) -> None:
        """`on` is the first day without an agreement: the day after the limit (B-13)."""
        self.ended_on = on
        self.last_day = date.fromordinal(on.toordinal() - 1)


class AgreementClock(models.Model):
    """When the program must next move a signed or running agreement by itself. Kept by the
    database (`machine.py`), one row per such agreement; the sweeps read this narrow table.
    """

    agreement = models.OneToOneField(
        Agreement,
        verbose_name=_("agreement"),
        primary_key=True,
        on_delete=models.CASCADE,
        related_name="clock",
    )
    turns_on = models.DateField(_("takes effect or ends on"))
    reminds_on = models.DateField(_("reminder of renewal on"), null=True)

    class Meta:
        verbose_name = _("clock of an agreement")
        verbose_name_plural = _("clocks of agreements")
        indexes = [
            models.Index(name="agreementclock_turns", fields=["turns_on"]),
            models.Index(
                name="agreementclock_reminds",
                fields=["reminds_on"],
                condition=Q(reminds_on__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.turns_on}"


class AgreementTransition(TransitionRecord):
    subject = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="transitions")
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of an agreement")
        verbose_name_plural = _("transitions of agreements")
