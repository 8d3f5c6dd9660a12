"""Disputes about an agreement, their ways and their results (B-19, Order 2 art. 46)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import transition

from agency.models import Attachment, Lifecycle, Region, StateField, TransitionRecord, User
from agreements.models import Agreement, AgreementRequest, Suspension
from institutions.models import ChangeRequest, Institution
from institutions.models.letters import letter_key
from supervision.enums.disputes import (
    OPEN_DISPUTE_STATES,
    OUTSIDE_ROUTES,
    DisputeResult,
    DisputeRoute,
    DisputeState,
    DisputeSubject,
    EffectKind,
    StepKind,
)
from supervision.models.breaches import AgencyBreach
from supervision.models.case import Case
from supervision.models.measure import CaseMeasure
from supervision.querysets.disputes import DisputeQuerySet

_STATE, _SUBJECT, _RESULT = DisputeState, DisputeSubject, DisputeResult
_TAKEN_UP = [_STATE.ACCEPTED, _STATE.UNDER_WAY]
_KEYS = ["case", "suspension", "request", "change", "assessment", "breach"]
_KEY_OF = {
    _SUBJECT.CASE: "case",
    _SUBJECT.SUSPENSION: "suspension",
    _SUBJECT.REQUEST: "request",
    _SUBJECT.CHANGE: "change",
    _SUBJECT.ASSESSMENT: "assessment",
    _SUBJECT.BREACH: "breach",
}


def _subject_is_its_kind() -> Q:
    """Of the keys the one of the kind is filled, the agreement wherever it is the subject."""
    rule = Q()
    for kind in _SUBJECT:
        facts = {f"{key}__isnull": _KEY_OF.get(kind) != key for key in _KEYS}
        if kind not in _KEY_OF:
            facts["agreement__isnull"] = False
        rule |= Q(subject=kind, **facts)
    return rule


def _person(label: Any) -> models.ForeignKey:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=label,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )


def _about(model: Any, label: Any, name: str = "disputes") -> models.ForeignKey:
    return models.ForeignKey(
        model,
        verbose_name=label,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name=name,
    )


class Dispute(Lifecycle):
    """A dispute about an act of the agency, or about one it failed to do, on one way.

    What is disputed was served on `served_on`; on the ways with a period `until` is the last day,
    counted from there. A later filing is recorded as late: whether it is heard, the body says.
    """

    number = models.CharField(_("number"), max_length=30, unique=True)
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="disputes",
    )
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    route = models.CharField(_("way"), max_length=15, choices=DisputeRoute)
    state = StateField(_("state"), choices=_STATE.choices, default=_STATE.FILED)
    subject = models.CharField(_("what is disputed"), max_length=15, choices=_SUBJECT)
    agreement = _about(Agreement, _("agreement"))
    case = _about(Case, _("case"))
    suspension = _about(Suspension, _("suspension"))
    request = _about(AgreementRequest, _("request"))
    change = _about(ChangeRequest, _("change of information"))
    assessment = _about("agreements.PerformanceAssessment", _("performance assessment"))
    breach = _about(AgencyBreach, _("breach by the agency"))

    served_on = models.DateField(_("served on"))
    until = models.DateField(_("to be filed by"), null=True, blank=True)
    until_basis = models.JSONField(_("basis of the period"), default=dict, blank=True)
    is_late = models.BooleanField(_("filed late"), default=False)
    filed_on = models.DateField(_("filed on"))
    filed_at = models.DateTimeField(_("recorded at"))
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    claim = models.TextField(_("what is asked for"))
    grounds = models.TextField(_("facts and grounds"))
    files = models.ManyToManyField(
        Attachment, verbose_name=_("evidence"), blank=True, related_name="+"
    )
    body = models.CharField(
        pgettext_lazy("dispute", "body"),
        max_length=120,
        blank=True,
        help_text=_("The authority or court that decides; empty where the two sides do."),
    )
    body_reference = models.CharField(_("its file number"), max_length=80, blank=True)

    acceptance_due_on = models.DateField(_("to be accepted by"), null=True, blank=True)
    acceptance_due_basis = models.JSONField(_("basis of that day"), default=dict, blank=True)
    accepted_on = models.DateField(_("accepted on"), null=True, blank=True)
    accepted_by = _person(_("acceptance recorded by"))
    refusal_reason = models.TextField(_("why it was not accepted"), blank=True)
    decision_due_on = models.DateField(_("to be decided by"), null=True, blank=True)
    decision_due_basis = models.JSONField(
        _("basis of the decision's day"), default=dict, blank=True
    )

    result = models.CharField(_("result"), max_length=10, choices=_RESULT, blank=True)
    result_text = models.TextField(_("what was decided"), blank=True)
    result_files = models.ManyToManyField(
        Attachment, verbose_name=_("document of the result"), blank=True, related_name="+"
    )
    decided_on = models.DateField(_("decided on"), null=True, blank=True)
    result_served_on = models.DateField(_("result served on"), null=True, blank=True)
    result_by = _person(_("result recorded by"))
    new_end_on = models.DateField(
        _("new end of the suspension"),
        null=True,
        blank=True,
        help_text=_("The last day of the shortened suspension."),
    )
    new_measure = models.ForeignKey(
        CaseMeasure,
        verbose_name=_("measure changed"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    new_amount = models.DecimalField(
        _("new amount"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    carried_out_at = models.DateTimeField(_("carried out at"), null=True, blank=True)
    carried_out_by = _person(_("carried out by"))
    withdrawal_due_on = models.DateField(_("publication to be withdrawn by"), null=True, blank=True)
    withdrawal_due_basis = models.JSONField(
        _("basis of the withdrawal's day"), default=dict, blank=True
    )
    withdrawn_on = models.DateField(_("publication withdrawn on"), null=True, blank=True)

    objects = DisputeQuerySet.as_manager()

    class Meta:
        verbose_name = _("dispute")
        verbose_name_plural = _("disputes")
        ordering = ["-filed_on", "-pk"]
        indexes = [
            models.Index(name="dispute_by_filing", fields=["-filed_on", "-id"]),
            models.Index(name="dispute_by_state", fields=["state", "-filed_on"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="dispute_number_has_its_form",
                condition=Q(number__regex=r"^DSP-[0-9]{6}-[0-9]{4}-[0-9]{4,}$"),
            ),
            models.CheckConstraint(
                name="dispute_subject_is_its_kind", condition=_subject_is_its_kind()
            ),
            models.UniqueConstraint(
                name="dispute_reconsideration_excludes_litigation",
                fields=["subject", "agreement", *_KEYS],
                condition=Q(route__in=OUTSIDE_ROUTES, state__in=OPEN_DISPUTE_STATES),
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                name="dispute_one_open_on_a_way",
                fields=["route", "subject", "agreement", *_KEYS],
                condition=Q(state__in=OPEN_DISPUTE_STATES),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="dispute_period_where_the_law_gives_one",
                condition=Q(route__in=OUTSIDE_ROUTES, until__isnull=False)
                | (~Q(route__in=OUTSIDE_ROUTES) & Q(until__isnull=True, is_late=False)),
            ),
            models.CheckConstraint(
                name="dispute_late_is_after_its_period",
                condition=Q(until__isnull=True)
                | Q(is_late=True, filed_on__gt=F("until"))
                | Q(is_late=False, filed_on__lte=F("until")),
            ),
            models.CheckConstraint(
                name="dispute_filed_after_service", condition=Q(filed_on__gte=F("served_on"))
            ),
            models.CheckConstraint(
                name="dispute_accepted_has_its_facts",
                condition=Q(
                    state__in=_TAKEN_UP, accepted_on__isnull=False, accepted_by__isnull=False
                )
                | ~Q(state__in=_TAKEN_UP),
            ),
            models.CheckConstraint(
                name="dispute_not_accepted_has_its_reason",
                condition=(Q(state=_STATE.NOT_ACCEPTED) & ~Q(refusal_reason=""))
                | (~Q(state=_STATE.NOT_ACCEPTED) & Q(refusal_reason="")),
            ),
            models.CheckConstraint(
                name="dispute_decided_has_its_facts",
                condition=(
                    Q(state=_STATE.DECIDED, decided_on__isnull=False, result_by__isnull=False)
                    & ~Q(result="")
                    & ~Q(result_text="")
                )
                | (
                    ~Q(state=_STATE.DECIDED)
                    & Q(
                        decided_on__isnull=True,
                        result_by__isnull=True,
                        result="",
                        carried_out_at__isnull=True,
                    )
                ),
            ),
            models.CheckConstraint(
                name="dispute_carried_out_by_somebody",
                condition=Q(carried_out_at__isnull=True, carried_out_by__isnull=True)
                | Q(carried_out_at__isnull=False, carried_out_by__isnull=False),
            ),
            models.CheckConstraint(
                name="dispute_result_of_its_way",
                condition=Q(result__in=["", _RESULT.WITHDRAWN])
                | Q(
                    route__in=OUTSIDE_ROUTES,
                    result__in=[
                        _RESULT.UPHELD,
                        _RESULT.CHANGED,
                        _RESULT.ANNULLED,
                        _RESULT.SETTLED,
                    ],
                )
                | (
                    ~Q(route__in=OUTSIDE_ROUTES)
                    & Q(result__in=[_RESULT.SETTLED, _RESULT.UNSETTLED])
                ),
            ),
            models.CheckConstraint(
                name="dispute_new_amount_has_its_measure",
                condition=Q(new_amount__isnull=True, new_measure__isnull=True)
                | Q(new_amount__gte=0, new_measure__isnull=False),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="state_machine",
                field="state",
                transitions=[
                    ("filed", "accepted"),
                    ("filed", "not_accepted"),
                    ("filed", "decided"),
                    ("accepted", "under_way"),
                    ("accepted", "decided"),
                    ("under_way", "decided"),
                ],
            ),
            pgtrigger.Trigger(
                name="acts_of_its_side",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                IF EXISTS (
                    SELECT 1 FROM agency_user
                    WHERE (id IN (NEW.accepted_by_id, NEW.result_by_id) AND NOT (
                        actor = CASE WHEN NEW.route = 'coordination' THEN 'administration'
                            ELSE 'agency' END
                        OR (actor = 'institution' AND NEW.result = 'withdrawn'
                            AND id IS DISTINCT FROM NEW.accepted_by_id)
                    )) OR (id = NEW.carried_out_by_id AND actor <> 'agency')
                ) THEN
                    RAISE EXCEPTION 'on dispute % only the side of its way may act', NEW.number
                        USING ERRCODE = 'check_violation', CONSTRAINT = 'dispute_acts_of_its_side';
                END IF;
                RETURN NEW;
                """,
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("supervision_desk:dispute", args=[self.number])

    def get_portal_url(self) -> str:
        return reverse("supervision_portal:dispute", args=[self.number])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_DISPUTE_STATES

    @property
    def is_outside(self) -> bool:
        """Whether an authority or a court decides it."""
        return self.route in OUTSIDE_ROUTES

    @property
    def matter(self) -> Any:
        """What is disputed: the case, the suspension, the request …"""
        return getattr(self, _KEY_OF.get(DisputeSubject(self.subject), "agreement"))

    @property
    def matter_id(self) -> int:
        return getattr(self, f"{_KEY_OF.get(DisputeSubject(self.subject), 'agreement')}_id")

    @transition(field=state, source=_STATE.FILED, target=_STATE.ACCEPTED)
    def accept(self, *, by: User, on: date) -> None:
        self.accepted_by, self.accepted_on = by, on

    @transition(field=state, source=_STATE.FILED, target=_STATE.NOT_ACCEPTED)
    def not_accept(self, *, reason: str) -> None:
        self.refusal_reason = reason

    @transition(field=state, source=_STATE.ACCEPTED, target=_STATE.UNDER_WAY)
    def get_under_way(self) -> None:
        pass

    @transition(field=state, source=list(OPEN_DISPUTE_STATES), target=_STATE.DECIDED)
    def decide(self, *, by: User, on: date, result: DisputeResult, text: str) -> None:
        self.result_by, self.decided_on, self.result, self.result_text = by, on, result, text

    def carry_out(self, *, by: User, at: datetime) -> None:
        self.carried_out_by, self.carried_out_at = by, at


class DisputeTransition(TransitionRecord):
    subject = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="transitions")
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a dispute")
        verbose_name_plural = _("transitions of disputes")


class DisputeStep(models.Model):
    """An invitation, a proposal, an answer, a record on the way to a result. Written once."""

    dispute = models.ForeignKey(
        Dispute, verbose_name=_("dispute"), on_delete=models.PROTECT, related_name="steps"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=StepKind)
    text = models.TextField(_("text"))
    meets_at = models.DateTimeField(_("time of the meeting"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True)
    agrees = models.BooleanField(_("agrees"), null=True, blank=True)
    files = models.ManyToManyField(
        Attachment, verbose_name=_("files"), blank=True, related_name="+"
    )
    at = models.DateTimeField(_("recorded at"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, related_name="+"
    )
    letter = letter_key()

    class Meta:
        verbose_name = _("step of a dispute")
        verbose_name_plural = _("steps of disputes")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                name="disputestep_invitation_has_time_and_place",
                condition=(Q(kind=StepKind.INVITATION, meets_at__isnull=False) & ~Q(place=""))
                | (~Q(kind=StepKind.INVITATION) & Q(meets_at__isnull=True, place="")),
            ),
            models.CheckConstraint(
                name="disputestep_answer_says_yes_or_no",
                condition=Q(kind=StepKind.ANSWER, agrees__isnull=False)
                | (~Q(kind=StepKind.ANSWER) & Q(agrees__isnull=True)),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"


class DisputeEffect(models.Model):
    """One thing a result has changed back, with its exact amount. Written once."""

    dispute = models.ForeignKey(
        Dispute, verbose_name=_("dispute"), on_delete=models.PROTECT, related_name="effects"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=EffectKind)
    reference = models.CharField(_("what"), max_length=80, blank=True)
    text = models.CharField(_("text"), max_length=300, blank=True)
    first_day = models.DateField(_("first day"), null=True, blank=True)
    last_day = models.DateField(_("last day"), null=True, blank=True)
    count = models.PositiveIntegerField(_("how many"), null=True, blank=True)
    amount = models.DecimalField(
        _("amount"), max_digits=16, decimal_places=2, null=True, blank=True
    )
    at = models.DateTimeField(_("recorded at"))

    class Meta:
        verbose_name = _("effect of a result")
        verbose_name_plural = _("effects of results")
        ordering = ["pk"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.reference}"
