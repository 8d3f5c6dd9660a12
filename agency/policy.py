"""What every change of policy must keep to: two people, and no change of the past. Pure."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.rules import Obstacle

TWO_PEOPLE = "B-02"


def schedule_obstacles(
    *, effective_from: date, on: date, waiting: bool, taken: bool
) -> list[Obstacle]:
    """Return why a change cannot be proposed for the day.

    `waiting` says that another proposal on the same subject waits, `taken` that one is already
    approved for the same day.
    """
    checks = {
        Obstacle(
            "in_the_past",
            _("Effective from: %(wanted)s is before %(on)s, and the past stays as it was.")
            % {"wanted": effective_from, "on": on},
            remedy=_("Choose today or a later day."),
        ): effective_from < on,
        Obstacle(
            "another_waits",
            _("Another proposal on the same subject is waiting."),
            remedy=_("Have it decided, or have it withdrawn first."),
        ): waiting,
        Obstacle(
            "day_taken",
            _("Effective from: a change is already approved for %(wanted)s.")
            % {"wanted": effective_from},
            remedy=_("Choose another day."),
        ): taken,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def decision_obstacles(
    *, is_open: bool, proposer_ids: frozenset[int], decider_ids: frozenset[int]
) -> list[Obstacle]:
    """Return why a person cannot decide a proposal; each side is the person and
    whoever that person stood in for at the time.

    Law: B-02 (Order 2 art. 29).
    """
    checks = {
        Obstacle(
            "not_open",
            _("The proposal has been decided or withdrawn already."),
            remedy=_("Look at its history."),
        ): not is_open,
        Obstacle(
            "own_proposal",
            _("You, or somebody you stand in for, proposed this change: another must decide it."),
            rule=TWO_PEOPLE,
            remedy=_("Leave it to the agency head who has had no part in it."),
        ): not proposer_ids.isdisjoint(decider_ids),
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def approval_obstacles(*, effective_from: date, on: date, taken: bool) -> list[Obstacle]:
    """Return why a proposal can no longer be approved, whoever decides it."""
    return [
        Obstacle(
            each.code,
            each.text,
            remedy=_("Reject it, and have it proposed again for a later day."),
        )
        for each in schedule_obstacles(
            effective_from=effective_from, on=on, waiting=False, taken=taken
        )
    ]


def withdrawal_obstacles(*, is_open: bool, proposer_id: int | None, by_id: int) -> list[Obstacle]:
    """Return why a person cannot withdraw a proposal."""
    checks = {
        Obstacle(
            "not_open",
            _("The proposal has been decided or withdrawn already."),
            remedy=_("Look at its history."),
        ): not is_open,
        Obstacle(
            "not_own_proposal",
            _("Only the person who proposed a change can withdraw it."),
            remedy=_("The agency head may reject it."),
        ): proposer_id != by_id,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]
