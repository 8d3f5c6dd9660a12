"""The portal: what an institution can still do against decisions and breaches, and its disputes."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.generic import DetailView, TemplateView

from agency.forms import ReasonForm
from agency.home import Matter, navigation, portal_panel, portal_queue
from agency.models import User
from agency.rules import Obstacle
from agency.services.calendar import office
from agency.views.pages import ActPage, ActRequired
from agreements.models import Agreement
from institutions.models import Institution
from supervision.enums.disputes import (
    OUTSIDE_ROUTES,
    DemandState,
    DisputeRoute,
    DisputeState,
    DisputeSubject,
    StepKind,
)
from supervision.forms import disputes as forms
from supervision.models import AgencyBreach, CorrectionDemand, Dispute, DisputeStep
from supervision.permissions import disputes as can
from supervision.rules import disputes as rules
from supervision.services import demands
from supervision.services.disputes import course, filing, result
from supervision.services.disputes.subjects import (
    Disputable,
    options,
    pending_routes,
    subject_of,
    ways_of,
)
from supervision.views.disputes import parts

SHOWN = 50
Sentences = Sequence[str | Promise]

navigation(
    "portal",
    gettext_lazy("Remedies"),
    "supervision_portal:remedies",
    can.VIEW_OWN_DISPUTES,
    order=52,
)


def own_institution(user: User) -> Institution:
    return get_object_or_404(
        Institution.objects.select_related("region").filter(memberships__user=user)
    )


class Remedies(ActRequired, TemplateView):
    """What I can still do, by when; what the agency owes me; and what I have filed."""

    act = can.VIEW_OWN_DISPUTES
    template_name = "supervision/portal/disputes/remedies.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        institution, today = own_institution(self.user), timezone.localdate()
        may_file = can.FILE_DISPUTE.allows(self.user)
        return super().get_context_data(
            institution=institution,
            ways=ways_of(institution, on=today),
            breaches=AgencyBreach.objects.visible_to(self.user).select_related("payout")[:SHOWN],
            disputes=Dispute.objects.visible_to(self.user)[:SHOWN],
            demands=CorrectionDemand.objects.visible_to(self.user)[:SHOWN],
            may_file=may_file,
            routes=[(each, parts.filing_words(each)) for each in DisputeRoute],
            **kwargs,
        )


class OwnDispute(ActRequired, DetailView):
    act = can.VIEW_OWN_DISPUTES
    template_name = "supervision/portal/disputes/detail.html"
    context_object_name = "dispute"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> Any:
        return (
            Dispute.objects.visible_to(self.user)
            .select_related(
                "institution",
                "agreement",
                "case",
                "suspension__agreement",
                "request",
                "change",
                "assessment",
                "breach",
                "new_measure",
            )
            .prefetch_related("files", "result_files", "effects", "steps__by", "steps__files")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        dispute = self.object
        clock, due_on, basis = parts.clock_of(dispute)
        return super().get_context_data(
            buttons=parts.own_dispute_buttons(dispute, self.user),
            facts=parts.dispute_facts(dispute, office=False),
            result=parts.result_facts(dispute),
            effects=parts.effect_lines(dispute),
            clock=clock,
            due_on=due_on,
            basis=basis,
            **kwargs,
        )


class OwnBreach(ActRequired, DetailView):
    act = can.VIEW_OWN_DISPUTES
    template_name = "supervision/portal/disputes/breach.html"
    context_object_name = "breach"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> Any:
        return (
            AgencyBreach.objects.visible_to(self.user)
            .select_related("payout")
            .prefetch_related("demands", "disputes")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        breach = self.object
        today = timezone.localdate()
        what = subject_of(DisputeSubject.BREACH, breach.pk)
        return super().get_context_data(
            buttons=parts.own_breach_buttons(breach, self.user),
            facts=parts.breach_facts(breach),
            what=what,
            options=_options(what, today) if what else [],
            may_file=can.FILE_DISPUTE.allows(self.user),
            **kwargs,
        )


class OwnDemand(ActRequired, DetailView):
    act = can.VIEW_OWN_DISPUTES
    template_name = "supervision/portal/disputes/demand.html"
    context_object_name = "demand"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> Any:
        return (
            CorrectionDemand.objects.visible_to(self.user)
            .select_related("institution", "breach", "agreement")
            .prefetch_related("files")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        demand = self.object
        may_withdraw = demand.state == DemandState.FILED and can.WITHDRAW_DEMAND.allows(self.user)
        buttons = []
        if may_withdraw:
            url = reverse("supervision_portal:demand_withdraw", args=[demand.number])
            buttons.append({"act": can.WITHDRAW_DEMAND, "url": url, "obstacles": []})
        return super().get_context_data(
            buttons=buttons, facts=parts.demand_facts(demand, office=False), **kwargs
        )


# --- acts -----------------------------------------------------------------------------------------


class FileDemand(ActPage):
    """A demand about a recorded breach (?breach=), or about another the institution describes."""

    act = can.FILE_DEMAND
    area = "portal"
    form_class = forms.DemandForm

    def subject(self) -> Any:
        number = self.request.GET.get("breach")
        self.breach = (
            get_object_or_404(AgencyBreach.objects.visible_to(self.user), number=number)
            if number
            else None
        )
        return self.breach or _("Remedies")

    def _form(self, *data: Any) -> Any:
        if self.breach:
            return super()._form(*data)
        agreements = Agreement.objects.visible_to(self.user).order_by("-valid_from")
        return forms.OtherDemandForm(*data, agreements=agreements)

    def initial(self) -> dict[str, Any]:
        if self.breach is None:
            return {}
        text = _("%(matter)s was due on %(day)s and is not done. We demand that it is done now.")
        return {"text": text % {"matter": self.breach.matter, "day": self.breach.due_on}}

    def obstacles(self) -> list[Obstacle]:
        return demands.demanding_obstacles(self.breach) if self.breach else []

    def consequences(self) -> Sentences:
        today = timezone.localdate()
        region = own_institution(self.user).region
        due, _basis = rules.answer_period(today, office(on=today, region=region))
        return [
            _("The agency has to answer by %(day)s.") % {"day": due.on},
            _("Your other ways stay open, and their periods run on."),
        ]

    def back_url(self) -> str:
        if self.breach:
            return self.breach.get_portal_url()
        return reverse("supervision_portal:remedies")

    def perform(self, form: Any) -> CorrectionDemand:
        now, data = timezone.localtime(), form.cleaned_data
        agreement = data.get("agreement")
        return demands.file_demand(
            institution=own_institution(self.user),
            text=data["text"],
            breach_id=self.breach.pk if self.breach else None,
            agreement_id=agreement.pk if agreement else None,
            files=data["attachments"],
            by=self.user,
            on=now.date(),
            at=now,
        )


class WithdrawDemand(ActPage):
    act = can.WITHDRAW_DEMAND
    area = "portal"
    form_class = ReasonForm

    def subject(self) -> CorrectionDemand:
        rows = CorrectionDemand.objects.visible_to(self.user)
        return get_object_or_404(rows, number=self.kwargs["number"])

    def obstacles(self) -> list[Obstacle]:
        return demands.state_obstacles(self.object, DemandState.FILED)

    def perform(self, form: Any) -> CorrectionDemand:
        now = timezone.localtime()
        return demands.withdraw_demand(
            demand_id=self.object.pk,
            reason=form.cleaned_data["reason"],
            by=self.user,
            on=now.date(),
            at=now,
        )


class FileDispute(ActPage):
    act = can.FILE_DISPUTE
    area = "portal"

    def subject(self) -> Any:
        kind, route = self.kwargs["subject"], self.kwargs["route"]
        if kind not in DisputeSubject.values or route not in DisputeRoute.values:
            raise Http404
        self.route = DisputeRoute(route)
        what = subject_of(DisputeSubject(kind), self.kwargs["pk"])
        if what is None or not what.institution.memberships.filter(user=self.user).exists():
            raise Http404
        self.what: Disputable = what
        outside = self.route in OUTSIDE_ROUTES
        self.form_class = forms.OutsideDisputeForm if outside else forms.DisputeForm
        return what.title

    @property
    def option(self) -> Any:
        ways = _options(self.what, timezone.localdate())
        return next(each for each in ways if each.route == self.route)

    def title(self) -> str:
        return f"{self.what.label} · {self.route.label}"

    def initial(self) -> dict[str, Any]:
        return {"filed_on": timezone.localdate()}

    def obstacles(self) -> Sequence[Obstacle]:
        return self.option.obstacles

    def consequences(self) -> Sentences:
        option = self.option
        sentences = [parts.filing_words(self.route)]
        if option.until:
            sentences.append(
                _("It can be filed until %(day)s; the day of filing there counts.")
                % {"day": option.until}
            )
        if self.what.served_on is None and option.until:
            sentences.append(
                _("No service is on record yet: the period is counted from today at the latest.")
            )
        if self.route in OUTSIDE_ROUTES:
            sentences.append(
                _("Filing here tells the agency; the application itself goes to the body named.")
            )
        warning = parts.late_warning(self.route, option.until, timezone.localdate())
        return [*sentences, warning] if warning else sentences

    def back_url(self) -> str:
        return reverse("supervision_portal:remedies")

    def perform(self, form: Any) -> Dispute:
        now, data = timezone.localtime(), form.cleaned_data
        return filing.file_dispute(
            subject=self.what.subject,
            pk=self.what.pk,
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


def _options(what: Disputable, on: date) -> list[Any]:
    return options(
        what,
        on=on,
        office=office(on=on, region=what.region),
        pending=pending_routes(what.keys, what.subject),
    )


class OwnDisputeAct(ActPage):
    area = "portal"
    object: Dispute

    def subject(self) -> Dispute:
        rows = Dispute.objects.visible_to(self.user)
        return get_object_or_404(rows, number=self.kwargs["number"])

    def doer(self) -> dict[str, Any]:
        now = timezone.localtime()
        return {"dispute_id": self.object.pk, "by": self.user, "on": now.date(), "at": now}


class AnswerProposal(OwnDisputeAct):
    act = can.ANSWER_PROPOSAL
    form_class = forms.ProposalAnswerForm

    def obstacles(self) -> list[Obstacle]:
        return course.answering_obstacles(self.object)

    def perform(self, form: Any) -> Dispute:
        course.answer_proposal(**form.cleaned_data, **self.doer())
        return self.object


class AddToDispute(OwnDisputeAct):
    act = can.ADD_TO_DISPUTE
    form_class = forms.ProposalForm

    def _form(self, *data: Any) -> Any:
        form = super()._form(*data)
        form.fields["text"].label = _("What the document shows")
        return form

    def obstacles(self) -> list[Obstacle]:
        return result.withdrawing_obstacles(self.object)

    def perform(self, form: Any) -> Dispute:
        data = form.cleaned_data
        course.record_step(
            kind=StepKind.DOCUMENT, text=data["text"], files=data["attachments"], **self.doer()
        )
        return self.object


class WithdrawDispute(OwnDisputeAct):
    act = can.WITHDRAW_DISPUTE
    form_class = ReasonForm

    def obstacles(self) -> list[Obstacle]:
        return result.withdrawing_obstacles(self.object)

    def consequences(self) -> Sentences:
        return [_("What you dispute stays as it is.")]

    def perform(self, form: Any) -> Dispute:
        return result.withdraw_dispute(reason=form.cleaned_data["reason"], **self.doer())


# --- what waits for the institution ---------------------------------------------------------------


@portal_queue
def proposals_to_answer(user: User, on: date) -> Iterable[Matter]:
    """Proposals the institution has not answered since they were made."""
    if not can.ANSWER_PROPOSAL.allows(user):
        return []
    walking = Dispute.objects.visible_to(user).filter(state=DisputeState.UNDER_WAY)
    steps = (
        DisputeStep.objects.filter(
            dispute__in=walking, kind__in=[StepKind.PROPOSAL, StepKind.ANSWER]
        )
        .select_related("dispute__institution", "by")
        .order_by("dispute", "-at", "-pk")
    )
    waiting: dict[int, Dispute] = {}
    answered: set[int] = set()
    for step in steps:
        if step.dispute_id in waiting or step.dispute_id in answered:
            continue
        if step.kind == StepKind.PROPOSAL:
            waiting[step.dispute_id] = step.dispute
        elif not step.by.is_office_staff:
            answered.add(step.dispute_id)
    return [
        Matter(
            title=f"{each.number} · {each.get_route_display()}",
            plain=each.number,
            institution=each.institution.name,
            state=DisputeState(each.state),
            url=each.get_portal_url(),
            act=can.ANSWER_PROPOSAL.label,
            due_on=each.decision_due_on,
        )
        for each in waiting.values()
    ]


@portal_panel("supervision/portal/disputes/panel.html")
def own_remedies(institution: Institution, on: date) -> dict[str, Any] | None:
    """What the agency owes the institution and what is disputed; stays away when there is none."""
    breaches = list(AgencyBreach.objects.running().filter(institution=institution)[:5])
    disputes = list(Dispute.objects.open().filter(institution=institution)[:5])
    return {"breaches": breaches, "disputes": disputes} if breaches or disputes else None
