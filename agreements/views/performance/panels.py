"""Performance on the pages of an agreement and in the public register."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.views.generic import TemplateView

from agency.models import Region, User
from agency.views.pages import KeysetList
from agreements.models import Agreement, PerformanceAssessment, PerformanceRound
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


class DisclosedRounds(TemplateView):
    """The years whose grades are public, by region."""

    template_name = "agreements/public/performance/years.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        rounds = PerformanceRound.objects.disclosed().select_related("region")
        return super().get_context_data(rounds=rounds.order_by("-year", "region"), **kwargs)


class DisclosedGrades(KeysetList):
    """The grades of a year in a region; scores are not public."""

    template_name = "agreements/public/performance/grades.html"
    order_field = "institution__name"
    page_size = 100

    def get_queryset(self) -> QuerySet[PerformanceAssessment]:
        region = get_object_or_404(Region, pk=self.kwargs["region"])
        self.round = get_object_or_404(
            PerformanceRound.objects.disclosed().select_related("region"),
            region=region,
            year=self.kwargs["year"],
        )
        rows = PerformanceAssessment.objects.published().filter(round=self.round)
        return rows.select_related("institution")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"round": self.round}
