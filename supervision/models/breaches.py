"""The agency in breach: its periods that passed, and what follows (B-12, Order 2 art. 39)."""

from __future__ import annotations

from datetime import date, datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.enums import Actor
from agency.models import Attachment, Lifecycle, Region, StateField, TransitionRecord, User
from agency.powers import only_of
from agreements.models import Agreement
from institutions.models import Institution
from institutions.models.letters import letter_key
from settlements.models import PotentialBreach
from supervision.enums.disputes import (
    AgencyBreachState,
    AgencyMeasureKind,
    AgencyMeasureState,
    DemandState,
)
from supervision.querysets.disputes import (
    AgencyBreachQuerySet,
    AgencyMeasureQuerySet,
    CorrectionDemandQuerySet,
)

_BREACH, _DEMAND, _MEASURE = AgencyBreachState, DemandState, AgencyMeasureState
_ANSWERED = [_DEMAND.ACCEPTED, _DEMAND.REFUSED, _DEMAND.CORRECTED]


def _letter(name: str) -> models.OneToOneField:
    return models.OneToOneField(
        "agency.OfficialLetter",
        verbose_name=_("letter"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name=name,
    )


def _person(label: object) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=label,  # type: ignore[arg-type]
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )


class AgencyBreach(Lifecycle):
    """A period of the agency's own toward an institution that passed without the duty being done.
    Found by the program in the register of clocks; a payout points at its own entry there.
    """

    number = models.CharField(_("number"), max_length=30, unique=True)
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="agency_breaches",
    )
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    state = StateField(_("state"), choices=_BREACH.choices, default=_BREACH.POTENTIAL)
    clock = models.CharField(_("clock"), max_length=60)
    row_id = models.BigIntegerField(_("key of the matter"))
    matter = models.CharField(_("matter"), max_length=80)
    payout = models.OneToOneField(
        PotentialBreach,
        verbose_name=_("overdue payment"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="breach",
    )
    due_on = models.DateField(_("was to be done by"))
    began_on = models.DateField(_("overdue since"))
    found_at = models.DateTimeField(_("found at"))
    ended_on = models.DateField(_("ended on"), null=True, blank=True)
    late_workdays = models.PositiveIntegerField(_("working days late"), null=True, blank=True)

    objects = AgencyBreachQuerySet.as_manager()

    class Meta:
        verbose_name = _("breach by the agency")
        verbose_name_plural = _("breaches by the agency")
        ordering = ["-began_on", "-pk"]
        indexes = [
            models.Index(name="agencybreach_by_day", fields=["-began_on", "-id"]),
            models.Index(name="agencybreach_of_institution", fields=["institution", "-began_on"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="agencybreach_number_has_its_form",
                condition=Q(number__regex=r"^BRE-[0-9]{6}-[0-9]{4}-[0-9]{4,}$"),
            ),
            models.UniqueConstraint(name="agencybreach_once", fields=["clock", "row_id"]),
            models.CheckConstraint(
                name="agencybreach_begins_after_the_deadline",
                condition=Q(began_on__gt=F("due_on")),
            ),
            models.CheckConstraint(
                name="agencybreach_ended_has_its_day",
                condition=Q(state=_BREACH.POTENTIAL, ended_on__isnull=True)
                | (~Q(state=_BREACH.POTENTIAL) & Q(ended_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="agencybreach_done_late_counts_its_days",
                condition=Q(state=_BREACH.ENDED, late_workdays__isnull=False)
                | (~Q(state=_BREACH.ENDED) & Q(late_workdays__isnull=True)),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="state_machine",
                field="state",
                transitions=[
                    ("potential", "ended"),
                    ("potential", "cancelled"),
                    ("cancelled", "potential"),
                    ("cancelled", "ended"),
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("supervision_desk:breach", args=[self.number])

    def get_portal_url(self) -> str:
        return reverse("supervision_portal:breach", args=[self.number])


class AgencyBreachTransition(TransitionRecord):
    subject = models.ForeignKey(AgencyBreach, on_delete=models.PROTECT, related_name="transitions")

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a breach by the agency")
        verbose_name_plural = _("transitions of breaches by the agency")


class CorrectionDemand(Lifecycle):
    """An institution demands that the agency corrects a breach of the agreement (art. 39)."""

    number = models.CharField(_("number"), max_length=30, unique=True)
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="correction_demands",
    )
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    agreement = models.ForeignKey(
        Agreement,
        verbose_name=_("agreement"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="correction_demands",
    )
    breach = models.ForeignKey(
        AgencyBreach,
        verbose_name=_("breach by the agency"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="demands",
    )
    state = StateField(_("state"), choices=_DEMAND.choices, default=_DEMAND.FILED)
    text = models.TextField(_("what is demanded"))
    files = models.ManyToManyField(
        Attachment, verbose_name=_("evidence"), blank=True, related_name="+"
    )
    filed_at = models.DateTimeField(_("filed at"))
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("filed by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    answer_due_on = models.DateField(_("to be answered by"))
    answer_due_basis = models.JSONField(_("basis of the deadline"), default=dict)
    answer_due_provisional = models.BooleanField(_("deadline is provisional"), default=False)
    answer = models.TextField(_("answer"), blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = _person(_("answered by"))
    correct_by_on = models.DateField(_("to be corrected by"), null=True, blank=True)
    correction = models.TextField(_("what was corrected"), blank=True)
    corrected_on = models.DateField(_("corrected on"), null=True, blank=True)
    corrected_by = _person(_("corrected by"))
    letter = _letter("correction_demand")

    objects = CorrectionDemandQuerySet.as_manager()

    class Meta:
        verbose_name = _("demand for correction")
        verbose_name_plural = _("demands for correction")
        ordering = ["-filed_at", "-pk"]
        indexes = [models.Index(name="correctiondemand_by_filing", fields=["-filed_at", "-id"])]
        constraints = [
            models.CheckConstraint(
                name="correctiondemand_number_has_its_form",
                condition=Q(number__regex=r"^DEM-[0-9]{6}-[0-9]{4}-[0-9]{4,}$"),
            ),
            models.CheckConstraint(
                name="correctiondemand_answer_has_its_facts",
                condition=(
                    Q(state__in=_ANSWERED, answered_at__isnull=False, answered_by__isnull=False)
                    & ~Q(answer="")
                )
                | (
                    ~Q(state__in=_ANSWERED)
                    & Q(answered_at__isnull=True, answered_by__isnull=True, answer="")
                ),
            ),
            models.CheckConstraint(
                name="correctiondemand_accepted_has_its_day",
                condition=Q(
                    state__in=[_DEMAND.ACCEPTED, _DEMAND.CORRECTED], correct_by_on__isnull=False
                )
                | (
                    ~Q(state__in=[_DEMAND.ACCEPTED, _DEMAND.CORRECTED])
                    & Q(correct_by_on__isnull=True)
                ),
            ),
            models.CheckConstraint(
                name="correctiondemand_correction_has_its_facts",
                condition=(
                    Q(
                        state=_DEMAND.CORRECTED,
                        corrected_on__isnull=False,
                        corrected_by__isnull=False,
                    )
                    & ~Q(correction="")
                )
                | (
                    ~Q(state=_DEMAND.CORRECTED)
                    & Q(corrected_on__isnull=True, corrected_by__isnull=True, correction="")
                ),
            ),
            models.UniqueConstraint(
                name="correctiondemand_one_open_a_breach",
                fields=["breach"],
                condition=Q(breach__isnull=False, state__in=[_DEMAND.FILED, _DEMAND.ACCEPTED]),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="state_machine",
                field="state",
                transitions=[
                    ("filed", "accepted"),
                    ("filed", "refused"),
                    ("filed", "withdrawn"),
                    ("accepted", "corrected"),
                ],
            ),
            only_of(Actor.AGENCY, "answered_by", "corrected_by"),
            only_of(Actor.INSTITUTION, "filed_by"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("supervision_desk:demand", args=[self.number])

    def get_portal_url(self) -> str:
        return reverse("supervision_portal:demand", args=[self.number])

    @transition(field=state, source=_DEMAND.FILED, target=_DEMAND.ACCEPTED)
    def accept(self, *, by: User, at: datetime, answer: str, correct_by_on: date) -> None:
        self.answered_by, self.answered_at, self.answer = by, at, answer
        self.correct_by_on = correct_by_on

    @transition(field=state, source=_DEMAND.FILED, target=_DEMAND.REFUSED)
    def refuse(self, *, by: User, at: datetime, answer: str) -> None:
        self.answered_by, self.answered_at, self.answer = by, at, answer

    @transition(field=state, source=_DEMAND.FILED, target=_DEMAND.WITHDRAWN)
    def withdraw(self) -> None:
        pass

    @transition(field=state, source=_DEMAND.ACCEPTED, target=_DEMAND.CORRECTED)
    def correct(self, *, by: User, on: date, correction: str) -> None:
        self.corrected_by, self.corrected_on, self.correction = by, on, correction


class CorrectionDemandTransition(TransitionRecord):
    subject = models.ForeignKey(
        CorrectionDemand, on_delete=models.PROTECT, related_name="transitions"
    )
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a demand for correction")
        verbose_name_plural = _("transitions of demands for correction")


class AgencyMeasure(Lifecycle):
    """What the administration does about an agency in breach, and its follow-up (art. 39)."""

    number = models.CharField(_("number"), max_length=30, unique=True)
    region = models.ForeignKey(
        Region, verbose_name=_("region of the agency"), on_delete=models.PROTECT, related_name="+"
    )
    breach = models.ForeignKey(
        AgencyBreach,
        verbose_name=_("breach by the agency"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="measures",
    )
    kind = models.CharField(_("kind"), max_length=15, choices=AgencyMeasureKind)
    state = StateField(_("state"), choices=_MEASURE.choices, default=_MEASURE.TAKEN)
    text = models.TextField(_("text"))
    taken_on = models.DateField(_("taken on"))
    taken_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("taken by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    due_on = models.DateField(_("to be reported by"), null=True, blank=True)
    due_basis = models.JSONField(_("basis of the deadline"), default=dict, blank=True)
    due_provisional = models.BooleanField(_("deadline is provisional"), default=False)
    report = models.TextField(_("report of the agency"), blank=True)
    reported_at = models.DateTimeField(_("reported at"), null=True, blank=True)
    reported_by = _person(_("reported by"))
    closing = models.TextField(_("result of the follow-up"), blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_by = _person(_("closed by"))
    letter = _letter("agency_measure")

    objects = AgencyMeasureQuerySet.as_manager()

    class Meta:
        verbose_name = _("measure on the agency")
        verbose_name_plural = _("measures on the agency")
        ordering = ["-taken_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="agencymeasure_number_has_its_form",
                condition=Q(number__regex=r"^AGM-[0-9]{6}-[0-9]{4}-[0-9]{4,}$"),
            ),
            models.CheckConstraint(
                name="agencymeasure_rectification_has_its_day",
                condition=~Q(kind=AgencyMeasureKind.RECTIFICATION) | Q(due_on__isnull=False),
            ),
            models.CheckConstraint(
                name="agencymeasure_report_has_its_facts",
                condition=(Q(reported_at__isnull=False, reported_by__isnull=False) & ~Q(report=""))
                | Q(reported_at__isnull=True, reported_by__isnull=True, report=""),
            ),
            models.CheckConstraint(
                name="agencymeasure_closed_has_its_facts",
                condition=(
                    Q(state=_MEASURE.CLOSED, closed_on__isnull=False, closed_by__isnull=False)
                    & ~Q(closing="")
                )
                | (
                    ~Q(state=_MEASURE.CLOSED)
                    & Q(closed_on__isnull=True, closed_by__isnull=True, closing="")
                ),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="state_machine",
                field="state",
                transitions=[
                    ("taken", "reported"),
                    ("reported", "taken"),
                    ("reported", "closed"),
                    ("taken", "closed"),
                ],
            ),
            only_of(Actor.ADMINISTRATION, "taken_by", "closed_by"),
            only_of(Actor.AGENCY, "reported_by"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("supervision_desk:agency_measure", args=[self.number])

    @property
    def asks_for_report(self) -> bool:
        return self.state == _MEASURE.TAKEN and self.due_on is not None

    @transition(field=state, source=_MEASURE.TAKEN, target=_MEASURE.REPORTED)
    def report_back(self, *, by: User, at: datetime, report: str) -> None:
        self.reported_by, self.reported_at, self.report = by, at, report

    @transition(field=state, source=_MEASURE.REPORTED, target=_MEASURE.TAKEN)
    def send_back(self, *, due_on: date) -> None:
        """The report does not do: what it said stays in the history."""
        self.reported_by, self.reported_at, self.report = None, None, ""
        self.due_on = due_on

    @transition(field=state, source=[_MEASURE.TAKEN, _MEASURE.REPORTED], target=_MEASURE.CLOSED)
    def close(self, *, by: User, on: date, closing: str) -> None:
        self.closed_by, self.closed_on, self.closing = by, on, closing


class AgencyMeasureTransition(TransitionRecord):
    subject = models.ForeignKey(AgencyMeasure, on_delete=models.PROTECT, related_name="transitions")
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a measure on the agency")
        verbose_name_plural = _("transitions of measures on the agency")
