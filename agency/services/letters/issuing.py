"""Issuing a letter: template, number, PDF, record, all or nothing."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from agency.letter_kinds import CHINESE, Value
from agency.models import OfficialLetter, Region, User


def issue_letter(
    *,
    kind: str,
    context: Mapping[str, Value],
    addressee: str,
    matter: str,
    url: str,
    by: User | None,
    at: datetime,
    on: date,
    region: Region,
    language: str = CHINESE,
    address: str = "",
    enclosures: Sequence[str] = (),
    sender: str = "",
    corrects: OfficialLetter | None = None,
) -> OfficialLetter:
    """Issue a letter of the kind and return it.

    `context` gives every variable of the kind's own, and nothing else; `by` is None when the
    program acts by itself. `sender` names the institution whose own letter it is. The number
    comes from the office's counter: the caller's transaction commits both or neither.
    """
    raise NotImplementedError
