"""What becomes a record, once, and what nobody can do to it afterwards."""

import json
import threading
from datetime import date
from pathlib import Path

import pytest
from django.db import IntegrityError, InternalError, connection, transaction

from agency.enums import Role
from agency.rules import Refusal
from agency.services.jobs import run_job
from archives.enums import FileRole
from archives.models import Fonds, Record, RecordCheck, RecordFile
from archives.services import filing
from archives.services.checking import verify_record
from tests.agency.factories import RegionFactory, user_with
from tests.archives.factories import (
    FILED_AT,
    FILED_ON,
    closed_case,
    collect,
    dissolved_agreement,
    expired_agreement,
    paid_statement,
)
from tests.settlements import statement_factories as make
from tests.settlements.statement_factories import Team, finding, verified_statement
from tests.supervision import factories as cases
from tests.supervision.factories import Office, agreement_in_force, at

pytestmark = pytest.mark.django_db


# --- what becomes a record ----------------------------------------------------------------------


def test_an_expired_agreement(office):
    agreement = expired_agreement(office)
    [record] = collect()
    assert record.number == "J001-ZY·2025-D30-0001"
    assert (record.agreement, record.matter) == (agreement, "agreement")
    assert (record.formed_on, record.retained_until) == (date(2025, 12, 31), date(2055, 12, 31))
    assert record.document_number == agreement.number


def test_a_dissolved_agreement_is_kept_for_good(office):
    dissolved_agreement(office)
    [record] = collect()
    assert record.number == "J001-ZY·2025-Y-0001"
    assert record.retained_until is None


def test_a_paid_statement(office):
    statement = paid_statement(office)
    [record] = collect()
    assert (record.statement, record.matter) == (statement, "statement")
    assert record.number == "J001-ZY·2025-D30-0001"


@pytest.mark.parametrize(("kind", "retention"), [("refuse", "D30"), ("suspend", "Y")])
def test_a_closed_case(office, kind, retention):
    case = closed_case(office, kind)
    [record] = collect()
    assert (record.case, record.retention) == (case, retention)
    assert record.formed_on == date(2025, 6, 3)


def test_what_has_not_ended_stays_where_it_is(office):
    agreement_in_force(office.institution)
    verified_statement(Team(), institution=office.institution)
    for state in (cases.clue, cases.in_defence, cases.performed, cases.dismissed, cases.returned):
        state(office)
    assert collect() == []


def test_items_run_without_gaps_inside_each_class(office):
    for _ in range(2):
        closed_case(office, "refuse")
    paid_statement(office, reference="ICBC-7")
    dissolved_agreement(office)
    assert [each.number for each in collect()] == [
        "J001-ZY·2025-D30-0001",
        "J001-ZY·2025-D30-0002",
        "J001-ZY·2025-D30-0003",
        "J001-ZY·2025-Y-0001",
    ]


def test_a_number_is_not_lost_by_a_failure(office, monkeypatch):
    closed_case(office, "refuse")

    def fail(record, content):
        raise OSError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(filing, "store", fail)
        with pytest.raises(OSError, match="disk full"):
            filing.collect(at=FILED_AT)
    assert not Record.objects.exists()
    assert [each.number for each in collect()] == ["J001-ZY·2025-D30-0001"]


def test_collecting_again_files_nothing(office):
    closed_case(office, "refuse")
    assert filing.collect(at=FILED_AT) == 1
    assert filing.collect(at=FILED_AT) == 0
    assert Record.objects.count() == 1


def test_the_job_catches_up_in_small_batches(office):
    for _ in range(3):
        closed_case(office, "refuse")
    assert filing.collect(at=FILED_AT, batch=1) == 3
    assert run_job("archives.collect", on=FILED_ON).count == 0


def test_a_region_of_its_own_has_its_own_fonds(office):
    closed_case(office, "refuse")
    Fonds.objects.create(code="J002", name="九江市医保中心", region=RegionFactory())
    [record] = collect()
    assert (record.number, record.responsible) == ("J002-ZY·2025-D30-0001", "九江市医保中心")


def test_a_full_class_is_refused(office):
    assert [each.code for each in filing.class_obstacles(10000)] == ["class_is_full"]
    assert filing.class_obstacles(9999) == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_file_each_matter_once():
    office = Office()
    for _ in range(3):
        closed_case(office, "refuse")
    dissolved_agreement(office)
    start, counts, errors = threading.Barrier(2), [], []

    def run():
        try:
            start.wait(timeout=10)
            counts.append(filing.collect(at=FILED_AT, batch=1))
        except Exception as error:  # noqa: BLE001  a thread's failure must reach the test
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert errors == []
    assert sum(counts) == 4
    assert sorted(Record.objects.values_list("number", flat=True)) == [
        "J001-ZY·2025-D30-0001",
        "J001-ZY·2025-D30-0002",
        "J001-ZY·2025-D30-0003",
        "J001-ZY·2025-Y-0001",
    ]


# --- what a record holds ------------------------------------------------------------------------


def facts_of(record: Record) -> dict:
    with record.files.get(role=FileRole.FACTS).file.open("rb") as stored:
        return json.load(stored)


def reading_of(record: Record) -> str:
    with record.files.get(role=FileRole.READING).file.open("rb") as stored:
        return stored.read().decode()


def test_the_files_hold_facts_and_process(office):
    statement = verified_statement(Team(), institution=office.institution)
    paid_statement(office, reference="ICBC-9")
    case = closed_case(office, "refuse", "interview")
    [record] = [each for each in collect() if each.case_id == case.pk]
    data = facts_of(record)
    assert data["facts"]["number"] == case.number
    assert data["metadata"]["archive_number"] == record.number
    assert len(data["process"]) == case.transitions.count()
    assert {row[0] for row in data["tables"]["measures"]["rows"]} == {1, 3}
    page = reading_of(record)
    assert case.number in page
    assert "陈述申辩" in page
    assert "<script" not in page
    assert "<style" not in page
    assert statement.state == "verified"


def test_the_informant_is_not_in_the_archives(office):
    case = cases.clue(office, clue="李某某实名举报", files=[cases.pdf("李某某举报信.pdf")])
    on = date(2025, 4, 22)
    cases.opening.open_case(case_id=case.pk, facts="查实", by=office.officer, on=on, at=at(on))
    cases.opening.add_measure(
        case_id=case.pk, facts=cases.measure("interview"), by=office.officer, at=at(on)
    )
    cases.hearing.give_notice(case_id=case.pk, facts="查实", by=office.officer, on=on, at=at(on))
    cases.hearing.serve_notice(
        case_id=case.pk,
        served_on=on,
        recipient="院办张某",
        proof=cases.pdf(),
        by=office.officer,
        on=on,
        at=at(on),
    )
    on = date(2025, 6, 3)
    cases.decide(case, by=office.officer, on=on)
    cases.decision.serve_decision(
        case_id=case.pk,
        served_on=on,
        recipient="院办张某",
        proof=cases.pdf(),
        by=office.officer,
        on=on,
        at=at(on),
    )
    cases.decision.record_performance(
        case_id=case.pk, performed_on=on, performance="已约谈", by=office.officer, on=on, at=at(on)
    )
    cases.decision.close_case(case_id=case.pk, by=office.officer, on=on, at=at(on))
    [record] = collect()
    assert "李某某" not in reading_of(record)
    assert "李某某" not in json.dumps(facts_of(record), ensure_ascii=False)
    assert "李某某" not in json.dumps(record.metadata, ensure_ascii=False)


def test_a_statement_s_record_sums_up_its_findings(office):
    team = Team()
    from_batch = {"institution": office.institution, "fund_amount": "10000.00"}
    statement = filing_statement(team, **from_batch)
    [record] = collect()
    assert record.statement == statement
    rows = facts_of(record)["tables"]["findings"]["rows"]
    assert [row[2:] for row in rows] == [[2, "300.00"]]
    assert facts_of(record)["facts"]["payable"] == "9700.00"
    assert facts_of(record)["facts"]["bank_reference"] == "ICBC-1"


def filing_statement(team, **batch):
    declared = make.declared_statement(**batch)
    finding(declared.batch, "100.00", line="L1")
    finding(declared.batch, "200.00", line="L2")
    day = declared.declared_on
    for act, officer in (
        (make.statements.audit_statement, team.reviewer),
        (make.statements.approve_statement, team.settlement_officer),
        (make.statements.verify_statement, team.audit_officer),
    ):
        act(statement_id=declared.pk, by=officer, at=make.at(day))
    make.payments.issue_order(statement_id=declared.pk, by=team.payment_officer, at=make.at(day))
    make.payments.record_payment(
        statement_id=declared.pk,
        bank_reference="ICBC-1",
        paid_on=day,
        by=team.payment_officer,
        at=make.at(day),
    )
    return type(declared).objects.get(pk=declared.pk)


MINIMUM = {
    "archive_number",
    "title",
    "document_number",
    "responsible",
    "formed_on",
    "institution",
    "retention",
    "security",
    "pages",
    "formats",
    "digests",
    "system",
    "process",
    "filed_by",
    "filed_at",
}


@pytest.mark.parametrize("matter", [expired_agreement, paid_statement, closed_case])
def test_the_metadata_is_complete(office, matter):
    matter(office)
    [record] = collect()
    assert set(record.metadata) >= MINIMUM
    assert record.metadata["digests"] == dict(record.files.values_list("name", "sha256"))
    assert record.metadata["process"]


# --- nothing leaves, nothing changes ------------------------------------------------------------


@pytest.mark.parametrize("model", [Record, RecordFile])
def test_nothing_leaves_the_archives(office, model):
    closed_case(office)
    collect()
    number = model.objects.count()
    with pytest.raises(InternalError, match="never_leaves"), transaction.atomic():
        model.objects.all()._raw_delete("default")
    assert model.objects.count() == number


@pytest.mark.parametrize(
    ("model", "change"),
    [
        (Record, {"number": "J001-ZY·2025-D30-0002"}),
        (Record, {"retention": "D10"}),
        (Record, {"title": "x"}),
        (Record, {"retained_until": date(2100, 12, 31)}),
        (Record, {"metadata": {}}),
        (RecordFile, {"sha256": "0" * 64}),
        (RecordFile, {"file": "elsewhere"}),
    ],
)
def test_nothing_in_the_archives_is_changed(office, model, change):
    closed_case(office)
    collect()
    with pytest.raises(InternalError, match="never_changed"), transaction.atomic():
        model.objects.update(**change)


def test_checks_are_written_once(office):
    closed_case(office)
    [record] = collect()
    verify_record(record_id=record.pk, by=user_with(Role.ARCHIVIST), at=FILED_AT)
    with pytest.raises(InternalError, match="append_only"), transaction.atomic():
        RecordCheck.objects.update(matches=False)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"number": "J001-ZY-2025-D30-0009"}, "record_number_has_its_form"),
        ({"number": "J001-ZY·2025-D30-0009", "item": 8}, "record_number_says_its_class"),
        ({"number": "J001-ZY·2025-D30-0001", "item": 1}, "record_item_once_in_its_class|_key"),
        ({"case": None}, "record_has_one_subject"),
        ({"retained_until": None}, "record_kept_until_where_not_for_good"),
        ({"formed_on": date(2024, 1, 1)}, "record_year_is_that_of_its_forming"),
    ],
)
def test_the_database_knows_what_a_record_is(office, change, constraint):
    closed_case(office)
    [record] = collect()
    other = closed_case(office)
    facts = {
        field.name: getattr(record, field.name)
        for field in Record._meta.concrete_fields
        if not field.primary_key
    }
    facts |= {"number": "J001-ZY·2025-D30-0009", "item": 9, "case": other, **change}
    with pytest.raises(IntegrityError, match=rf"{constraint}"), transaction.atomic():
        Record.objects.create(**facts)


def test_a_subject_has_one_record(office):
    closed_case(office)
    [record] = collect()
    assert filing.file_subject(filing.SOURCES[2], record.case_id, at=FILED_AT) is None
    assert Record.objects.count() == 1


# --- checking -----------------------------------------------------------------------------------


def path_of(row: RecordFile) -> Path:
    return Path(row.file.path)


def test_untouched_files_match(office):
    closed_case(office)
    [record] = collect()
    check = verify_record(record_id=record.pk, by=user_with(Role.ARCHIVIST), at=FILED_AT)
    assert check.matches
    assert [each["matches"] for each in check.findings] == [True, True]


def test_an_altered_file_is_found(office):
    closed_case(office)
    [record] = collect()
    page = path_of(record.files.get(role=FileRole.READING))
    page.chmod(0o640)
    page.write_bytes(page.read_bytes().replace(b"8400", b"84"))
    check = verify_record(record_id=record.pk, by=user_with(Role.ARCHIVIST), at=FILED_AT)
    assert not check.matches
    assert {each["name"]: each["matches"] for each in check.findings} == {
        "facts.json": True,
        "record.html": False,
    }


def test_a_missing_file_is_found(office):
    closed_case(office)
    [record] = collect()
    path_of(record.files.get(role=FileRole.FACTS)).unlink()
    check = verify_record(record_id=record.pk, by=user_with(Role.ARCHIVIST), at=FILED_AT)
    assert not check.matches
    [gone] = [each for each in check.findings if not each["matches"]]
    assert (gone["name"], gone["found"]) == ("facts.json", None)


@pytest.mark.parametrize("role", [Role.AGENCY_HEAD, Role.SUPERVISOR, Role.AUDIT_OFFICER])
def test_only_the_archivist_checks(office, role):
    closed_case(office)
    [record] = collect()
    with pytest.raises(Refusal) as refusal:
        verify_record(record_id=record.pk, by=user_with(role), at=FILED_AT)
    assert [each.code for each in refusal.value.obstacles] == ["not_permitted"]
    assert not RecordCheck.objects.exists()
