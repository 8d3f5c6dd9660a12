from django.urls import path

from agency.views import staff

app_name = "agency_desk"
urlpatterns = [
    path("", staff.Home.as_view(), name="home"),
    path("jobs/", staff.Jobs.as_view(), name="jobs"),
]
