from datetime import datetime

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.models import Attachment, Lifecycle, StateField, TransitionRecord, User
from agreements.enums.life import DissolutionGround, ReviewState
from agreements.models.agreement import Agreement
from agreements.querysets.life import DissolutionReviewQuerySet
from institutions.enums.changes import ChangeField
from institutions.models.letters import letter_key

_STATE = ReviewState


class DissolutionReview(Lifecycle):
    """The review of a major change that was found unfiled (B-13a, Order 2 art. 43 (6)). It ends
    with nothing done, or with a proposal; it never dissolves an agreement.
    """

    number = models.CharField(_("number"), max_length=30, unique=True)
    agreement = models.ForeignKey(
        Agreement, verbose_name=_("agreement"), on_delete=models.PROTECT, related_name="reviews"
    )
    ground = models.PositiveSmallIntegerField(
        _("ground of dissolution"),
        choices=DissolutionGround,
        default=DissolutionGround.UNFILED_CHANGE,
    )
    state = StateField(_("state"), choices=ReviewState.choices, default=ReviewState.OPEN)
    field = models.CharField(_("field"), max_length=40, choices=ChangeField)
    approved_on = models.DateField(
        _("approved on"), help_text=_("The day the competent authority approved the change.")
    )
    filing_due_on = models.DateField(_("was to be filed by"))
    filing_due_basis = models.JSONField(_("basis of that day"), default=dict)
    discovered_on = models.DateField(_("discovered on"))
    source = models.TextField(_("how it was discovered"))
    evidence = models.ManyToManyField(
        Attachment, verbose_name=_("evidence"), blank=True, related_name="+"
    )
    recorded_at = models.DateTimeField(_("recorded at"))
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("recorded by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    explain_due_on = models.DateField(_("to be explained by"))
    explain_due_basis = models.JSONField(_("basis of that deadline"), default=dict)
    explanation = models.TextField(_("explanation of the institution"), blank=True)
    explanation_files = models.ManyToManyField(
        Attachment, verbose_name=_("files of the explanation"), blank=True, related_name="+"
    )
    explained_at = models.DateTimeField(_("explained at"), null=True, blank=True)
    explained_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("explained by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    decision_reason = models.TextField(_("reason of the decision"), blank=True)

    objects = DissolutionReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review of an unfiled change")
        verbose_name_plural = _("reviews of unfiled changes")
        ordering = ["-recorded_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="dissolutionreview_number_has_its_form",
                condition=Q(number__regex=r"^REV-[0-9]{6}-[0-9]{4}-[0-9]{4,}$"),
            ),
            models.UniqueConstraint(
                name="dissolutionreview_one_open_of_a_field",
                fields=["agreement", "field"],
                condition=Q(state=ReviewState.OPEN),
            ),
            models.CheckConstraint(
                name="dissolutionreview_found_after_its_deadline",
                condition=Q(discovered_on__gt=F("filing_due_on")),
            ),
            models.CheckConstraint(
                name="dissolutionreview_explained_has_its_facts",
                condition=Q(explained_at__isnull=True, explained_by__isnull=True, explanation="")
                | (Q(explained_at__isnull=False, explained_by__isnull=False) & ~Q(explanation="")),
            ),
            models.CheckConstraint(
                name="dissolutionreview_decision_has_its_facts",
                condition=(
                    Q(state=ReviewState.OPEN, decided_at__isnull=True, decided_by__isnull=True)
                    | (
                        ~Q(state=ReviewState.OPEN)
                        & Q(decided_at__isnull=False, decided_by__isnull=False)
                        & ~Q(decision_reason="")
                    )
                ),
            ),
            models.CheckConstraint(
                name="dissolutionreview_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("recorded_by")),
            ),
        ]
        indexes = [
            models.Index(name="dissolutionreview_by_record", fields=["-recorded_at", "-id"]),
            models.Index(
                name="dissolutionreview_open",
                fields=["explain_due_on"],
                condition=Q(state=ReviewState.OPEN),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[
                    (_STATE.OPEN.value, _STATE.DISMISSED.value),
                    (_STATE.OPEN.value, _STATE.PROPOSED.value),
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("agreements_desk:review", args=[self.number])

    def get_portal_url(self) -> str:
        return reverse("agreements_portal:review", args=[self.number])

    @property
    def is_open(self) -> bool:
        return self.state == ReviewState.OPEN

    @transition(field=state, source=_STATE.OPEN, target=_STATE.DISMISSED)
    def dismiss(self, *, by: User, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.decision_reason = by, at, reason

    @transition(field=state, source=_STATE.OPEN, target=_STATE.PROPOSED)
    def propose(self, *, by: User, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.decision_reason = by, at, reason


class DissolutionReviewTransition(TransitionRecord):
    subject = models.ForeignKey(
        DissolutionReview, on_delete=models.PROTECT, related_name="transitions"
    )
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a review")
        verbose_name_plural = _("transitions of reviews")
