"""The institution's side: how its assessment stands, objecting to an expert, asking again."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.models import User
from agency.rules import Obstacle
from agency.views.pages import ActPage, ActRequired
from institutions.application_panels import application_buttons, application_panel
from institutions.enums.assessment import AssessmentState
from institutions.enums.designation import ApplicationState
from institutions.forms.assessment import ReassessForm, RecusalForm
from institutions.models import Assessment, DesignationApplication, RecusalRequest
from institutions.permissions.assessment import (
    ASK_REASSESSMENT,
    OBJECT_TO_EXPERT,
    VIEW_OWN_ASSESSMENTS,
)
from institutions.services.assessment import reassessing, recusal


@application_panel("institutions/portal/assessment_panel.html", area="portal", order=40)
def own_assessments(
    application: DesignationApplication, user: User, on: date
) -> dict[str, Any] | None:
    rows = list(application.assessments.order_by("-opened_at"))
    return {"assessments": rows} if rows else None


@application_buttons(area="portal")
def own_buttons(application: DesignationApplication, user: User) -> list[dict[str, Any]]:
    waiting = application.state in (ApplicationState.FAILED, ApplicationState.RECTIFYING)
    if not waiting or not ASK_REASSESSMENT.allows(user):
        return []
    url = reverse("institutions_portal:reassessment_ask", args=[application.number])
    obstacles = reassessing.asking_obstacles(application, user, on=timezone.localdate())
    return [{"act": ASK_REASSESSMENT, "url": url, "obstacles": obstacles}]


def own_rows(user: User) -> QuerySet[Assessment]:
    return Assessment.objects.visible_to(user).with_matter()


class AssessmentPage(ActRequired, DetailView):
    act = VIEW_OWN_ASSESSMENTS
    template_name = "institutions/portal/assessment.html"
    context_object_name = "assessment"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> QuerySet[Assessment]:
        return own_rows(self.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        assessment, user = self.object, self.user
        buttons = []
        if OBJECT_TO_EXPERT.allows(user) and assessment.is_open and assessment.is_by_group:
            url = reverse("institutions_portal:assessment_object", args=[assessment.number])
            obstacles = recusal.objection_obstacles(assessment, user)
            buttons.append({"act": OBJECT_TO_EXPERT, "url": url, "obstacles": obstacles})
        if assessment.application and assessment.has_failed:
            buttons += own_buttons(assessment.application, user)
        # Who assessed is named once the result is decided, not before.
        named = assessment.state == AssessmentState.CONCLUDED
        members = assessment.members.active().select_related("expert__person") if named else []
        engagement = getattr(assessment, "engagement", None) if named else None
        return super().get_context_data(
            buttons=buttons,
            members=members,
            engagement=engagement,
            recusals=assessment.recusals.all(),
            **kwargs,
        )


class ObjectToExpert(ActPage):
    act = OBJECT_TO_EXPERT
    form_class: Any = RecusalForm
    area = "portal"

    def subject(self) -> Assessment:
        return get_object_or_404(own_rows(self.user), number=self.kwargs["number"])

    def stamp(self) -> str:
        return f"{self.object.state}.{self.object.recusals.count()}"

    def obstacles(self) -> Sequence[Obstacle]:
        return recusal.objection_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The agency decides it before the work begins, and tells you."),
            _("Who was drawn you learn with the result only."),
        ]

    def perform(self, form: RecusalForm) -> RecusalRequest:
        data = form.cleaned_data
        return recusal.object_to_expert(
            assessment_id=self.object.pk,
            person_name=data["person_name"],
            unit=data["unit"],
            reason=data["reason"],
            by=self.user,
            at=timezone.now(),
        )


class AskReassessment(ActPage):
    act = ASK_REASSESSMENT
    form_class: Any = ReassessForm
    area = "portal"

    def subject(self) -> DesignationApplication:
        rows = DesignationApplication.objects.visible_to(self.user).select_related(
            "institution", "region"
        )
        return get_object_or_404(rows, number=self.kwargs["number"])

    def obstacles(self) -> Sequence[Obstacle]:
        return reassessing.asking_obstacles(self.object, self.user, on=timezone.localdate())

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The agency assesses the institution again."),
            _("If it fails again, it cannot apply for a year from the service of the result."),
        ]

    def perform(self, form: ReassessForm) -> DesignationApplication:
        return reassessing.ask_reassessment(
            application_id=self.object.pk,
            statement=form.cleaned_data["statement"],
            by=self.user,
            at=timezone.now(),
        )
