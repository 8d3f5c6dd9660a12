from __future__ import annotations

from datetime import date, datetime

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.enums import Actor
from agency.models import Lifecycle, Region, StateField, TransitionRecord, User
from agency.powers import only_of
from agreements.enums.renewals import NotAgreedGround, ReviewOutcome, RoundState, SigningForm
from agreements.models.agreement import Agreement
from agreements.models.requests import AgreementRequest
from agreements.querysets.renewals import (
    ExitReviewQuerySet,
    RenewalDecisionQuerySet,
    RenewalRoundQuerySet,
)
from institutions.enums.register import Kind
from institutions.models.letters import letter_key

_STATE = RoundState


class RenewalRound(Lifecycle):
    """A renewal that the agency organises for all agreements of a region whose terms end in a
    window: their institutions need not apply one by one (B-15, Order 2 art. 41).
    """

    number = models.CharField(_("number"), max_length=30, unique=True)
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(_("title"), max_length=120)
    ends_from = models.DateField(_("terms ending from"))
    ends_to = models.DateField(_("terms ending to"))
    kinds = ArrayField(
        models.CharField(max_length=30, choices=Kind),
        verbose_name=_("types of institution"),
        default=list,
        blank=True,
        help_text=_("Empty: every type."),
    )
    note = models.TextField(_("what the institutions are told"), blank=True)
    state = StateField(_("state"), choices=RoundState.choices, default=RoundState.OPEN)
    opened_on = models.DateField(_("opened on"))
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("opened by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    closed_on = models.DateField(_("closed on"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("closed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = RenewalRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round of renewal")
        verbose_name_plural = _("rounds of renewal")
        ordering = ["-opened_at", "-pk"]
        indexes = [models.Index(name="renewalround_by_opening", fields=["-opened_at", "-id"])]
        constraints = [
            models.CheckConstraint(
                name="renewalround_number_has_its_form",
                condition=Q(number__regex=r"^RNW-[0-9]{6}-[0-9]{4}-[0-9]{4,}$"),
            ),
            models.CheckConstraint(
                name="renewalround_window_runs_forward", condition=Q(ends_to__gte=F("ends_from"))
            ),
            models.CheckConstraint(
                name="renewalround_closed_has_its_facts",
                condition=Q(state=_STATE.CLOSED, closed_on__isnull=False, closed_by__isnull=False)
                | Q(state=_STATE.OPEN, closed_on__isnull=True, closed_by__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[(_STATE.OPEN.value, _STATE.CLOSED.value)],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            only_of(Actor.AGENCY, "opened_by", "closed_by"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("agreements_desk:renewal_round", args=[self.number])

    @property
    def is_open(self) -> bool:
        return self.state == RoundState.OPEN

    @property
    def kinds_as_text(self) -> str:
        return "、".join(str(Kind(each).label) for each in self.kinds)

    @transition(field=state, source=_STATE.OPEN, target=_STATE.CLOSED)
    def close(self, *, by: User, on: date) -> None:
        self.closed_by, self.closed_on = by, on


class RenewalRoundTransition(TransitionRecord):
    subject = models.ForeignKey(RenewalRound, on_delete=models.PROTECT, related_name="transitions")

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a round of renewal")
        verbose_name_plural = _("transitions of rounds of renewal")


class RenewalMember(models.Model):
    """An agreement that a round renews; a term is in one round only."""

    round = models.ForeignKey(
        RenewalRound,
        verbose_name=_("round of renewal"),
        on_delete=models.PROTECT,
        related_name="members",
    )
    agreement = models.OneToOneField(
        Agreement,
        verbose_name=_("agreement"),
        on_delete=models.PROTECT,
        related_name="renewal_member",
    )
    added_at = models.DateTimeField(_("taken in at"))
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("taken in by"),
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("agreement in a round of renewal")
        verbose_name_plural = _("agreements in rounds of renewal")
        ordering = ["pk"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.agreement_id}"


class RenewalDraft(models.Model):
    """In which form a renewal is negotiated, and on which result that rests. Written once."""

    agreement = models.OneToOneField(
        Agreement,
        verbose_name=_("renewal"),
        on_delete=models.PROTECT,
        related_name="renewal_draft",
    )
    form = models.CharField(_("form of signing"), max_length=12, choices=SigningForm)
    score = models.DecimalField(
        _("score of the performance assessment"),
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
    )
    threshold = models.PositiveSmallIntegerField(_("score from which it is simplified"))
    assessed_year = models.PositiveSmallIntegerField(_("year assessed"), null=True, blank=True)
    drawn_up_at = models.DateTimeField(_("drawn up at"))

    class Meta:
        verbose_name = _("form of a renewal")
        verbose_name_plural = _("forms of renewals")
        ordering = ["-drawn_up_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="renewaldraft_simplified_by_its_score",
                condition=~Q(form=SigningForm.SIMPLIFIED)
                | Q(score__isnull=False, score__gte=F("threshold")),
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return str(self.get_form_display())


class RenewalDecision(models.Model):
    """That an agreement is not renewed, because the parties did not agree: it expires at the end
    of its term. Taken back, the way to a renewal is open again.
    """

    agreement = models.ForeignKey(
        Agreement,
        verbose_name=_("agreement"),
        on_delete=models.PROTECT,
        related_name="renewal_decisions",
    )
    ground = models.CharField(_("ground"), max_length=12, choices=NotAgreedGround)
    reason = models.TextField(_("reason"))
    decided_on = models.DateField(_("decided on"))
    decided_at = models.DateTimeField(_("decided at"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    letter = letter_key()
    revoked_at = models.DateTimeField(_("taken back at"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("taken back by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    revoked_reason = models.TextField(_("reason it was taken back"), blank=True)

    objects = RenewalDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision not to renew")
        verbose_name_plural = _("decisions not to renew")
        ordering = ["-decided_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="renewaldecision_one_that_stands",
                fields=["agreement"],
                condition=Q(revoked_at__isnull=True),
            ),
            models.CheckConstraint(name="renewaldecision_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="renewaldecision_revoked_has_its_facts",
                condition=(
                    Q(revoked_at__isnull=False, revoked_by__isnull=False) & ~Q(revoked_reason="")
                )
                | Q(revoked_at__isnull=True, revoked_by__isnull=True, revoked_reason=""),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="facts_never_change",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(
                    "agreement", "ground", "reason", "decided_on", "decided_at", "decided_by"
                ),
            ),
            only_of(Actor.AGENCY, "decided_by", "revoked_by"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.decided_on}"

    def get_absolute_url(self) -> str:
        return self.agreement.get_absolute_url()


class ExitReview(models.Model):
    """What the administration says of a public institution's notice that it will not renew
    (B-16): the agency cannot accept the notice before, nor against an objection.
    """

    request = models.OneToOneField(
        AgreementRequest,
        verbose_name=_("request"),
        on_delete=models.PROTECT,
        related_name="exit_review",
    )
    due_on = models.DateField(_("to be reviewed by"))
    due_basis = models.JSONField(_("basis of the deadline"), default=dict, blank=True)
    due_provisional = models.BooleanField(_("deadline is provisional"), default=False)
    outcome = models.CharField(
        _("outcome of the review"), max_length=12, choices=ReviewOutcome, blank=True
    )
    text = models.TextField(_("reasons of the administration"), blank=True)
    reviewed_at = models.DateTimeField(_("reviewed at"), null=True, blank=True)
    reviewed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("reviewed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    objects = ExitReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review of a notice not to renew")
        verbose_name_plural = _("reviews of notices not to renew")
        ordering = ["due_on", "pk"]
        indexes = [models.Index(name="exitreview_open", fields=["due_on"], condition=Q(outcome=""))]
        constraints = [
            models.CheckConstraint(
                name="exitreview_answer_has_its_facts",
                condition=(
                    ~Q(outcome="")
                    & ~Q(text="")
                    & Q(reviewed_at__isnull=False, reviewed_by__isnull=False)
                )
                | Q(outcome="", text="", reviewed_at__isnull=True, reviewed_by__isnull=True),
            )
        ]
        triggers = [
            only_of(Actor.ADMINISTRATION, "reviewed_by"),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="answered_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.outcome <> '' AND (OLD.outcome IS DISTINCT FROM NEW.outcome"
                    " OR OLD.text IS DISTINCT FROM NEW.text)"
                ),
            ),
        ]

    def __str__(self) -> str:
        return str(self.request)

    def get_absolute_url(self) -> str:
        return self.request.get_absolute_url()

    @property
    def is_open(self) -> bool:
        return not self.outcome

    def answer(self, *, outcome: ReviewOutcome, text: str, by: User, at: datetime) -> None:
        self.outcome, self.text = outcome, text
        self.reviewed_by, self.reviewed_at = by, at
