"""What the organiser and the head do with an assessment."""

from collections.abc import Sequence
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.forms import NoForm, ReasonForm
from agency.rules import Obstacle
from agency.services.calendar import office
from agency.views.pages import ActPage
from institutions.enums.assessment import AssessmentKind, ExcuseKind, SiteMode, Verdict
from institutions.forms.assessment import (
    EngageForm,
    ExcuseForm,
    GrantForm,
    OpenForm,
    ReportForm,
    ResultForm,
)
from institutions.models import (
    Assessment,
    AssessmentMember,
    ChangeRequest,
    DesignationApplication,
    RecusalRequest,
)
from institutions.permissions.assessment import (
    BEGIN_WORK,
    BREAK_OFF,
    DECIDE_RESULT,
    DRAW_GROUP,
    ENGAGE_THIRD_PARTY,
    ENTER_REPORT,
    EXCUSE_MEMBER,
    GRANT_RECUSAL,
    OPEN_ASSESSMENT,
    REFUSE_RECUSAL,
    recusal_obstacles,
    step_obstacles,
)
from institutions.rules import Wanted, group_size
from institutions.services.assessment import (
    deciding,
    drawing,
    opening,
    recusal,
    third_party,
)
from institutions.views.assessment.staff import opinions_for


class OpenPage(ActPage):
    act = OPEN_ASSESSMENT
    form_class: Any = OpenForm

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The institution is told, and may object to experts before the work begins."),
            _("The checklist in force today is used to the end."),
        ]

    def chosen(self, form: OpenForm) -> dict[str, Any]:
        return {
            "kind": AssessmentKind(form.cleaned_data["kind"]),
            "site_mode": SiteMode(form.cleaned_data["site_mode"]),
            "by": self.user,
            "at": timezone.now(),
        }


class OpenForApplication(OpenPage):
    def subject(self) -> DesignationApplication:
        rows = DesignationApplication.objects.visible_to(self.user).select_related(
            "institution", "region"
        )
        return get_object_or_404(rows, number=self.kwargs["number"])

    def obstacles(self) -> Sequence[Obstacle]:
        return opening.opening_obstacles(self.object, self.user, on=timezone.localdate())

    def perform(self, form: OpenForm) -> Assessment:
        return opening.open_assessment(application_id=self.object.pk, **self.chosen(form))


class OpenForChange(OpenPage):
    def subject(self) -> ChangeRequest:
        rows = ChangeRequest.objects.visible_to(self.user).select_related("institution")
        return get_object_or_404(rows, number=self.kwargs["number"])

    def obstacles(self) -> Sequence[Obstacle]:
        return opening.change_obstacles(self.object, self.user)

    def perform(self, form: OpenForm) -> Assessment:
        return opening.open_assessment(change_id=self.object.pk, **self.chosen(form))


class StepPage(ActPage):
    """An act on an assessment."""

    form_class: Any = NoForm

    def subject(self) -> Assessment:
        rows = Assessment.objects.visible_to(self.user).with_matter()
        return get_object_or_404(rows, number=self.kwargs["number"])

    def obstacles(self) -> Sequence[Obstacle]:
        return step_obstacles(self.object, self.act, self.user)


class DrawGroup(StepPage):
    act = DRAW_GROUP
    template_name = "institutions/desk/assessment_draw_act.html"

    def _pool(self) -> tuple[drawing.Pool, Wanted]:
        on = timezone.localdate()
        size = group_size(office(on=on, region=self.object.region))
        return drawing.pool_of(self.object, on=on), Wanted.group(size)

    def obstacles(self) -> Sequence[Obstacle]:
        pool, wanted = self._pool()
        return [*super().obstacles(), *drawing.gap_obstacles(pool, wanted)]

    def extra(self) -> dict[str, Any]:
        pool, wanted = self._pool()
        return {"pool": pool, "seats": wanted.seats}

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("A seed is made and stored, then the group is drawn from the pool by it."),
            _("Anybody can do the draw again and gets the same group."),
            _("The experts are told."),
        ]

    def perform(self, form: Any) -> Assessment:
        draw = drawing.draw_group(assessment_id=self.object.pk, by=self.user, at=timezone.now())
        return draw.assessment


class BeginWork(StepPage):
    act = BEGIN_WORK

    def obstacles(self) -> Sequence[Obstacle]:
        return drawing.beginning_obstacles(self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The experts write and sign their opinions; nobody sees one before all are signed."),
            _("Nobody can be objected to any more."),
        ]

    def perform(self, form: Any) -> Assessment:
        return drawing.begin_work(assessment_id=self.object.pk, by=self.user, at=timezone.now())


class BreakOff(StepPage):
    act = BREAK_OFF
    form_class: Any = ReasonForm

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The assessment ends without a result; what was signed stays on record."),
            _("Experts and institution are told. Another assessment may be opened."),
        ]

    def perform(self, form: ReasonForm) -> Assessment:
        return opening.break_off(
            assessment_id=self.object.pk,
            reason=form.cleaned_data["reason"],
            by=self.user,
            at=timezone.now(),
        )


class Excuse(ActPage):
    act = EXCUSE_MEMBER
    form_class: Any = ExcuseForm

    def subject(self) -> AssessmentMember:
        rows = AssessmentMember.objects.select_related(
            "assessment__institution", "expert__person", "opinion"
        ).filter(assessment__in=Assessment.objects.visible_to(self.user))
        return get_object_or_404(
            rows, pk=self.kwargs["pk"], assessment__number=self.kwargs["number"]
        )

    def stamp(self) -> str:
        return f"{self.object.excused_at}.{self.object.assessment.state}"

    def obstacles(self) -> Sequence[Obstacle]:
        return drawing.excuse_obstacles(self.object.assessment, self.object, self.user)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The expert leaves the group and stays on record as excused."),
            _("Another of the same field is drawn at once, from a new seed."),
        ]

    def perform(self, form: ExcuseForm) -> Assessment:
        draw = drawing.excuse_member(
            member_id=self.object.pk,
            kind=ExcuseKind(form.cleaned_data["kind"]),
            reason=form.cleaned_data["reason"],
            by=self.user,
            at=timezone.now(),
        )
        return draw.assessment

    def back_url(self) -> str:
        return self.object.assessment.get_absolute_url()


class Engage(StepPage):
    act = ENGAGE_THIRD_PARTY
    form_class: Any = EngageForm

    def consequences(self) -> Sequence[str | Promise]:
        return [_("It is checked that nothing ties the third party to the institution.")]

    def perform(self, form: EngageForm) -> Assessment:
        return third_party.engage_third_party(
            assessment_id=self.object.pk,
            third_party_id=form.cleaned_data["third_party"].pk,
            contract=form.cleaned_data["contract"],
            by=self.user,
            at=timezone.now(),
        ).assessment


class EnterReport(StepPage):
    act = ENTER_REPORT
    form_class: Any = ReportForm

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The report is fixed, and the head decides the result.")]

    def perform(self, form: ReportForm) -> Assessment:
        data = form.cleaned_data
        return third_party.enter_report(
            assessment_id=self.object.pk,
            proposal=Verdict(data["proposal"]),
            reasons=data["reasons"],
            advice=data["advice"],
            failed_conditions=data["failed_conditions"],
            report=data["report"],
            by=self.user,
            at=timezone.now(),
        ).assessment


class DecideResult(StepPage):
    act = DECIDE_RESULT
    form_class: Any = ResultForm
    template_name = "institutions/desk/assessment_decide.html"

    def obstacles(self) -> Sequence[Obstacle]:
        return deciding.decision_obstacles(self.object, self.user)

    def extra(self) -> dict[str, Any]:
        return {
            "tally": deciding.tally_of(self.object),
            "opinions": opinions_for(self.object, self.user),
            "engagement": getattr(self.object, "engagement", None),
        }

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The matter moves on with the result."),
            _("The institution gets its letter; of a failure, with reasons and advice."),
        ]

    def perform(self, form: ResultForm) -> Assessment:
        data = form.cleaned_data
        return deciding.decide_result(
            assessment_id=self.object.pk,
            result=Verdict(data["result"]),
            reasons=data["reasons"],
            advice=data["advice"],
            deviation_reason=data["deviation_reason"],
            by=self.user,
            at=timezone.now(),
        )


class RecusalPage(ActPage):
    """What granting and refusing an objection share."""

    template_name = "institutions/desk/assessment_recusal.html"

    def subject(self) -> RecusalRequest:
        rows = RecusalRequest.objects.select_related("assessment__institution", "filed_by")
        seen = rows.filter(assessment__in=Assessment.objects.visible_to(self.user))
        return get_object_or_404(seen, pk=self.kwargs["pk"])

    def stamp(self) -> str:
        return str(self.object.state)

    def obstacles(self) -> Sequence[Obstacle]:
        return recusal_obstacles(self.object, self.act, self.user)


class GrantRecusal(RecusalPage):
    act = GRANT_RECUSAL
    form_class: Any = GrantForm

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("The expert stays out of this assessment."),
            _("If they were drawn, another of the same field is drawn in their place."),
            _("The institution is told the decision, not who was drawn."),
        ]

    def perform(self, form: GrantForm) -> RecusalRequest:
        expert = form.cleaned_data["expert"]
        return recusal.grant_recusal(
            request_id=self.object.pk,
            expert_id=expert.pk if expert else None,
            reason=form.cleaned_data["reason"],
            by=self.user,
            at=timezone.now(),
        )


class RefuseRecusal(RecusalPage):
    act = REFUSE_RECUSAL

    def consequences(self) -> Sequence[str | Promise]:
        return [_("The institution is told the reason.")]

    def perform(self, form: ReasonForm) -> RecusalRequest:
        return recusal.refuse_recusal(
            request_id=self.object.pk,
            reason=form.cleaned_data["reason"],
            by=self.user,
            at=timezone.now(),
        )
