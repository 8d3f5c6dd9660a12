"""One performance assessment at the desk: its table of indicators, and the acts on it."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.clocks import ends_on
from agency.forms import NoForm, ReasonForm
from agency.home import Matter, desk_queue
from agency.models import User
from agency.permissions import Act
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired
from agreements.enums.performance import (
    PUBLISHABLE,
    AppealOutcome,
    PerformanceState,
)
from agreements.forms.performance import AssessForm, CorrectionForm, DecideForm
from agreements.models import PerformanceAppeal, PerformanceAssessment
from agreements.permissions.performance import (
    ASSESS,
    CONFIRM_SILENT,
    CORRECT_RESULT,
    DECIDE_APPEAL,
    PROPOSE,
    PUBLISH_RESULT,
    VIEW_PERFORMANCE,
    appeal_obstacles,
    assessing_obstacles,
    correcting_obstacles,
    proposing_obstacles,
    publishing_obstacles,
    silence_obstacles,
)
from agreements.services.performance import answers, assessing, publishing
from agreements.tasks import hand_letters_to_worker
from agreements.views.performance.tables import body, scores_of

QUEUE_LENGTH = 50


def _rows() -> QuerySet[PerformanceAssessment]:
    return PerformanceAssessment.objects.select_related(
        "institution", "round__region", "indicator_set", "agreement", "entrustment__third_party"
    )


@desk_queue
def assessments_waiting(user: User, on: date) -> Iterator[Matter]:
    """What the officer is to assess and propose, and what the head is to publish."""
    if ASSESS.allows(user):
        rows = _rows().filter(state__in=[PerformanceState.SELF_ASSESSED, PerformanceState.ASSESSED])
        for each in rows.order_by("round__assess_due_on", "pk")[:QUEUE_LENGTH]:
            waits = each.state == PerformanceState.SELF_ASSESSED
            yield _matter(
                each,
                ASSESS if waits else PROPOSE,
                due_on=each.round.assess_due_on if waits else None,
                basis=each.round.assess_due_basis,
            )
    if PUBLISH_RESULT.allows(user):
        rows = _rows().filter(state__in=PUBLISHABLE).exclude(assessed_by=user)
        for each in rows.order_by("pk")[:QUEUE_LENGTH]:
            yield _matter(each, PUBLISH_RESULT, due_on=None, basis={})


@desk_queue
def appeals_waiting(user: User, on: date) -> Iterator[Matter]:
    """Appeals that the person may decide: somebody else assessed."""
    if not DECIDE_APPEAL.allows(user):
        return
    rows = _rows().filter(state=PerformanceState.APPEALED).exclude(assessed_by=user)
    for each in rows.order_by("decision_due_on", "pk")[:QUEUE_LENGTH]:
        yield _matter(
            each, DECIDE_APPEAL, due_on=each.decision_due_on, basis=each.decision_due_basis
        )


def _matter(
    assessment: PerformanceAssessment, act: Act, *, due_on: date | None, basis: dict[str, Any]
) -> Matter:
    return Matter(
        title=gettext("Performance of %(year)d: %(number)s")
        % {"year": assessment.round.year, "number": assessment.number},
        institution=assessment.institution.name,
        state=PerformanceState(assessment.state),
        url=assessment.get_absolute_url(),
        act=act.label,
        due_on=ends_on(due_on, basis),
        provisional=bool(basis.get("provisional")),
    )


class AssessmentPage(ActRequired, DetailView):
    act = VIEW_PERFORMANCE
    template_name = "agreements/desk/performance/assessment.html"
    context_object_name = "assessment"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[PerformanceAssessment]:
        return _rows().select_related(
            "assessed_by", "confirmed_by", "published_by", "self_assessed_by", "corrects", "letter"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assessment, user = self.object, self.user
        on = timezone.localdate()
        shown = body(assessment, is_desk=True)
        for each in shown["appeals"]:
            each.url = reverse("agreements_desk:performance_decide", args=[each.pk])
            each.obstacles = appeal_obstacles(each, assessment, user)
            each.may_decide = DECIDE_APPEAL.allows(user) and each.outcome == AppealOutcome.OPEN
        return super().get_context_data(
            buttons=list(self._buttons(assessment, user, on)),
            uses=assessment.uses.all(),
            corrected_by=PerformanceAssessment.objects.filter(corrects=assessment).first(),
            decide_act=DECIDE_APPEAL,
            **shown,
            **kwargs,
        )

    def _buttons(
        self, assessment: PerformanceAssessment, user: User, on: date
    ) -> Iterator[dict[str, Any]]:
        state = assessment.state
        offered: list[tuple[str, Act, bool, list[Obstacle]]] = [
            (
                "assess",
                ASSESS,
                assessment.is_before_proposal,
                assessing_obstacles(assessment, user, on=on),
            ),
            (
                "propose",
                PROPOSE,
                state == PerformanceState.ASSESSED,
                proposing_obstacles(assessment, user),
            ),
            (
                "silent",
                CONFIRM_SILENT,
                state == PerformanceState.PROPOSED,
                silence_obstacles(assessment, user, on=on),
            ),
            (
                "publish",
                PUBLISH_RESULT,
                state in (*PUBLISHABLE, PerformanceState.APPEALED),
                publishing_obstacles(assessment, user),
            ),
            (
                "correct",
                CORRECT_RESULT,
                state == PerformanceState.PUBLISHED,
                correcting_obstacles(assessment, user, under_way=_under_way(assessment)),
            ),
        ]
        for name, act, wanted, obstacles in offered:
            if wanted and act.allows(user):
                url = reverse(f"agreements_desk:performance_{name}", args=[assessment.number])
                yield {"act": act, "url": url, "obstacles": obstacles}


def _under_way(assessment: PerformanceAssessment) -> str:
    rows = PerformanceAssessment.objects.under_way().filter(
        round=assessment.round_id, institution=assessment.institution_id
    )
    return rows.values_list("number", flat=True).first() or ""


class AssessmentAct(ActPage):
    form_class: Any = NoForm
    template_name = "agreements/desk/performance/act.html"

    def subject(self) -> PerformanceAssessment:
        return get_object_or_404(_rows(), number=self.kwargs["number"])

    def extra(self) -> dict[str, Any]:
        return body(self.object, is_desk=True)


class Assess(AssessmentAct):
    act = ASSESS
    template_name = "agreements/desk/performance/scores_act.html"

    def _form(self, *data: Any) -> AssessForm:
        return AssessForm(
            *data,
            scores=scores_of(self.object),
            third_party=self.object.entrustment_id is not None,
            initial={"opinion": self.object.opinion, "report_on": self.object.report_on},
        )

    def extra(self) -> dict[str, Any]:
        return {}

    def obstacles(self) -> Sequence[Obstacle]:
        return assessing_obstacles(self.object, self.user, on=timezone.localdate())

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("What the figures decide stays as computed; other points need their evidence."),
            _("Until the result is proposed it can be assessed again."),
            _("Whoever assesses decides no appeal against it and does not publish it."),
        ]

    def perform(self, form: AssessForm) -> PerformanceAssessment:
        data = form.cleaned_data
        return assessing.assess(
            assessment_id=self.object.pk,
            entries=form.entries(),
            opinion=data["opinion"],
            report=data.get("report") or (),
            report_on=data.get("report_on"),
            by=self.user,
            at=timezone.now(),
        )


class Propose(AssessmentAct):
    act = PROPOSE

    def obstacles(self) -> Sequence[Obstacle]:
        return proposing_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The figures are computed once more and then stay as they are."),
            _("The institution is told, and may confirm or appeal against each indicator."),
        ]

    def perform(self, form: forms.Form) -> PerformanceAssessment:
        return assessing.propose(assessment_id=self.object.pk, by=self.user, at=timezone.now())


class RecordSilence(AssessmentAct):
    act = CONFIRM_SILENT
    form_class = ReasonForm

    def obstacles(self) -> Sequence[Obstacle]:
        return silence_obstacles(self.object, self.user, on=timezone.localdate())

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The proposed result counts as confirmed and can be published.")]

    def perform(self, form: forms.Form) -> PerformanceAssessment:
        return answers.record_silence(
            assessment_id=self.object.pk,
            reason=form.cleaned_data["reason"],
            by=self.user,
            at=timezone.now(),
        )


class Publish(AssessmentAct):
    act = PUBLISH_RESULT

    def obstacles(self) -> Sequence[Obstacle]:
        return publishing_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        said = [
            _("Clearing, deposit and renewal read the result from now on."),
            _("The institution has a letter."),
        ]
        if self.object.corrects_id:
            said.append(_("It replaces the old result; what was decided with that is stale."))
        return said

    def perform(self, form: forms.Form) -> PerformanceAssessment:
        done = publishing.publish(assessment_id=self.object.pk, by=self.user, at=timezone.now())
        hand_letters_to_worker()
        return done


class Correct(AssessmentAct):
    act = CORRECT_RESULT
    template_name = "agreements/desk/performance/scores_act.html"

    def _form(self, *data: Any) -> CorrectionForm:
        return CorrectionForm(*data, scores=scores_of(self.object))

    def extra(self) -> dict[str, Any]:
        return {}

    def obstacles(self) -> Sequence[Obstacle]:
        under_way = _under_way(self.object)
        return correcting_obstacles(self.object, self.user, under_way=under_way)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("A new version is proposed; the institution may confirm or appeal against it."),
            _("The published result holds until the new one is published, and stays on record."),
        ]

    def perform(self, form: CorrectionForm) -> PerformanceAssessment:
        return publishing.correct(
            assessment_id=self.object.pk,
            points=form.points(),
            reason=form.cleaned_data["reason"],
            by=self.user,
            at=timezone.now(),
        )


class DecideAppeal(ActPage):
    act = DECIDE_APPEAL
    form_class = DecideForm
    template_name = "agreements/desk/performance/decide_act.html"

    def subject(self) -> PerformanceAppeal:
        rows = PerformanceAppeal.objects.select_related(
            *("assessment__institution", "assessment__round", "score__indicator", "filed_by")
        )
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def title(self) -> str:
        return gettext("Decide the appeal: %(indicator)s") % {
            "indicator": self.object.score.indicator.name
        }

    def stamp(self) -> str:
        return f"{self.object.outcome}"

    def obstacles(self) -> Sequence[Obstacle]:
        return appeal_obstacles(self.object, self.object.assessment, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("With the last appeal of an assessment its score becomes final."),
            _("The institution is told; then the result can be published."),
        ]

    def success(self, result: Any) -> str:
        return gettext("Decided: %(outcome)s.") % {"outcome": result.get_outcome_display()}

    def perform(self, form: forms.Form) -> PerformanceAppeal:
        data = form.cleaned_data
        return answers.decide_appeal(
            appeal_id=self.object.pk,
            outcome=AppealOutcome(data["outcome"]),
            points=data["points"],
            reason=data["reason"],
            by=self.user,
            at=timezone.now(),
        )
