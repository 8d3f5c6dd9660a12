from django.urls import path
from rest_framework.routers import SimpleRouter

from agency.api.law import LawListView, law_views
from agency.api.letters import LetterViewSet
from agency.api.parameters import ParameterListView

app_name = "agency_api"
router = SimpleRouter()
router.register("letters", LetterViewSet)
urlpatterns = [
    path("parameters/", ParameterListView.as_view(), name="parameters"),
    path("law/", LawListView.as_view(), name="laws"),
    # An address for each rule, so that each has its own question in the description.
    *(path(f"law/{law.id}/", view.as_view(), name=f"law-{law.id}") for law, view in law_views()),
    *router.urls,
]
