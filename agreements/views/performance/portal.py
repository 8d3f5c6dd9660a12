"""Performance assessments in the portal: assessed by oneself, confirmed, appealed against."""

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
from agency.forms import NoForm
from agency.home import Matter, navigation, portal_queue
from agency.models import User
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired, KeysetList
from agreements.enums.performance import PerformanceState
from agreements.forms.performance import AppealForm, SelfForm
from agreements.models import PerformanceAssessment
from agreements.permissions.performance import (
    APPEAL,
    CONFIRM,
    SELF_ASSESS,
    VIEW_OWN_PERFORMANCE,
    answering_obstacles,
    self_assessing_obstacles,
)
from agreements.services.performance import answers, assessing
from agreements.views.performance.tables import body, scores_of

QUEUE_LENGTH = 20

navigation(
    "portal",
    _("Performance assessment"),
    "agreements_portal:performance",
    VIEW_OWN_PERFORMANCE,
    order=25,
    rules=("B-09",),
)


def _rows(user: User) -> QuerySet[PerformanceAssessment]:
    return PerformanceAssessment.objects.visible_to(user).select_related(
        "institution", "round__region", "indicator_set", "agreement", "entrustment__third_party"
    )


@portal_queue
def assessments_to_do(user: User, on: date) -> Iterator[Matter]:
    if SELF_ASSESS.allows(user):
        rows = _rows(user).filter(state=PerformanceState.OPEN)
        for each in rows.order_by("pk")[:QUEUE_LENGTH]:
            yield _matter(each, SELF_ASSESS.label, each.self_due_on, each.self_due_basis)
    if CONFIRM.allows(user):
        rows = _rows(user).filter(state=PerformanceState.PROPOSED)
        for each in rows.order_by("pk")[:QUEUE_LENGTH]:
            label = gettext("Confirm or appeal")
            yield _matter(each, label, each.appeal_due_on, each.appeal_due_basis)


def _matter(
    assessment: PerformanceAssessment, act: Any, due_on: date | None, basis: dict[str, Any]
) -> Matter:
    return Matter(
        title=gettext("Performance of %(year)d: %(number)s")
        % {"year": assessment.round.year, "number": assessment.number},
        institution=assessment.institution.name,
        state=PerformanceState(assessment.state),
        url=assessment.get_portal_url(),
        act=act,
        due_on=ends_on(due_on, basis),
        provisional=bool(basis.get("provisional")),
    )


class OwnPerformance(ActRequired, KeysetList):
    act = VIEW_OWN_PERFORMANCE
    template_name = "agreements/portal/performance/list.html"
    order_field = "-pk"

    def get_queryset(self) -> QuerySet[PerformanceAssessment]:
        return _rows(self.user)


class OwnAssessment(ActRequired, DetailView):
    act = VIEW_OWN_PERFORMANCE
    template_name = "agreements/portal/performance/assessment.html"
    context_object_name = "assessment"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[PerformanceAssessment]:
        return _rows(self.user).select_related("self_assessed_by", "confirmed_by", "letter")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assessment, user, on = self.object, self.user, timezone.localdate()
        buttons: list[dict[str, Any]] = []
        if assessment.state == PerformanceState.OPEN and SELF_ASSESS.allows(user):
            buttons.append(
                {
                    "act": SELF_ASSESS,
                    "url": reverse("agreements_portal:performance_self", args=[assessment.number]),
                    "obstacles": self_assessing_obstacles(assessment, user),
                }
            )
        if assessment.state == PerformanceState.PROPOSED:
            obstacles = answering_obstacles(assessment, user, on=on)
            for name, act in (("confirm", CONFIRM), ("appeal", APPEAL)):
                if act.allows(user):
                    url = reverse(f"agreements_portal:performance_{name}", args=[assessment.number])
                    buttons.append({"act": act, "url": url, "obstacles": obstacles})
        return super().get_context_data(
            buttons=buttons, **body(assessment, is_desk=False), **kwargs
        )


class OwnAct(ActPage):
    area = "portal"

    def subject(self) -> PerformanceAssessment:
        return get_object_or_404(_rows(self.user), number=self.kwargs["number"])


class SelfAssess(OwnAct):
    act = SELF_ASSESS
    template_name = "agreements/desk/performance/scores_act.html"

    def _form(self, *data: Any) -> SelfForm:
        return SelfForm(*data, scores=scores_of(self.object))

    def obstacles(self) -> Sequence[Obstacle]:
        return self_assessing_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Where you enter no points, those by the figures of the program count."),
            _("It is handed in once; the agency assesses afterwards."),
        ]

    def perform(self, form: SelfForm) -> PerformanceAssessment:
        return assessing.self_assess(
            assessment_id=self.object.pk,
            entries=form.entries(),
            by=self.user,
            at=timezone.now(),
        )


class Confirm(OwnAct):
    act = CONFIRM
    form_class = NoForm
    template_name = "agreements/desk/performance/act.html"

    def extra(self) -> dict[str, Any]:
        return body(self.object, is_desk=False)

    def obstacles(self) -> Sequence[Obstacle]:
        return answering_obstacles(self.object, self.user, on=timezone.localdate())

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The result counts as confirmed; no appeal is possible any more."),
            _("The agency publishes it; it counts for clearing, deposit and renewal."),
        ]

    def perform(self, form: forms.Form) -> PerformanceAssessment:
        return answers.confirm(assessment_id=self.object.pk, by=self.user, at=timezone.now())


class Appeal(OwnAct):
    act = APPEAL
    template_name = "agreements/desk/performance/scores_act.html"

    def _form(self, *data: Any) -> AppealForm:
        return AppealForm(*data, scores=scores_of(self.object))

    def obstacles(self) -> Sequence[Obstacle]:
        return answering_obstacles(self.object, self.user, on=timezone.localdate())

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Appealed against is every indicator with a reason; the rest counts as confirmed."),
            _("Somebody other than the assessor decides. The score is published afterwards."),
        ]

    def perform(self, form: AppealForm) -> PerformanceAssessment:
        return answers.file_appeals(
            assessment_id=self.object.pk,
            entries=form.appealed(),
            by=self.user,
            at=timezone.now(),
        )
