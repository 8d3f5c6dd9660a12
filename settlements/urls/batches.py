from django.urls import path

from settlements.views.portal import batches as portal
from settlements.views.staff import batches as staff
from settlements.views.staff import finding_acts as acts
from settlements.views.staff import knowledge, persons

ONE = "claims/<str:number>/"

desk_patterns = [
    path("claims/", staff.BatchList.as_view(), name="batch_list"),
    path(ONE, staff.BatchPage.as_view(), name="batch_detail"),
    path(f"{ONE}progress/", staff.BatchProgress.as_view(), name="batch_progress"),
    path(f"{ONE}errors.csv", staff.ErrorReport.as_view(), name="batch_errors"),
    path(f"{ONE}findings.csv", staff.FindingsFile.as_view(), name="batch_findings"),
    path(f"{ONE}files/<str:kind>/", persons.ReceivedFile.as_view(), name="batch_file"),
    path(f"{ONE}review/", acts.ReviewAgain.as_view(), name="batch_review"),
    path(f"{ONE}persons/", persons.ShowPersons.as_view(), name="batch_persons"),
    path(f"{ONE}findings/<int:pk>/", acts.DecideFinding.as_view(), name="finding_decide"),
    path(f"{ONE}checks/<str:check>/", acts.DecideCheck.as_view(), name="check_decide"),
    path("knowledge/", knowledge.VersionList.as_view(), name="knowledge_list"),
    path("knowledge/<int:number>/", knowledge.VersionPage.as_view(), name="knowledge_detail"),
    path("knowledge/<int:number>/release/", knowledge.Release.as_view(), name="knowledge_release"),
]

portal_patterns = [
    path("claims/", portal.BatchList.as_view(), name="batch_list"),
    path("claims/new/", portal.Upload.as_view(), name="batch_upload"),
    path(ONE, portal.BatchPage.as_view(), name="batch_detail"),
    path(f"{ONE}progress/", portal.BatchProgress.as_view(), name="batch_progress"),
    path(f"{ONE}errors.csv", portal.ErrorReport.as_view(), name="batch_errors"),
    path(f"{ONE}findings.csv", portal.FindingsFile.as_view(), name="batch_findings"),
    path(f"{ONE}files/<str:kind>/", portal.ReceivedFile.as_view(), name="batch_file"),
]
