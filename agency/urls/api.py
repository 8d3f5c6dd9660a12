from django.urls import path
from rest_framework.routers import SimpleRouter

from agency.api.law import LawListView, law_views
from agency.api.letters import LetterViewSet
from agency.api.parameters import ParameterListView
from agency.api.reports import ReportListView, ReportRowsView

app_name = "agency_api"
router = SimpleRouter()
router.register("letters", LetterViewSet)
urlpatterns = [
    path("parameters/", ParameterListView.as_view(), name="parameters"),
    path("reports/", ReportListView.as_view(), name="reports"),
    path("reports/<slug:code>/", ReportRowsView.as_view(), name="report"),
    path("law/", LawListView.as_view(), name="laws"),
    # An address for each rule, so that each has its own question in the description.
    *(path(f"law/{law.id}/", view.as_view(), name=f"law-{law.id}") for law, view in law_views()),
    *router.urls,
]
