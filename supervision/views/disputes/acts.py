"""The page of each act at the desk on demands, measures on the agency and disputes."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from agency.forms import ReasonForm
from agency.rules import Obstacle
from agency.services.calendar import office
from agency.services.clocks import EXTEND
from agency.views.clock_acts import ExtendClock, clock_act
from agency.views.pages import ActPage
from supervision.clocks.disputes import RECONSIDERATION_DECISION
from supervision.enums.disputes import (
    OUTSIDE_ROUTES,
    DisputeRoute,
    DisputeSubject,
)
from supervision.forms import disputes as forms
from supervision.models import AgencyBreach, AgencyMeasure, CorrectionDemand, Dispute
from supervision.permissions import disputes as can
from supervision.rules import disputes as rules
from supervision.services import agency_measures, demands
from supervision.services.disputes import course, effects, filing, result
from supervision.services.disputes.subjects import options, pending_routes, subject_of
from supervision.views.disputes import parts

Sentences = Sequence[str | Promise]


# --- demands --------------------------------------------------------------------------------------


class DemandAct(ActPage):
    object: CorrectionDemand

    def subject(self) -> CorrectionDemand:
        rows = CorrectionDemand.objects.visible_to(self.user).select_related("institution")
        return get_object_or_404(rows, number=self.kwargs["number"])

    def doer(self) -> dict[str, Any]:
        now = timezone.localtime()
        return {"demand_id": self.object.pk, "by": self.user, "on": now.date(), "at": now}


class AcceptDemand(DemandAct):
    act = can.ACCEPT_DEMAND
    form_class = forms.AcceptDemandForm

    def obstacles(self) -> list[Obstacle]:
        return demands.state_obstacles(self.object, demands.DemandState.FILED)

    def consequences(self) -> Sentences:
        return [_("The agency admits the breach and says by when it is corrected."), _LETTER()]

    def perform(self, form: Any) -> CorrectionDemand:
        return demands.accept_demand(**form.cleaned_data, **self.doer())


class RefuseDemand(DemandAct):
    act = can.REFUSE_DEMAND
    form_class = forms.AnswerForm

    def obstacles(self) -> list[Obstacle]:
        return demands.state_obstacles(self.object, demands.DemandState.FILED)

    def consequences(self) -> Sentences:
        return [
            _LETTER(),
            _("The institution may go to the administration, to reconsideration or to court."),
        ]

    def perform(self, form: Any) -> CorrectionDemand:
        return demands.refuse_demand(**form.cleaned_data, **self.doer())


class RecordCorrection(DemandAct):
    act = can.RECORD_CORRECTION
    form_class = forms.CorrectionForm

    def obstacles(self) -> list[Obstacle]:
        return demands.state_obstacles(self.object, demands.DemandState.ACCEPTED)

    def initial(self) -> dict[str, Any]:
        return {"corrected_on": timezone.localdate()}

    def perform(self, form: Any) -> CorrectionDemand:
        return demands.record_correction(**form.cleaned_data, **self.doer())


def _LETTER() -> str:  # noqa: N802 - a sentence, in the reader's language
    return _("The answer goes to the institution as a letter.")


# --- measures on the agency -----------------------------------------------------------------------


class TakeMeasure(ActPage):
    """A measure on the agency: about a recorded breach (?breach=), or about something else."""

    act = can.TAKE_MEASURE

    def subject(self) -> Any:
        number = self.request.GET.get("breach")
        self.breach = (
            get_object_or_404(AgencyBreach.objects.select_related("institution"), number=number)
            if number
            else None
        )
        self.form_class = forms.AgencyMeasureForm if self.breach else forms.RegionMeasureForm
        return self.breach or _("Measures on the agency")

    def consequences(self) -> Sentences:
        return [
            _("The agency gets a letter of the administration."),
            _("It reports back where a day is set; you follow it up here."),
        ]

    def back_url(self) -> str:
        if self.breach:
            return self.breach.get_absolute_url()
        return reverse("supervision_desk:agency_measures")

    def perform(self, form: Any) -> AgencyMeasure:
        now = timezone.localtime()
        return agency_measures.take_measure(
            **form.cleaned_data,
            breach_id=self.breach.pk if self.breach else None,
            by=self.user,
            on=now.date(),
            at=now,
        )


class MeasureAct(ActPage):
    object: AgencyMeasure

    def subject(self) -> AgencyMeasure:
        return get_object_or_404(AgencyMeasure, number=self.kwargs["number"])

    def doer(self) -> dict[str, Any]:
        now = timezone.localtime()
        return {"measure_id": self.object.pk, "by": self.user, "on": now.date(), "at": now}


class ReportMeasure(MeasureAct):
    act = can.REPORT_MEASURE
    form_class = forms.ReportForm

    def obstacles(self) -> list[Obstacle]:
        return agency_measures.state_obstacles(
            self.object, agency_measures.AgencyMeasureState.TAKEN
        )

    def perform(self, form: Any) -> AgencyMeasure:
        return agency_measures.report_measure(**form.cleaned_data, **self.doer())


class ReturnReport(MeasureAct):
    act = can.RETURN_REPORT
    form_class = forms.ReturnReportForm

    def obstacles(self) -> list[Obstacle]:
        return agency_measures.state_obstacles(
            self.object, agency_measures.AgencyMeasureState.REPORTED
        )

    def perform(self, form: Any) -> AgencyMeasure:
        return agency_measures.return_report(**form.cleaned_data, **self.doer())


class CloseMeasure(MeasureAct):
    act = can.CLOSE_MEASURE
    form_class = forms.ClosingForm

    def obstacles(self) -> list[Obstacle]:
        return agency_measures.closing_obstacles(self.object)

    def perform(self, form: Any) -> AgencyMeasure:
        return agency_measures.close_measure(**form.cleaned_data, **self.doer())


# --- disputes -------------------------------------------------------------------------------------


class EnterDispute(ActPage):
    """The agency enters a dispute that the institution, an authority or a court has told it of."""

    act = can.ENTER_DISPUTE

    def subject(self) -> Any:
        kind, route = self.kwargs["subject"], self.kwargs["route"]
        if kind not in DisputeSubject.values or route not in DisputeRoute.values:
            raise Http404
        self.route = DisputeRoute(route)
        self.what = subject_of(DisputeSubject(kind), self.kwargs["pk"])
        if self.what is None:
            raise Http404
        outside = self.route in OUTSIDE_ROUTES
        self.form_class = forms.OutsideDisputeForm if outside else forms.DisputeForm
        return self.what.title

    def obstacles(self) -> Sequence[Obstacle]:
        return self.option.obstacles

    @property
    def option(self) -> Any:
        today = timezone.localdate()
        what: Any = self.what
        ways = options(
            what,
            on=today,
            office=office(on=today, region=what.region),
            pending=pending_routes(what.keys, what.subject),
        )
        return next(each for each in ways if each.route == self.route)

    def initial(self) -> dict[str, Any]:
        return {"filed_on": timezone.localdate()}

    def title(self) -> str:
        return f"{self.act.label} · {self.route.label}"

    def consequences(self) -> Sentences:
        sentences = [parts.filing_words(self.route)]
        option = self.option
        if option.until:
            sentences.append(_("It could be filed until %(day)s.") % {"day": option.until})
        warning = parts.late_warning(self.route, option.until, timezone.localdate())
        return [*sentences, warning] if warning else sentences

    def back_url(self) -> str:
        what: Any = self.what
        return f"{reverse('supervision_desk:dispute_enter')}?institution={what.institution.code}"

    def perform(self, form: Any) -> Dispute:
        now = timezone.localtime()
        data = form.cleaned_data
        what: Any = self.what
        return filing.file_dispute(
            subject=what.subject,
            pk=what.pk,
            route=self.route,
            claim=data["claim"],
            grounds=data["grounds"],
            filed_on=data.get("filed_on"),
            body=data.get("body", ""),
            body_reference=data.get("body_reference", ""),
            files=data["attachments"],
            by=self.user,
            on=now.date(),
            at=now,
        )


class DisputeAct(ActPage):
    object: Dispute

    def subject(self) -> Dispute:
        rows = Dispute.objects.visible_to(self.user).select_related(
            "institution", "region", "case", "suspension"
        )
        return get_object_or_404(rows, number=self.kwargs["number"])

    def doer(self) -> dict[str, Any]:
        now = timezone.localtime()
        return {"dispute_id": self.object.pk, "by": self.user, "on": now.date(), "at": now}


class AcceptDispute(DisputeAct):
    act = can.ACCEPT_DISPUTE
    form_class = forms.AcceptanceForm

    def initial(self) -> dict[str, Any]:
        return {
            "accepted_on": timezone.localdate(),
            "body_reference": self.object.body_reference,
        }

    def obstacles(self) -> list[Obstacle]:
        return _fits(self, course.acceptance_act) or rules.step_obstacles(
            state=self.object.state,
            allowed=[course.DisputeState.FILED],
        )

    def consequences(self) -> Sentences:
        today = timezone.localdate()
        period = rules.decision_period(
            DisputeRoute(self.object.route), today, office(on=today, region=self.object.region)
        )
        if period is None:
            return [_("The dispute is taken up; the court's own periods run.")]
        return [_("A result is due by %(day)s, accepted today.") % {"day": period[0].on}]

    def perform(self, form: Any) -> Dispute:
        return course.accept_dispute(**form.cleaned_data, **self.doer())


class AcceptCoordination(AcceptDispute):
    act = can.ACCEPT_COORDINATION


class NotAcceptDispute(DisputeAct):
    act = can.NOT_ACCEPT_DISPUTE
    form_class = ReasonForm

    def obstacles(self) -> list[Obstacle]:
        return _fits(self, course.non_acceptance_act) or rules.step_obstacles(
            state=self.object.state,
            allowed=[course.DisputeState.FILED],
        )

    def consequences(self) -> Sentences:
        return [_("The dispute ends here; the institution's other ways stay open.")]

    def perform(self, form: Any) -> Dispute:
        return course.not_accept_dispute(**form.cleaned_data, **self.doer())


class NotAcceptCoordination(NotAcceptDispute):
    act = can.NOT_ACCEPT_COORDINATION


def _fits(page: DisputeAct, wanted: Any) -> list[Obstacle]:
    """Return that the act belongs to the other side."""
    if wanted(page.object) is page.act:
        return []
    text = _("“%(route)s” is taken up by the other side.")
    route = page.object.get_route_display()
    return [Obstacle("other_side", text % {"route": route}, rules.RULE)]


class InviteSides(DisputeAct):
    act = can.INVITE_SIDES
    form_class = forms.InvitationForm

    def consequences(self) -> Sentences:
        return [
            _("%s gets a letter, the agency a notice.") % self.object.institution.name,
        ]

    def perform(self, form: Any) -> Dispute:
        course.invite_sides(**form.cleaned_data, **self.doer())
        return self.object


class Propose(DisputeAct):
    act = can.PROPOSE
    form_class = forms.ProposalForm

    def consequences(self) -> Sentences:
        return [_("Both sides see the proposal and answer it.")]

    def perform(self, form: Any) -> Dispute:
        data = form.cleaned_data
        course.propose(text=data["text"], files=data["attachments"], **self.doer())
        return self.object


class AgencyAnswer(DisputeAct):
    act = can.AGENCY_ANSWER
    form_class = forms.ProposalAnswerForm

    def obstacles(self) -> list[Obstacle]:
        return course.answering_obstacles(self.object)

    def perform(self, form: Any) -> Dispute:
        course.answer_proposal(**form.cleaned_data, **self.doer())
        return self.object


class RecordStep(DisputeAct):
    act = can.RECORD_STEP

    def subject(self) -> Dispute:
        dispute = super().subject()
        self.form_class = partial(forms.StepForm, dispute=dispute, by=self.user)  # type: ignore[assignment]
        return dispute

    def obstacles(self) -> list[Obstacle]:
        return rules.step_obstacles(
            state=self.object.state,
            allowed=course.OPEN_DISPUTE_STATES,
        )

    def perform(self, form: Any) -> Dispute:
        data = form.cleaned_data
        course.record_step(
            kind=data["kind"], text=data["text"], files=data["attachments"], **self.doer()
        )
        return self.object


class RecordResult(DisputeAct):
    act = can.RECORD_RESULT

    def subject(self) -> Dispute:
        dispute = super().subject()
        suspends = effects.suspension_of(dispute) is not None
        self.form_class = partial(forms.ResultForm, dispute=dispute, suspends=suspends)  # type: ignore[assignment]
        return dispute

    def initial(self) -> dict[str, Any]:
        return {"decided_on": timezone.localdate()}

    def obstacles(self) -> list[Obstacle]:
        return _fits(self, result.result_act) or rules.step_obstacles(
            state=self.object.state,
            allowed=course.OPEN_DISPUTE_STATES,
        )

    def consequences(self) -> Sentences:
        if not self.object.is_outside:
            return [_("What was settled is carried out by an act of its own.")]
        return [
            _(
                "Annulled: the act counts as if it had never been. Suspensions and dissolutions "
                "are struck out here and in the regions that followed, obligations and blocks "
                "withdrawn, letters and publications too."
            ),
            _("Claims of the days that become payable are decided anew; the fund pays the rest."),
            _("Changed: the same for the days and the amount that fall away."),
            _("The institution gets a letter that lists what was changed back."),
        ]

    def perform(self, form: Any) -> Dispute:
        data = form.cleaned_data
        files = data.pop("attachments")
        return result.record_result(files=files, **data, **self.doer())


class Conclude(DisputeAct):
    act = can.CONCLUDE
    form_class = forms.ConclusionForm

    def obstacles(self) -> list[Obstacle]:
        return _fits(self, result.result_act) or rules.step_obstacles(
            state=self.object.state,
            allowed=course._WALKING,
        )

    def consequences(self) -> Sentences:
        return [
            _("Both sides get the result; what was agreed the agency carries out."),
            _("The periods for reconsideration and court are not longer for it."),
        ]

    def perform(self, form: Any) -> Dispute:
        data = form.cleaned_data
        return result.record_result(
            result=data["result"],
            text=data["text"],
            decided_on=timezone.localdate(),
            files=data["attachments"],
            **self.doer(),
        )


class CarryOut(DisputeAct):
    act = can.CARRY_OUT

    def subject(self) -> Dispute:
        dispute = super().subject()
        suspends = effects.suspension_of(dispute) is not None
        self.form_class = partial(forms.CarryOutForm, dispute=dispute, suspends=suspends)  # type: ignore[assignment]
        return dispute

    def obstacles(self) -> list[Obstacle]:
        return result.carrying_out_obstacles(self.object)

    def consequences(self) -> Sentences:
        return [
            _("Annulled or changed, everything that rests on the act is put right at once."),
        ]

    def perform(self, form: Any) -> Dispute:
        data = form.cleaned_data
        return result.carry_out(
            annuls=data["how"] == "annul",
            reason=data["reason"],
            new_end_on=data.get("new_end_on"),
            new_measure_id=data.get("new_measure_id"),
            new_amount=data.get("new_amount"),
            **self.doer(),
        )


clock_act(
    RECONSIDERATION_DECISION,
    EXTEND,
    can.EXTEND_RECONSIDERATION,
    lambda row: reverse("supervision_desk:dispute_extend", args=[row.number]),
)


class ExtendReconsideration(ExtendClock):
    act = can.EXTEND_RECONSIDERATION
    clock = RECONSIDERATION_DECISION

    def subject(self) -> Dispute:
        return get_object_or_404(self.clock.visible_to(self.user), number=self.kwargs["number"])
