"""The jobs page: what ran, what failed, what was missed, and running one by hand."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from celery.exceptions import OperationalError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from agency import jobs as registry
from agency.enums import JobStatus, Role
from agency.jobs import Job
from agency.models import JobRun, JobWatch, Notice, User
from agency.rules import Refusal
from agency.services import jobs
from agency.services.job_history import job_reports, missed_days, next_run
from agency.tasks import run_requested_job, watch_jobs
from tests.agency.factories import NOW, SHANGHAI, user_with

pytestmark = pytest.mark.django_db

TODAY = NOW.date()  # 2026-11-20, ten o'clock


class Office:
    """Two jobs of our own in place of the program's: one counts, one can be made to fail."""

    def __init__(self) -> None:
        self.calls: list[date] = []
        self.error: Exception | None = None

    def count(self, on: date) -> int:
        self.calls.append(on)
        if self.error:
            raise self.error
        return 7

    def idle(self, on: date) -> int:
        return 0


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def office(monkeypatch) -> Office:
    office = Office()
    entries = {
        "test.count": Job("test.count", "Zählen", 1, 30, office.count),
        "test.idle": Job("test.idle", "Ruhen", 22, 0, office.idle),
    }
    for name in list(registry.JOBS):
        monkeypatch.delitem(registry.JOBS, name)
    for name, entry in entries.items():
        monkeypatch.setitem(registry.JOBS, name, entry)
    return office


@pytest.fixture
def sysadmin() -> User:
    return user_with(Role.SYSTEM_ADMINISTRATOR)


def as_user(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def ran(on: date, status: JobStatus = JobStatus.DONE, *, name: str = "test.count", seconds=2):
    started = datetime(on.year, on.month, on.day, 1, 30, tzinfo=SHANGHAI)
    ended = None if status == JobStatus.RUNNING else started + timedelta(seconds=seconds)
    return JobRun.objects.create(
        job=name, on=on, status=status, started_at=started, finished_at=ended, count=3
    )


# --- figures -------------------------------------------------------------------------------------


def test_a_report_on_a_job(office):
    for days, status in ((4, "done"), (3, "done"), (2, "failed"), (1, "done")):
        ran(TODAY - timedelta(days), JobStatus(status), seconds=days)
    ran(TODAY - timedelta(200), JobStatus.FAILED)
    report = job_reports(at=NOW, names=["test.count"])[0]
    assert report.last.on == TODAY - timedelta(1)
    assert (report.runs, report.failures) == (4, 1)
    assert report.usual_seconds == pytest.approx((4 + 3 + 1) / 3)
    assert report.done_for == TODAY - timedelta(1)
    assert report.next_at == datetime(2026, 11, 21, 1, 30, tzinfo=SHANGHAI)


def test_the_next_run_is_today_while_its_time_is_to_come(office):
    later = registry.JOBS["test.idle"]
    assert next_run(later, NOW) == datetime(2026, 11, 20, 22, 0, tzinfo=SHANGHAI)


def test_missed_days_are_those_since_the_first_run_without_a_success(office):
    ran(date(2026, 11, 15))
    ran(date(2026, 11, 16), JobStatus.FAILED)
    ran(date(2026, 11, 18))
    report = job_reports(at=NOW, names=["test.count"])[0]
    assert report.missed == [date(2026, 11, day) for day in (16, 17, 19, 20)]
    # What a later success has caught up with needs nobody any more.
    assert report.open_days == [date(2026, 11, 19), date(2026, 11, 20)]
    assert report.caught_up == 2
    # A job that never ran has missed nothing; one that is not due yet neither.
    ran(date(2026, 11, 19), name="test.idle")
    assert missed_days(["test.idle"], at=NOW) == {}


def test_a_killed_run_is_shown_as_interrupted(office, sysadmin, settings):
    settings.CELERY_TASK_TIME_LIMIT = 90 * 60
    run = ran(TODAY, JobStatus.RUNNING)  # half past one; it is ten now
    assert run.is_interrupted
    fresh = JobRun(
        job="test.count", on=TODAY, status=JobStatus.RUNNING, started_at=NOW - timedelta(minutes=89)
    )
    assert not fresh.is_interrupted
    client = as_user(sysadmin)
    page = client.get(reverse("agency_desk:job_run", args=[run.pk])).content.decode()
    assert "hx-get" not in page and "toast-error" in page
    listed = client.get(reverse("agency_desk:job_runs"), {"status": "interrupted"})
    assert [each.pk for each in listed.context["object_list"]] == [run.pk]
    listed = client.get(reverse("agency_desk:job_runs"), {"status": "running"})
    assert listed.context["object_list"] == []


def test_the_pages_cost_the_same_for_many_runs(office, sysadmin, django_assert_max_num_queries):
    for days in range(60):
        ran(TODAY - timedelta(days), JobStatus.DONE if days % 7 else JobStatus.FAILED)
    client = as_user(sysadmin)
    with django_assert_max_num_queries(10):
        page = client.get(reverse("agency_desk:jobs"))
    assert [str(each) for each in page.context["failing"]] == ["Zählen"]
    with django_assert_max_num_queries(11):
        page = client.get(reverse("agency_desk:job", args=["test.count"]))
    assert len(page.context["runs"]) == 15
    with django_assert_max_num_queries(8):
        page = client.get(reverse("agency_desk:job_runs"), {"job": "test.count"})
    assert len(page.context["object_list"]) == 50 and page.context["pager"]["next"]
    assert client.get(reverse("agency_desk:job", args=["no.such"])).status_code == 404


# --- running one by hand -------------------------------------------------------------------------


def confirm(client: Client, url: str, **data: object):
    return client.post(url, {"stamp": client.get(url).context["stamp"], **data})


def test_a_job_is_run_by_hand_for_a_day(
    office, sysadmin, monkeypatch, django_capture_on_commit_callbacks
):
    sent = []
    monkeypatch.setattr("agency.views.jobs.run_requested_job.delay", lambda **job: sent.append(job))
    client = as_user(sysadmin)
    url = reverse("agency_desk:job_run_now", args=["test.count"])
    with django_capture_on_commit_callbacks(execute=True):
        answer = confirm(client, url, on="2026-11-18", reason="补跑")
    run = JobRun.objects.get()
    assert answer.url == reverse("agency_desk:job_run", args=[run.pk])
    assert sent == [{"run_id": run.pk}]
    assert (run.status, run.on, run.requested_by, run.reason) == (
        JobStatus.QUEUED,
        date(2026, 11, 18),
        sysadmin,
        "补跑",
    )
    state = reverse("agency_desk:job_run_state", args=[run.pk])
    assert client.get(state).status_code == 200
    assert client.get(answer.url).status_code == 200

    assert run_requested_job(run_id=run.pk) == 7

    run.refresh_from_db()
    assert (run.status, run.count, office.calls) == (JobStatus.DONE, 7, [date(2026, 11, 18)])
    polled = client.get(state)
    assert (polled.status_code, polled["HX-Refresh"]) == (204, "true")
    # Handed out twice, it runs once.
    run_requested_job(run_id=run.pk)
    assert office.calls == [date(2026, 11, 18)]


def test_a_run_left_by_a_killed_worker_is_taken_up_again(office, sysadmin):
    run = jobs.request_run(name="test.count", on=TODAY, by=sysadmin, at=NOW, reason="x")
    JobRun.objects.update(status=JobStatus.RUNNING)
    assert run_requested_job(run_id=run.pk) == 0  # another worker has it
    assert office.calls == []
    JobRun.objects.update(started_at=NOW - timedelta(hours=2))
    assert run_requested_job(run_id=run.pk) == 7
    assert JobRun.objects.get().status == JobStatus.DONE


def test_a_waiting_run_is_handed_over_again(office, sysadmin, monkeypatch):
    run = jobs.request_run(
        name="test.count", on=TODAY, by=sysadmin, at=NOW - timedelta(minutes=5), reason="x"
    )
    handed = []
    monkeypatch.setattr("agency.views.jobs.hand_over", handed.append)
    client = as_user(sysadmin)
    for _ in range(3):
        client.get(reverse("agency_desk:job_run_state", args=[run.pk]))
    assert handed == [run]


def test_with_the_broker_down_the_run_waits(
    office, sysadmin, monkeypatch, django_capture_on_commit_callbacks
):
    def down(**job):
        raise OperationalError("no broker")

    monkeypatch.setattr("agency.views.jobs.run_requested_job.delay", down)
    url = reverse("agency_desk:job_run_now", args=["test.count"])
    with django_capture_on_commit_callbacks(execute=True):
        answer = confirm(as_user(sysadmin), url, on=TODAY, reason="x")
    assert answer.status_code == 302
    assert JobRun.objects.get().status == JobStatus.QUEUED


@pytest.mark.parametrize(
    ("on", "reason", "code"),
    [
        (TODAY + timedelta(1), "x", "day_to_come"),
        (TODAY, "  ", "reason_missing"),
    ],
)
def test_a_day_to_come_and_a_run_without_reason_are_refused(office, sysadmin, on, reason, code):
    with pytest.raises(Refusal) as refusal:
        jobs.request_run(name="test.count", on=on, by=sysadmin, at=NOW, reason=reason)
    assert [each.code for each in refusal.value.obstacles] == [code]
    assert not JobRun.objects.exists()


def test_a_job_at_work_is_not_run_a_second_time(office, sysadmin):
    first = jobs.request_run(name="test.count", on=TODAY, by=sysadmin, at=NOW, reason="x")
    with pytest.raises(Refusal) as refusal:
        jobs.request_run(name="test.count", on=TODAY, by=sysadmin, at=NOW, reason="x")
    assert [each.code for each in refusal.value.obstacles] == ["job_at_work"]
    assert list(JobRun.objects.all()) == [first]


@pytest.mark.parametrize(
    "role", [Role.AUDIT_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AGENCY_HEAD]
)
def test_nobody_else_runs_or_watches_jobs(office, sysadmin, role):
    other = user_with(role)
    with pytest.raises(Refusal) as refusal:
        jobs.request_run(name="test.count", on=TODAY, by=other, at=NOW, reason="x")
    assert [each.code for each in refusal.value.obstacles] == ["not_entitled"]
    with pytest.raises(Refusal) as refusal:
        jobs.name_watcher(name="test.count", person=sysadmin, by=other, at=NOW)
    assert [each.code for each in refusal.value.obstacles] == ["not_entitled"]
    assert not JobRun.objects.exists() and not JobWatch.objects.exists()
    assert as_user(other).get(reverse("agency_desk:jobs")).status_code == 403


def test_the_command_refuses_a_day_to_come(office):
    with pytest.raises(CommandError, match="2026-11-21: that day has not come yet"):
        call_command("run_deadlines", on="2026-11-21")
    assert office.calls == [] and not JobRun.objects.exists()
    call_command("run_deadlines", on="2026-11-20")
    assert office.calls == [TODAY]


# --- alarms --------------------------------------------------------------------------------------


def test_the_named_person_is_told_of_a_failure_once_a_day(office, sysadmin):
    named = user_with(Role.AUDIT_OFFICER)
    jobs.name_watcher(name="test.count", person=named, by=sysadmin, at=NOW)
    office.error = ValueError("kaputt")
    for _ in range(2):
        with pytest.raises(ValueError, match="kaputt"):
            jobs.run_job("test.count", on=TODAY)
    notice = Notice.objects.get()
    assert (notice.recipient, notice.body) == (named, "ValueError: kaputt")
    assert "Zählen" in notice.subject and "2026-11-20" in notice.subject
    assert notice.url == reverse("agency_desk:job_run", args=[JobRun.objects.earliest("pk").pk])
    assert (
        list(JobRun.objects.values_list("status", "error"))
        == [("failed", "ValueError: kaputt")] * 2
    )
    with pytest.raises(ValueError, match="kaputt"):
        jobs.run_job("test.count", on=TODAY + timedelta(1))
    assert Notice.objects.count() == 2


def test_without_a_named_person_the_system_administrators_are_told(office, sysadmin):
    gone = user_with(Role.AUDIT_OFFICER)
    jobs.name_watcher(name="test.idle", person=gone, by=sysadmin, at=NOW)
    User.objects.filter(pk=gone.pk).update(is_active=False)
    assert jobs.watchers_of("test.idle") == jobs.watchers_of("test.count") == [sysadmin]


def test_only_active_staff_of_the_agency_are_named(office, sysadmin):
    for person in (user_with(Role.SUPERVISOR), user_with(Role.AUDIT_OFFICER, is_active=False)):
        with pytest.raises(Refusal) as refusal:
            jobs.name_watcher(name="test.count", person=person, by=sysadmin, at=NOW)
        assert [each.code for each in refusal.value.obstacles] == ["no_desk"]
    assert not JobWatch.objects.exists()


def test_a_watcher_is_named_and_replaced_at_the_desk(office, sysadmin):
    client = as_user(sysadmin)
    url = reverse("agency_desk:job_watch", args=["test.count"])
    first, second = user_with(Role.AUDIT_OFFICER), user_with(Role.AGENCY_HEAD)
    for person in (first, second):
        answer = confirm(client, url, person=person.pk)
        assert answer.url == reverse("agency_desk:job", args=["test.count"])
    watch = JobWatch.objects.get()
    assert (watch.person, watch.set_by, watch.set_at) == (second, sysadmin, NOW)
    assert [each.person_id for each in watch.events.order_by("pgh_id")] == [first.pk, second.pk]


def test_missed_and_killed_runs_are_told_of_once(office, sysadmin):
    ran(date(2026, 11, 17))
    ran(date(2026, 11, 18), JobStatus.RUNNING)
    for _ in range(2):
        assert watch_jobs(TODAY) == 3
    assert sorted(Notice.objects.values_list("key", flat=True)) == [
        "job.interrupted.test.count.2026-11-18",
        "job.missed.test.count.2026-11-19",
        "job.missed.test.count.2026-11-20",
    ]
    assert set(Notice.objects.values_list("recipient", flat=True)) == {sysadmin.pk}
    assert Notice.objects.get(key__contains="missed.test.count.2026-11-20").url == reverse(
        "agency_desk:job", args=["test.count"]
    )
