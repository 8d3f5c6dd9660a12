"""Numbers, notices, jobs, attachments, parameters: what every app calls."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from agency import jobs
from agency.enums import Evidence, JobStatus, Profile, Role
from agency.models import Attachment, Counter, JobRun, Notice, PolicyParameter
from agency.rules import Refusal
from agency.services.attachments import store_attachment
from agency.services.in_force import parameters_on
from agency.services.jobs import run_job
from agency.services.notices import holders, tell
from agency.services.numbers import next_number
from tests.agency.factories import NOW, RegionFactory, user_with


@pytest.mark.django_db(transaction=True)
def test_fifty_numbers_at_once_neither_repeat_nor_leave_gaps():
    barrier = Barrier(10)

    def take_five() -> list[int]:
        barrier.wait()
        try:
            taken = []
            for _ in range(5):
                with transaction.atomic():
                    taken.append(next_number("test-2026"))
            return taken
        finally:
            connection.close()

    with ThreadPoolExecutor(10) as pool:
        numbers = [
            n for future in [pool.submit(take_five) for _ in range(10)] for n in future.result()
        ]
    assert sorted(numbers) == list(range(1, 51))


@pytest.mark.django_db
def test_a_number_comes_back_when_its_object_is_not_stored():
    with pytest.raises(RuntimeError), transaction.atomic():
        assert next_number("test") == 1
        raise RuntimeError
    assert next_number("test") == 1
    assert Counter.objects.get(key="test").value == 1


@pytest.mark.django_db
def test_a_notice_reaches_a_person_once():
    officer, other = user_with(Role.PAYMENT_OFFICER), user_with(Role.PAYMENT_OFFICER)
    for _ in range(2):
        tell([officer], key="statement-1-due", subject="到期", at=NOW)
    tell([other], key="statement-1-due", subject="到期", at=NOW)
    assert list(Notice.objects.order_by("pk").values_list("recipient", flat=True)) == [
        officer.pk,
        other.pk,
    ]
    assert holders(Role.PAYMENT_OFFICER) == [officer, other]


@pytest.fixture
def registry(monkeypatch):
    monkeypatch.setattr(jobs, "JOBS", {})
    monkeypatch.setattr("agency.services.jobs.JOBS", jobs.JOBS)


@pytest.mark.django_db
def test_a_job_leaves_a_record_of_its_run(registry):
    days = []
    jobs.job("test.sweep", "Sweep", hour=1, minute=5)(lambda on: days.append(on) or 7)
    run = run_job("test.sweep", on=date(2026, 10, 9))
    stored = JobRun.objects.get()
    assert (stored.pk, stored.status, stored.count) == (run.pk, JobStatus.DONE, 7)
    assert days == [date(2026, 10, 9)] and stored.finished_at is not None


@pytest.mark.django_db
def test_a_failing_job_is_recorded_rolled_back_and_raised(registry):
    def fail(on):
        next_number("half-done")
        raise ArithmeticError("no such day")

    jobs.job("test.fail", "Fail", hour=1, minute=5)(fail)
    with pytest.raises(ArithmeticError):
        run_job("test.fail", on=date(2026, 10, 9))
    run = JobRun.objects.get()
    assert run.status == JobStatus.FAILED and "no such day" in run.error
    assert not Counter.objects.filter(key="half-done").exists()


@pytest.mark.django_db
def test_run_deadlines_prints_what_each_job_did_in_order(registry, capsys):
    jobs.job("test.second", "Second", hour=2, minute=0)(lambda _: 2)
    jobs.job("test.first", "First", hour=1, minute=0)(lambda _: 1)
    call_command("run_deadlines", "--on", "2025-10-09")
    assert capsys.readouterr().out.splitlines() == [
        "2025-10-09 test.first: 1",
        "2025-10-09 test.second: 2",
    ]
    with pytest.raises(CommandError, match="not a date"):
        call_command("run_deadlines", "--on", "2025-13-09")


PDF = b"%PDF-1.7\n" + b"x" * 200


@pytest.mark.django_db
def test_a_file_is_stored_as_received_with_its_digest(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    clerk = user_with(Role.INSTITUTION_CLERK)
    stored = store_attachment(SimpleUploadedFile("证明.pdf", PDF), by=clerk, at=NOW)
    assert (stored.name, stored.content_type, stored.size) == (
        "证明.pdf",
        "application/pdf",
        len(PDF),
    )
    assert stored.file.open("rb").read() == PDF
    assert len(stored.sha256) == 64


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "content", "limit", "code"),
    [
        ("证明.pdf", b"MZ\x90\x00renamed executable", 1000, "file_wrong_type"),
        ("证明.pdf", b"", 1000, "file_empty"),
        ("证明.pdf", PDF, 100, "file_too_large"),
    ],
)
def test_a_wrong_file_is_refused_and_nothing_stored(settings, tmp_path, name, content, limit, code):
    settings.MEDIA_ROOT = tmp_path
    with pytest.raises(Refusal) as refusal:
        store_attachment(SimpleUploadedFile(name, content), by=None, at=NOW, limit=limit)
    assert [each.code for each in refusal.value.obstacles] == [code]
    assert "证明.pdf" in str(refusal.value.obstacles[0].text)
    assert not Attachment.objects.exists() and not list(tmp_path.rglob("*.pdf"))


@pytest.mark.django_db
def test_a_region_reads_its_own_profile_then_the_national_one_by_day():
    region = RegionFactory()
    row = {"key": "defence_wd", "unit": "working days", "evidence": Evidence.LOCAL}
    PolicyParameter.objects.create(
        **row, profile=Profile.JIUJIANG, value=7, effective_from=date(2026, 1, 1)
    )
    PolicyParameter.objects.create(
        **row, profile=Profile.NATIONAL, value=6, effective_from=date(2026, 6, 1)
    )
    assert parameters_on(date(2025, 12, 31), region)["defence_wd"] == Decimal(5)
    assert parameters_on(date(2026, 1, 1), "360400")["defence_wd"] == Decimal(7)
    assert parameters_on(date(2026, 6, 1), region)["defence_wd"] == Decimal(7)
    assert parameters_on(date(2026, 6, 1))["defence_wd"] == Decimal(6)
