"""The lawbook: every rule the program applies, by rule id and article, as it can be asked.

A rule is a pure function `(question, office) -> answer` entered with `@law`. Services call the
function itself; the command, the page and the API ask it by its id.
"""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Protocol, TypeVar

from django.utils.translation import gettext_lazy as _

from agency.enums import Profile, RuleSet
from agency.law_json import (
    MISSING,
    Quantity,
    QuestionError,
    asked,
    decode,
    decode_date,
    decode_text,
    encode,
    fields_of,
    told,
    when_given,
    when_true,
)
from agency.reasons import Reason, Text, reason
from agency.workdays import WorkdayCalendar

__all__ = [
    "LAWS",
    "Law",
    "MissingParameterError",
    "Office",
    "Quantity",
    "QuestionError",
    "Reason",
    "ask",
    "asked",
    "law",
    "laws_in_order",
    "reason",
    "told",
    "when_given",
    "when_true",
]

F = TypeVar("F", bound=Callable[..., Any])

REGION = "region"
ON = "on"


class MissingParameterError(LookupError):
    """A rule needs a policy parameter that has no value for the office and day."""

    def __init__(self, key: str, on: date) -> None:
        self.key = key
        super().__init__(f"policy parameter {key} has no value on {on}")


@dataclass(frozen=True, slots=True)
class Office:
    """What a rule may know of the office: its calendar, its parameters, the day, and which
    profile it follows in each set of rules.
    """

    calendar: WorkdayCalendar
    parameters: Mapping[str, Decimal]
    on: date
    profiles: Mapping[RuleSet, Profile] = field(default_factory=dict)

    def profile_of(self, rule_set: RuleSet) -> Profile:
        """Return the profile whose rules the office applies in a set on the day."""
        return self.profiles.get(rule_set, Profile.NATIONAL)

    def parameter(self, key: str) -> Decimal:
        try:
            return self.parameters[key]
        except KeyError:
            raise MissingParameterError(key, self.on) from None

    def number(self, key: str) -> int:
        """Return a parameter that is a whole number."""
        return int(self.parameter(key))


class OfficeFor(Protocol):
    """Finds the office of a region on a day; without them the national profile, today.

    Raises `QuestionError` for a region it does not know.
    """

    def __call__(self, *, on: date | None, region: str | None) -> Office: ...


@dataclass(frozen=True, slots=True)
class Law:
    """One entry of the registry."""

    id: str
    article: Text
    decides: Text
    function: Callable[[Any, Office], Any]
    question: type
    answer: type
    parameters: tuple[str, ...]

    @property
    def function_path(self) -> str:
        return f"{self.function.__module__}.{self.function.__qualname__}"

    def ask(self, payload: Any, office_for: OfficeFor) -> Any:
        """Return the typed answer to a question put in JSON."""
        if not isinstance(payload, Mapping):
            raise QuestionError("question", payload, _("a JSON object"))
        own = {spec.name for spec in fields_of(self.question)}
        on = payload.get(ON)
        region = payload.get(REGION)
        office = office_for(
            on=None if on is None else decode_date(on, ON, None),
            region=None if region is None else decode_text(region, REGION, None),
        )
        shared = {REGION, ON} - own
        put = {name: value for name, value in payload.items() if name not in shared}
        try:
            return self.function(decode(self.question, put), office)
        except MissingParameterError as error:
            expected = _("a day on which the parameter %(key)s has a value") % {"key": error.key}
            raise QuestionError(ON, office.on, expected) from error


LAWS: dict[str, Law] = {}


def law(
    rule: str,
    *,
    article: Text,
    decides: Text,
    question: type,
    answer: type,
    parameters: tuple[str, ...] = (),
) -> Callable[[F], F]:
    """Enter a rule; refuses a second one of the same id and one that cites no article."""
    # A lazy translation cannot be read while the apps are still loading; a test reads them all.
    if isinstance(article, str) and not article.strip():
        raise ValueError(f"rule {rule} cites no article")
    for each in (question, answer):
        if not dataclasses.is_dataclass(each):
            raise TypeError(f"rule {rule}: {each!r} is no dataclass")
    if "because" not in {each.name for each in dataclasses.fields(answer)}:
        raise ValueError(f"rule {rule} gives no reasons")

    def enter(function: F) -> F:
        if rule in LAWS:
            raise ValueError(f"rule {rule} entered twice")
        LAWS[rule] = Law(rule, article, decides, function, question, answer, parameters)
        return function

    return enter


def laws_in_order() -> list[Law]:
    """Return all laws by chapter, T first, then by number."""
    return sorted(LAWS.values(), key=lambda each: (each.id[0] != "T", each.id))


def ask(rule: Any, payload: Any, office_for: OfficeFor) -> dict[str, Any]:
    """Ask a rule by its id and return the answer as JSON, reasons in the active language."""
    entry = LAWS.get(rule) if isinstance(rule, str) else None
    if entry is None:
        expected = _("one of %(values)s") % {
            "values": ", ".join(each.id for each in laws_in_order())
        }
        raise QuestionError("id", MISSING if rule is None else rule, expected)
    return encode(entry.ask(payload, office_for))
