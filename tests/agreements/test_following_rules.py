"""B-17, B-19, B-13: what follows the home region, what comes back, what the ledger counts."""

from datetime import date

import pytest

from agency.enums import RegionLevel
from agreements.enums.life import AgreementState as S
from agreements.enums.life import SuspensionKind
from agreements.rules.following import (
    Follower,
    follows_dissolution,
    follows_suspension,
    is_followed,
    lasted_on,
    open_days,
    payable_again,
    restored_state,
)
from agreements.rules.ledger import Suspended, ledger


def day(text: str | None) -> date | None:
    return date.fromisoformat(f"2025-{text}") if text else None


def spans(*pairs: tuple[str, str | None]):
    return [(day(first), day(until)) for first, until in pairs]


def follower(state, first="01-01", last="12-31", *suspensions):
    return Follower(S(state), day(first), day(last), spans(*suspensions))


@pytest.mark.parametrize(
    ("region", "level", "home", "followed"),
    [
        ("360400", "prefecture", "360403", True),
        ("360400", "prefecture", "360400", True),
        ("360000", "province", "360403", True),
        ("360403", "county", "360403", False),
        ("360100", "prefecture", "360403", False),
    ],
)
def test_only_a_prefecture_or_more_at_home_is_followed(region, level, home, followed):
    assert is_followed(region=region, level=RegionLevel(level), home=home) is followed


SUSPENSIONS = [
    pytest.param(follower("effective"), "followed", "05-12", id="runs"),
    pytest.param(follower("effective", "05-12"), "followed", "05-12", id="began-that-day"),
    pytest.param(follower("effective", "05-20"), "followed", "05-20", id="began-after"),
    pytest.param(follower("effective", "01-01", "05-12"), "followed", "05-12", id="last-day"),
    pytest.param(follower("effective", "01-01", "05-11"), "ended", "05-12", id="term-over"),
    pytest.param(follower("signed", "07-01"), "to_come", "07-01", id="to-come"),
    pytest.param(follower("signed", "05-01"), "to_come", "05-12", id="to-begin-tonight"),
    pytest.param(follower("expired", "01-01", "03-31"), "ended", "05-12", id="expired"),
    pytest.param(follower("dissolved"), "ended", "05-12", id="dissolved"),
    pytest.param(
        follower("suspended", "01-01", "12-31", ("05-12", None)),
        "already",
        "05-12",
        id="suspended-that-day",
    ),
    pytest.param(
        follower("suspended", "01-01", "12-31", ("05-13", None)),
        "followed",
        "05-12",
        id="suspended-the-day-after",
    ),
    pytest.param(
        follower("effective", "01-01", "12-31", ("04-01", "05-20")),
        "followed",
        "05-12",
        id="resumed-since",
    ),
]


@pytest.mark.parametrize(("given", "outcome", "on"), SUSPENSIONS)
def test_what_a_suspension_at_home_does_elsewhere(given, outcome, on):
    found = follows_suspension(given, day("05-12"))
    assert (found.outcome, found.on) == (outcome, day(on))


@pytest.mark.parametrize(
    ("given", "outcome", "on"),
    [
        pytest.param(follower("effective"), "followed", "05-12", id="runs"),
        pytest.param(
            follower("suspended", "01-01", "12-31", ("03-01", None)),
            "followed",
            "05-12",
            id="suspended",
        ),
        pytest.param(follower("effective", "05-20"), "followed", "05-20", id="began-after"),
        pytest.param(follower("effective", "01-01", "05-11"), "ended", "05-12", id="term-over"),
        pytest.param(follower("signed", "07-01"), "cancelled", "07-01", id="to-come"),
        pytest.param(follower("renewed", "01-01", "04-30"), "ended", "05-12", id="renewed"),
    ],
)
def test_what_a_dissolution_at_home_does_elsewhere(given, outcome, on):
    found = follows_dissolution(given, day("05-12"))
    assert (found.outcome, found.on) == (outcome, day(on))


@pytest.mark.parametrize(
    ("suspensions", "left"),
    [
        pytest.param([], [("05-12", None)], id="none"),
        pytest.param([("02-01", "05-12")], [("05-12", None)], id="ended-the-day-before"),
        pytest.param([("02-01", "05-13")], [("05-13", None)], id="ends-that-day"),
        pytest.param([("06-01", "07-01")], [("05-12", "06-01"), ("07-01", None)], id="between"),
        pytest.param([("06-01", None)], [("05-12", "06-01")], id="lasts-later"),
        pytest.param([("05-12", None)], [], id="lasts"),
        pytest.param([("05-01", "12-31"), ("12-31", None)], [], id="without-a-gap"),
    ],
)
def test_only_days_not_suspended_yet_are_added(suspensions, left):
    given = follower("effective", "01-01", "12-31", *suspensions)
    assert open_days(given, day("05-12")) == spans(*left)


def test_a_suspension_lasts_to_the_end_of_its_agreement_at_most():
    assert lasted_on((day("05-12"), None), day("06-30"), day("06-30"))
    assert not lasted_on((day("05-12"), None), day("06-30"), day("07-01"))
    assert lasted_on((day("05-12"), day("06-01")), day("12-31"), day("05-31"))
    assert not lasted_on((day("05-12"), day("06-01")), day("12-31"), day("06-01"))
    assert not lasted_on((day("05-12"), None), day("12-31"), day("05-11"))


@pytest.mark.parametrize(
    ("on", "suspended", "renewal", "state"),
    [
        ("12-31", False, False, "effective"),
        ("12-31", True, False, "suspended"),
        ("12-31", True, True, "suspended"),
        ("2026-01-01", False, False, "expired"),
        ("2026-01-01", False, True, "renewed"),
        ("2026-01-01", True, True, "expired"),
    ],
)
def test_an_annulled_end_leaves_the_state_of_the_day(on, suspended, renewal, state):
    on = date.fromisoformat(on) if len(on) > 5 else day(on)
    found = restored_state(valid_to=day("12-31"), on=on, suspended=suspended, renewal_alive=renewal)
    assert found == state


@pytest.mark.parametrize(
    ("suspensions", "payable"),
    [
        ([], [("03-01", "03-31")]),
        ([("02-01", "03-01")], [("03-01", "03-31")]),
        ([("03-10", "03-15")], [("03-01", "03-09"), ("03-15", "03-31")]),
        ([("03-10", None)], [("03-01", "03-09")]),
        ([("02-01", None)], []),
        ([("03-31", None)], [("03-01", "03-30")]),
        ([("04-01", None)], [("03-01", "03-31")]),
    ],
)
def test_what_another_suspension_covers_stays_unpaid(suspensions, payable):
    found = payable_again(first=day("03-01"), last=day("03-31"), suspensions=spans(*suspensions))
    assert list(found) == spans(*payable)


def suspended(kind, start, resumed=None, limit="11-30", annulled=False):
    return Suspended(SuspensionKind(kind), day(start), day(resumed), day(limit), annulled)


def test_the_ledger_counts_days_places_and_kinds_apart():
    found = ledger(
        [
            suspended("mandatory", "02-01", "03-01"),
            suspended("voluntary", "04-01", "04-11"),
            suspended("mandatory", "05-01", "05-03", annulled=True),
            suspended("mandatory", "06-01", None, "12-01"),
        ],
        last_day=day("12-31"),
        on=day("06-10"),
    )
    assert [(each.used, each.left, each.place, each.runs) for each in found.lines] == [
        (28, None, 1, False),
        (10, None, 1, False),
        (0, None, None, False),
        (10, 174, 2, True),
    ]
    assert (found.voluntary, found.voluntary_days) == (1, 10)
    assert (found.mandatory, found.mandatory_days) == (2, 38)
    assert found.repeated


@pytest.mark.parametrize(
    ("on", "used", "left"),
    [("05-31", 0, None), ("06-01", 1, 182), ("11-30", 183, 0), ("12-31", 214, -31)],
)
def test_the_ledger_on_each_edge(on, used, left):
    (line,) = ledger([suspended("voluntary", "06-01")], last_day=day("12-31"), on=day(on)).lines
    assert (line.used, line.left) == (used, left)


def test_a_suspension_stops_with_its_agreement():
    (line,) = ledger(
        [suspended("voluntary", "06-01")], last_day=day("06-30"), on=day("08-01")
    ).lines
    assert (line.used, line.last, line.runs) == (30, day("06-30"), False)
