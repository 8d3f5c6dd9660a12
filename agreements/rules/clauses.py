"""The wording of clauses: what is filled in, and what differs between two versions. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from agency.rules import Obstacle, refuse_if

PLACE = re.compile(r"\{\{\s*(.*?)\s*\}\}")
NAME = re.compile(r"[a-z][a-z0-9_]*")
# A place to fill in, a word or number, a run of blanks; of Chinese each character is a word.
_WORDS = re.compile(r"\{\{.*?\}\}|[A-Za-z0-9_.%]+|\s+|.", re.DOTALL)


class ChangeKind(StrEnum):
    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"

    @property
    def label(self) -> object:
        return _LABELS[self]


_LABELS = {
    ChangeKind.SAME: _("Unchanged"),
    ChangeKind.CHANGED: _("Changed"),
    ChangeKind.ADDED: _("Added"),
    ChangeKind.REMOVED: _("Removed"),
}


@dataclass(frozen=True, slots=True)
class ClauseText:
    """A clause as the rules see it."""

    key: str
    heading: str
    body: str
    damages: str = ""
    measures: tuple[int, ...] = ()
    is_mandatory: bool = False
    is_variable_term: bool = False

    @property
    def words(self) -> tuple[str, str, str, tuple[int, ...], bool]:
        """What makes two clauses the same: all that binds the parties."""
        return (
            self.heading,
            self.body,
            self.damages,
            tuple(sorted(self.measures)),
            self.is_variable_term,
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """A piece of a comparison; `sign` is "+", "-" or empty for what both have."""

    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class ClauseDifference:
    kind: ChangeKind
    before: ClauseText | None
    after: ClauseText | None
    heading: tuple[Mark, ...]
    body: tuple[Mark, ...]
    damages: tuple[Mark, ...]

    @property
    def key(self) -> str:
        clause = self.after or self.before
        return clause.key if clause else ""

    @property
    def measures_changed(self) -> bool:
        old = sorted(self.before.measures) if self.before else []
        new = sorted(self.after.measures) if self.after else []
        return self.kind == ChangeKind.CHANGED and old != new


def names_in(*texts: str) -> list[str]:
    """Return what the texts want filled in, each once, in the order it first appears."""
    return list(dict.fromkeys(name for text in texts for name in PLACE.findall(text)))


def filled(body: str, variables: Mapping[str, object]) -> str:
    """Return the wording with its variables filled in; refuses one that is not among them."""
    refuse_if(unknown_variables([body], variables))
    return PLACE.sub(lambda found: str(variables[found[1]]), body)


def unknown_variables(texts: Iterable[str], known: Iterable[str]) -> list[Obstacle]:
    """Return what the texts name and nobody declared."""
    known = set(known)
    return [
        Obstacle(
            "variable_unknown",
            _("“%(name)s” is filled in nowhere: the version has no such variable.")
            % {"name": name},
            remedy=_("Declare the variable, or correct its name in the wording."),
        )
        for name in names_in(*texts)
        if name not in known
    ]


def unused_variables(texts: Iterable[str], known: Iterable[str]) -> list[str]:
    """Return what was declared and no text names."""
    used = set(names_in(*texts))
    return [name for name in known if name not in used]


def missing_values(texts: Iterable[str], values: Mapping[str, object]) -> list[str]:
    """Return the variables of the texts for which no value was given."""
    return [name for name in names_in(*texts) if str(values.get(name, "") or "").strip() == ""]


def differences(
    before: Sequence[ClauseText], after: Sequence[ClauseText]
) -> list[ClauseDifference]:
    """Compare two versions clause by clause. The order is the later one's; what was taken out
    stands where it stood.
    """
    old = {each.key: each for each in before}
    new = {each.key for each in after}
    gone: dict[str, list[ClauseText]] = {}
    previous = ""
    for each in before:
        if each.key in new:
            previous = each.key
        else:
            gone.setdefault(previous, []).append(each)
    result = [_difference(each, None) for each in gone.get("", [])]
    for each in after:
        result.append(_difference(old.get(each.key), each))
        result += [_difference(every, None) for every in gone.get(each.key, [])]
    return result


def changes(before: Sequence[ClauseText], after: Sequence[ClauseText]) -> list[ClauseDifference]:
    return [each for each in differences(before, after) if each.kind != ChangeKind.SAME]


def marked(before: str, after: str) -> tuple[Mark, ...]:
    """Compare two wordings word by word, what was taken away first."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    return tuple(_marks(old, new))


def _marks(old: list[str], new: list[str]) -> Iterator[Mark]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    for tag, first, last, start, end in matcher.get_opcodes():
        if tag == "equal":
            yield Mark("", "".join(old[first:last]))
            continue
        if last > first:
            yield Mark("-", "".join(old[first:last]))
        if end > start:
            yield Mark("+", "".join(new[start:end]))


def _difference(before: ClauseText | None, after: ClauseText | None) -> ClauseDifference:
    if before is None:
        kind = ChangeKind.ADDED
    elif after is None:
        kind = ChangeKind.REMOVED
    else:
        kind = ChangeKind.SAME if before.words == after.words else ChangeKind.CHANGED
    old, new = before or ClauseText("", "", ""), after or ClauseText("", "", "")
    return ClauseDifference(
        kind=kind,
        before=before,
        after=after,
        heading=marked(old.heading, new.heading),
        body=marked(old.body, new.body),
        damages=marked(old.damages, new.damages),
    )
