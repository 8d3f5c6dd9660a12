"""Which clocks may be stopped or made longer, and why not now. Pure."""

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext as _

from agency.rules import Obstacle
from agency.workdays import DeadlineBasis

LONGEST_REASON = 1000


def pause_obstacles(
    *,
    basis: DeadlineBasis | None,
    due_on: date | None,
    rule: str,
    is_open: bool,
    from_on: date,
    on: date,
    reason: str,
) -> list[Obstacle]:
    """Return why the clock cannot be stopped from the day.

    Law: rules.md T-10 (a period stands still only where a rule says so).
    """
    if obstacles := _never(basis, rule=rule, is_open=is_open, code="not_pausable"):
        return obstacles
    assert basis is not None  # noqa: S101 - `_never` has refused it
    last_resumed = max((resumed for _first, resumed in basis.pauses), default=None)
    return _applying(
        {
            Obstacle(
                "paused_already",
                _("The clock has stood still since %(day)s.") % {"day": basis.paused_from},
                "T-10",
                _("Let it run again before it is stopped anew."),
            ): basis.paused_from is not None,
            Obstacle(
                "pause_in_future",
                _("%(day)s has not come yet.") % {"day": from_on},
                "T-10",
                _("Stop the clock on the day itself."),
            ): from_on > on,
            Obstacle(
                "pause_before_start",
                _("The period began on %(day)s; it cannot stand still before.")
                % {"day": basis.start},
                "T-10",
                _("Enter a day from then on."),
            ): from_on < basis.start,
            Obstacle(
                "pauses_overlap",
                _("The clock stood still until %(day)s already.") % {"day": last_resumed},
                "T-10",
                _("Enter a day from then on."),
            ): last_resumed is not None and from_on < last_resumed,
            Obstacle(
                "period_over",
                _("The period ended on %(day)s; it cannot stand still any more.") % {"day": due_on},
                "T-10",
                _("Decide the matter; a delay needs its reason."),
            ): due_on is not None and from_on > due_on,
            **_reason(reason),
        }
    )


def resume_obstacles(
    *, basis: DeadlineBasis | None, rule: str, is_open: bool, resumed_on: date, on: date
) -> list[Obstacle]:
    """Return why the clock cannot run again from the day.

    Law: rules.md T-10.
    """
    if obstacles := _never(basis, rule=rule, is_open=is_open, code="not_pausable"):
        return obstacles
    since = basis.paused_from if basis else None
    if since is None:
        return [
            Obstacle(
                "not_paused",
                _("The clock is running."),
                "T-10",
                _("Only a clock that stands still can run again."),
            )
        ]
    return _applying(
        {
            Obstacle(
                "resume_in_future",
                _("%(day)s has not come yet.") % {"day": resumed_on},
                "T-10",
                _("Let the clock run again on the day itself."),
            ): resumed_on > on,
            Obstacle(
                "resume_before_pause",
                _("The clock has stood still since %(day)s.") % {"day": since},
                "T-10",
                _("Enter a day from then on."),
            ): resumed_on < since,
        }
    )


def extension_obstacles(
    *,
    basis: DeadlineBasis | None,
    due_on: date | None,
    rule: str,
    is_open: bool,
    on: date,
    count: int,
    until: date | None,
    reason: str,
    bound: int | None,
) -> list[Obstacle]:
    """Return why the period cannot be made longer: it needs a rule, a reason, and to be running.

    Law: rules.md T-12.
    """
    if obstacles := _never(basis, rule=rule, is_open=is_open, code="not_extendable"):
        return obstacles
    assert basis is not None  # noqa: S101 - `_never` has refused it
    so_far = sum(each.count for each in basis.extensions)
    return _applying(
        {
            Obstacle(
                "extension_of_nothing",
                _("An extension is either a number of days or a day."),
                rule,
                _("Enter one of the two."),
            ): (count > 0) == (until is not None) or count < 0,
            Obstacle(
                "extension_shortens",
                _("%(day)s is not later than the present end, %(due)s.")
                % {"day": until, "due": due_on},
                rule,
                _("Enter a later day."),
            ): until is not None and due_on is not None and until <= due_on,
            Obstacle(
                "extension_too_long",
                _("At most %(bound)s days may be added in all; %(so_far)s have been added already.")
                % {"bound": bound, "so_far": so_far},
                rule,
                _("Enter fewer days."),
            ): bound is not None and count + so_far > bound,
            Obstacle(
                "extension_unbounded",
                _("Only a number of days can be added to this period."),
                rule,
                _("Enter the days instead of a day."),
            ): bound is not None and until is not None,
            Obstacle(
                "period_over",
                _("The period ended on %(day)s; it cannot be made longer any more.")
                % {"day": due_on},
                rule,
                _("What was missed cannot be caught up by an extension."),
            ): due_on is not None and on > due_on and basis.paused_from is None,
            **_reason(reason),
        }
    )


def _never(basis: DeadlineBasis | None, *, rule: str, is_open: bool, code: str) -> list[Obstacle]:
    if not rule:
        return [
            Obstacle(
                code,
                _("No rule allows this for this deadline."),
                "T-10",
                _("Keep to the deadline."),
            )
        ]
    if not is_open:
        return [
            Obstacle(
                "matter_done",
                _("The matter is done: its deadline does not run any more."),
                "T-12",
                _("Look at its history."),
            )
        ]
    if basis is None:
        return [
            Obstacle(
                "deadline_was_set",
                _("The deadline is a day that somebody set; no period runs."),
                "T-12",
            )
        ]
    return []


def _reason(reason: str) -> Mapping[Obstacle, bool]:
    return {
        Obstacle(
            "reason_missing", _("A reason is required."), "T-12", _("Say why, in a sentence.")
        ): not reason.strip(),
        Obstacle(
            "reason_too_long",
            _("The reason is longer than %(n)d characters.") % {"n": LONGEST_REASON},
            "T-12",
            _("Shorten it."),
        ): len(reason) > LONGEST_REASON,
    }


def _applying(checks: Mapping[Obstacle, bool]) -> list[Obstacle]:
    return [obstacle for obstacle, applies in checks.items() if applies]
