from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.models import (
    Attachment,
    Lifecycle,
    OfficialLetter,
    StateField,
    TransitionRecord,
    User,
)
from agreements.enums.performance import (
    BEFORE_PROPOSAL,
    UNDER_WAY,
    ConfirmedBy,
    Grade,
    PerformanceState,
)
from agreements.models.agreement import Agreement
from agreements.models.performance.rounds import PerformanceEntrustment, PerformanceRound
from agreements.models.performance.sets import Indicator, IndicatorSet
from agreements.querysets.performance import PerformanceQuerySet
from institutions.models import Institution
from institutions.models.letters import letter_key

_STATE = PerformanceState
_S = {each.name: each.value for each in PerformanceState}
MOVES = (
    (_S["OPEN"], _S["SELF_ASSESSED"]),
    (_S["OPEN"], _S["ASSESSED"]),
    (_S["SELF_ASSESSED"], _S["ASSESSED"]),
    (_S["ASSESSED"], _S["PROPOSED"]),
    (_S["PROPOSED"], _S["CONFIRMED"]),
    (_S["PROPOSED"], _S["APPEALED"]),
    (_S["APPEALED"], _S["APPEAL_DECIDED"]),
    (_S["CONFIRMED"], _S["PUBLISHED"]),
    (_S["APPEAL_DECIDED"], _S["PUBLISHED"]),
    (_S["PUBLISHED"], _S["SUPERSEDED"]),
)
_AFTER_APPEALS = """
IF EXISTS (
    SELECT 1 FROM agreements_performanceappeal
    WHERE assessment_id = NEW.id AND outcome = 'open'
) THEN
    RAISE EXCEPTION 'assessment % has an undecided appeal', NEW.number
        USING ERRCODE = 'check_violation',
        CONSTRAINT = 'performanceassessment_published_after_appeals';
END IF;
RETURN NEW;
"""
_NO_TIE = """
IF EXISTS (
    SELECT 1 FROM agreements_performanceentrustment e
    JOIN institutions_thirdparty p ON p.id = e.third_party_id
    WHERE e.id = NEW.entrustment_id AND (
        EXISTS (
            SELECT 1 FROM institutions_thirdpartytie t
            WHERE t.third_party_id = p.id AND t.institution_id = NEW.institution_id
                AND t.held_from <= NEW.entrusted_on
                AND (t.held_to IS NULL OR t.held_to >= NEW.entrusted_on)
        )
        OR EXISTS (
            SELECT 1 FROM institutions_institution i
            WHERE i.id = NEW.institution_id AND i.credit_code = p.credit_code
        )
    )
) THEN
    RAISE EXCEPTION 'the third party of assessment % has a tie to the institution', NEW.number
        USING ERRCODE = 'check_violation',
        CONSTRAINT = 'performanceassessment_third_party_is_free';
END IF;
RETURN NEW;
"""
_PROPOSED_ON = Q(proposed_on__isnull=False, appeal_due_on__isnull=False)


class PerformanceAssessment(Lifecycle):
    """What one institution performed in a year, from its own assessment to the published result
    (B-09). A correction after publication is a new version; the old one stays.
    """

    number = models.CharField(_("number"), max_length=30, unique=True)
    round = models.ForeignKey(
        PerformanceRound,
        verbose_name=_("round"),
        on_delete=models.PROTECT,
        related_name="assessments",
    )
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="performance_assessments",
    )
    agreement = models.ForeignKey(
        Agreement,
        verbose_name=_("agreement"),
        on_delete=models.PROTECT,
        related_name="performance_assessments",
    )
    indicator_set = models.ForeignKey(
        IndicatorSet, verbose_name=_("indicator set"), on_delete=models.PROTECT, related_name="+"
    )
    state = StateField(_("state"), choices=PerformanceState.choices, default=_STATE.OPEN)
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    corrects = models.OneToOneField(
        "self",
        verbose_name=_("corrects"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="corrected_by",
    )
    correction_reason = models.TextField(_("reason of the correction"), blank=True)
    entrustment = models.ForeignKey(
        PerformanceEntrustment,
        verbose_name=_("third party"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="assessments",
    )
    entrusted_on = models.DateField(_("entrusted on"), null=True, blank=True)
    report_on = models.DateField(_("report of the third party of"), null=True, blank=True)
    report = models.ManyToManyField(
        Attachment, verbose_name=_("report of the third party"), blank=True, related_name="+"
    )
    self_due_on = models.DateField(_("self-assessment due on"), null=True, blank=True)
    self_due_basis = models.JSONField(_("basis of that deadline"), default=dict, blank=True)
    self_score = models.DecimalField(
        _("own score"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    self_assessed_at = models.DateTimeField(_("self-assessed at"), null=True, blank=True)
    self_assessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("self-assessed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    assessed_at = models.DateTimeField(_("assessed at"), null=True, blank=True)
    assessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assessed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    opinion = models.TextField(_("opinion of the assessor"), blank=True)
    proposed_on = models.DateField(_("result proposed on"), null=True, blank=True)
    proposed_score = models.DecimalField(
        _("proposed score"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    appeal_due_on = models.DateField(_("confirmation or appeal due on"), null=True, blank=True)
    appeal_due_basis = models.JSONField(
        _("basis of the time to confirm or appeal"), default=dict, blank=True
    )
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)
    confirmed_how = models.CharField(_("confirmed"), max_length=12, choices=ConfirmedBy, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("confirmed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    appealed_at = models.DateTimeField(_("appealed at"), null=True, blank=True)
    decision_due_on = models.DateField(_("appeals to be decided by"), null=True, blank=True)
    decision_due_basis = models.JSONField(
        _("basis of the deadline of the decision"), default=dict, blank=True
    )
    score = models.DecimalField(
        _("final score"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    grade = models.CharField(_("grade"), max_length=10, choices=Grade, blank=True)
    published_on = models.DateField(_("published on"), null=True, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("published by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    # Letters of a round are written after its publication, one by one: a PDF takes its time.
    letter = models.OneToOneField(
        OfficialLetter,
        verbose_name=_("letter"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    objects = PerformanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("performance assessment")
        verbose_name_plural = _("performance assessments")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="performanceassessment_number_has_its_form",
                condition=Q(number__regex=r"^PFA-[0-9]{6}-[0-9]{4}-[0-9]{4,}$"),
            ),
            models.UniqueConstraint(
                name="performanceassessment_one_under_way",
                fields=["round", "institution"],
                condition=Q(state__in=UNDER_WAY),
            ),
            models.UniqueConstraint(
                name="performanceassessment_one_result",
                fields=["round", "institution"],
                condition=Q(state=_STATE.PUBLISHED),
            ),
            models.UniqueConstraint(
                name="performanceassessment_version_once",
                fields=["round", "institution", "version"],
            ),
            models.CheckConstraint(
                name="performanceassessment_correction_has_its_reason",
                condition=Q(version=1, corrects__isnull=True, correction_reason="")
                | (Q(version__gt=1, corrects__isnull=False) & ~Q(correction_reason="")),
            ),
            models.CheckConstraint(
                name="performanceassessment_scores_within_bounds",
                condition=(Q(score__isnull=True) | Q(score__gte=0, score__lte=100))
                & (Q(self_score__isnull=True) | Q(self_score__gte=0, self_score__lte=100))
                & (
                    Q(proposed_score__isnull=True)
                    | Q(proposed_score__gte=0, proposed_score__lte=100)
                ),
            ),
            models.CheckConstraint(
                name="performanceassessment_proposed_has_its_facts",
                condition=Q(state__in=BEFORE_PROPOSAL)
                | (
                    _PROPOSED_ON
                    & Q(proposed_score__isnull=False, score__isnull=False)
                    & ~Q(grade="")
                    & Q(assessed_by__isnull=False, assessed_at__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="performanceassessment_confirmed_has_its_facts",
                condition=Q(confirmed_how="", confirmed_at__isnull=True, confirmed_by__isnull=True)
                | Q(confirmed_how=ConfirmedBy.SILENCE, confirmed_at__isnull=False)
                | Q(
                    confirmed_how=ConfirmedBy.INSTITUTION,
                    confirmed_at__isnull=False,
                    confirmed_by__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="performanceassessment_published_has_its_facts",
                condition=Q(
                    state__in=UNDER_WAY, published_on__isnull=True, published_by__isnull=True
                )
                | (
                    ~Q(state__in=UNDER_WAY)
                    & Q(published_on__isnull=False, published_by__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="performanceassessment_third_party_reported",
                condition=Q(entrustment__isnull=True, entrusted_on__isnull=True)
                | Q(
                    entrustment__isnull=False,
                    entrusted_on__isnull=False,
                    state__in=[_STATE.OPEN, _STATE.SELF_ASSESSED],
                )
                | Q(
                    entrustment__isnull=False,
                    entrusted_on__isnull=False,
                    report_on__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="performanceassessment_published_by_another",
                condition=Q(published_by__isnull=True) | ~Q(published_by=F("assessed_by")),
            ),
        ]
        indexes = [
            models.Index(name="performance_by_round", fields=["round", "state", "id"]),
            models.Index(name="performance_by_institution", fields=["institution", "-id"]),
            models.Index(
                name="performance_unwritten",
                fields=["id"],
                condition=Q(state=_STATE.PUBLISHED, letter__isnull=True),
            ),
            models.Index(
                name="performance_self_due",
                fields=["self_due_on"],
                condition=Q(state=_STATE.OPEN),
            ),
            models.Index(
                name="performance_appeal_due",
                fields=["appeal_due_on"],
                condition=Q(state=_STATE.PROPOSED),
            ),
            models.Index(
                name="performance_decision_due",
                fields=["decision_due_on"],
                condition=Q(state=_STATE.APPEALED),
            ),
        ]
        triggers = [
            pgtrigger.FSM(name="lawful_states", field="state", transitions=list(MOVES)),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="subject_is_fixed",
                fields=["number", "round", "institution", "indicator_set", "version", "corrects"],
            ),
            pgtrigger.Protect(
                name="published_is_fixed",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "OLD.state IN ('published', 'superseded') AND (OLD.score, OLD.grade,"
                    " OLD.published_on, OLD.proposed_score, OLD.assessed_by_id) IS DISTINCT FROM"
                    " (NEW.score, NEW.grade, NEW.published_on, NEW.proposed_score,"
                    " NEW.assessed_by_id)"
                ),
            ),
            pgtrigger.Trigger(
                name="published_after_appeals",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition("(NEW.state = 'published')"),
                func=_AFTER_APPEALS,
            ),
            pgtrigger.Trigger(
                name="third_party_is_free",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Condition("(NEW.entrustment_id IS NOT NULL)"),
                func=_NO_TIE,
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("agreements_desk:performance_assessment", args=[self.number])

    def get_portal_url(self) -> str:
        return reverse("agreements_portal:performance_assessment", args=[self.number])

    @property
    def tone(self) -> str:
        """The state as badges colour it: a confirmed finding is bad, a confirmed result is not."""
        return "met" if self.state == _STATE.CONFIRMED else str(self.state)

    @property
    def is_before_proposal(self) -> bool:
        return self.state in BEFORE_PROPOSAL

    @transition(field=state, source=_STATE.OPEN, target=_STATE.SELF_ASSESSED)
    def assess_self(self, *, by: User, at: datetime, score: Decimal) -> None:
        self.self_assessed_by, self.self_assessed_at, self.self_score = by, at, score

    @transition(
        field=state,
        source=[_STATE.OPEN, _STATE.SELF_ASSESSED, _STATE.ASSESSED],
        target=_STATE.ASSESSED,
    )
    def assess(self, *, by: User, at: datetime, opinion: str) -> None:
        self.assessed_by, self.assessed_at, self.opinion = by, at, opinion

    @transition(field=state, source=_STATE.ASSESSED, target=_STATE.PROPOSED)
    def propose(self, *, on: date, score: Decimal, grade: Grade) -> None:
        self.proposed_on, self.proposed_score = on, score
        self.score, self.grade = score, grade

    @transition(field=state, source=_STATE.PROPOSED, target=_STATE.CONFIRMED)
    def confirm(self, *, how: ConfirmedBy, by: User | None, at: datetime) -> None:
        self.confirmed_how, self.confirmed_by, self.confirmed_at = how, by, at

    @transition(field=state, source=_STATE.PROPOSED, target=_STATE.APPEALED)
    def appeal(self, *, at: datetime) -> None:
        self.appealed_at = at

    @transition(field=state, source=_STATE.APPEALED, target=_STATE.APPEAL_DECIDED)
    def end_appeals(self, *, score: Decimal, grade: Grade) -> None:
        self.score, self.grade = score, grade

    @transition(
        field=state, source=[_STATE.CONFIRMED, _STATE.APPEAL_DECIDED], target=_STATE.PUBLISHED
    )
    def publish(self, *, by: User, on: date) -> None:
        self.published_by, self.published_on = by, on

    @transition(field=state, source=_STATE.PUBLISHED, target=_STATE.SUPERSEDED)
    def supersede(self) -> None:
        pass


class PerformanceAssessmentTransition(TransitionRecord):
    subject = models.ForeignKey(
        PerformanceAssessment, on_delete=models.PROTECT, related_name="transitions"
    )
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of a performance assessment")
        verbose_name_plural = _("transitions of performance assessments")


class IndicatorScore(models.Model):
    """One indicator of an assessment: the figures as they were, and the points of each stage.

    Points are kept unrounded: only the total is rounded (T-11). `weight` is that of the
    indicator, so that the database can hold points to it.
    """

    assessment = models.ForeignKey(
        PerformanceAssessment,
        verbose_name=_("performance assessment"),
        on_delete=models.PROTECT,
        related_name="scores",
    )
    indicator = models.ForeignKey(
        Indicator, verbose_name=_("indicator"), on_delete=models.PROTECT, related_name="+"
    )
    weight = models.DecimalField(_("weight"), max_digits=5, decimal_places=2)
    figures = models.JSONField(_("figures"), default=dict, blank=True)
    value = models.DecimalField(_("value"), max_digits=24, decimal_places=10, null=True, blank=True)
    computed_points = models.DecimalField(
        _("points by the figures"), max_digits=14, decimal_places=10, null=True, blank=True
    )
    self_points = models.DecimalField(
        _("own points"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    self_text = models.TextField(_("own evidence"), blank=True)
    self_files = models.ManyToManyField(
        Attachment, verbose_name=_("files of the institution"), blank=True, related_name="+"
    )
    proposed_points = models.DecimalField(
        _("proposed points"), max_digits=14, decimal_places=10, null=True, blank=True
    )
    evidence = models.TextField(_("evidence"), blank=True)
    evidence_files = models.ManyToManyField(
        Attachment, verbose_name=_("files of the assessor"), blank=True, related_name="+"
    )
    remark = models.TextField(_("remark"), blank=True)
    final_points = models.DecimalField(
        _("final points"), max_digits=14, decimal_places=10, null=True, blank=True
    )

    class Meta:
        verbose_name = _("score of an indicator")
        verbose_name_plural = _("scores of indicators")
        ordering = ["assessment", "indicator__position"]
        constraints = [
            models.UniqueConstraint(name="indicatorscore_once", fields=["assessment", "indicator"]),
            models.CheckConstraint(
                name="indicatorscore_within_its_weight",
                condition=(
                    Q(computed_points__isnull=True)
                    | Q(computed_points__gte=0, computed_points__lte=F("weight"))
                )
                & (
                    Q(self_points__isnull=True)
                    | Q(self_points__gte=0, self_points__lte=F("weight"))
                )
                & (
                    Q(proposed_points__isnull=True)
                    | Q(proposed_points__gte=0, proposed_points__lte=F("weight"))
                )
                & (
                    Q(final_points__isnull=True)
                    | Q(final_points__gte=0, final_points__lte=F("weight"))
                ),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="subject_is_fixed", fields=["assessment", "indicator"]),
            pgtrigger.Trigger(
                name="frozen_once_published",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                PERFORM 1 FROM agreements_performanceassessment
                    WHERE id = NEW.assessment_id AND state IN ('published', 'superseded');
                IF FOUND THEN
                    RAISE EXCEPTION 'score % belongs to a published result', OLD.id
                        USING ERRCODE = 'check_violation',
                        CONSTRAINT = 'indicatorscore_frozen_once_published';
                END IF;
                RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.assessment_id} · {self.indicator_id}"
