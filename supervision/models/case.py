from __future__ import annotations

from datetime import date

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import RETURN_VALUE, transition

from agency.models import Attachment, Lifecycle, Region, StateField, TransitionRecord, User
from agreements.models import Agreement
from institutions.models import Institution
from institutions.models.letters import letter_key
from settlements.models import Finding
from supervision.enums.cases import CaseState, DefenceOutcome, Origin
from supervision.enums.proceedings import Ground
from supervision.models.case_guards import CONSTRAINTS, DISMISSABLE, TRIGGERS
from supervision.querysets.cases import CaseQuerySet
from supervision.rules import RETURNABLE

_STATE = CaseState


@pghistory.track()
class Case(Lifecycle):
    """A breach of agreement and what the agency makes of it (Order 2 art. 38).

    `clue` is the office's own: it may point at an informant and is never shown to the
    institution. `facts` is what the notice says.
    """

    number = models.CharField(_("number"), max_length=30, unique=True)
    institution = models.ForeignKey(
        Institution, verbose_name=_("institution"), on_delete=models.PROTECT, related_name="cases"
    )
    agreement = models.ForeignKey(
        Agreement,
        verbose_name=_("agreement"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cases",
    )
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    state = StateField(_("state"), choices=CaseState.choices, default=_STATE.CLUE)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin)
    finding = models.ForeignKey(
        Finding,
        verbose_name=_("finding"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="cases",
    )
    title = models.CharField(_("case title"), max_length=200)
    clue = models.TextField(_("clue"), blank=True)
    facts = models.TextField(_("facts"), blank=True)
    evidence = models.ManyToManyField(
        Attachment, verbose_name=_("evidence of the breach"), blank=True, related_name="+"
    )
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("case officer"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    opened_on = models.DateField(_("opened on"))

    ground = models.CharField(_("ground"), max_length=5, choices=Ground, blank=True)
    ground_key = models.CharField(
        _("facts of the ground"),
        max_length=80,
        blank=True,
        help_text=_("Says which facts the program found: found once, never again."),
    )
    detection = models.JSONField(_("what the program found"), default=list, blank=True)
    detected_at = models.DateTimeField(_("found by the program at"), null=True, blank=True)
    verify_due_on = models.DateField(_("to be verified by"), null=True, blank=True)
    verify_due_basis = models.JSONField(_("basis of the verification"), default=dict, blank=True)
    verify_due_provisional = models.BooleanField(_("verification is provisional"), default=False)
    verified_on = models.DateField(_("verified on"), null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("verified by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    visited_on = models.DateField(_("visited on"), null=True, blank=True)

    notice_letter = models.OneToOneField(
        "agency.OfficialLetter",
        verbose_name=_("letter of the notice"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="case_of_notice",
    )
    noticed_on = models.DateField(_("notice issued on"), null=True, blank=True)
    notice_served_on = models.DateField(_("notice served on"), null=True, blank=True)
    notice_proof = models.CharField(_("proof of service of the notice"), max_length=200, blank=True)
    defence_due_on = models.DateField(_("statement until"), null=True, blank=True, db_index=True)
    defence_due_basis = models.JSONField(_("basis of the period"), default=dict, blank=True)
    defence_due_provisional = models.BooleanField(_("period is provisional"), default=False)
    defence_outcome = models.CharField(
        _("outcome of the hearing"), max_length=10, choices=DefenceOutcome, blank=True
    )

    review_due_on = models.DateField(_("legal review by"), null=True, blank=True)
    review_due_basis = models.JSONField(_("basis of the legal review"), default=dict, blank=True)
    review_due_provisional = models.BooleanField(_("legal review is provisional"), default=False)

    is_grave = models.BooleanField(_("grave measures"), default=False)
    decided_on = models.DateField(_("day of the decision"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    consideration = models.TextField(_("how the statement was considered"), blank=True)
    legal_review = models.TextField(_("legal review"), blank=True)

    decision_letter = models.OneToOneField(
        "agency.OfficialLetter",
        verbose_name=_("letter of the decision"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="case_of_decision",
    )
    decision_served_on = models.DateField(_("decision served on"), null=True, blank=True)
    decision_proof = models.CharField(
        _("proof of service of the decision"), max_length=200, blank=True
    )
    reconsideration_until = models.DateField(_("reconsideration until"), null=True, blank=True)
    litigation_until = models.DateField(_("litigation until"), null=True, blank=True)

    perform_due_on = models.DateField(_("to be performed by"), null=True, blank=True)
    perform_due_basis = models.JSONField(_("basis of the performance"), default=dict, blank=True)
    perform_due_provisional = models.BooleanField(_("performance is provisional"), default=False)
    performed_on = models.DateField(_("performed on"), null=True, blank=True)
    performance = models.TextField(_("performance of the decision"), blank=True)
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("closed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    dismissal_reason = models.TextField(_("reason of the dismissal"), blank=True)
    returned_from = models.CharField(
        _("returned from"), max_length=12, choices=CaseState, blank=True
    )
    supplement_due_on = models.DateField(_("supplement until"), null=True, blank=True)
    overdue_told_at = models.DateTimeField(_("told of being overdue"), null=True, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["-opened_on", "-pk"]
        indexes = [
            models.Index(name="case_by_state", fields=["state", "-opened_on"]),
            models.Index(
                name="case_defence_sweep",
                fields=["defence_due_on"],
                condition=Q(state=_STATE.DEFENCE, defence_outcome=""),
            ),
        ]
        constraints = CONSTRAINTS
        triggers = TRIGGERS

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("supervision_desk:detail", args=[self.number])

    def get_portal_url(self) -> str:
        return reverse("supervision_portal:detail", args=[self.number])

    @property
    def is_heard(self) -> bool:
        """Whether the institution has been heard or has let its period pass."""
        return bool(self.defence_outcome)

    @transition(field=state, source=_STATE.CLUE, target=_STATE.OPENED)
    def open(self, *, facts: str, by: User, on: date, visited_on: date | None) -> None:
        """Verified: who verifies what the program found keeps the case from then on."""
        self.facts, self.verified_by, self.verified_on = facts, by, on
        self.visited_on = visited_on
        if self.opened_by_id is None:
            self.opened_by = by

    @transition(field=state, source=_STATE.OPENED, target=_STATE.NOTICE)
    def give_notice(self, *, facts: str, on: date, grave: bool) -> None:
        self.facts, self.noticed_on, self.is_grave = facts, on, grave

    @transition(field=state, source=_STATE.NOTICE, target=_STATE.DEFENCE)
    def serve_notice(self, *, on: date, proof: str) -> None:
        self.notice_served_on, self.notice_proof = on, proof

    @transition(field=state, source=_STATE.DEFENCE, target=_STATE.DEFENCE)
    def hear(self, *, outcome: DefenceOutcome) -> None:
        self.defence_outcome = outcome

    def hear_nothing(self) -> None:
        """The period has passed in silence."""
        self.hear(outcome=DefenceOutcome.SILENT)

    @transition(field=state, source=_STATE.DEFENCE, target=_STATE.LEGAL_REVIEW)
    def submit_for_review(self, *, consideration: str) -> None:
        self.consideration = consideration

    @transition(field=state, source=_STATE.LEGAL_REVIEW, target=_STATE.DEFENCE)
    def return_from_review(self) -> None:
        """The officer mends what the reviewer found; the institution has been heard already."""

    @transition(field=state, source=[_STATE.DEFENCE, _STATE.LEGAL_REVIEW], target=_STATE.DECIDED)
    def decide(
        self, *, by: User, on: date, grave: bool, consideration: str, legal_review: str
    ) -> None:
        self.decided_by, self.decided_on, self.is_grave = by, on, grave
        self.consideration, self.legal_review = consideration, legal_review

    @transition(field=state, source=_STATE.DECIDED, target=_STATE.SERVED)
    def serve_decision(self, *, on: date, proof: str) -> None:
        self.decision_served_on, self.decision_proof = on, proof

    @transition(field=state, source=_STATE.SERVED, target=_STATE.PERFORMED)
    def perform(self, *, on: date, performance: str) -> None:
        self.performed_on, self.performance = on, performance

    @transition(field=state, source=_STATE.PERFORMED, target=_STATE.CLOSED)
    def close(self, *, by: User, on: date) -> None:
        self.closed_by, self.closed_on = by, on

    @transition(field=state, source=DISMISSABLE, target=_STATE.DISMISSED)
    def dismiss(self, *, reason: str) -> None:
        self.dismissal_reason = reason

    @transition(field=state, source=list(RETURNABLE), target=_STATE.RETURNED)
    def send_back(self, *, due_on: date) -> None:
        # Before the transition sets it, `state` is still where the case comes from.
        self.returned_from, self.supplement_due_on = self.state, due_on

    @transition(field=state, source=_STATE.RETURNED, target=RETURN_VALUE(*RETURNABLE))
    def supplement(self) -> str:
        back, self.returned_from, self.supplement_due_on = self.returned_from, "", None
        return back


class CaseTransition(TransitionRecord):
    subject = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="transitions")
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a case")
        verbose_name_plural = _("transitions of cases")
