from django.urls import path

from agency.views import law, staff

app_name = "agency_desk"
urlpatterns = [
    path("", staff.Home.as_view(), name="home"),
    path("jobs/", staff.Jobs.as_view(), name="jobs"),
    path("law/", law.Lawbook.as_view(), name="lawbook"),
    path("law/<str:rule>/", law.AskLaw.as_view(), name="law"),
]
