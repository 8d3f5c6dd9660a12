from django.urls import path

from supervision.urls import disputes
from supervision.views import interviews, portal

app_name = "supervision_portal"
urlpatterns = [
    path("interviews/<int:pk>/", interviews.OwnInterview.as_view(), name="interview"),
    path(
        "interviews/<int:pk>/event.ics",
        interviews.InterviewAsEvent.as_view(),
        name="interview_event",
    ),
    path("cases/", portal.CaseList.as_view(), name="list"),
    path("cases/<str:number>/", portal.CaseDetail.as_view(), name="detail"),
    path("cases/<str:number>/statement/", portal.GiveStatement.as_view(), name="statement"),
    path("cases/<str:number>/decision/", portal.Decision.as_view(), name="decision"),
    *disputes.PORTAL,
]
