"""What bars applications, the plan that only warns, the published list, and fifty at once."""

import threading
from datetime import date

import pytest
from django.db import (
    DatabaseError,
    IntegrityError,
    InternalError,
    close_old_connections,
    transaction,
)

from agency.enums import Role
from agency.rules import Refusal
from institutions import bars
from institutions.bars import Bar, BarSource, bars_of
from institutions.enums.designation import ApplicationState, NotAcceptedGround
from institutions.enums.persons import Post
from institutions.enums.register import Kind, Standing
from institutions.models import DesignationApplication, MaterialItem, RefusalFact, ResourcePlan
from institutions.rules.designation import RefusalGround, RefusalRecord
from institutions.services.designation import deciding, drafts, plans, recording, submitting
from institutions.services.designation.checks import checklist
from institutions.services.designation.grounds import evaluate
from tests.agency.factories import RegionFactory, user_with
from tests.institutions.factories import EntryFactory, InstitutionFactory
from tests.institutions.factories_applications import (
    at,
    clerk,
    complete_application,
    drafted,
    id_number,
    incomplete_application,
    owner_of,
    submitted,
)

pytestmark = pytest.mark.django_db
S, N = ApplicationState, NotAcceptedGround
ON = date(2025, 8, 10)


def fact(ground: NotAcceptedGround, event_on: date, **values) -> RefusalFact:
    values.setdefault("source_document", "九江市医疗保障局 2022第7号")
    return recording.record_fact(
        ground=ground, event_on=event_on, by=clerk(), at=at(date(2025, 9, 30)), **values
    )


def codes(caught) -> list[str]:
    return [each.code for each in caught.value.obstacles]


def found(application, on):
    return [(each.ground.value, each.free_from) for each in evaluate(application, on).found]


@pytest.mark.parametrize(
    ("ground", "event", "performed", "on", "expected"),
    [
        pytest.param(N.N2, date(2024, 1, 1), None, ON, [("N2", None)], id="open-finding"),
        pytest.param(N.N3, date(2024, 1, 1), None, ON, [("N3", None)], id="unpaid"),
        pytest.param(N.N3, date(2024, 1, 1), ON, ON, [("N3", None)], id="paid-today"),
        pytest.param(N.N3, date(2024, 1, 1), ON, date(2025, 8, 11), [], id="paid-yesterday"),
        pytest.param(
            N.N4, date(2022, 8, 10), None, ON, [("N4", date(2025, 8, 11))], id="fraud-last-day"
        ),
        pytest.param(N.N4, date(2022, 8, 9), None, ON, [], id="fraud-over"),
        pytest.param(
            N.N5,
            date(2022, 5, 31),
            date(2025, 8, 10),
            ON,
            [("N5", date(2025, 8, 11))],
            id="dissolved-paid-late",
        ),
        pytest.param(N.N9, date(2025, 1, 1), None, ON, [("N9", None)], id="another"),
    ],
)
def test_facts_of_an_institution_bar_as_long_as_the_rule_says(
    ground, event, performed, on, expected
):
    application = drafted(materials=False, day=ON)
    fact(ground, event, institution=application.institution, performed_on=performed)
    assert found(application, on) == expected


def test_a_ban_follows_the_person_across_institutions():
    number = id_number(5)
    barred = fact(N.N7, date(2020, 7, 15), name="陈立", id_number=number)
    people = {
        Post.LEGAL_REPRESENTATIVE: ("陈立", number),
        Post.PRINCIPAL: ("周宁", id_number(6)),
        Post.ACTUAL_CONTROLLER: ("周宁", id_number(6)),
    }
    last, first = date(2025, 7, 15), date(2025, 7, 16)
    application = drafted(day=last, persons=people)
    assert found(application, last) == [("N7", first)]
    waiting = submitted(application, day=last)
    assert waiting.state == S.SUBMITTED
    refused = deciding.refuse_application(
        application_id=waiting.pk, grounds=["N7"], by=clerk(), at=at(last), reason=str(barred)
    )
    assert refused.free_from == first
    assert submitted(drafted(day=first, persons=people), day=first).state == S.ACCEPTED


def test_the_list_of_dishonest_persons_bars_until_the_entry_is_ended():
    number = id_number(8)
    entry = fact(N.N8, date(2021, 1, 1), name="陈立", id_number=number)
    application = drafted(materials=False, persons={Post.PRINCIPAL: ("陈立", number)})
    assert found(application, ON) == [("N8", None)]
    with pytest.raises(Refusal) as caught:
        recording.end_fact(
            fact_id=entry.pk, ended_on=ON, reason="已移出", by=clerk(), at=at(date(2025, 9, 30))
        )
    assert codes(caught) == ["not_entitled"]
    head = user_with(Role.AGENCY_HEAD)
    recording.end_fact(
        fact_id=entry.pk, ended_on=ON, reason="已移出", by=head, at=at(date(2025, 9, 30))
    )
    assert found(application, ON) == []
    assert found(application, date(2025, 8, 9)) == [("N8", None)]


def test_services_outside_basic_care_are_ground_one():
    application = submitted(drafted(day=ON, mainly_non_basic=True), day=ON)
    assert application.state == S.SUBMITTED
    assert found(application, ON) == [("N1", None)]


def test_other_apps_enter_their_bars(monkeypatch):
    application = drafted(materials=False)
    record = RefusalRecord(ground=RefusalGround.N6, event_on=date(2025, 3, 1))

    def dissolved(institutions, persons, on):
        assert application.institution_id in institutions
        yield Bar(record, "AGR-1", "/desk/agreements/AGR-1/", application.institution_id)

    monkeypatch.setattr(bars, "_SOURCES", {"test": BarSource("test", dissolved)})
    assert ("N6", None) in found(application, ON)
    assert [bar.source for bar in bars_of([application.institution_id], [], ON)] == ["AGR-1"]


def test_whoever_failed_twice_does_not_submit_until_the_day_after_the_ban():
    application = complete_application(day=date(2025, 1, 6))
    rows = DesignationApplication.objects.filter(pk=application.pk)
    for state in (S.ASSESSING, S.FAILED, S.RECTIFYING, S.REASSESSING):
        rows.update(state=state)
    rows.update(state=S.FAILED_FINAL, failures=2, banned_through=date(2026, 7, 1))
    again = drafts.start_draft(
        institution_id=application.institution_id,
        licence_no=application.licence_no,
        by=owner_of(application),
        at=at(ON),
    )
    for day, barred in ((date(2026, 7, 1), True), (date(2026, 7, 2), False)):
        obstacles = submitting.submission_obstacles(again, owner_of(application), day)
        assert ("banned_after_failures" in [each.code for each in obstacles]) is barred
    other = drafted(institution=EntryFactory(), credit_code=application.credit_code)
    assert found(other, date(2026, 7, 1)) == [("FAILED_TWICE", date(2026, 7, 2))]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        pytest.param({"event_on": date(2025, 10, 1)}, "event_in_future", id="to-come"),
        pytest.param({"source_document": " "}, "source_missing", id="no-source"),
        pytest.param({"institution": None}, "institution_missing", id="nobody"),
        pytest.param({"ground": N.N7}, "person_missing", id="no-person"),
        pytest.param({"ground": N.N1}, "ground_not_recorded", id="found-by-the-program"),
        pytest.param({"performed_on": date(2025, 1, 1)}, "nothing_to_perform", id="n2"),
    ],
)
def test_a_fact_is_about_somebody_and_has_a_source(values, code):
    given = {"ground": N.N2, "event_on": ON, "institution": InstitutionFactory()} | values
    with pytest.raises(Refusal) as caught:
        fact(given.pop("ground"), given.pop("event_on"), **given)
    assert code in codes(caught)
    assert not RefusalFact.objects.exists()


def test_a_fact_is_performed_and_ended_never_changed():
    entry = fact(N.N3, date(2025, 1, 1), institution=InstitutionFactory())
    recording.perform_fact(fact_id=entry.pk, performed_on=ON, by=clerk(), at=at(ON))
    with pytest.raises(Refusal) as caught:
        recording.perform_fact(fact_id=entry.pk, performed_on=ON, by=clerk(), at=at(ON))
    assert codes(caught) == ["performed_already"]
    rows = RefusalFact.objects.filter(pk=entry.pk)
    with pytest.raises(InternalError), transaction.atomic():
        rows.update(event_on=date(2020, 1, 1))
    with (
        pytest.raises(IntegrityError, match="refusalfact_about_institution_or_person"),
        transaction.atomic(),
    ):
        RefusalFact.objects.create(
            ground=N.N7,
            institution=InstitutionFactory(),
            event_on=ON,
            source_document="x",
            recorded_at=at(ON),
            recorded_by=clerk(),
        )


# --- the plan -----------------------------------------------------------------------------------


def test_one_more_than_planned_is_a_warning_and_no_refusal(monkeypatch):
    supervisor = user_with(Role.SUPERVISOR)
    application = drafted(day=ON)
    plan = plans.publish_plan(
        year=2025,
        region=application.region,
        kind=Kind.CLINIC,
        cap=1,
        basis="",
        by=supervisor,
        at=at(ON),
    )
    assert not plans.is_over_plan(application.region, Kind.CLINIC, ON)
    other = InstitutionFactory(kind=Kind.CLINIC, region=application.region)
    monkeypatch.setattr(
        plans,
        "having_standing",
        lambda rows, standing, _on: (
            rows.filter(pk=other.pk) if standing == Standing.IN_FORCE else rows.none()
        ),
    )
    done = submitted(application, day=ON)
    assert (done.state, done.over_plan) == (S.ACCEPTED, True)
    again = plans.publish_plan(
        year=2025,
        region=application.region,
        kind=Kind.CLINIC,
        cap=2,
        basis="",
        by=supervisor,
        at=at(ON),
    )
    assert (again.pk, again.cap) == (plan.pk, 2)
    assert not plans.is_over_plan(application.region, Kind.CLINIC, ON)


def test_the_agency_publishes_no_plan():
    with pytest.raises(Refusal) as caught:
        plans.publish_plan(
            year=2025,
            region=RegionFactory(),
            kind=Kind.CLINIC,
            cap=1,
            basis="",
            by=user_with(Role.AGENCY_HEAD),
            at=at(ON),
        )
    assert codes(caught) == ["not_entitled"]
    assert not ResourcePlan.objects.exists()


# --- the list -----------------------------------------------------------------------------------


def test_a_region_adds_to_the_list_from_a_day_on_and_takes_off_again():
    officer = user_with(Role.AGREEMENT_OFFICER)
    application = drafted(materials=False, day=ON)
    item = recording.publish_item(
        code="fire_certificate",
        name="消防验收合格证明",
        region=application.region,
        valid_from=date(2025, 8, 20),
        by=officer,
        at=at(ON),
        kinds=[Kind.CLINIC],
    )

    def listed(day):
        return item.pk in [each.item.pk for each in checklist(application, day)]

    assert [listed(date(2025, 8, day)) for day in (19, 20)] == [False, True]
    recording.end_item(item_id=item.pk, valid_to=date(2025, 8, 25), by=officer, at=at(ON))
    assert [listed(date(2025, 8, day)) for day in (25, 26)] == [True, False]
    with pytest.raises(InternalError), transaction.atomic():
        MaterialItem.objects.filter(pk=item.pk).update(name="x")
    with pytest.raises(Refusal) as caught:
        recording.publish_item(
            code="fire_certificate",
            name="x",
            region=application.region,
            valid_from=date(2025, 8, 9),
            by=officer,
            at=at(ON),
        )
    assert codes(caught) == ["published_backwards", "code_taken"]
    national = MaterialItem.objects.filter(region=None).first()
    with pytest.raises(Refusal) as caught:
        recording.end_item(item_id=national.pk, valid_to=ON, by=officer, at=at(ON))
    assert codes(caught) == ["national_item"]


# --- at once ------------------------------------------------------------------------------------

THREADS = 50


@pytest.mark.django_db(transaction=True)
def test_fifty_submitted_at_once_have_fifty_numbers_in_a_row():
    first = incomplete_application(day=ON)
    draft_ids = [
        drafted(materials=False, day=ON, institution=EntryFactory(region=first.region)).pk
        for _each in range(THREADS)
    ]
    owners = {
        each.pk: owner_of(each)
        for each in DesignationApplication.objects.filter(pk__in=draft_ids).select_related(
            "institution"
        )
    }
    barrier = threading.Barrier(THREADS)
    failed: list[Exception] = []

    def run(pk: int) -> None:
        try:
            barrier.wait(timeout=60)
            submitting.submit_application(application_id=pk, by=owners[pk], at=at(ON))
        except (Refusal, DatabaseError, threading.BrokenBarrierError) as error:
            failed.append(error)
        finally:
            close_old_connections()

    threads = [threading.Thread(target=run, args=[pk]) for pk in draft_ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert failed == []
    numbers = DesignationApplication.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [
        f"APP-{first.region_id}-2025-{count:04}" for count in range(1, THREADS + 2)
    ]
