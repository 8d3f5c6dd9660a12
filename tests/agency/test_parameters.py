"""The numbers of the catalogue: what they are, where the law stands, and how they change."""

import ast
import importlib
import re
import threading
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction
from django.utils.translation import override

from agency.enums import Profile, ProposalState, Role
from agency.models import Notice, PolicyParameter
from agency.parameters import CHAINS, DEFINITIONS, parse_value, shown, value_obstacles
from agency.rules import Refusal
from agency.services import parameters
from agency.services.in_force import parameters_on
from agency.services.laws import all_laws
from agency.services.parameter_tables import spans
from institutions.rules.assessment import SMALLEST_GROUP
from tests.agency.factories import NOW, RegionFactory, user_with

TODAY = NOW.date()
SOON = date(2026, 12, 1)
ROOT = Path(settings.BASE_DIR)
APPS = ("agency", "institutions", "agreements", "settlements", "supervision", "archives")
D = Decimal

# Where the program keeps a number of law; the others are read by no rule yet.
CONSTANTS = {
    "payout_wd": "settlements.rules.PAYOUT_WORKDAYS",
    "major_change_wd": "institutions.rules.MAJOR_CHANGE_WORKDAYS",
    "renewal_lead_months": "agreements.rules.RENEWAL_LEAD_MONTHS",
    "exit_notice_months": "agreements.rules.EXIT_NOTICE_MONTHS",
    "max_voluntary_suspension_days": "agreements.rules.MAX_VOLUNTARY_SUSPENSION_DAYS",
    "dissolve_after_suspensions": "agreements.rules.SUSPENSIONS_TO_DISSOLVE",
    "quiet_from_day": "supervision.rules.quiet.QUIET_FROM_DAY",
    "quiet_to_day": "supervision.rules.quiet.QUIET_TO_DAY",
    "registration_change_wd": "agency.bundle_rules.CEILING",
}
# Numbers of law that the code reads from the catalogue itself: the longest extension of a clock.
BOUNDS = {"reconsideration_extension_days"}
UNREAD = {"onsite_reduction_target", "premium_due_day", "late_fee_rate", "fund_warning_months"}

# Numbers that may stand in the rules, with the act that fixed them or what they are.
LAWFUL = {
    "agency.time_rules.counting.MAX_DAYS": "bound of a question",
    "agency.time_rules.counting.MAX_MONTHS": "bound of a question",
    "agency.time_rules.counting.MAX_YEARS": "bound of a question",
    "agreements.rules.measures.CENT": "the smallest amount of money",
    "agreements.rules.performance.FULL_WEIGHT": "what all weights make, in percent",
    "agreements.rules.snapshots.FORMAT": "version of the form of a snapshot, kept with each",
    "agreements.rules.leaving.EXIT_NOTICE_MONTHS": "Order 2 art. 44",
    "agreements.rules.renewal.RENEWAL_LEAD_MONTHS": "Order 2 art. 41",
    "agreements.rules.suspension.MAX_VOLUNTARY_SUSPENSION_DAYS": "Order 2 art. 42",
    "agreements.rules.suspension.REPEATED_SUSPENSION_GROUND": "Order 2 art. 43(1)",
    "agreements.rules.suspension.SUSPENSIONS_TO_DISSOLVE": "Order 2 art. 43(1)",
    "archives.rules.LAST_ITEM": "DA/T 13-2022",
    "institutions.rules.assessment.FAILURES_TO_BAN": "Order 2 art. 9",
    "institutions.rules.assessment.SMALLEST_GROUP": "lowest value of assessment_experts",
    "institutions.rules.changes.MAJOR_CHANGE_WORKDAYS": "Order 2 art. 40",
    "institutions.rules.designation.BEDS_WITH_DEPARTMENT": "Order 2 art. 6(3)",
    "institutions.rules.designation.OPERATING_MONTHS": "Order 2 art. 6(1)",
    "institutions.rules.designation.OWN_PHYSICIANS": "Order 2 art. 6(2)",
    "institutions.rules.draw.ALGORITHM": "version of the way of drawing, kept with each draw",
    "institutions.rules.draw.SEED_BYTES": "length of a seed",
    "settlements.rules.payouts.PAYOUT_WORKDAYS": "Order 2 art. 30",
    "settlements.rules.payouts.RECONSIDERATION_DAYS": "Reconsideration Law art. 20",
    "supervision.rules.quiet.QUIET_FROM_DAY": "Jiujiang measure 1",
    "supervision.rules.quiet.QUIET_TO_DAY": "Jiujiang measure 1",
}
# What a constant of a period, a share or a threshold is called.
POLICY_NAME = re.compile(
    r"(WORKDAYS|DAYS|MONTHS|YEARS|_WD|RATE|RATIO|SHARE|THRESHOLD|AT_LEAST|AT_MOST|POINTS|VOTERS"
    r"|GRACE|NOTICE|BAN|TERM|LEAD)(_|$)"
)
# Bounds of questions, units of the calendar, housekeeping: no period anybody keeps to.
NO_POLICY = re.compile(r"^(MAX_|LONGEST_|SHOWN|ONE_|CHUNK|MEGA)|(_PER_|_SHOWN$|_AT_ONCE$|_DIGITS$)")
COUNTING = {
    "workdays_after",
    "days_after",
    "months_after",
    "deadline",
    "deadline_with_basis",
    "add_months",
    "latest_before",
    "ban_active",
}


def modules(*rooms: str) -> list[Path]:
    """The modules of the apps in which rules and services stand."""
    found = []
    for app in APPS:
        for room in rooms:
            found += [ROOT / app / f"{room}.py", *(ROOT / app / room).rglob("*.py")]
    return [each for each in found if each.exists()]


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def number(node: ast.AST | None) -> Decimal | None:
    """The number a constant expression is: 30, Decimal("0.05"), timedelta(days=5)."""
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        return D(str(node.value))
    if isinstance(node, ast.Call):
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        given = [*node.args, *(each.value for each in node.keywords)]
        if name == "Decimal" and given and isinstance(given[0], ast.Constant):
            return D(str(given[0].value))
        if name == "timedelta" and given:
            return number(given[0])
    return None


def constants(path: Path):
    """(name, number) of each module-level constant."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        target = getattr(node, "target", None) or (getattr(node, "targets", None) or [None])[0]
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(target, ast.Name):
            found = number(node.value)
            if found is not None:
                yield target.id, found


@pytest.fixture(autouse=True)
def english():
    with override("en"):
        yield


# --- no number of policy is a constant ---------------------------------------------------------


def test_rules_hold_no_number_but_those_of_law():
    found = {
        f"{dotted(path)}.{name}": value
        for path in modules("rules", "time_rules")
        for name, value in constants(path)
        if POLICY_NAME.search(name) or not NO_POLICY.search(name)
    }
    assert set(found) - set(LAWFUL) == set(), "a policy parameter, or an entry with its article"
    assert set(LAWFUL) - set(found) == set(), "entries of constants that are gone"


def test_services_keep_no_period_and_no_share():
    found = [
        f"{dotted(path)}.{name} = {value}"
        for path in modules("services", "tasks", "notifications", "clocks", "permissions")
        for name, value in constants(path)
        if POLICY_NAME.search(name) and not NO_POLICY.search(name)
    ]
    assert set(found) <= HOUSEKEEPING, found


# Of no rule: how much a page or a job takes at once, how fresh a display is and how far it goes
# back.
HOUSEKEEPING = {
    "agency.services.job_history.GRACE = 1",
    "agency.services.job_history.RECENT_DAYS = 30",
    "agency.services.turns.MONTHS = 12",
    "institutions.services.search.RANKED_AT_MOST = 2000",
}


def test_no_period_is_counted_by_a_bare_number():
    found = []
    for path in modules("rules", "time_rules", "services", "tasks", "clocks"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(getattr(node, "func", None), "attr", "") or getattr(
                getattr(node, "func", None), "id", ""
            )
            if isinstance(node, ast.Call) and name in COUNTING:
                given = [*node.args, *(each.value for each in node.keywords)]
                bare = [each for each in map(number, given) if each is not None and each > 1]
                found += [f"{dotted(path)}:{node.lineno} {name} {each}" for each in bare]
    assert found == []


def test_numbers_of_law_are_those_of_the_rules():
    law = {each.key for each in DEFINITIONS.values() if each.is_law}
    assert law == set(CONSTANTS) | BOUNDS | UNREAD
    for key, path in CONSTANTS.items():
        module, _dot, name = path.rpartition(".")
        assert getattr(importlib.import_module(module), name) == DEFINITIONS[key].default, key
        assert str(DEFINITIONS[key].article)


def test_every_key_that_code_reads_is_defined():
    read = {key for law in all_laws() for key in law.parameters}
    named = re.compile(
        r"""(?:\.(?:parameter|number)\(|parameters?=|parameters_on\([^\n]*\)\[)"""
        r"""\s*"([a-z][a-z0-9_]+)\""""
    )
    constant = re.compile(r'^[A-Z][A-Z_]* = "([a-z0-9]+(?:_[a-z0-9]+)*_(?:wd|days|months|years))"')
    for path in modules("rules", "time_rules", "services", "tasks", "clocks", "views", "api"):
        text = path.read_text(encoding="utf-8")
        read |= set(named.findall(text)) | set(constant.findall(text))
        if re.search(r"\bvalues = parameters_on\(", text):
            read |= set(re.findall(r'values\["([a-z_]+)"\]', text))
    assert len(read) > 30
    assert read - set(DEFINITIONS) == set()


@pytest.mark.django_db
def test_every_open_number_has_a_value_of_its_unit_and_evidence():
    rows = {each.key: each for each in PolicyParameter.objects.filter(profile="NATIONAL")}
    opened = {each.key: each for each in DEFINITIONS.values() if not each.is_law}
    assert set(rows) == set(opened)
    for key, definition in opened.items():
        row = rows[key]
        facts = (row.value, row.unit, row.evidence, row.state, row.proposed_by)
        wanted = (definition.default, definition.unit, definition.evidence, "approved", None)
        assert facts == wanted, key
    assert parameters_on(date(2019, 1, 1)) == {key: row.value for key, row in rows.items()}


def test_definitions_are_whole():
    values = {key: each.default for key, each in DEFINITIONS.items()}
    for key, each in DEFINITIONS.items():
        assert each.minimum <= each.default <= each.maximum, key
        assert each.default == round(each.default, each.decimals), key
        assert str(each.label) and each.rule_set, key
        without = {name: value for name, value in values.items() if name != key}
        assert value_obstacles(each, each.default, without) == [], key
    assert {key for chain in CHAINS for key in chain} <= set(DEFINITIONS)


def test_a_floor_in_a_rule_is_the_lowest_value_of_its_parameter():
    assert DEFINITIONS["assessment_experts"].minimum == SMALLEST_GROUP


# --- what a value may be -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "value", "codes", "said"),
    [
        ("defence_wd", "7", [], ""),
        ("defence_wd", "3", [], ""),
        ("defence_wd", "30", [], ""),
        ("defence_wd", "2", ["below_minimum"], "2 working days is below the lowest value, 3"),
        ("defence_wd", "31", ["above_maximum"], "above the highest value, 30"),
        ("defence_wd", "7.5", ["wrong_unit"], "7.5 is no whole number, and working days are"),
        ("defence_wd", "0.5", ["wrong_unit", "below_minimum"], "0.5"),
        ("defence_wd", "5", ["unchanged"], "in force already"),
        ("overspend_rate", "0.75", [], ""),
        ("overspend_rate", "0.70001", ["too_fine"], "more than 4 decimals"),
        ("overspend_rate", "70", ["above_maximum"], "70 ratio is above the highest value, 1"),
        ("major_expense_threshold", "100000.005", ["too_fine"], "100,000.005"),
        ("payout_second_alarm_wd", "19", ["out_of_order"], "19 is below “First alarm"),
        ("payout_first_alarm_wd", "28", ["out_of_order"], "28 is above “Second alarm"),
        ("renewal_reminder_months", "3", [], ""),
    ],
)
def test_what_a_value_may_be(key, value, codes, said):
    in_force = {name: each.default for name, each in DEFINITIONS.items()}
    found = value_obstacles(DEFINITIONS[key], D(value), in_force)
    assert [each.code for each in found] == codes
    assert said in " ".join(str(each.text) for each in found)
    assert all(str(each.remedy) for each in found)


@pytest.mark.parametrize("text", ["", "seven", "1e", "NaN", "Infinity", "7 days", "9" * 31])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(Refusal) as refused:
        parse_value(text)
    assert [each.code for each in refused.value.obstacles] == ["no_number"]


@pytest.mark.parametrize(
    ("value", "text"),
    [("5", "5"), ("5000000.0000", "5,000,000"), ("0.0500", "0.05"), ("0", "0"), ("20", "20")],
)
def test_values_are_written_as_people_do(value, text):
    assert shown(D(value)) == text
    assert parse_value(text) == D(value)


# --- two people --------------------------------------------------------------------------------


@pytest.fixture
def officer(db):
    return user_with(Role.SETTLEMENT_OFFICER)


@pytest.fixture
def head(db):
    return user_with(Role.AGENCY_HEAD)


def proposed(by, **facts) -> PolicyParameter:
    asked = {
        "key": "defence_wd",
        "profile": Profile.NATIONAL,
        "value": D(7),
        "effective_from": SOON,
        "reason": "申辩时间不足",
        **facts,
    }
    return parameters.propose_parameter(by=by, at=NOW, **asked)


def test_a_value_is_in_force_from_its_day_once_another_person_approved_it(officer, head):
    parameter = proposed(officer, document="局务会纪要3号")
    assert parameters_on(SOON)["defence_wd"] == 5
    parameters.approve_parameter(parameter_id=parameter.pk, by=head, at=NOW, reason="同意")
    assert parameters_on(SOON - timedelta(1))["defence_wd"] == 5
    assert parameters_on(SOON)["defence_wd"] == 7
    row = PolicyParameter.objects.get(pk=parameter.pk)
    facts = (row.state, row.proposed_by, row.decided_by, row.decided_on, row.unit, row.evidence)
    assert facts == (
        ProposalState.APPROVED,
        officer,
        head,
        TODAY,
        "working days",
        "DESIGN",
    )
    events = row.events.order_by("pgh_id").values_list("state", "pgh_context__metadata__act")
    assert list(events) == [
        ("proposed", "agency.propose_parameter"),
        ("approved", "agency.approve_parameter"),
    ]
    assert list(row.transitions.values_list("act", "by")) == [
        ("propose", officer.pk),
        ("approve", head.pk),
    ]
    lives = [(each.parameter.value, each.last_day) for each in spans("defence_wd")["NATIONAL"]]
    assert lives == [(D(7), None), (D(5), SOON - timedelta(1))]


def test_people_are_told_in_the_language_of_the_office(officer, head):
    parameter = proposed(officer)
    parameters.reject_parameter(parameter_id=parameter.pk, by=head, at=NOW, reason="不必要")
    asked, answered = Notice.objects.order_by("pk")
    assert (asked.recipient, answered.recipient) == (head, officer)
    assert "拟调整为7个工作日" in asked.subject and "申辩时间不足" in asked.body
    assert answered.body == "不必要"
    assert parameters_on(SOON)["defence_wd"] == 5


def test_a_local_value_leaves_the_national_one(officer, head):
    region = RegionFactory()
    parameter = proposed(officer, profile=Profile.JIUJIANG)
    parameters.approve_parameter(parameter_id=parameter.pk, by=head, at=NOW)
    assert parameters_on(SOON, region)["defence_wd"] == 7
    assert parameters_on(SOON)["defence_wd"] == 5


@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"key": "no_such_key"}, ["unknown_key"]),
        ({"key": "payout_wd", "value": D(20)}, ["fixed_by_law"]),
        ({"value": D(31)}, ["above_maximum"]),
        ({"value": D("6.5")}, ["wrong_unit"]),
        ({"value": D(5)}, ["unchanged"]),
        ({"effective_from": TODAY - timedelta(1)}, ["in_the_past"]),
        ({"effective_from": date(2018, 1, 1), "value": D(0)}, ["in_the_past", "below_minimum"]),
    ],
)
def test_a_proposal_is_refused_and_leaves_no_trace(officer, head, facts, codes):
    before = PolicyParameter.objects.count()
    with pytest.raises(Refusal) as refused:
        proposed(officer, **facts)
    assert [each.code for each in refused.value.obstacles] == codes
    assert PolicyParameter.objects.count() == before
    assert not Notice.objects.exists()


def test_law_says_its_article(officer):
    with pytest.raises(Refusal) as refused:
        proposed(officer, key="payout_wd", value=D(20))
    (obstacle,) = refused.value.obstacles
    assert str(obstacle.text) == "Payout of a claim batch: 30 is fixed by law (Order 2, art. 30)."
    assert obstacle.rule == "B-04"


def test_one_proposal_waits_for_each_key_and_profile(officer, head):
    first = proposed(officer)
    with pytest.raises(Refusal) as refused:
        proposed(officer, value=D(8))
    assert [each.code for each in refused.value.obstacles] == ["another_waits"]
    other = proposed(officer, profile=Profile.JIAXING)
    parameters.approve_parameter(parameter_id=first.pk, by=head, at=NOW)
    with pytest.raises(Refusal) as refused:
        proposed(officer, value=D(8))
    assert [each.code for each in refused.value.obstacles] == ["day_taken"]
    assert other.is_open


def test_nobody_approves_their_own_proposal(head):
    both = user_with(Role.SETTLEMENT_OFFICER, Role.AGENCY_HEAD)
    parameter = proposed(both)
    for decide in (parameters.approve_parameter, parameters.reject_parameter):
        with pytest.raises(Refusal) as refused:
            decide(parameter_id=parameter.pk, by=both, at=NOW, reason="x")
        assert [each.code for each in refused.value.obstacles] == ["own_proposal"]
    parameter.refresh_from_db()
    assert parameter.is_open and parameter.transitions.count() == 1
    parameters.withdraw_parameter(parameter_id=parameter.pk, by=both, at=NOW)
    with pytest.raises(Refusal) as refused:
        parameters.approve_parameter(parameter_id=parameter.pk, by=head, at=NOW)
    assert [each.code for each in refused.value.obstacles] == ["not_open"]


def test_what_was_overtaken_can_no_longer_be_approved(officer, head):
    late = proposed(officer, effective_from=TODAY)
    with pytest.raises(Refusal) as refused:
        parameters.approve_parameter(parameter_id=late.pk, by=head, at=NOW + timedelta(1))
    assert [each.code for each in refused.value.obstacles] == ["in_the_past"]
    first = proposed(officer, key="payout_first_alarm_wd", value=D(25))
    second = proposed(officer, key="payout_second_alarm_wd", value=D(24))
    parameters.approve_parameter(parameter_id=second.pk, by=head, at=NOW)
    with pytest.raises(Refusal) as refused:
        parameters.approve_parameter(parameter_id=first.pk, by=head, at=NOW)
    assert [each.code for each in refused.value.obstacles] == ["out_of_order"]
    assert PolicyParameter.objects.get(pk=first.pk).is_open


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"value": -1}, "policyparameter_value_not_negative"),
        ({"value": "1.5"}, "policyparameter_value_whole_where_counted"),
        ({"key": "Not A Key"}, "policyparameter_key_is_a_name"),
        ({"effective_from": date(2019, 1, 1)}, "policyparameter_one_value_a_day"),
        ({"state": "proposed"}, "policyparameter_proposed_by_somebody"),
    ],
)
def test_database_keeps_values_lawful(facts, constraint):
    row = {
        "key": "defence_wd",
        "value": 9,
        "unit": "working days",
        "evidence": "DESIGN",
        "effective_from": TODAY,
    }
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        PolicyParameter.objects.create(**row | facts)


def test_database_wants_two_people_and_no_past(officer, head):
    rows = PolicyParameter.objects.filter(pk=proposed(officer).pk)
    decided = {"state": "approved", "decided_on": TODAY, "decided_at": NOW}
    with pytest.raises(IntegrityError, match="decided_by_another"), transaction.atomic():
        rows.update(**decided, decided_by=officer)
    late = decided | {"decided_on": SOON + timedelta(1)}
    with pytest.raises(IntegrityError, match="changes_no_past"), transaction.atomic():
        rows.update(**late, decided_by=head)
    with pytest.raises(Exception, match="Cannot update"), transaction.atomic():
        rows.update(value=30)
    with pytest.raises(Exception, match="Cannot delete"), transaction.atomic():
        rows.delete()


@pytest.mark.django_db(transaction=True)
def test_of_two_heads_at_once_exactly_one_approves():
    officer = user_with(Role.SETTLEMENT_OFFICER)
    heads = [user_with(Role.AGENCY_HEAD) for _each in range(2)]
    parameter = proposed(officer)
    barrier, outcomes = threading.Barrier(2), []

    def approve(head):
        barrier.wait()
        try:
            parameters.approve_parameter(parameter_id=parameter.pk, by=head, at=NOW)
            outcomes.append("approved")
        except Refusal as refused:
            outcomes.append(refused.obstacles[0].code)
        finally:
            connection.close()

    threads = [threading.Thread(target=approve, args=(head,)) for head in heads]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["approved", "not_open"]
    parameter.refresh_from_db()
    assert parameter.transitions.filter(act="approve").count() == 1
    assert parameter.events.filter(state="approved").count() == 1
