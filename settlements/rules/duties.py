"""Who may take part in a payment, and what is decided together (B-02)."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from agency.rules import Obstacle
from settlements.enums import Post

VOTERS_AT_LEAST = "collective_decision_min_voters"  # parameter: no law gives a number


def segregation_obstacles(*, post: Post, held: Collection[Post]) -> list[Obstacle]:
    """Return why a person cannot act in a post: another post of the same batch was theirs.

    `held` are the posts that count as theirs. People are compared, not their present roles; who
    stood in for somebody counts as both.

    Law: B-02 (Order 2 art. 29).
    """
    text = _("You did the %(held)s of this statement; its %(post)s must be done by another person.")
    return [
        Obstacle(
            "same_person",
            text % {"held": other.label, "post": post.label},
            rule="B-02",
            remedy=_("Leave it to a colleague who has had no part in it."),
        )
        for other in held
        if other != post
    ]


def needs_collective_decision(amount: Decimal, threshold: Decimal) -> bool:
    """Tell whether a payment is a major expense; at exactly the threshold it is.

    Law: B-02 (Order 2 art. 29).
    """
    return amount >= threshold


def collective_decision_obstacles(
    *, voters: Sequence[str], in_favour: int, decided_on: date, today: date, least: int
) -> list[Obstacle]:
    """Return why a vote is no collective decision in favour of the payment; `least` is how many
    must have voted.

    Law: B-02 (Order 2 art. 29).
    """
    checks = {
        Obstacle(
            "too_few_voters",
            _("A collective decision needs at least %(least)d voters, each named once.")
            % {"least": least},
            rule="B-02",
        ): len(set(voters)) < least or len(set(voters)) < len(voters),
        Obstacle(
            "more_votes_than_voters", _("There are more votes in favour than voters."), rule="B-02"
        ): in_favour > len(voters),
        Obstacle(
            "not_carried",
            _("The payment was not carried: more than half of the voters must be in favour."),
            rule="B-02",
        ): in_favour * 2 <= len(voters),
        Obstacle(
            "decided_in_future", _("The decision cannot be of a later day than today.")
        ): decided_on > today,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]
