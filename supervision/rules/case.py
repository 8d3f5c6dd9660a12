"""Who may decide what in a case, and what must have come before (B-11, C-05)."""

from collections.abc import Collection
from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.rules import Obstacle
from supervision.enums.cases import CaseState, Rung

# Order 2 art. 47: these two are reported to the administration; the Jiujiang measure 5 wants the
# strict procedure for them, hence the agency's head and a second person.
GRAVE_RUNGS = frozenset({Rung.PERSON, Rung.AGREEMENT})
AMOUNT_RUNGS = frozenset({Rung.WITHHOLD, Rung.REFUSE, Rung.DAMAGES})

CONFIRMED = "confirmed"  # the state of a finding that has been reviewed


def is_grave(rungs: Collection[int]) -> bool:
    """Tell whether any of the measures is one of those the head decides and reports.

    Law: B-11, B-20 (Order 2 arts. 38, 45, 47).
    """
    return not GRAVE_RUNGS.isdisjoint(rungs)


def opening_obstacles(
    *,
    finding_state: str | None,
    has_report: bool,
    finding_in_case: bool = False,
    order_in_case: bool = False,
) -> list[Obstacle]:
    """Return why a case cannot be opened on this ground: only what is confirmed is a breach.

    Law: B-11 (Order 2 art. 38).
    """
    checks = [
        (
            finding_state not in (None, CONFIRMED),
            Obstacle(
                "finding_not_confirmed",
                _("Only a confirmed finding is ground for a case."),
                "B-11",
                _("Let the review be finished first."),
            ),
        ),
        (
            finding_in_case,
            Obstacle(
                "finding_in_a_case",
                _("There is already a case about this finding."),
                "B-11",
                _("Go on with that case."),
            ),
        ),
        (
            order_in_case,
            Obstacle(
                "order_in_a_case",
                _("There is already a case about this order."),
                "B-20",
                _("Go on with that case."),
            ),
        ),
        (
            finding_state is None and not has_report,
            Obstacle(
                "no_ground",
                _("A case needs a ground: a confirmed finding, a report, or an order."),
                "B-11",
            ),
        ),
    ]
    return [obstacle for applies, obstacle in checks if applies]


def measure_obstacles(*, rung: int, rungs: Collection[int], has_agreement: bool) -> list[Obstacle]:
    """Return why a measure cannot be added to those already intended.

    Law: B-11 (Order 2 art. 38).
    """
    checks = [
        (
            rung == Rung.AGREEMENT and Rung.AGREEMENT in rungs,
            Obstacle(
                "two_acts_on_the_agreement",
                _("An agreement is suspended or dissolved, not both and not twice."),
                "B-11",
                _("Take the other measure out first."),
            ),
        ),
        (
            rung == Rung.AGREEMENT and not has_agreement,
            Obstacle(
                "no_agreement",
                _("The institution has no agreement that could be suspended or dissolved."),
                "B-11",
            ),
        ),
    ]
    return [obstacle for applies, obstacle in checks if applies]


def notice_obstacles(*, measures: int) -> list[Obstacle]:
    """Return why the advance notice cannot be issued yet.

    Law: B-11 (Order 2 art. 38).
    """
    if measures:
        return []
    return [
        Obstacle(
            "no_measure",
            _("The notice must name the measures that are intended."),
            "B-11",
            _("Add at least one measure first."),
        )
    ]


def service_obstacles(*, served_on: date, issued_on: date, on: date) -> list[Obstacle]:
    """Return why a day cannot be that of a service or of performance: T-09 counts from it.

    Law: T-09 (Administrative Penalty Law art. 61).
    """
    if issued_on <= served_on <= on:
        return []
    text = _("The day must lie between %(issued)s and %(on)s.") % {"issued": issued_on, "on": on}
    return [Obstacle("day_out_of_order", text, "T-09")]


def statement_obstacles(*, on: date, due_on: date) -> list[Obstacle]:
    """Return why a statement can no longer be given.

    Law: B-11 (Order 2 art. 38).
    """
    if on <= due_on:
        return []
    return [
        Obstacle(
            "defence_period_over",
            _("The period of statement and defence is over."),
            "B-11",
            _("Once the decision is served, it can be disputed."),
        )
    ]


def decision_obstacles(
    *,
    on: date,
    defence_due_on: date,
    statement_given: bool,
    grave: bool,
    opener_decides: bool,
    head_decides: bool,
    reviewer_decides: bool,
    consideration: str,
    reviewed: bool,
    discussed: bool,
    imposed: int,
) -> list[Obstacle]:
    """Return every reason why the case cannot be decided so, by this person, on this day.

    Law: B-11, C-05 (Order 2 art. 38; Jiujiang measures of 2025, no. 5).
    """
    checks = [
        (
            not statement_given and on <= defence_due_on,
            Obstacle(
                "defence_running",
                _("The institution may still state and defend, and has not done so."),
                "B-11",
                _("Wait for its statement or for the end of the period."),
            ),
        ),
        (
            not imposed,
            Obstacle(
                "nothing_imposed",
                _("The decision imposes none of the measures."),
                "B-11",
                _("Choose a measure, or dismiss the case."),
            ),
        ),
        (
            not consideration.strip(),
            Obstacle(
                "statement_not_considered",
                _("The decision must say how the statement was considered."),
                "B-11",
            ),
        ),
        (
            grave and opener_decides,
            Obstacle(
                "decided_by_its_opener",
                _("Who opened the case cannot decide on this measure."),
                "B-11",
                _("Another person must decide."),
            ),
        ),
        (
            grave and reviewer_decides,
            Obstacle(
                "decided_by_its_reviewer",
                _("Who reviewed the case cannot decide on this measure."),
                "C-05",
                _("Another person must decide."),
            ),
        ),
        (
            grave and not head_decides,
            Obstacle(
                "head_must_decide",
                _(
                    "Suspending a person or department, suspending or dissolving an agreement is "
                    "decided by the head of the agency."
                ),
                "C-05",
            ),
        ),
        (
            grave and not reviewed,
            Obstacle(
                "no_legal_review",
                _("A grave measure needs a legal review before it is decided."),
                "C-05",
                _("Submit the case to legal review first."),
            ),
        ),
        (
            grave and reviewed and not discussed,
            Obstacle(
                "not_discussed",
                _("A grave measure needs a collective discussion that carries it."),
                "C-05",
                _("Record the discussion first."),
            ),
        ),
    ]
    return [obstacle for applies, obstacle in checks if applies]


def start_obstacles(*, acts: bool, starts_on: date, on: date) -> list[Obstacle]:
    """Return why an act on the agreement cannot begin on that day: never before it is decided.

    Law: B-13, B-14 (Order 2 arts. 42, 43).
    """
    if not acts or starts_on >= on:
        return []
    text = _("An act on the agreement never begins before its decision on %(day)s.") % {"day": on}
    return [Obstacle("starts_before_decision", text, "B-14")]


def dismissal_obstacles(*, heard: bool, opener_dismisses: bool) -> list[Obstacle]:
    """Return why this person cannot dismiss the case: after the notice a second person must.

    Law: B-11 (Order 2 art. 38).
    """
    if heard and opener_dismisses:
        return [
            Obstacle(
                "dismissed_by_its_opener",
                _("After the notice, who opened the case cannot dismiss it alone."),
                "B-11",
                _("Another person must dismiss it."),
            )
        ]
    return []


def state_obstacles(*, state: str, allowed: Collection[str]) -> list[Obstacle]:
    """Return the obstacle of an act that does not fit the state."""
    if state in allowed:
        return []
    text = _("This cannot be done in the state “%(state)s”.") % {"state": CaseState(state).label}
    return [Obstacle("wrong_state", text, "B-11")]
