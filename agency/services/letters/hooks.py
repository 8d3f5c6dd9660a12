"""What upper apps do when a letter of a kind has been served: periods from receipt start there."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol

from agency.models import OfficialLetter


class ServiceHook(Protocol):
    def __call__(self, letter: OfficialLetter, *, served_on: date, at: datetime) -> None: ...


_HOOKS: dict[str, list[ServiceHook]] = {}


def on_service(*kinds: str) -> Callable[[ServiceHook], ServiceHook]:
    """Enter a function to be called, in the transaction of the service, with each letter of one
    of the kinds that has been served: `(letter, *, served_on, at)`. The day is the recorded day
    of service, never the letter's own (T-09).
    """

    def enter(hook: ServiceHook) -> ServiceHook:
        for kind in kinds:
            _HOOKS.setdefault(kind, []).append(hook)
        return hook

    return enter


def tell_hooks(letter: OfficialLetter, *, served_on: date, at: datetime) -> None:
    """Call every function entered for the letter's kind."""
    for hook in _HOOKS.get(letter.kind, ()):
        hook(letter, served_on=served_on, at=at)
