"""What upper apps do when something happens to a letter: periods from receipt start there."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Protocol

from agency.models import OfficialLetter


class ServiceHook(Protocol):
    def __call__(self, letter: OfficialLetter, *, served_on: date, at: datetime) -> None: ...


class CorrectionHook(Protocol):
    def __call__(
        self, letter: OfficialLetter, *, corrects: OfficialLetter, at: datetime
    ) -> None: ...


class WithdrawalHook(Protocol):
    def __call__(self, letter: OfficialLetter, *, on: date, at: datetime) -> None: ...


_SERVED: dict[str, list[ServiceHook]] = {}
_CORRECTED: list[CorrectionHook] = []
_WITHDRAWN: list[WithdrawalHook] = []


def on_service(*kinds: str) -> Callable[[ServiceHook], ServiceHook]:
    """Enter a function to be called, in the transaction of the service, with each letter of one
    of the kinds that has been served: `(letter, *, served_on, at)`. The day is the recorded day
    of service, never the letter's own (T-09). Of a correction `letter.original` is the first one.
    """

    def enter(hook: ServiceHook) -> ServiceHook:
        for kind in kinds:
            _SERVED.setdefault(kind, []).append(hook)
        return hook

    return enter


def on_correction(hook: CorrectionHook) -> CorrectionHook:
    """Enter a function to be called with every letter issued to correct another one, of any kind:
    whoever keeps a key to the wrong letter enters the new one beside it.
    """
    _CORRECTED.append(hook)
    return hook


def on_withdrawal(hook: WithdrawalHook) -> WithdrawalHook:
    """Enter a function to be called with every letter that is withdrawn."""
    _WITHDRAWN.append(hook)
    return hook


def tell_served(letter: OfficialLetter, *, served_on: date, at: datetime) -> None:
    for hook in _SERVED.get(letter.kind, ()):
        hook(letter, served_on=served_on, at=at)


def tell_corrected(letter: OfficialLetter, *, corrects: OfficialLetter, at: datetime) -> None:
    for hook in _CORRECTED:
        hook(letter, corrects=corrects, at=at)


def tell_withdrawn(letter: OfficialLetter, *, on: date, at: datetime) -> None:
    for hook in _WITHDRAWN:
        hook(letter, on=on, at=at)
