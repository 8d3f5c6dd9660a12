"""The form of a rule, made from the fields of its question; it writes the question as JSON."""

import dataclasses
import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any, get_args, get_origin

from django import forms
from django.utils.translation import gettext_lazy as _

from agency.forms import DayInput
from agency.law_json import MAX_TEXT, FieldSpec, fields_of
from agency.lawbook import ON, REGION, Law, QuestionError
from agency.reasons import Text

WORDS = re.compile(r"[\s,;，；、~–—]+")
WHOLE = re.compile(r"-?\d{1,9}", re.ASCII)
MAX_LINES_TEXT = 20_000


CHAPTERS: Mapping[str, Text] = {
    "T": _("T · Time"),
    "A": _("A · Designation"),
    "B": _("B · Agreements and settlement"),
    "C": _("C · Local measures"),
    "D": _("D · Practitioners"),
    "E": _("E · Penalties and rewards"),
    "F": _("F · Credit"),
    "G": _("G · Fund"),
    "H": _("H · Archives"),
    "J": _("J · Payment methods"),
}


class LawbookFilter(forms.Form):
    """Which rules of the lawbook are shown; without a valid question all of them."""

    q = forms.CharField(
        label=_("Rule, article or word"),
        required=False,
        max_length=MAX_TEXT,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    chapter = forms.ChoiceField(
        label=_("Chapter"), required=False, choices=[("", _("all")), *CHAPTERS.items()]
    )

    @property
    def form(self) -> "LawbookFilter":
        """Itself: the filters of other lists carry their form."""
        return self

    def chosen(self, laws: Iterable[Law]) -> list[Law]:
        """Return the rules of the chapter that hold every word."""
        given = self.cleaned_data if self.is_valid() else {}
        words = given.get("q", "").lower().split()
        return [
            law
            for law in laws
            if law.id.startswith(given.get("chapter", ""))
            and all(word in described(law) for word in words)
        ]


def described(law: Law) -> str:
    parts = (law.id, law.decides, law.article, law.function_path, *law.parameters)
    return " ".join(str(part) for part in parts).lower()


class LawForm(forms.Form):
    """Asks what a rule wants to know; `question()` is what the lawbook is asked."""

    specs: tuple[FieldSpec, ...] = ()

    def question(self) -> dict[str, Any]:
        """Return the question in JSON; what was left empty is left out."""
        given = {
            name: value for name, value in self.cleaned_data.items() if value not in ("", None)
        }
        kinds = {spec.name: spec.bare for spec in self.specs}
        return {name: json_value(kinds.get(name, str), value) for name, value in given.items()}

    def add_question_error(self, error: QuestionError) -> None:
        """Show at its field what the lawbook did not understand."""
        name = re.split(r"[.\[]", error.field)[0]
        self.add_error(name if name in self.fields else None, str(error))


def law_form(law: Law, regions: list[tuple[str, str]]) -> type[LawForm]:
    specs = fields_of(law.question)
    fields = {spec.name: form_field(spec) for spec in specs}
    fields.setdefault(
        ON,
        forms.CharField(
            label=_("As of"), required=False, widget=DayInput(), help_text=_("Left empty: today.")
        ),
    )
    if law.parameters:
        choices = [("", _("National profile")), *regions]
        fields[REGION] = forms.ChoiceField(label=_("Region"), required=False, choices=choices)
    return type("AskForm", (LawForm,), {**fields, "specs": specs})


def form_field(spec: FieldSpec) -> forms.Field:
    common: dict[str, Any] = {"label": str(spec.label), "required": spec.required}
    bare = spec.bare
    if bare is bool:
        return forms.BooleanField(label=str(spec.label), required=False, initial=bool(spec.default))
    if isinstance(bare, type) and issubclass(bare, Enum):
        options = [(each.value, getattr(each, "label", each.value)) for each in bare]
        blank = [] if spec.required else [("", "—")]
        return forms.ChoiceField(choices=[*blank, *options], **common)
    if bare is date:
        return forms.CharField(widget=DayInput(), **common)
    if bare is int:
        widget = forms.NumberInput(attrs={"min": spec.minimum, "max": spec.maximum})
        return forms.CharField(widget=widget, **common)
    if get_origin(bare) is not None:
        return forms.CharField(
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text=str(line_help(bare)),
            max_length=MAX_LINES_TEXT,
            # No suspensions and no pauses are answers too.
            **{**common, "required": spec.required and is_mapping(bare)},
        )
    return forms.CharField(max_length=MAX_TEXT, **common)


def is_mapping(bare: Any) -> bool:
    origin = get_origin(bare)
    return isinstance(origin, type) and issubclass(origin, Mapping)


def line_help(bare: Any) -> Text:
    """Say how to write a list: a line for each entry."""
    if is_mapping(bare):
        return _("A line for each: name and date, such as “bank_account 2025-07-02”.")
    item = get_args(bare)[0]
    if dataclasses.is_dataclass(item):
        parts = ", ".join(part_help(spec) for spec in fields_of(item))  # type: ignore[arg-type]
        return _("A line for each: %(parts)s.") % {"parts": parts}
    if get_origin(item) is tuple:
        return _("A line for each: two dates, such as “2025-03-10 2025-03-22”.")
    return _("A line for each.")


def part_help(spec: FieldSpec) -> str:
    if isinstance(spec.bare, type) and issubclass(spec.bare, Enum):
        return f"{spec.label} ({' / '.join(str(each.value) for each in spec.bare)})"
    return str(spec.label)


def json_value(bare: Any, value: Any) -> Any:
    """Return what the text of a field says; what it cannot mean is left to be refused."""
    if bare is int:
        return int(value) if WHOLE.fullmatch(value) else value
    if get_origin(bare) is None or not isinstance(value, str):
        return value
    lines = [WORDS.split(line.strip()) for line in value.splitlines() if line.strip()]
    if is_mapping(bare):
        return {words[0]: " ".join(words[1:]) for words in lines}
    item = get_args(bare)[0]
    if dataclasses.is_dataclass(item):
        names = [spec.name for spec in fields_of(item)]  # type: ignore[arg-type]
        return [dict(zip(names, words, strict=False)) for words in lines]
    if item in (Decimal, str, date):
        return [word for words in lines for word in words]
    return lines
