"""What a kind of letter is, and the register of all kinds (list M of the rules)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.enums import Actor, Role

TEXTS = Path(__file__).parent / "texts"
CHINESE = "zh-hans"
ENGLISH = "en"

# What a letter may say: a table is a list of rows, each a mapping of names to plain values.
Plain = str | int | Decimal | date | bool | Promise
Value = Plain | list[Plain] | list[dict[str, Plain]]


@dataclass(frozen=True, slots=True)
class Variable:
    """Something a template may name: what it is called, and a sample for the preview."""

    label: str | Promise
    sample: Value


@dataclass(frozen=True, slots=True)
class LetterKind:
    """A kind of letter.

    `word` is its word in the number (文号). `served` says that it must be served on somebody;
    `starts` is the rule whose period runs from that service, empty if none does. `variables` are
    its own ones; `all_variables` adds those every letter has.
    """

    code: str
    label: str | Promise
    word: str
    actor: Actor
    roles: frozenset[Role]
    variables: Mapping[str, Variable] = field(default_factory=dict)
    served: bool = True
    starts: str = ""
    languages: tuple[str, ...] = (CHINESE,)
    group: str = ""

    @property
    def all_variables(self) -> dict[str, Variable]:
        return {**COMMON, **self.variables}

    def own_text(self, language: str) -> tuple[str, str]:
        """Return title and body of the text that comes with the program."""
        return _own_text(self.code, language)


@cache
def _own_text(code: str, language: str) -> tuple[str, str]:
    """The first line of the file is `# title`; the rest is the body."""
    text = (TEXTS / language / f"{code}.txt").read_text(encoding="utf-8")
    head, _newline, body = text.partition("\n")
    if not head.startswith("# "):
        raise ValueError(f"letter text {language}/{code}: the first line is its title, “# …”")
    return head[2:].strip(), body.strip("\n") + "\n"


# Filled in by the service that issues the letter, never by its caller.
COMMON: dict[str, Variable] = {
    "office_name": Variable(_("Name of the office"), "九江市医疗保障事业管理中心"),
    "office_address": Variable(_("Address of the office"), "九江市濂溪区示范路1号"),
    "office_phone": Variable(_("Telephone of the office"), "0792-0000000"),
    "number": Variable(_("Number of the letter"), "九医保〔2026〕1号"),
    "issued_on": Variable(_("Day of the letter"), date(2026, 11, 22)),
    "addressee": Variable(_("Addressee"), "浔阳仁和医院(演示)"),
    "matter": Variable(_("Matter"), "360400-2026-0031"),
    "signer": Variable(_("Issued by"), "王经办"),
}

KINDS: dict[str, LetterKind] = {}


def letter_kind(
    code: str,
    label: str | Promise,
    *roles: Role,
    word: str,
    variables: Mapping[str, tuple[str | Promise, Value]] | None = None,
    served: bool = True,
    starts: str = "",
    languages: tuple[str, ...] = (CHINESE,),
    group: str = "",
) -> LetterKind:
    """Enter a kind in the register. `roles`, all of one actor, may issue it; `variables` maps
    a name to its label and a sample value. Refuses a second entry and a name every letter has.
    """
    actors = {role.actor for role in roles}
    own = {name: Variable(*pair) for name, pair in (variables or {}).items()}
    if code in KINDS or len(actors) != 1:
        raise ValueError(f"letter {code}: entered twice, or not of exactly one actor")
    if taken := own.keys() & COMMON.keys():
        raise ValueError(f"letter {code}: every letter has {sorted(taken)}")
    KINDS[code] = LetterKind(
        code, label, word, actors.pop(), frozenset(roles), own, served, starts, languages, group
    )
    return KINDS[code]


def kind_of(code: str) -> LetterKind:
    """Return the kind of that code; raises KeyError for one not in the register."""
    return KINDS[code]
