from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django_fsm import transition

from agency.models import Lifecycle, Region, StateField, TransitionRecord, User
from institutions.enums.assessment import (
    ASSESSMENT_ENDED,
    ASSESSMENT_STEPS,
    BEFORE_WORK,
    UNSEALED,
    AssessmentKind,
    AssessmentState,
    RecusalState,
    SiteMode,
    Verdict,
)
from institutions.models.checklists import Checklist
from institutions.models.experts import Expert
from institutions.models.institution import Institution
from institutions.models.letters import letter_key
from institutions.querysets.assessment import AssessmentQuerySet, RecusalRequestQuerySet

S = AssessmentState
_OPEN = [each for each in S if each not in ASSESSMENT_ENDED]


class Assessment(Lifecycle):
    """One assessment of an applicant, or of an institution whose change needs one, by a group of
    experts or a third party (A-06).

    `round` is 2 when an earlier failure still counts: failing again bars the institution (A-07).
    """

    number = models.CharField(_("number"), max_length=30, unique=True)
    application = models.ForeignKey(
        "institutions.DesignationApplication",
        verbose_name=_("application"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="assessments",
    )
    change = models.ForeignKey(
        "institutions.ChangeRequest",
        verbose_name=_("change"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="assessments",
    )
    institution = models.ForeignKey(
        Institution,
        verbose_name=_("institution"),
        on_delete=models.PROTECT,
        related_name="assessments",
    )
    region = models.ForeignKey(
        Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=12, choices=AssessmentKind)
    site_mode = models.CharField(
        _("facilities looked at"), max_length=8, choices=SiteMode, blank=True
    )
    round = models.PositiveSmallIntegerField(_("round"), default=1)
    checklist = models.ForeignKey(
        Checklist, verbose_name=_("checklist"), on_delete=models.PROTECT, related_name="+"
    )
    state = StateField(_("state"), max_length=12, choices=S.choices, default=S.OPENED)
    opened_at = models.DateTimeField(_("opened at"))
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("organised by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    begun_at = models.DateTimeField(_("work begun at"), null=True, blank=True)
    completed_at = models.DateTimeField(_("opinions complete at"), null=True, blank=True)

    # The result.
    result = models.CharField(_("result"), max_length=14, choices=Verdict, blank=True)
    reasons = models.TextField(_("reasons"), blank=True)
    advice = models.TextField(_("advice to rectify"), blank=True)
    deviation_reason = models.TextField(_("why the result differs from the majority"), blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    result_letter = models.OneToOneField(
        "agency.OfficialLetter",
        verbose_name=_("letter of the result"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    result_served_on = models.DateField(_("result served on"), null=True, blank=True)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="assessment_number_has_its_form",
                condition=Q(number__regex=r"^ASM-[0-9]{6}-[0-9]{4}-[0-9]{4,}$"),
            ),
            models.CheckConstraint(
                name="assessment_of_one_matter",
                condition=Q(application__isnull=False, change__isnull=True)
                | Q(application__isnull=True, change__isnull=False),
            ),
            models.CheckConstraint(
                name="assessment_round_one_or_two", condition=Q(round__in=[1, 2])
            ),
            models.CheckConstraint(
                name="assessment_on_site_has_its_mode",
                condition=Q(kind=AssessmentKind.ON_SITE) & ~Q(site_mode="")
                | ~Q(kind=AssessmentKind.ON_SITE) & Q(site_mode=""),
            ),
            models.CheckConstraint(
                name="assessment_result_has_its_facts",
                condition=Q(state=S.CONCLUDED, decided_at__isnull=False, decided_by__isnull=False)
                & ~Q(result="")
                & ~Q(reasons="")
                | ~Q(state=S.CONCLUDED)
                & Q(
                    result="",
                    decided_at__isnull=True,
                    decided_by__isnull=True,
                    result_served_on__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="assessment_failed_with_advice",
                condition=~Q(result=Verdict.NOT_QUALIFIED) | ~Q(advice=""),
            ),
            models.CheckConstraint(
                name="assessment_decided_by_another",
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("opened_by")),
            ),
            models.UniqueConstraint(
                name="assessment_one_open_of_application",
                fields=["application"],
                condition=Q(state__in=[each.value for each in _OPEN]),
            ),
            models.UniqueConstraint(
                name="assessment_one_open_of_change",
                fields=["change"],
                condition=Q(state__in=[each.value for each in _OPEN]),
            ),
        ]
        indexes = [
            models.Index(name="assessment_by_opening", fields=["-opened_at", "-id"]),
            models.Index(name="assessment_of_institution", fields=["institution", "-id"]),
        ]
        triggers = [
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[(source.value, target.value) for source, target in ASSESSMENT_STEPS],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(
                name="matter_is_fixed",
                fields=["number", "application", "change", "institution", "round", "checklist"],
            ),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("institutions_desk:assessment", args=[self.number])

    def get_portal_url(self) -> str:
        return reverse("institutions_portal:assessment", args=[self.number])

    def get_room_url(self) -> str:
        """Where its experts work on it."""
        return reverse("institutions_desk:expert_room", args=[self.number])

    @property
    def matter(self) -> Any:
        """The application or the change."""
        return self.application or self.change

    @property
    def is_open(self) -> bool:
        return self.state not in ASSESSMENT_ENDED

    @property
    def is_before_work(self) -> bool:
        return self.state in BEFORE_WORK

    @property
    def is_unsealed(self) -> bool:
        """Whether the opinions may be read: all of the group have signed theirs."""
        return self.state in UNSEALED

    @property
    def is_by_group(self) -> bool:
        return AssessmentKind(self.kind).is_by_group

    @property
    def has_failed(self) -> bool:
        return self.result == Verdict.NOT_QUALIFIED

    @transition(field=state, source=S.OPENED, target=S.DRAWN)
    def draw(self) -> None:
        pass

    @transition(field=state, source=S.DRAWN, target=S.OPINIONS)
    def begin(self, *, at: datetime) -> None:
        self.begun_at = at

    @transition(field=state, source=S.OPENED, target=S.ENGAGED)
    def engage(self, *, at: datetime) -> None:
        self.begun_at = at

    @transition(field=state, source=[S.OPINIONS, S.ENGAGED], target=S.COMPLETE)
    def complete(self, *, at: datetime) -> None:
        self.completed_at = at

    @transition(field=state, source=S.COMPLETE, target=S.CONCLUDED)
    def conclude(
        self,
        *,
        result: Verdict,
        reasons: str,
        advice: str,
        deviation_reason: str,
        by: User,
        at: datetime,
    ) -> None:
        self.result, self.reasons, self.advice = result, reasons, advice
        self.deviation_reason = deviation_reason
        self.decided_by, self.decided_at = by, at

    @transition(field=state, source=_OPEN, target=S.REPLACED)
    def break_off(self) -> None:
        pass

    def serve_result(self, *, on: date) -> None:
        self.result_served_on = on


class AssessmentTransition(TransitionRecord):
    subject = models.ForeignKey(Assessment, on_delete=models.PROTECT, related_name="transitions")
    letter = letter_key()

    class Meta(TransitionRecord.Meta):
        verbose_name = _("transition of an assessment")
        verbose_name_plural = _("transitions of assessments")


class RecusalRequest(Lifecycle):
    """The institution's objection, before the work begins, to a person as its assessor. It does not
    know who was drawn: it names whom it objects to. Granted, that expert stays out.
    """

    assessment = models.ForeignKey(
        Assessment,
        verbose_name=_("assessment"),
        on_delete=models.PROTECT,
        related_name="recusals",
    )
    state = StateField(
        _("state"), max_length=8, choices=RecusalState.choices, default=RecusalState.FILED
    )
    person_name = models.CharField(_("name of the expert"), max_length=80)
    unit = models.CharField(_("unit of the expert"), max_length=120, blank=True)
    reason = models.TextField(_("reason"))
    filed_at = models.DateTimeField(_("filed at"))
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("filed by"),
        on_delete=models.PROTECT,
        related_name="+",
    )
    expert = models.ForeignKey(
        Expert,
        verbose_name=_("expert kept out"),
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

    objects = RecusalRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("objection to an expert")
        verbose_name_plural = _("objections to experts")
        ordering = ["-filed_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="recusalrequest_decision_has_its_facts",
                condition=Q(state=RecusalState.FILED, decided_at__isnull=True, expert__isnull=True)
                | ~Q(state=RecusalState.FILED)
                & Q(decided_at__isnull=False, decided_by__isnull=False)
                & ~Q(decision_reason=""),
            ),
            models.CheckConstraint(
                name="recusalrequest_kept_out_when_granted",
                condition=Q(expert__isnull=True) | Q(state=RecusalState.GRANTED),
            ),
        ]
        triggers = [
            pgtrigger.FSM(
                name="lawful_states",
                field="state",
                transitions=[
                    (RecusalState.FILED.value, RecusalState.GRANTED.value),
                    (RecusalState.FILED.value, RecusalState.REFUSED.value),
                ],
            ),
            pgtrigger.Protect(name="never_deleted", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"{self.assessment}: {self.person_name}"

    def get_absolute_url(self) -> str:
        return self.assessment.get_absolute_url()

    def get_portal_url(self) -> str:
        return self.assessment.get_portal_url()

    @property
    def is_open(self) -> bool:
        return self.state == RecusalState.FILED

    @transition(field=state, source=RecusalState.FILED, target=RecusalState.GRANTED)
    def grant(self, *, expert: Expert | None, by: User, at: datetime, reason: str) -> None:
        self.expert = expert
        self.decided_by, self.decided_at, self.decision_reason = by, at, reason

    @transition(field=state, source=RecusalState.FILED, target=RecusalState.REFUSED)
    def refuse(self, *, by: User, at: datetime, reason: str) -> None:
        self.decided_by, self.decided_at, self.decision_reason = by, at, reason


class AssessmentDelay(models.Model):
    """An application not assessed in time: the entry in the list the administration supervises
    (A-06, Order 2 art. 47). Nothing is deemed accepted by it.
    """

    application = models.ForeignKey(
        "institutions.DesignationApplication",
        verbose_name=_("application"),
        on_delete=models.PROTECT,
        related_name="delays",
    )
    due_on = models.DateField(_("deadline missed"))
    entered_on = models.DateField(_("entered on"))

    class Meta:
        verbose_name = _("assessment overdue")
        verbose_name_plural = _("assessments overdue")
        ordering = ["-entered_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="assessmentdelay_entered_once", fields=["application", "due_on"]
            ),
            models.CheckConstraint(
                name="assessmentdelay_after_the_deadline",
                condition=Q(entered_on__gt=F("due_on")),
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.application} {self.due_on}"
