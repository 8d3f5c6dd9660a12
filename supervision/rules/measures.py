"""What a measure needs before it is intended; how an interview is called and held (B-11). Pure."""

from collections.abc import Collection
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from agency.rules import Obstacle
from supervision.enums.cases import Rung
from supervision.enums.interviews import InterviewState

INTERVIEW_NOTICE_WORKDAYS = "interview_notice_wd"
INTERVIEW_AGENCY_PEOPLE = "interview_agency_people"
INTERVIEW_CALLS = "interview_calls"
RULE = "B-11"
# Articles 42, 43 and 45 allow these two whether or not the agreement repeats them.
LAWFUL_WITHOUT_CLAUSE = frozenset({Rung.PERSON, Rung.AGREEMENT})


def clause_obstacles(
    *, rung: int, has_text: bool, allowing: Collection[int], chosen: int | None
) -> list[Obstacle]:
    """Return why a measure cannot rest on this clause: it is taken as agreed, on a clause of the
    signed text that names it. `allowing` are the clauses that do.

    Law: B-11 (Order 2 art. 38).
    """
    checks = [
        (
            chosen is not None and chosen not in allowing,
            Obstacle(
                "clause_does_not_allow_it",
                _("This clause of the agreement does not name the measure “%(measure)s”.")
                % {"measure": Rung(rung).label},
                RULE,
                _("Choose a clause that says so, or another measure."),
            ),
        ),
        (
            chosen is None and bool(allowing),
            Obstacle(
                "clause_not_chosen",
                _("The breached clause of the signed text is not chosen."),
                RULE,
                _("Choose it from the text of the agreement."),
            ),
        ),
        (
            chosen is None and has_text and not allowing and rung not in LAWFUL_WITHOUT_CLAUSE,
            Obstacle(
                "measure_not_agreed",
                _("The signed text has no clause that allows the measure “%(measure)s”.")
                % {"measure": Rung(rung).label},
                RULE,
                _("Choose a measure that was agreed."),
            ),
        ),
    ]
    return [obstacle for applies, obstacle in checks if applies]


def target_obstacles(*, rung: int, has_target: bool) -> list[Obstacle]:
    """Return why the fifth measure stops nobody: without the roster's code no charge is told apart.

    Law: B-18 (Order 2 art. 45).
    """
    if rung != Rung.PERSON or has_target:
        return []
    return [
        Obstacle(
            "target_not_on_the_roster",
            _("The person or department is not chosen from the roster of the institution."),
            "B-18",
            _("Choose it there, so that reviews can tell its charges."),
        )
    ]


def over_obstacles(*, starts_on: date, ends_on: date | None) -> list[Obstacle]:
    """Return why a person or department cannot be blocked any more: the noticed days are over.

    Law: B-18 (Order 2 art. 45).
    """
    if ends_on is None or starts_on <= ends_on:
        return []
    return [
        Obstacle(
            "block_over_before_it_begins",
            _("The block was to end on %(day)s, before it can begin.") % {"day": ends_on},
            "B-18",
            _("Decide without this measure."),
        )
    ]


def call_obstacles(
    *, state: str, meets_at: datetime, meets_on: date, at: datetime, earliest: date, persons: int
) -> list[Obstacle]:
    """Return why an interview cannot be called for this time.

    Law: B-11 (Order 2 art. 38 (1)).
    """
    if blocked := interview_state_obstacles(state, InterviewState.TO_CALL):
        return blocked
    checks = [
        (
            meets_at <= at or meets_on < earliest,
            Obstacle(
                "interview_too_soon",
                _("The earliest day for the interview is %(day)s.") % {"day": earliest},
                RULE,
                _("Leave the institution time to prepare."),
            ),
        ),
        (
            not persons,
            Obstacle(
                "nobody_called",
                _("Nobody is called: legal representative, principal or actual controller."),
                RULE,
                _("Choose at least one of them."),
            ),
        ),
    ]
    return [obstacle for applies, obstacle in checks if applies]


def record_obstacles(
    *,
    state: str,
    held_at: datetime,
    at: datetime,
    agency_people: int,
    least: int,
    persons: int,
    files: int,
) -> list[Obstacle]:
    """Return why what was said cannot be recorded so.

    Law: B-11 (Order 2 art. 38 (1)).
    """
    if blocked := interview_state_obstacles(state, InterviewState.CALLED):
        return blocked
    checks = [
        (
            held_at > at,
            Obstacle(
                "interview_to_come",
                _("The interview cannot be recorded before it was held."),
                RULE,
            ),
        ),
        (
            agency_people < least,
            Obstacle(
                "too_few_of_the_agency",
                _("At least %(least)d people of the agency hold an interview; named: %(named)d.")
                % {"least": least, "named": agency_people},
                RULE,
                _("Name everybody who was present."),
            ),
        ),
        (
            not persons,
            Obstacle(
                "nobody_appeared",
                _("None of the persons called was present."),
                RULE,
                _("Record that they did not appear."),
            ),
        ),
        (
            not files,
            Obstacle(
                "signed_record_missing",
                _("The record signed by both sides is missing."),
                RULE,
                _("Attach its scan."),
            ),
        ),
    ]
    return [obstacle for applies, obstacle in checks if applies]


def absence_obstacles(*, state: str, meets_at: datetime | None, at: datetime) -> list[Obstacle]:
    """Return why nobody can be said not to have appeared.

    Law: B-11 (Order 2 art. 38 (1)).
    """
    if blocked := interview_state_obstacles(state, InterviewState.CALLED):
        return blocked
    if meets_at is not None and meets_at <= at:
        return []
    text = _("The time of the interview has not come yet.")
    return [Obstacle("interview_to_come", text, RULE, _("Wait for it."))]


def commitment_too_early(*, text: str, due_on: date, held_on: date) -> Obstacle:
    said = _("“%(text)s” is promised for %(due)s, before the interview of %(held)s.")
    return Obstacle(
        "commitment_too_early",
        said % {"text": text, "due": due_on, "held": held_on},
        RULE,
        _("Name the day of the interview or a later one."),
    )


def commitment_obstacles(*, done: bool, done_on: date, held_on: date, on: date) -> list[Obstacle]:
    """Return why a commitment cannot be checked off on that day."""
    checks = [
        (done, Obstacle("commitment_done", _("It is checked off already."), RULE)),
        (
            not held_on <= done_on <= on,
            Obstacle(
                "day_out_of_order",
                _("The day must lie between %(issued)s and %(on)s.")
                % {"issued": held_on, "on": on},
                RULE,
            ),
        ),
    ]
    return [obstacle for applies, obstacle in checks if applies]


def interview_state_obstacles(state: str, wanted: InterviewState) -> list[Obstacle]:
    if state == wanted:
        return []
    text = _("This cannot be done in the state “%(state)s”.") % {
        "state": InterviewState(state).label
    }
    return [Obstacle("wrong_state", text, RULE, _("Look at its history."))]
