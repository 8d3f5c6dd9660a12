from django.urls import path
from rest_framework.routers import SimpleRouter

from agency.api.bundles import BundleViewSet
from agency.api.law import LawListView, law_views
from agency.api.letters import LetterViewSet
from agency.api.parameters import ParameterListView
from agency.api.reports import ReportListView, ReportRowsView
from agency.api.status import ServiceFiguresView, StatusView

app_name = "agency_api"
router = SimpleRouter()
router.register("letters", LetterViewSet)
router.register("service-matters", BundleViewSet)
urlpatterns = [
    path("parameters/", ParameterListView.as_view(), name="parameters"),
    path("reports/", ReportListView.as_view(), name="reports"),
    path("reports/<slug:code>/", ReportRowsView.as_view(), name="report"),
    path("status/", StatusView.as_view(), name="status"),
    path("service-figures/", ServiceFiguresView.as_view(), name="service_figures"),
    path("law/", LawListView.as_view(), name="laws"),
    # An address for each rule, so that each has its own question in the description.
    *(path(f"law/{law.id}/", view.as_view(), name=f"law-{law.id}") for law, view in law_views()),
    *router.urls,
]
