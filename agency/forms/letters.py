"""Forms and filters of the letters' pages. They validate; they never save."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agency.enums import LetterState, ServiceMethod, ServiceState
from agency.forms import DayInput
from agency.letter_kinds import KINDS, Variable
from agency.models import LetterService, OfficialLetter
from agency.models.letters.head import NUMBER_FORMAT

PROOF_KINDS = ".pdf,.png,.jpg,.jpeg"


class Day(forms.DateField):
    """A day as the browser's calendar gives it."""

    widget = DayInput


class HandForm(forms.Form):
    served_on = Day(label=_("Served on"))
    recipient = forms.CharField(
        label=_("Received by"),
        max_length=120,
        help_text=_("Name and office of the person who signed."),
    )
    proof = forms.FileField(
        label=_("Signed receipt"),
        help_text=_("Scan of the receipt: PDF, PNG or JPEG."),
        widget=forms.ClearableFileInput(attrs={"accept": PROOF_KINDS}),
    )


class PostForm(forms.Form):
    sent_on = Day(label=_("Sent on"))
    tracking_number = forms.CharField(label=_("Tracking number"), max_length=60)


class NoticeForm(forms.Form):
    sent_on = Day(label=_("Published on"))


class CorrectionForm(forms.Form):
    """What the letter said, each value to be changed; the sample tells what a value is.

    `changes` is what the service takes.
    """

    addressee = forms.CharField(label=_("Addressee"), max_length=200)
    reason = forms.CharField(
        label=_("Reason of the correction"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text=_("It stands in the new letter."),
    )

    def __init__(
        self,
        *args: Any,
        variables: Mapping[str, Variable] | None = None,
        values: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.values, self.variables = dict(values or {}), dict(variables or {})
        super().__init__(*args, **kwargs)
        for name, value in self.values.items():
            label = self.variables[name].label if name in self.variables else name
            self.fields[f"value_{name}"] = _field(label, value)
        self.order_fields(["addressee", *(f"value_{name}" for name in self.values), "reason"])

    @property
    def changes(self) -> dict[str, Any]:
        found = {}
        for name, before in self.values.items():
            given = self.cleaned_data[f"value_{name}"]
            after = _rows(given, before) if isinstance(before, list) else given
            if after != before:
                found[name] = after
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name, before in self.values.items():
            if isinstance(before, list) and before and isinstance(before[0], dict):
                width = len(before[0])
                for number, line in enumerate(_lines(cleaned.get(f"value_{name}", "")), 1):
                    if len(line.split("|")) != width:
                        text = gettext("Line %(line)d: %(width)d parts, set apart by “|”.")
                        facts = {"line": number, "width": width}
                        self.add_error(f"value_{name}", text % facts)
        return cleaned


def _field(label: Any, value: Any) -> forms.Field:
    if isinstance(value, bool):
        return forms.BooleanField(label=label, required=False, initial=value)
    if isinstance(value, date):
        return Day(label=label, initial=value)
    if isinstance(value, Decimal):
        return forms.DecimalField(label=label, initial=value, max_digits=20)
    if isinstance(value, int):
        return forms.IntegerField(label=label, initial=value)
    if isinstance(value, list):
        text = "\n".join(_line(each) for each in value)
        return forms.CharField(
            label=label,
            initial=text,
            required=False,
            widget=forms.Textarea(attrs={"rows": min(12, len(value) + 2)}),
            help_text=_("One row a line; parts set apart by “|”."),
        )
    return forms.CharField(
        label=label,
        initial=value,
        required=bool(value),
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3}) if len(str(value)) > 60 else forms.TextInput(),
    )


def _line(row: Any) -> str:
    return " | ".join(str(each) for each in row.values()) if isinstance(row, dict) else str(row)


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


def _rows(text: str, before: list[Any]) -> list[Any]:
    """Read rows back. A line nobody touched keeps its values as they were."""
    untouched = {_line(each): each for each in before}
    names = list(before[0]) if before and isinstance(before[0], dict) else None
    found: list[Any] = []
    for line in _lines(text):
        if line.strip() in untouched:
            found.append(untouched[line.strip()])
        elif names is None:
            found.append(line.strip())
        else:
            parts = [part.strip() for part in line.split("|")]
            found.append(dict(zip(names, parts, strict=False)))
    return found


class TemplateForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=200)
    body = forms.CharField(
        label=_("Text"),
        required=False,
        strip=False,
        max_length=50_000,
        widget=forms.Textarea(attrs={"rows": 22, "class": "mono", "spellcheck": "false"}),
        help_text=_(
            "An empty line ends a paragraph. ## heading, **bold**, | a | b | table row, "
            "{{ variable }}, {% if %} and {% for %}."
        ),
    )
    docx = forms.FileField(
        label=_("Word document instead"),
        required=False,
        help_text=_("A .docx with {{ variable }} in it, without macros; at most 5 MB."),
        widget=forms.ClearableFileInput(attrs={"accept": ".docx"}),
    )


class ReleaseForm(forms.Form):
    effective_from = Day(label=_("Effective from"))


class HeadForm(forms.Form):
    office_name = forms.CharField(label=_("Name of the office"), max_length=80)
    prefix = forms.CharField(  # type: ignore[assignment]
        label=_("Prefix of numbers"), max_length=12, help_text=_("For example 九医保.")
    )
    number_format = forms.CharField(
        label=_("Number rule"),
        max_length=60,
        initial=NUMBER_FORMAT,
        help_text=_("Places: {prefix} {word} {year} {number}."),
    )
    address = forms.CharField(label=_("Address"), max_length=160, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=40, required=False)
    seal = forms.FileField(
        label=_("Picture of the seal"),
        required=False,
        help_text=_("PNG or JPEG, at most 1 MB. Without one, its place stays empty."),
        widget=forms.ClearableFileInput(attrs={"accept": ".png,.jpg,.jpeg"}),
    )
    effective_from = Day(label=_("Effective from"))


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Verification code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
        help_text=_("12 characters, beside the square code at the end of the letter."),
    )


class CompareForm(forms.Form):
    file = forms.FileField(
        label=_("PDF to compare"),
        help_text=_("At most 20 MB. It is compared and not kept."),
        widget=forms.ClearableFileInput(attrs={"accept": ".pdf"}),
    )


def _kinds() -> list[tuple[str, Any]]:
    return [(kind.code, kind.label) for kind in KINDS.values()]


SERVICE_STATES = [
    ("none", _("Nothing done yet")),
    (ServiceState.PENDING.value, _("Under way")),
    (ServiceState.FAILED.value, _("Failed, not served yet")),
]


class LetterFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Number, addressee or matter"),
        method="matching",
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=_kinds, empty_label=_("all"))
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=LetterState.choices, empty_label=_("all")
    )
    service = django_filters.ChoiceFilter(
        label=_("Service"), choices=SERVICE_STATES, method="by_service", empty_label=_("all")
    )
    method = django_filters.ChoiceFilter(
        label=_("Method"), choices=ServiceMethod.choices, method="by_method", empty_label=_("all")
    )
    issued_from = django_filters.DateFilter(
        label=_("Issued from"), field_name="issued_on", lookup_expr="gte", widget=DayInput
    )
    issued_to = django_filters.DateFilter(
        label=_("Issued to"), field_name="issued_on", lookup_expr="lte", widget=DayInput
    )

    class Meta:
        model = OfficialLetter
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)

    def by_service(self, rows: Any, name: str, state: str) -> Any:
        issued = rows.filter(state=LetterState.ISSUED, kind__in=served_kinds())
        if state == "none":
            return issued.exclude(pk__in=LetterService.objects.values("letter"))
        pending = LetterService.objects.filter(state=ServiceState.PENDING).values("letter")
        if state == ServiceState.PENDING:
            return rows.filter(pk__in=pending)
        failed = LetterService.objects.filter(state=ServiceState.FAILED).values("letter")
        return issued.filter(pk__in=failed).exclude(pk__in=pending)

    def by_method(self, rows: Any, name: str, method: str) -> Any:
        used = LetterService.objects.filter(method=method).exclude(state=ServiceState.FAILED)
        return rows.filter(pk__in=used.values("letter"))


def served_kinds() -> Iterable[str]:
    return [kind.code for kind in KINDS.values() if kind.served]


__all__ = [
    "CodeForm",
    "CompareForm",
    "CorrectionForm",
    "HandForm",
    "HeadForm",
    "LetterFilter",
    "NoticeForm",
    "PostForm",
    "ReleaseForm",
    "TemplateForm",
]
