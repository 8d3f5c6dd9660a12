"""What follows from a decided result. Whoever owns the matter enters it here, from its services;
this module knows none of them.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol

from agency.models import User
from institutions.models import Assessment


class ResultHook(Protocol):
    def __call__(self, assessment: Assessment, *, by: User, at: datetime) -> None: ...


APPLICATION = "application"
CHANGE = "change"

_HOOKS: dict[str, list[ResultHook]] = {APPLICATION: [], CHANGE: []}


def on_result(kind: str) -> Callable[[ResultHook], ResultHook]:
    """Enter a function to be called, in the transaction of the decision, with each concluded
    assessment of an `application` or of a `change`: `(assessment, *, by, at)`. What it refuses
    is not decided.
    """

    def enter(hook: ResultHook) -> ResultHook:
        _HOOKS[kind].append(hook)
        return hook

    return enter


def kind_of(assessment: Assessment) -> str:
    return APPLICATION if assessment.application_id else CHANGE


def tell_result(assessment: Assessment, *, by: User, at: datetime) -> None:
    for hook in _HOOKS[kind_of(assessment)]:
        hook(assessment, by=by, at=at)
