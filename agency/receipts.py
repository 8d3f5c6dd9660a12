"""Receipts: every matter has a number at once, and a check code that goes with it. With both,
anybody can follow where it stands, without an account.

Apps enter their kinds of matters in their `receipts.py`; this module knows none of them.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import segno
from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.functional import Promise

from agency.clocks import CLOCKS, Clock, Duty
from agency.crypto import ring

Text = str | Promise

# No character that is read as another one: neither I and 1, nor O and 0, nor U and V.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTVWXYZ"
CODE_LENGTH = 6
_DOMAIN = "receipt:"


def check_code(number: str) -> str:
    """Return the code that goes with a receipt number. It is derived from the number by the key
    of fingerprints: it stands in no column, and nobody can make one up.
    """
    value = int.from_bytes(ring().fingerprint(f"{_DOMAIN}{tidy(number)}"))
    characters = []
    for _place in range(CODE_LENGTH):
        value, rest = divmod(value, len(ALPHABET))
        characters.append(ALPHABET[rest])
    return "".join(characters)


def code_fits(number: str, code: str) -> bool:
    """Say whether the code goes with the number; how long that takes tells nothing."""
    return hmac.compare_digest(check_code(number).encode(), tidy(code).encode())


def tidy(text: str) -> str:
    """Return a number or code as it is printed, however it was typed."""
    return "".join(text.split()).upper()


def status_url(number: str) -> str:
    """Return the address of the public page that shows where the matter stands."""
    asked = {"number": number, "code": check_code(number)}
    return f"{reverse('agency:status')}?{urlencode(asked)}"


def receipt_facts(number: str) -> dict[str, Any]:
    """Return what a receipt shows."""
    url = status_url(number)
    drawn = segno.make(f"{settings.PUBLIC_URL}{url}", error="m", micro=False)
    return {
        "number": number,
        "code": check_code(number),
        "url": url,
        "qr": drawn.svg_data_uri(scale=3, border=2),
    }


@dataclass(frozen=True, kw_only=True, slots=True)
class ReceiptKind:
    """A kind of matter with a receipt.

    `turns` says for each state whose turn it is; None once the matter is at its end, and for a
    state before it was received (a draft). `answered` are the ends the agency has brought about:
    its figures count those. `promise` names the clocks of the promised day, the first with a day
    counts; its pauses are the other side's days unless `counts_pauses` is false, where the states
    say all. `parts` returns what belongs to the matter, for the public page: (what, state, promised
    day or None, answer). `acts` returns (label, address) of what the holder of the code may do.
    """

    code: str
    label: Text
    model: type[models.Model]
    turns: Mapping[str, Duty | None]
    answered: Collection[str]
    promise: Sequence[str] = ()
    number: str = "number"
    received: str = "filed_at"
    transitions: str = "transitions"
    institution: str = "institution"
    counts_pauses: bool = True
    kind_of: Callable[[Any], Text] | None = None
    parts: Callable[[Any], Iterable[tuple[Text, Any, Any, Text]]] | None = None
    acts: Callable[[Any], Iterable[tuple[Text, str]]] | None = None
    url: Callable[[Any], str] = lambda row: row.get_absolute_url()
    portal_url: Callable[[Any], str] | None = lambda row: row.get_portal_url()

    @property
    def clocks(self) -> list[Clock]:
        return [CLOCKS[name] for name in self.promise]

    @property
    def open_states(self) -> list[str]:
        return [state for state, duty in self.turns.items() if duty is not None]

    def states_of(self, duty: Duty) -> list[str]:
        """Return the states in which a matter waits for the side."""
        return [state for state, each in self.turns.items() if each in (duty, Duty.BOTH)]

    def number_of(self, row: Any) -> str:
        return str(getattr(row, self.number))

    def turn_of(self, row: Any) -> Duty | None:
        """Whose turn it is; theirs while the promised clock stands still."""
        turn = self.turns.get(row.state)
        promised = self.promised(row) if turn is not None and self.counts_pauses else None
        if promised and (basis := promised.basis_of(row)) and basis.paused_from:
            return Duty.THEIRS
        return turn

    def label_of(self, row: Any) -> Text:
        return self.kind_of(row) if self.kind_of else self.label

    def promised(self, row: Any) -> Clock | None:
        """Return the clock whose day is promised for the matter."""
        return next((each for each in self.clocks if each.due_of(row) is not None), None)

    def find(self, number: str) -> Any | None:
        """Return the matter that has been received under the number. One query."""
        rows = self.model._default_manager.filter(**{self.number: number})
        return rows.filter(**{f"{self.received}__isnull": False}).first()


RECEIPT_KINDS: dict[str, ReceiptKind] = {}


def receipt_kind(
    code: str,
    label: Text,
    model: type[models.Model],
    *,
    turns: Mapping[str, Duty | None],
    answered: Collection[str],
    **fields: Any,
) -> ReceiptKind:
    """Enter a kind of matter whose numbers begin with `code`."""
    if code in RECEIPT_KINDS:
        raise ValueError(f"receipts {code} entered twice")
    RECEIPT_KINDS[code] = ReceiptKind(
        code=code,
        label=label,
        model=model,
        turns={_value(state): duty for state, duty in turns.items()},
        answered=frozenset(_value(state) for state in answered),
        **fields,
    )
    return RECEIPT_KINDS[code]


def _value(state: Any) -> str:
    return str(getattr(state, "value", state))


def kind_of_number(number: str) -> ReceiptKind | None:
    """Return the kind of matter a number is of, or None."""
    return RECEIPT_KINDS.get(tidy(number).partition("-")[0])
