from django.urls import path

from agency.api.law import LawListView, law_views

app_name = "agency_api"
urlpatterns = [
    path("law/", LawListView.as_view(), name="laws"),
    # An address for each rule, so that each has its own question in the description.
    *(path(f"law/{law.id}/", view.as_view(), name=f"law-{law.id}") for law, view in law_views()),
]
