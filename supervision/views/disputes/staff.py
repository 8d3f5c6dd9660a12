"""The desk: disputes, demands, breaches by the agency and measures on it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView, TemplateView

from agency.home import Matter, desk_queue, navigation
from agency.models import User
from agency.views.pages import ActRequired, KeysetList
from institutions.models import Institution
from supervision.enums.disputes import (
    AgencyMeasureState,
    DemandState,
    DisputeResult,
    DisputeRoute,
    DisputeState,
)
from supervision.forms.disputes import (
    AgencyMeasureFilter,
    BreachFilter,
    DemandFilter,
    DisputeFilter,
    InstitutionSearch,
)
from supervision.models import AgencyBreach, AgencyMeasure, CorrectionDemand, Dispute
from supervision.permissions import disputes as can
from supervision.services.disputes import course
from supervision.services.disputes.subjects import ways_of
from supervision.views.disputes import parts

QUEUE_LENGTH = 50
FOUND_AT_MOST = 20

navigation(
    "desk",
    _("Disputes"),
    "supervision_desk:disputes",
    can.VIEW_DISPUTES,
    order=54,
    rules=("B-12", "B-19", "C-04"),
)
_OF_DISPUTE = (
    "institution__region",
    "region",
    "agreement",
    "case",
    "suspension__agreement",
    "request",
    "change",
    "assessment",
    "breach",
    "filed_by",
    "new_measure",
)


class DisputeList(ActRequired, KeysetList):
    act = can.VIEW_DISPUTES
    template_name = "supervision/desk/disputes/list.html"
    order_field = "-filed_on"
    filterset_class = DisputeFilter

    def get_queryset(self) -> Any:
        return Dispute.objects.visible_to(self.user).select_related("institution")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(
            may_enter=can.ENTER_DISPUTE.allows(self.user), tab="disputes", **kwargs
        )
        for each in context["object_list"]:
            each.clock, each.due_on, each.due_basis = parts.clock_of(each)
        return context


class DisputeDetail(ActRequired, DetailView):
    act = can.VIEW_DISPUTES
    template_name = "supervision/desk/disputes/detail.html"
    context_object_name = "dispute"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> Any:
        return (
            Dispute.objects.visible_to(self.user)
            .select_related(*_OF_DISPUTE)
            .prefetch_related("files", "result_files", "effects", "steps__by", "steps__files")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        dispute = self.object
        clock, due_on, basis = parts.clock_of(dispute)
        return super().get_context_data(
            buttons=parts.dispute_buttons(dispute, self.user),
            facts=parts.dispute_facts(dispute, office=True),
            result=parts.result_facts(dispute),
            effects=parts.effect_lines(dispute),
            disputed=dispute.agreement if dispute.suspension else dispute.matter,
            clock=clock,
            due_on=due_on,
            basis=basis,
            **kwargs,
        )


class EnterList(ActRequired, TemplateView):
    """What an institution could dispute: where the agency begins to enter a dispute that an
    authority or a court has told it of.
    """

    act = can.ENTER_DISPUTE
    template_name = "supervision/desk/disputes/enter.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = InstitutionSearch(self.request.GET)
        text = form.cleaned_data["q"].strip() if form.is_valid() else ""
        found: list[Institution] = []
        chosen = None
        if code := self.request.GET.get("institution", ""):
            chosen = get_object_or_404(Institution.objects.select_related("region"), code=code)
        elif text:
            found = list(Institution.objects.matching(text)[:FOUND_AT_MOST])
        today = timezone.localdate()
        return super().get_context_data(
            form=form,
            found=found,
            chosen=chosen,
            searched=bool(text),
            subjects=ways_of(chosen, on=today) if chosen else [],
            **kwargs,
        )


class BreachList(ActRequired, KeysetList):
    act = can.VIEW_DISPUTES
    template_name = "supervision/desk/disputes/breaches.html"
    order_field = "-began_on"
    filterset_class = BreachFilter

    def get_queryset(self) -> Any:
        return AgencyBreach.objects.visible_to(self.user).select_related("institution", "payout")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tab="breaches", **kwargs)


class BreachDetail(ActRequired, DetailView):
    act = can.VIEW_DISPUTES
    template_name = "supervision/desk/disputes/breach.html"
    context_object_name = "breach"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> Any:
        return (
            AgencyBreach.objects.visible_to(self.user)
            .select_related("institution", "payout__statement")
            .prefetch_related("demands", "measures", "disputes")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            buttons=parts.breach_buttons(self.object, self.user),
            facts=parts.breach_facts(self.object),
            **kwargs,
        )


class DemandList(ActRequired, KeysetList):
    act = can.VIEW_DISPUTES
    template_name = "supervision/desk/disputes/demands.html"
    order_field = "-filed_at"
    filterset_class = DemandFilter

    def get_queryset(self) -> Any:
        return CorrectionDemand.objects.visible_to(self.user).select_related(
            "institution", "breach"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(tab="demands", **kwargs)


class DemandDetail(ActRequired, DetailView):
    act = can.VIEW_DISPUTES
    template_name = "supervision/desk/disputes/demand.html"
    context_object_name = "demand"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> Any:
        return (
            CorrectionDemand.objects.visible_to(self.user)
            .select_related("institution", "breach", "agreement", "filed_by", "answered_by")
            .prefetch_related("files")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            buttons=parts.demand_buttons(self.object, self.user),
            facts=parts.demand_facts(self.object, office=True),
            **kwargs,
        )


class MeasureList(ActRequired, KeysetList):
    act = can.VIEW_DISPUTES
    template_name = "supervision/desk/disputes/measures.html"
    order_field = "-taken_on"
    filterset_class = AgencyMeasureFilter

    def get_queryset(self) -> Any:
        return AgencyMeasure.objects.select_related("region", "breach")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            may_take=can.TAKE_MEASURE.allows(self.user), tab="measures", **kwargs
        )


class MeasureDetail(ActRequired, DetailView):
    act = can.VIEW_DISPUTES
    template_name = "supervision/desk/disputes/measure.html"
    context_object_name = "measure"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> Any:
        return AgencyMeasure.objects.select_related(
            "region", "breach", "taken_by", "reported_by", "closed_by", "letter"
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            buttons=parts.measure_buttons(self.object, self.user),
            facts=parts.measure_facts(self.object),
            **kwargs,
        )


# --- what waits for me ----------------------------------------------------------------------------


@desk_queue
def demands_to_answer(user: User, on: date) -> Iterable[Matter]:
    if not can.ACCEPT_DEMAND.allows(user):
        return []
    rows = CorrectionDemand.objects.open().select_related("institution")
    return [
        Matter(
            title=each.number,
            plain=each.number,
            institution=each.institution.name,
            state=DemandState(each.state),
            url=each.get_absolute_url(),
            act=can.ACCEPT_DEMAND.label
            if each.state == DemandState.FILED
            else can.RECORD_CORRECTION.label,
            due_on=each.answer_due_on if each.state == DemandState.FILED else each.correct_by_on,
            provisional=each.answer_due_provisional and each.state == DemandState.FILED,
        )
        for each in rows.order_by("answer_due_on", "pk")[:QUEUE_LENGTH]
    ]


@desk_queue
def disputes_to_handle(user: User, on: date) -> Iterable[Matter]:
    """Disputes that wait for the user's own side: to be taken up, to be decided or, settled, to be
    carried out.
    """
    sides = Q()
    if can.ACCEPT_DISPUTE.allows(user):
        sides |= ~Q(route=DisputeRoute.COORDINATION) & Q(state=DisputeState.FILED)
    if can.RECORD_RESULT.allows(user):
        sides |= Q(route=DisputeRoute.NEGOTIATION, state__in=_WALKING)
        sides |= Q(result=DisputeResult.SETTLED, carried_out_at__isnull=True)
    if can.ACCEPT_COORDINATION.allows(user):
        sides |= Q(route=DisputeRoute.COORDINATION, state__in=[DisputeState.FILED, *_WALKING])
    if not sides:
        return []
    rows = Dispute.objects.filter(sides).select_related("institution")
    return [_matter_of(each) for each in rows.order_by("filed_on", "pk")[:QUEUE_LENGTH]]


_WALKING = (DisputeState.ACCEPTED, DisputeState.UNDER_WAY)


def _matter_of(dispute: Dispute) -> Matter:
    _name, due_on, basis = parts.clock_of(dispute)
    act = can.CARRY_OUT if dispute.state == DisputeState.DECIDED else can.RECORD_RESULT
    if dispute.state == DisputeState.FILED:
        act = course.acceptance_act(dispute)
    elif dispute.route == DisputeRoute.COORDINATION and dispute.state in _WALKING:
        act = can.CONCLUDE
    return Matter(
        title=f"{dispute.number} · {dispute.get_route_display()}",
        plain=dispute.number,
        institution=dispute.institution.name,
        state=DisputeState(dispute.state),
        url=dispute.get_absolute_url(),
        act=act.label,
        due_on=due_on,
        provisional=bool(basis.get("provisional")),
    )


@desk_queue
def measures_to_report(user: User, on: date) -> Iterable[Matter]:
    """Of the agency: measures to report on; of the administration: reports to look at."""
    if can.REPORT_MEASURE.allows(user):
        rows, act = AgencyMeasure.objects.unreported(), can.REPORT_MEASURE
    elif can.CLOSE_MEASURE.allows(user):
        rows = AgencyMeasure.objects.filter(state=AgencyMeasureState.REPORTED)
        act = can.CLOSE_MEASURE
    else:
        return []
    return [
        Matter(
            title=f"{each.number} · {each.get_kind_display()}",
            plain=each.number,
            institution="",
            state=AgencyMeasureState(each.state),
            url=reverse("supervision_desk:agency_measure", args=[each.number]),
            act=act.label,
            due_on=each.due_on,
            provisional=each.due_provisional,
        )
        for each in rows.order_by("due_on", "pk")[:QUEUE_LENGTH]
    ]
