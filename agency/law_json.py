"""Questions and answers of the lawbook as JSON: strict on the way in, plain on the way out.

The same description of a question's fields serves the command, the form and the API.
"""

import dataclasses
import json
import re
import types
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.reasons import Reason, Text

FIRST_DAY = date(1949, 10, 1)
LAST_DAY = date(2199, 12, 31)
MAX_ITEMS = 1000
MAX_TEXT = 200
CENT = Decimal("0.01")
MAX_AMOUNT = Decimal("1e14")
MAX_QUANTITY = 1_000_000_000
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)

Q = TypeVar("Q")


class QuestionError(Exception):
    """A question was not understood: which field, what was given, what is expected."""

    def __init__(self, name: str, value: Any, expected: Text) -> None:
        self.field = name
        self.value = value
        self.expected = expected
        super().__init__(name)

    def __str__(self) -> str:
        shown = _("nothing") if self.value is MISSING else shown_value(self.value)
        return str(
            _("%(field)s: expected %(expected)s, got %(value)s.")
            % {"field": self.field, "expected": self.expected, "value": shown}
        )

    def as_dict(self) -> dict[str, Any]:
        value = None if self.value is MISSING else shown_value(self.value)
        return {"field": self.field, "value": value, "expected": str(self.expected)}


def shown_value(value: Any) -> str:
    text = str(value) if isinstance(value, str | date | Decimal) else repr(value)
    # A lone surrogate is valid JSON but cannot be written to a terminal or a response.
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= MAX_TEXT else f"{text[:MAX_TEXT]}…"


MISSING = object()


def asked(
    label: Text,
    *,
    default: Any = dataclasses.MISSING,
    minimum: int | None = None,
    maximum: int | None = None,
) -> Any:
    """Describe a field of a question: its label, and the bounds of a whole number."""
    return field(default=default, metadata={"label": label, "minimum": minimum, "maximum": maximum})


def told(label: Text) -> Any:
    """Describe a field of an answer: its label."""
    return field(metadata={"label": label})


def when_true() -> Any:
    """The flag of a provisional answer, left out while it is false."""
    return field(default=False, metadata={"label": _("Provisional"), "when_true": True})


def when_given(label: Text) -> Any:
    """Describe a field of an answer that is left out while there is nothing to say."""
    return field(default=None, metadata={"label": label, "when_true": True})


class Quantity(Decimal):
    """A measure that is no money: a number in JSON, an area for example."""


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field of a question, as read from its dataclass."""

    name: str
    annotation: Any
    required: bool
    default: Any
    label: Text
    minimum: int | None
    maximum: int | None

    @property
    def bare(self) -> Any:
        return without_none(self.annotation)

    @property
    def may_be_null(self) -> bool:
        return self.bare is not self.annotation


def fields_of(question: type) -> tuple[FieldSpec, ...]:
    hints = get_type_hints(question)
    return tuple(
        FieldSpec(
            name=each.name,
            annotation=hints[each.name],
            required=each.default is dataclasses.MISSING
            and each.default_factory is dataclasses.MISSING,
            default=None if each.default is dataclasses.MISSING else each.default,
            label=each.metadata.get("label", each.name),
            minimum=each.metadata.get("minimum"),
            maximum=each.metadata.get("maximum"),
        )
        for each in dataclasses.fields(question)
    )


def without_none(annotation: Any) -> Any:
    if get_origin(annotation) in (Union, types.UnionType):
        [bare] = [each for each in get_args(annotation) if each is not type(None)]
        return bare
    return annotation


def decode(question: type[Q], payload: Any, path: str = "") -> Q:
    """Return the question a JSON object asks; refuse unknown, missing and ill-typed keys."""
    if not isinstance(payload, Mapping):
        raise QuestionError(path or "question", payload, _("a JSON object"))
    specs = {spec.name: spec for spec in fields_of(question)}
    refuse_unknown(payload, specs, path)
    values = {}
    for name, spec in specs.items():
        where = f"{path}.{name}" if path else name
        if name in payload:
            values[name] = decode_value(spec.annotation, payload[name], where, spec)
        elif spec.required:
            raise QuestionError(where, MISSING, expectation(spec.bare, spec))
    return question(**values)


def refuse_unknown(payload: Mapping[str, Any], known: Collection[str], path: str = "") -> None:
    for name in payload:
        if name not in known:
            where = f"{path}.{name}" if path else str(name)
            expected = _("one of the fields %(names)s") % {"names": ", ".join(known)}
            raise QuestionError(where, payload[name], expected)


def decode_value(annotation: Any, value: Any, path: str, spec: FieldSpec | None = None) -> Any:
    bare = without_none(annotation)
    if value is None and bare is not annotation:
        return None
    origin = get_origin(bare)
    if origin is tuple:
        return decode_tuple(get_args(bare), value, path)
    if origin is not None and issubclass(origin, Mapping):
        return decode_mapping(get_args(bare), value, path)
    if dataclasses.is_dataclass(bare):
        return decode(bare, value, path)  # type: ignore[arg-type]
    if issubclass(bare, Enum):
        return decode_enum(bare, value, path)
    return SCALARS[bare](value, path, spec)


def decode_tuple(items: tuple[Any, ...], value: Any, path: str) -> tuple[Any, ...]:
    if items == (date, date):
        return decode_pair(value, path)
    if not isinstance(value, list) or len(value) > MAX_ITEMS:
        raise QuestionError(path, value, _("a list of at most %(n)d items") % {"n": MAX_ITEMS})
    return tuple(
        decode_value(items[0], each, f"{path}[{number}]") for number, each in enumerate(value)
    )


def decode_pair(value: Any, path: str) -> tuple[date, date]:
    expected = _("a list of two dates, the earlier one first")
    if not isinstance(value, list) or len(value) != 2:
        raise QuestionError(path, value, expected)
    first, last = (
        decode_date(each, f"{path}[{number}]", None) for number, each in enumerate(value)
    )
    if last < first:
        raise QuestionError(path, f"{first} > {last}", expected)
    return first, last


def decode_mapping(items: tuple[Any, ...], value: Any, path: str) -> dict[Any, Any]:
    if not isinstance(value, Mapping) or not value or len(value) > MAX_ITEMS:
        raise QuestionError(path, value, _("a JSON object with at least one entry"))
    return {
        decode_text(name, path, None): decode_value(items[1], each, f"{path}.{name}")
        for name, each in value.items()
    }


def decode_enum(choices: type[Enum], value: Any, path: str) -> Enum:
    for each in choices:
        if each.value == value and not isinstance(value, bool):
            return each
    raise QuestionError(path, value, expectation(choices, None))


def decode_date(value: Any, path: str, spec: FieldSpec | None) -> date:
    try:
        # fromisoformat alone would also take 20250110 and 2025-W02-5.
        if not isinstance(value, str) or not ISO_DATE.fullmatch(value):
            raise ValueError
        day = date.fromisoformat(value)
    except ValueError:
        raise QuestionError(path, value, expectation(date, spec)) from None
    if not FIRST_DAY <= day <= LAST_DAY:
        raise QuestionError(path, value, expectation(date, spec))
    return day


def decode_int(value: Any, path: str, spec: FieldSpec | None) -> int:
    low = spec.minimum if spec else None
    high = spec.maximum if spec else None
    whole = isinstance(value, int) and not isinstance(value, bool)
    if not whole or (low is not None and value < low) or (high is not None and value > high):
        raise QuestionError(path, value, expectation(int, spec))
    return value


def decode_bool(value: Any, path: str, spec: FieldSpec | None) -> bool:
    if not isinstance(value, bool):
        raise QuestionError(path, value, expectation(bool, spec))
    return value


def decode_text(value: Any, path: str, spec: FieldSpec | None) -> str:
    fits = isinstance(value, str) and 0 < len(value.strip()) <= MAX_TEXT
    if not fits or not value.isprintable():
        raise QuestionError(path, value, expectation(str, spec))
    return value.strip()


def decode_amount(value: Any, path: str, spec: FieldSpec | None) -> Decimal:
    # A float has already lost cents: amounts come as strings.
    try:
        if not isinstance(value, str):
            raise InvalidOperation
        amount = Decimal(value)
        if not amount.is_finite() or abs(amount) >= MAX_AMOUNT:
            raise InvalidOperation
    except InvalidOperation:
        raise QuestionError(path, value, expectation(Decimal, spec)) from None
    return amount


def decode_quantity(value: Any, path: str, spec: FieldSpec | None) -> Quantity:
    try:
        if isinstance(value, bool) or not isinstance(value, int | float | str):
            raise InvalidOperation
        quantity = Quantity(str(value))
        if not quantity.is_finite() or not 0 <= quantity <= MAX_QUANTITY:
            raise InvalidOperation
    except InvalidOperation:
        raise QuestionError(path, value, expectation(Quantity, spec)) from None
    return quantity


SCALARS = {
    date: decode_date,
    int: decode_int,
    bool: decode_bool,
    str: decode_text,
    Decimal: decode_amount,
    Quantity: decode_quantity,
}


def expectation(annotation: Any, spec: FieldSpec | None) -> Text:
    """Say in words what a field takes."""
    if annotation is int and spec and spec.maximum is not None:
        bounds = {"low": spec.minimum or 0, "high": spec.maximum}
        return _("a whole number from %(low)d to %(high)d") % bounds
    if isinstance(annotation, type) and issubclass(annotation, Enum):
        return _("one of %(values)s") % {"values": ", ".join(str(e.value) for e in annotation)}
    return EXPECTATIONS.get(annotation, _("another value"))


EXPECTATIONS: Mapping[Any, Text] = {
    date: _("a date that exists, written YYYY-MM-DD, between 1949 and 2199"),
    int: _("a whole number"),
    bool: _("true or false"),
    str: _("a short text"),
    Decimal: _('an amount in a string, such as "1200.00"'),
    Quantity: _("a number that is not negative"),
    tuple[date, date]: _("a list of two dates, the earlier one first"),
    tuple[tuple[date, date], ...]: _("a list of pairs of dates"),
    Mapping[str, date]: _("a JSON object with a date for each name"),
}


def read_json(text: str) -> Any:
    """Return what a JSON text says; refuses repeated keys, NaN and Infinity."""
    try:
        return json.loads(text, object_pairs_hook=_once_each, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise QuestionError("question", text.strip(), _("valid JSON")) from error


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    read = dict(pairs)
    if len(read) < len(pairs):
        raise ValueError("a key is repeated")
    return read


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")


def encode(answer: Any) -> dict[str, Any]:
    """Return an answer as JSON values: ISO dates, amounts as strings with two decimals."""
    return {
        each.name: encode_value(value)
        for each in dataclasses.fields(answer)
        if (value := getattr(answer, each.name)) or not each.metadata.get("when_true")
    }


def labels_of(answer: type) -> dict[str, Text]:
    """Return the label of each field of an answer."""
    return {each.name: each.metadata.get("label", each.name) for each in dataclasses.fields(answer)}


def shape_of(answer: type) -> dict[str, tuple[Any, bool]]:
    """Return the type of each key of an encoded answer, and whether it is always there."""
    hints = get_type_hints(answer)
    return {
        each.name: (hints[each.name], not each.metadata.get("when_true"))
        for each in dataclasses.fields(answer)
    }


def encode_value(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value.quantize(CENT))
    if isinstance(value, tuple | list):
        return [encode_value(each) for each in value]
    if isinstance(value, Mapping):
        return {encode_value(key): encode_value(each) for key, each in value.items()}
    if isinstance(value, Promise | Reason):
        return str(value)
    if dataclasses.is_dataclass(value):
        return encode(value)
    return value
