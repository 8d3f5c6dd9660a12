"""The desk: cases, confirmed findings, orders, and what waits for whom."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView

from agency.home import navigation
from agency.views.pages import ActRequired, KeysetList
from settlements.enums import FindingStatus
from settlements.models import Finding
from supervision.enums.cases import AgreementAct, CaseState, Rung
from supervision.forms.cases import CaseFilter
from supervision.forms.measures import MEASURE_FORMS
from supervision.models import AdministrationReport, Case, FilingReview
from supervision.permissions import cases as can
from supervision.permissions import orders
from supervision.services.formal_demands import DEMANDABLE, demands_performance
from supervision.views import parts, steps
from supervision.views.acts import buttons, offered
from supervision.views.effects import effects_of

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
                "institution",
                "agreement",
                "opened_by",
                "verified_by",
                "decided_by",
                "closed_by",
                "finding__batch",
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
                "legal_reviews__reviewed_by",
                "legal_reviews__discussion__votes__member",
                "legal_reviews__discussion__files",
                "demands__letter",
            )
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user, case = self.user, self.object
        return super().get_context_data(
            buttons=buttons(case, user, timezone.localdate()),
            ladder=ladder() if self._may_add_measures() else [],
            report=AdministrationReport.objects.filter(case=case)
            .select_related("sent_by", "acknowledged_by", "letter")
            .prefetch_related("questions__asked_by", "questions__answered_by")
            .first(),
            may_report=can.SEND_REPORT.allows(user),
            may_answer=orders.ANSWER_ORDER.allows(user),
            steps=steps.line(case),
            filing=FilingReview.objects.filter(case=case)
            .select_related("filed_by", "answered_by", "corrected_by", "letter")
            .first(),
            may=offered(case, user),
            demanding=case.state in DEMANDABLE
            and any(demands_performance(each) for each in case.measures.all()),
            effects=effects_of(case, user),
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
