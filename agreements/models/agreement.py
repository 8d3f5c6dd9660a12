from __future__ import annotations

from datetime import date

import pghistory
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django_fsm import FSMField, transition

from agency.models import Lifecycle, Region, TransitionRecord
from agreements.enums import AgreementState, DissolutionGround
from agreements.querysets import AgreementQuerySet
from institutions.models import Institution

_STATE = AgreementState
_RUNNING = [_STATE.EFFECTIVE, _STATE.SUSPENDED]
_ENDED = [_STATE.EXPIRED, _STATE.RENEWED, _STATE.DISSOLVED, _STATE.AUTO_TERMINATED]


class DateRange(Func):
    function = "DATERANGE"
    output_field = DateRangeField()


@pghistory.track()
class Agreement(Lifecycle):
    """The contract between the agency of a region and an institution (Order 2 arts. 10, 26-53).

    `valid_from` and `valid_to` are both inclusive (T-07). `last_day` is the last day the
    agreement bound the parties: `valid_to`, or earlier once dissolved or terminated.
    """

    number = models.CharField(_("number"), max_length=20, unique=True)
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="agreements",
    )
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="agreements"
    )
    state = FSMField(
        _("state"), choices=AgreementState.choices, default=AgreementState.DRAFT, protected=True
    )
    valid_from = models.DateField(_("valid from"))
    valid_to = models.DateField(_("valid to"))
    last_day = models.DateField(_("last day"), db_index=True)
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

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["-valid_from", "-number"]
        indexes = [
            models.Index(
                name="agreement_expiry_sweep", fields=["valid_to"], condition=Q(state__in=_RUNNING)
            ),
            models.Index(name="agreement_by_state", fields=["state", "valid_to"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="agreement_number_has_its_form",
                condition=Q(number__regex=r"^[0-9]{6}-[0-9]{4}-[0-9]{4,}$"),
            ),
            models.CheckConstraint(
                name="agreement_ends_after_it_begins", condition=Q(valid_to__gte=F("valid_from"))
            ),
            models.CheckConstraint(
                name="agreement_last_day_within_term", condition=Q(last_day__lte=F("valid_to"))
            ),
            models.CheckConstraint(
                name="agreement_signed_has_its_day",
                condition=Q(state=_STATE.DRAFT) | Q(signed_on__isnull=False),
            ),
            models.CheckConstraint(
                name="agreement_ended_has_its_day",
                condition=Q(state__in=_ENDED, ended_on__isnull=False)
                | (~Q(state__in=_ENDED) & Q(ended_on__isnull=True)),
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
                    (
                        DateRange(
                            "valid_from",
                            "last_day",
                            RangeBoundary(inclusive_lower=True, inclusive_upper=True),
                        ),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=~Q(state=_STATE.DRAFT),
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @transition(field=state, source=_STATE.DRAFT, target=_STATE.SIGNED)
    def sign(self, *, on: date) -> None:
        self.signed_on = on

    @transition(field=state, source=_STATE.SIGNED, target=_STATE.EFFECTIVE)
    def take_effect(self) -> None:
        pass

    @transition(field=state, source=_STATE.EFFECTIVE, target=_STATE.SUSPENDED)
    def suspend(self) -> None:
        pass

    @transition(field=state, source=_STATE.SUSPENDED, target=_STATE.EFFECTIVE)
    def resume(self) -> None:
        pass

    @transition(field=state, source=_RUNNING, target=_STATE.EXPIRED)
    def expire(self) -> None:
        self.ended_on = self.valid_to

    @transition(field=state, source=_RUNNING, target=_STATE.RENEWED)
    def give_way_to_renewal(self) -> None:
        self.ended_on = self.valid_to

    @transition(field=state, source=_RUNNING, target=_STATE.DISSOLVED)
    def dissolve(self, *, on: date, ground: int) -> None:
        """`on` is the first day without an agreement."""
        self.dissolution_ground, self.ended_on = ground, on

    @transition(field=state, source=_STATE.SUSPENDED, target=_STATE.AUTO_TERMINATED)
    def terminate_automatically(self, *, on: date) -> None:
        """`on` is the first day without an agreement: the day after the limit (B-13)."""
        self.ended_on = on


class AgreementTransition(TransitionRecord):
    subject = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="transitions")

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of an agreement")
        verbose_name_plural = _("transitions of agreements")
