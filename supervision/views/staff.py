"""The desk: cases, confirmed findings, orders, and what waits for whom."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.enums import Role
from agency.home import Matter, desk_queue, navigation
from agency.models import User
from agency.reasons import reason
from agency.views.pages import ActRequired, KeysetList
from settlements.enums import FindingStatus
from settlements.models import Finding
from supervision.enums.cases import AgreementAct, CaseState, Rung
from supervision.forms.cases import CaseFilter
from supervision.forms.measures import MEASURE_FORMS
from supervision.models import AdministrationReport, Case
from supervision.permissions import cases as can
from supervision.permissions import orders
from supervision.views import parts
from supervision.views.acts import ACTS, buttons

QUEUE_LENGTH = 50
ENTRY_OF = {state: (act, page) for act, page, states in reversed(ACTS) for state in states}

navigation(
    "desk",
    _("Cases"),
    "supervision_desk:list",
    can.VIEW_CASES,
    order=50,
    rules=("B-11", "B-19", "B-20"),
)


class CaseList(ActRequired, KeysetList):
    act = can.VIEW_CASES
    template_name = "supervision/desk/list.html"
    order_field = "-opened_on"
    filterset_class = CaseFilter

    def get_queryset(self) -> Any:
        return Case.objects.visible_to(self.user).select_related("institution", "opened_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_register = can.REGISTER_CLUE.allows(self.user)
        return super().get_context_data(may_register=may_register, **kwargs)


class FindingList(ActRequired, KeysetList):
    """Confirmed findings about which there is no case yet."""

    act = can.REGISTER_CLUE
    template_name = "supervision/desk/findings.html"

    def get_queryset(self) -> Any:
        taken = Case.objects.exclude(state=CaseState.DISMISSED).filter(finding__isnull=False)
        return (
            Finding.objects.filter(status=FindingStatus.CONFIRMED)
            .exclude(pk__in=taken.values("finding"))
            .select_related("batch__institution")
        )


class CaseDetail(ActRequired, DetailView):
    act = can.VIEW_CASES
    template_name = "supervision/desk/detail.html"
    context_object_name = "case"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> Any:
        return (
            Case.objects.visible_to(self.user)
            .select_related(
                "institution", "agreement", "opened_by", "decided_by", "closed_by", "finding__batch"
            )
            .prefetch_related(
                "measures__files",
                "statements__files",
                "statements__given_by",
                "evidence",
                "orders__letter",
                "orders__ordered_by",
                "orders__answered_by",
                "reviews__by",
            )
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, case = self.user, self.object
        return super().get_context_data(
            buttons=buttons(case, user, timezone.localdate()),
            ladder=ladder() if self._may_add_measures() else [],
            report=AdministrationReport.objects.filter(case=case)
            .select_related("sent_by", "letter")
            .first(),
            may_report=can.SEND_REPORT.allows(user),
            may_answer=orders.ANSWER_ORDER.allows(user),
            overview=parts.overview(case),
            decision=parts.decision(case),
            **kwargs,
        )

    def _may_add_measures(self) -> bool:
        return self.object.state == CaseState.OPENED and can.ADD_MEASURE.allows(self.user)


def ladder() -> list[dict[str, Any]]:
    """Return the rungs of article 38 with the page that adds each as a measure."""
    labels = {
        "suspend": AgreementAct.SUSPEND.label,
        "dissolve": AgreementAct.DISSOLVE.label,
    }
    return [
        {"kind": kind, "rung": form.rung.value, "label": labels.get(kind, Rung(form.rung).label)}
        for kind, form in MEASURE_FORMS.items()
    ]


class Decision(ActRequired, DetailView):
    """The decision to be printed."""

    act = can.VIEW_CASES
    template_name = "supervision/desk/decision.html"
    context_object_name = "case"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> Any:
        return (
            Case.objects.visible_to(self.user)
            .filter(decided_on__isnull=False)
            .with_parties()
            .prefetch_related("measures")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(remedies=parts.remedies(self.object), **kwargs)


# --- what waits for me --------------------------------------------------------------------------


@desk_queue
def cases_of_the_officer(user: User, on: date) -> Iterable[Matter]:
    """The officer's own cases that wait for an act of the agency; grave ones are the head's."""
    if not user.has_role(Role.AUDIT_OFFICER):
        return []
    ready = Q(state=CaseState.DEFENCE, is_grave=False) & ~Q(defence_outcome="")
    own = [
        CaseState.CLUE,
        CaseState.OPENED,
        CaseState.NOTICE,
        CaseState.DECIDED,
        CaseState.SERVED,
        CaseState.PERFORMED,
        CaseState.RETURNED,
    ]
    cases = (
        Case.objects.filter(Q(state__in=own) | ready, opened_by=user)
        .select_related("institution")
        .order_by("supplement_due_on", "opened_on", "pk")[:QUEUE_LENGTH]
    )
    return [matter_of(case) for case in cases]


def matter_of(case: Case) -> Matter:
    act, _page = ENTRY_OF[case.state]
    return Matter(
        title=f"{case.number} · {case.title}",
        plain=case.number,
        institution=case.institution.name,
        state=CaseState(case.state),
        url=case.get_absolute_url(),
        act=act.label,
        due_on=case.supplement_due_on,
    )


@desk_queue
def grave_cases_of_the_head(user: User, on: date) -> Iterable[Matter]:
    if not user.has_role(Role.AGENCY_HEAD):
        return []
    cases = (
        Case.objects.ready_to_decide()
        .filter(is_grave=True)
        .exclude(opened_by=user)
        .select_related("institution")
        .order_by("defence_due_on", "pk")[:QUEUE_LENGTH]
    )
    return [matter_of(case) for case in cases]


@desk_queue
def reports_due(user: User, on: date) -> Iterable[Matter]:
    if not can.SEND_REPORT.allows(user):
        return []
    reports = AdministrationReport.objects.unsent().select_related("case__institution")
    return [
        Matter(
            title=str(
                reason(_("Report to the administration: %(number)s"), number=each.case.number)
            ),
            institution=each.case.institution.name,
            state=CaseState(each.case.state),
            url=each.case.get_absolute_url(),
            act=can.SEND_REPORT.label,
            due_on=each.due_on,
            provisional=each.due_provisional,
        )
        for each in reports.order_by("due_on", "pk")[:QUEUE_LENGTH]
    ]


@desk_queue
def grave_cases_of_the_administration(user: User, on: date) -> Iterable[Matter]:
    """Reported grave measures the administration has not looked at."""
    if not can.TAKE_NOTE.allows(user):
        return []
    cases = (
        Case.objects.filter(report__sent_at__isnull=False, reviews__isnull=True)
        .select_related("institution")
        .order_by("decided_on", "pk")[:QUEUE_LENGTH]
    )
    return [
        Matter(
            title=f"{case.number} · {case.title}",
            plain=case.number,
            institution=case.institution.name,
            state=CaseState(case.state),
            url=reverse("admin:supervision_case_change", args=[case.pk]),
            act=can.TAKE_NOTE.label,
        )
        for case in cases
    ]
