"""What follows when the review of an unfiled change proposes the dissolution. The upper app that
handles breaches enters it; this module knows none.
"""

from collections.abc import Callable
from datetime import datetime

from agency.models import User
from agreements.models import DissolutionReview

Follower = Callable[..., None]

_FOLLOWERS: list[Follower] = []


def follows_proposal(follower: Follower) -> Follower:
    """Enter what is called with the review, `by` and `at`, in the transaction of the proposal."""
    _FOLLOWERS.append(follower)
    return follower


def proposed(review: DissolutionReview, *, by: User, at: datetime) -> None:
    for follower in _FOLLOWERS:
        follower(review, by=by, at=at)
