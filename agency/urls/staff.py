from django.urls import path

from agency.urls import access, bundles, time
from agency.urls.letters import urlpatterns as letters
from agency.urls.policy import urlpatterns as policy
from agency.views import audit, finding, jobs, law, messages, reports, staff

app_name = "agency_desk"
urlpatterns = [
    path("", staff.Home.as_view(), name="home"),
    path("jobs/", jobs.Jobs.as_view(), name="jobs"),
    path("jobs/runs/", jobs.JobRuns.as_view(), name="job_runs"),
    path("jobs/runs/<int:pk>/", jobs.RunPage.as_view(), name="job_run"),
    path("jobs/runs/<int:pk>/state/", jobs.RunState.as_view(), name="job_run_state"),
    path("jobs/<str:job>/", jobs.JobPage.as_view(), name="job"),
    path("jobs/<str:job>/run/", jobs.RunNow.as_view(), name="job_run_now"),
    path("jobs/<str:job>/watch/", jobs.NameWatcher.as_view(), name="job_watch"),
    path("audit/", audit.Audit.as_view(), name="audit"),
    path("audit/verify/", audit.Verify.as_view(), name="audit_verify"),
    path("audit/checks/<int:pk>/", audit.CheckPage.as_view(), name="audit_check"),
    path(
        "audit/checks/<int:pk>/progress/",
        audit.CheckProgress.as_view(),
        name="audit_check_progress",
    ),
    path("audit/reads/", audit.Readings.as_view(), name="readings"),
    path("find/", finding.Find.as_view(), name="find"),
    path("law/", law.Lawbook.as_view(), name="lawbook"),
    path("law/<str:rule>/", law.AskLaw.as_view(), name="law"),
    path("reports/", reports.Reports.as_view(), name="reports"),
    path("reports/<slug:code>/", reports.ReportPage.as_view(), name="report"),
    path("reports/<slug:code>/csv/", reports.ReportCsv.as_view(), name="report_csv"),
    path("reports/<slug:code>/xlsx/", reports.ReportXlsx.as_view(), name="report_xlsx"),
    *policy,
    *letters,
    *time.desk,
    *access.desk,
    *bundles.desk,
    path("outbox/", messages.Outbox.as_view(), name="outbox"),
    path("outbox/<int:pk>/retry/", messages.RetryMail.as_view(), name="outbox_retry"),
    path("outbox/<int:pk>/cancel/", messages.CancelMail.as_view(), name="outbox_cancel"),
]
