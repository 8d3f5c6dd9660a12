"""Performance on the pages of an agreement and in the public register."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from agency.models import User
from agency.views.pages import KeysetList
from agreements.forms.performance import GradesFilter
from agreements.models import Agreement, PerformanceAssessment
from agreements.panels import agreement_panel
from agreements.permissions.performance import VIEW_OWN_PERFORMANCE, VIEW_PERFORMANCE
from agreements.services.performance.results import latest

SHOWN = 6


@agreement_panel("agreements/desk/performance/panel.html", order=40)
def performance_of(agreement: Agreement, user: User, on: date) -> dict[str, Any] | None:
    """The newest published result and every assessment of the institution in the region."""
    return _panel(agreement, on) if VIEW_PERFORMANCE.allows(user) else None


@agreement_panel("agreements/portal/performance/panel.html", area="portal", order=40)
def own_performance(agreement: Agreement, user: User, on: date) -> dict[str, Any] | None:
    return _panel(agreement, on) if VIEW_OWN_PERFORMANCE.allows(user) else None


def _panel(agreement: Agreement, on: date) -> dict[str, Any] | None:
    rows = PerformanceAssessment.objects.filter(
        institution=agreement.institution_id, round__region=agreement.region_id
    ).select_related("round")
    found = list(rows.order_by("-round__year", "-version")[:SHOWN])
    if not found:
        return None
    return {
        "result": latest(
            institution_id=agreement.institution_id, region_code=agreement.region_id, on=on
        ),
        "assessments": found,
    }


class DisclosedGrades(KeysetList):
    """The grades of the rounds made public; scores are not."""

    template_name = "agreements/public/performance.html"
    order_field = "institution__name"
    page_size = 100
    filterset_class = GradesFilter

    def get_queryset(self) -> QuerySet[PerformanceAssessment]:
        rows = PerformanceAssessment.objects.published()
        return rows.filter(round__disclosed_at__isnull=False).select_related(
            "institution", "round__region"
        )
