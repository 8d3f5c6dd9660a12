"""What may happen to a deadline: pauses, extensions, and what is said of it day by day."""

from datetime import date, datetime, timedelta

import pytest

from agency.clock_rules import extension_obstacles, pause_obstacles, resume_obstacles
from agency.clocks import CLOCKS, Duty, Matter, clock
from agency.enums import Role
from agency.explanations import Part, told
from agency.models import Notice, PolicyParameter
from agency.rules import Refusal
from agency.services import clocks
from agency.services.calendar import office_calendar
from agency.workdays import DeadlineBasis, Extension, Unit
from institutions.clocks.changes import CHANGE_DECISION, CHANGE_FILING, CHANGES
from institutions.enums.changes import ChangeField
from institutions.models import ChangeRequest, InstitutionLetter
from institutions.services.change_values import FieldChange
from institutions.services.changes import approve_change
from institutions.services.filing import file_change
from supervision.clocks.cases import DEFENCE
from supervision.models import Case
from supervision.services import hearing
from tests.agency.calendars import official_calendar
from tests.agency.factories import SHANGHAI, user_with
from tests.institutions.factories import InstitutionFactory, member_of
from tests.institutions.factories_changes import checked
from tests.supervision import factories as cases

CALENDAR = official_calendar()


def day(text: str) -> date:
    return date.fromisoformat(text)


def at(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, 10, tzinfo=SHANGHAI)


def extended(count: int = 0, until: str = "") -> Extension:
    return Extension(
        "B-11", "理由", "某人", at(day("2026-01-05")), count, day(until) if until else None
    )


def basis(start: str, unit: Unit, n: int, pauses=(), extensions=(), **more) -> DeadlineBasis:
    pairs = tuple((day(first), day(resumed)) for first, resumed in pauses)
    return DeadlineBasis("A-04", day(start), unit, n, 1, pairs, False, tuple(extensions), **more)


W, D, M = Unit.WORKDAY, Unit.DAY, Unit.MONTH


@pytest.mark.parametrize(
    ("given", "due", "provisional"),
    [
        # Around a make-up Saturday: the day before, the day itself, the day after.
        (basis("2026-02-12", W, 1), "2026-02-13", False),
        (basis("2026-02-12", W, 2), "2026-02-14", False),
        (basis("2026-02-12", W, 3), "2026-02-24", False),
        (basis("2026-02-12", W, 7), "2026-02-28", False),
        # Across Spring Festival.
        (basis("2025-01-10", W, 30), "2025-02-27", False),
        (basis("2026-01-30", W, 30), "2026-03-19", False),
        # Calendar days that end on the last rest day, and on the day after it.
        (basis("2025-10-01", D, 7), "2025-10-09", False),
        (basis("2025-10-01", D, 8), "2025-10-09", False),
        (basis("2025-10-01", D, 9), "2025-10-10", False),
        # Into a year without a calendar.
        (basis("2026-11-30", W, 24), "2027-01-01", True),
        (basis("2026-11-30", W, 23), "2026-12-31", False),
        (basis("2026-11-30", W, 30), "2027-01-11", True),
        # Pauses: several add up, overlapping ones count once.
        (basis("2025-02-20", M, 3, [("2025-03-10", "2025-03-22")]), "2025-06-03", False),
        (
            basis("2025-02-20", M, 3, [("2025-03-10", "2025-03-16"), ("2025-03-12", "2025-03-22")]),
            "2025-06-03",
            False,
        ),
        (basis("2026-03-02", W, 5, [("2026-03-03", "2026-03-06")]), "2026-03-12", False),
        # Extensions: by units, to a day, to a rest day, to a day that is no later.
        (basis("2025-04-29", W, 5, (), [extended(3)]), "2025-05-14", False),
        (basis("2025-04-29", W, 5, (), [extended(2), extended(1)]), "2025-05-14", False),
        (basis("2025-04-29", W, 5, (), [extended(until="2025-05-16")]), "2025-05-16", False),
        (basis("2025-04-29", W, 5, (), [extended(until="2025-05-17")]), "2025-05-19", False),
        (basis("2025-04-29", W, 5, (), [extended(until="2025-05-08")]), "2025-05-09", False),
        (basis("2026-12-21", W, 5, (), [extended(until="2027-01-11")]), "2027-01-11", True),
        (
            basis("2026-03-02", W, 5, [("2026-03-03", "2026-03-06")], [extended(1)]),
            "2026-03-13",
            False,
        ),
        # While it stands still, the end is the one without this pause.
        (basis("2026-03-02", W, 5, paused_from=day("2026-03-04")), "2026-03-09", False),
    ],
)
def test_the_end_of_a_period(given, due, provisional):
    found, renewed = CALENDAR.renewed(given)
    assert (found.on, found.provisional) == (day(due), provisional)
    assert (renewed.calendar_version, renewed.provisional) == (CALENDAR.version, provisional)
    assert DeadlineBasis.from_json(renewed.to_json()) == renewed
    lines = list(told(given, CALENDAR))
    assert lines[-1].day == found.on
    assert [each.is_last for each in lines].count(True) == 1
    counted = [each for each in lines if each.place]
    if given.unit is W:
        assert len(counted) == given.total


def test_what_was_stored_before_is_still_read():
    stored = {
        "rule": "B-04",
        "start": "2026-11-30",
        "unit": "workday",
        "n": 30,
        "calendar_version": 7,
        "pauses": [["2026-12-01", "2026-12-03"]],
        "provisional": True,
    }
    read = DeadlineBasis.from_json(stored)
    assert (read.extensions, read.paused_from, read.total) == ((), None, 30)
    assert read.to_json() == stored


def test_each_day_says_what_it_is():
    given = basis("2026-03-02", W, 5, [("2026-03-03", "2026-03-06")], [extended(1)])
    lines = {each.day.isoformat(): each for each in told(given, CALENDAR)}
    assert [lines[f"2026-03-0{n}"].stopped for n in (3, 4, 5, 6)] == [True, True, True, False]
    assert lines["2026-03-09"].part is Part.COUNTED
    assert lines["2026-03-10"].part is Part.EXTENSION
    assert lines["2026-03-13"].part is Part.MADE_UP
    rolled = list(told(basis("2025-10-01", D, 7), CALENDAR))
    assert [each.part for each in rolled[-2:]] == [Part.COUNTED, Part.MOVED]
    assert not any(each.place for each in rolled if each.part is Part.MOVED)


def test_a_closing_day_is_off_for_the_agency_alone():
    closed = day("2026-03-04")
    calendar = type(CALENDAR)(
        CALENDAR.declared, CALENDAR.known_years, 2, closing=frozenset([closed])
    )
    given = basis("2026-03-02", W, 2)
    assert calendar.recompute(given).on == closed
    assert calendar.own.recompute(given).on == day("2026-03-05")
    assert CALENDAR.own is CALENDAR
    assert CHANGE_DECISION.duty is Duty.OURS
    assert CHANGE_DECISION.calendar(calendar).recompute(given).on == day("2026-03-05")
    assert DEFENCE.calendar(calendar).recompute(given).on == closed


# --- why not ------------------------------------------------------------------------------------

RUNNING = basis("2026-03-02", W, 10, [("2026-03-04", "2026-03-06")])
DUE = day("2026-03-18")
TODAY = day("2026-03-10")


def codes(obstacles) -> set[str]:
    assert all(str(each.text) for each in obstacles)
    return {each.code for each in obstacles}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rule": ""}, "not_pausable"),
        ({"is_open": False}, "matter_done"),
        ({"basis": None}, "deadline_was_set"),
        ({"from_on": day("2026-03-11")}, "pause_in_future"),
        ({"from_on": day("2026-03-01")}, "pause_before_start"),
        ({"from_on": day("2026-03-05")}, "pauses_overlap"),
        ({"from_on": day("2026-03-19"), "on": day("2026-03-20")}, "period_over"),
        ({"basis": basis("2026-03-02", W, 10, paused_from=TODAY)}, "paused_already"),
        ({"reason": "  "}, "reason_missing"),
        ({"reason": "长" * 1001}, "reason_too_long"),
    ],
)
def test_a_clock_cannot_be_stopped(change, code):
    lawful = {
        "basis": RUNNING,
        "due_on": DUE,
        "rule": "A-04",
        "is_open": True,
        "from_on": TODAY,
        "on": TODAY,
        "reason": "补正",
    }
    assert pause_obstacles(**lawful) == []
    assert code in codes(pause_obstacles(**lawful | change))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rule": ""}, "not_pausable"),
        ({"is_open": False}, "matter_done"),
        ({"basis": RUNNING}, "not_paused"),
        ({"resumed_on": day("2026-03-11")}, "resume_in_future"),
        ({"resumed_on": day("2026-03-08")}, "resume_before_pause"),
    ],
)
def test_a_clock_cannot_run_again(change, code):
    lawful = {
        "basis": basis("2026-03-02", W, 10, paused_from=day("2026-03-09")),
        "rule": "A-04",
        "is_open": True,
        "resumed_on": TODAY,
        "on": TODAY,
    }
    assert resume_obstacles(**lawful) == []
    assert code in codes(resume_obstacles(**lawful | change))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rule": ""}, "not_extendable"),
        ({"is_open": False}, "matter_done"),
        ({"count": 0}, "extension_of_nothing"),
        ({"until": day("2026-04-01")}, "extension_of_nothing"),
        ({"count": 0, "until": DUE, "bound": None}, "extension_shortens"),
        ({"count": 0, "until": day("2026-04-01")}, "extension_unbounded"),
        ({"count": 9}, "extension_too_long"),
        ({"on": DUE + timedelta(days=1)}, "period_over"),
        ({"reason": ""}, "reason_missing"),
    ],
)
def test_a_period_cannot_be_made_longer(change, code):
    lawful = {
        "basis": basis("2026-03-02", W, 10, (), [extended(2)]),
        "due_on": DUE,
        "rule": "B-11",
        "is_open": True,
        "on": DUE,
        "count": 8,
        "until": None,
        "reason": "申请延期",
        "bound": 10,
    }
    assert extension_obstacles(**lawful) == []
    assert code in codes(extension_obstacles(**lawful | change))


# --- the services -------------------------------------------------------------------------------


@pytest.fixture
def clerk(db):
    return user_with(Role.INTAKE_CLERK)


@pytest.fixture
def change(clerk):
    member = member_of(InstitutionFactory())
    on = day("2026-03-02")
    return file_change(
        institution_id=member.membership.institution_id,
        changes=[FieldChange(ChangeField.PHONE, "0792-7654321", on)],
        by=member,
        at=at(on),
    )


def paused(change, clerk, from_on="2026-03-04", on="2026-03-04"):
    return clocks.pause_clock(
        clock=CHANGE_DECISION,
        pk=change.pk,
        from_on=day(from_on),
        reason="缺少批准文件",
        by=clerk,
        on=day(on),
        at=at(day(on)),
    )


def test_a_decision_waits_for_a_supplement(change, clerk):
    before = change.decision_due_on
    stopped = ChangeRequest.objects.get(pk=paused(change, clerk).pk)
    assert stopped.decision_due_basis["paused_from"] == "2026-03-04"
    assert stopped.decision_due_on == before
    clocks.resume_clock(
        clock=CHANGE_DECISION,
        pk=change.pk,
        resumed_on=day("2026-03-11"),
        by=clerk,
        on=day("2026-03-12"),
        at=at(day("2026-03-12")),
    )
    running = ChangeRequest.objects.get(pk=change.pk)
    expected = office_calendar().days_after(before, 7)
    assert running.decision_due_on == expected.on
    assert running.decision_due_basis["pauses"] == [["2026-03-04", "2026-03-11"]]
    assert "paused_from" not in running.decision_due_basis
    assert running.filing_due_on == change.filing_due_on
    steps = list(running.transitions.filter(rule="A-04").values_list("act", "source", "target"))
    assert steps == [("pause_clock", "filed", "filed"), ("resume_clock", "filed", "filed")]
    told_to = Notice.objects.filter(key__startswith="change.pause_clock:")
    assert [each.recipient for each in told_to] == [change.filed_by]
    assert "缺少批准文件" in told_to.get().body


def test_what_is_refused_leaves_everything_as_it_was(change, clerk):
    paused(change, clerk)
    with pytest.raises(Refusal) as refusal:
        paused(change, clerk, on="2026-03-05")
    assert [each.code for each in refusal.value.obstacles] == ["paused_already"]
    assert all(each.remedy for each in refusal.value.obstacles)
    assert change.transitions.filter(act="pause_clock").count() == 1
    checked(change, by=clerk)
    approve_change(change_id=change.pk, by=clerk, at=at(day("2026-03-05")))
    for act in (
        lambda: paused(change, clerk, on="2026-03-06"),
        lambda: clocks.resume_clock(
            clock=CHANGE_DECISION,
            pk=change.pk,
            resumed_on=day("2026-03-06"),
            by=clerk,
            on=day("2026-03-06"),
            at=at(day("2026-03-06")),
        ),
    ):
        with pytest.raises(Refusal) as refusal:
            act()
        assert [each.code for each in refusal.value.obstacles] == ["matter_done"]
    assert ChangeRequest.objects.get(pk=change.pk).decision_due_basis["paused_from"]


def test_only_where_a_rule_allows_it(change, clerk):
    with pytest.raises(Refusal) as refusal:
        clocks.extend_clock(
            clock=CHANGE_DECISION,
            pk=change.pk,
            count=3,
            reason="忙",
            by=clerk,
            on=day("2026-03-03"),
            at=at(day("2026-03-03")),
        )
    assert [each.code for each in refusal.value.obstacles] == ["not_extendable"]
    assert not Notice.objects.filter(key__contains="extend_clock").exists()


@pytest.mark.django_db
def test_a_longer_defence_on_a_reasoned_request():
    office = cases.Office()
    assert office.member
    case = cases.in_defence(office)
    on = cases.SERVED_ON

    def extend(count: int):
        return clocks.extend_clock(
            clock=DEFENCE,
            pk=case.pk,
            count=count,
            reason="需调取病案",
            by=office.officer,
            on=on,
            at=at(on),
        )

    extend(3)
    longer = Case.objects.get(pk=case.pk)
    assert (case.defence_due_on, longer.defence_due_on) == (day("2025-05-09"), day("2025-05-14"))
    kept = longer.defence_due_basis["extensions"]
    assert [(each["n"], each["by"], each["rule"]) for each in kept] == [
        (3, office.officer.name, "B-11")
    ]
    assert longer.transitions.filter(act="extend_clock", by=office.officer).count() == 1
    letter = InstitutionLetter.objects.get(letter=longer.notice_letter_id)
    assert letter.period_due_on == longer.defence_due_on
    notice = Notice.objects.get(recipient=office.member, key__contains="extend_clock")
    assert "2025-05-14" in notice.body
    # The longer period holds: what was late before is in time now.
    hearing.end_defence_periods(on=day("2025-05-14"), at=at(day("2025-05-14")))
    assert Case.objects.get(pk=case.pk).defence_outcome == ""
    bound = int(PolicyParameter.objects.get(key="defence_extension_max_wd").value)
    with pytest.raises(Refusal) as refusal:
        extend(bound - 2)
    assert [each.code for each in refusal.value.obstacles] == ["extension_too_long"]


def test_the_register_names_every_stored_deadline():
    assert set(CLOCKS) >= {
        "institutions.change_decision",
        "institutions.change_filing",
        "agreements.request_decision",
        "agreements.suspension_limit",
        "agreements.termination_hold",
        "settlements.payout",
        "supervision.defence",
        "supervision.report",
        "supervision.order",
    }
    for each in CLOCKS.values():
        fields = {field.name for field in each.model._meta.get_fields()}
        assert {*each.columns, *each.matter.columns} <= fields, each.name
    assert not CHANGE_FILING.listed
    with pytest.raises(ValueError, match="twice"):
        clock(CHANGE_FILING.name, "", CHANGES)
    assert isinstance(CHANGES, Matter)
