"""Forms and filters of filings. They validate; they never save."""

from collections.abc import Iterator
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agency.forms import DayInput, ReasonForm
from agency.forms.files import FilesField, FilesInput
from agency.rules import Refusal
from institutions.enums.changes import PERSON_FIELDS, ChangeField, ChangeState, CommitmentState
from institutions.enums.register import Kind, Level, Nature
from institutions.forms.inputs import search_input
from institutions.models import AddressCommitment, ChangeRequest, Institution
from institutions.models.changes import ROUTES
from institutions.rules.changes import MAJOR_FIELDS
from institutions.rules.reevaluation import MAX_STAFF, AddressCase, Route
from institutions.services.change_values import FieldChange, filed_value
from institutions.services.commitments import Signature
from institutions.services.routes import RouteContext

_ADDRESS = ChangeField.REGISTERED_ADDRESS
CONTEXT = (
    "address_case",
    "from_district",
    "to_district",
    "area_before",
    "area_after",
    "staff_before",
    "staff_after",
    "scale_before",
    "scale_after",
    "demolition_document",
)


class FieldFilesInput(FilesInput):
    """The files of one row of a table: small ones, sent with the form."""

    template_name = "django/forms/widgets/file.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return forms.FileInput.get_context(self, name, None, attrs)


class ChangeForm(forms.Form):
    """Every field that may change: its new value, the day it was approved, its evidence, and of a
    person the identity number. Rows left empty do not change. Of the cleaned data, `changes`,
    `context` and `signature` are what the service takes.
    """

    explanation = forms.CharField(
        label=_("Explanation"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    evidence = FilesField(label=pgettext_lazy("change", "Evidence of the whole filing"))
    address_case = forms.ChoiceField(
        label=_("Why the address changes"),
        required=False,
        choices=[("", _("choose")), *((each.value, each.label) for each in AddressCase)],
    )
    from_district = forms.ChoiceField(label=_("From the district"), required=False)
    to_district = forms.ChoiceField(label=_("To the district"), required=False)
    area_before = forms.DecimalField(
        label=_("Area before (m²)"), required=False, min_value=0, max_digits=10, decimal_places=2
    )
    area_after = forms.DecimalField(
        label=_("Area after (m²)"), required=False, min_value=0, max_digits=10, decimal_places=2
    )
    staff_before = forms.IntegerField(
        label=_("Staff before"), required=False, min_value=0, max_value=MAX_STAFF
    )
    staff_after = forms.IntegerField(
        label=_("Staff after"), required=False, min_value=0, max_value=MAX_STAFF
    )
    scale_before = forms.IntegerField(
        label=_("Beds before"), required=False, min_value=0, max_value=MAX_STAFF
    )
    scale_after = forms.IntegerField(
        label=_("Beds after"), required=False, min_value=0, max_value=MAX_STAFF
    )
    demolition_document = forms.BooleanField(
        label=_("The document of the demolition is among the evidence"), required=False
    )
    signed_name = forms.CharField(
        label=_("Your name, as a signature"),
        required=False,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    password = forms.CharField(
        label=_("Your password, once more"),
        required=False,
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        districts = [("", _("choose")), *((each, each) for each in self.initial["districts"])]
        for name in ("from_district", "to_district"):
            field: Any = self.fields[name]
            field.choices = districts
        for each in ChangeField:
            self.fields[f"new_{each}"] = forms.CharField(
                label=each.label, required=False, max_length=500, widget=_widget(each)
            )
            self.fields[f"approved_{each}"] = forms.DateField(
                label=_said(each, _("approved on")),
                required=False,
                widget=DayInput(attrs={"aria-label": _said(each, _("approved on"))}),
            )
            self.fields[f"evidence_{each}"] = FilesField(
                label=_said(each, _("evidence")), widget=FieldFilesInput()
            )
            if each in PERSON_FIELDS:
                self.fields[f"person_{each}"] = forms.CharField(
                    label=_said(each, _("identity number")),
                    required=False,
                    max_length=18,
                    widget=forms.TextInput(attrs={"autocomplete": "off"}),
                )

    # --- as the page draws it ---------------------------------------------------------------------

    def groups(self) -> Iterator[tuple[str | Promise, list[dict[str, Any]]]]:
        """Yield the fields as the law groups them: major and general information."""
        rows = [self._row(each) for each in ChangeField]
        yield _("Major information (30 working days)"), [each for each in rows if each["major"]]
        yield _("General information"), [each for each in rows if not each["major"]]

    def _row(self, field: ChangeField) -> dict[str, Any]:
        institution: Institution = self.initial["institution"]
        return {
            "field": field,
            "major": field.law_field in MAJOR_FIELDS,
            "present": institution.shown(field.column),
            "new": self[f"new_{field}"],
            "approved": self[f"approved_{field}"],
            "evidence": self[f"evidence_{field}"],
            "person": self[f"person_{field}"] if field in PERSON_FIELDS else None,
        }

    def context_fields(self) -> list[Any]:
        """Return what the decision table asks about a move."""
        return [self[name] for name in CONTEXT]

    def other_fields(self) -> list[Any]:
        return [self["explanation"], self["evidence"]]

    def shows_context(self) -> bool:
        """Whether the questions about a move stand open."""
        return bool(self[f"new_{_ADDRESS}"].value()) or any(self[name].errors for name in CONTEXT)

    # --- what it means ----------------------------------------------------------------------------

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["changes"] = []
        for each in ChangeField:
            value, approved_on = data.get(f"new_{each}", ""), data.get(f"approved_{each}")
            if value and self._is_possible(each, value):
                if approved_on:
                    data["changes"].append(self._change(each, value, data))
                elif f"approved_{each}" not in self.errors:
                    self.add_error(f"approved_{each}", gettext("When was it approved?"))
            elif not value and (approved_on or data.get(f"person_{each}")):
                self.add_error(f"new_{each}", gettext("What is the new value?"))
        if data.get(f"new_{_ADDRESS}") and not data.get("address_case"):
            self.add_error("address_case", gettext("Say why the address changes."))
        data["context"] = self._context(data)
        data["signature"] = self._signature(data)
        return data

    def _change(self, field: ChangeField, value: str, data: dict[str, Any]) -> FieldChange:
        return FieldChange(
            field,
            value,
            data[f"approved_{field}"],
            id_number=data.get(f"person_{field}", ""),
            evidence=data.get(f"evidence_{field}") or (),
        )

    def _context(self, data: dict[str, Any]) -> RouteContext:
        case = data.get("address_case")
        return RouteContext(
            address_case=AddressCase(case) if case else None,
            from_district=data.get("from_district") or None,
            to_district=data.get("to_district") or None,
            demolition_document=bool(data.get("demolition_document")),
            **{name: data.get(name) for name in CONTEXT[3:-1]},
        )

    def _signature(self, data: dict[str, Any]) -> Signature | None:
        name, password = data.get("signed_name", ""), data.get("password", "")
        return Signature(name, password) if name or password else None

    def _is_possible(self, field: ChangeField, value: str) -> bool:
        try:
            filed_value(field, value)
        except ValidationError as error:
            self.add_error(f"new_{field}", error.messages)
            return False
        return True

    def refuse(self, refusal: Refusal) -> None:
        """Show a refusal above the form."""
        self.add_error(None, [str(each) for each in refusal.obstacles])


def _said(field: ChangeField, what: Any) -> str:
    return f"{field.label} · {what}"


def _widget(field: ChangeField) -> forms.Widget:
    choices = {
        ChangeField.NATURE: Nature.choices,
        ChangeField.LEVEL: Level.choices,
        ChangeField.CATEGORY: Kind.choices,
    }.get(field)
    if choices:
        return forms.Select(choices=[("", _("unchanged")), *choices])
    if field is ChangeField.SCALE:
        return forms.NumberInput(attrs={"min": 0})
    if field is ChangeField.FLOOR_AREA:
        return forms.NumberInput(attrs={"min": 0, "step": "0.01"})
    if field is ChangeField.LICENCE_VALID_TO:
        return DayInput()
    return forms.TextInput(attrs={"autocomplete": "off"})


class OptionalReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


class RouteForm(forms.Form):
    """What the agency head decides where the table leaves it to a person."""

    route = forms.ChoiceField(
        label=_("Decision"),
        choices=[(each.value, each.label) for each in (Route.NO_REEVAL, Route.REEVAL)],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


class StopForm(ReasonForm):
    """Why a new account must not take effect."""


class VisitForm(forms.Form):
    """What was found at the new place."""

    holds = forms.ChoiceField(
        label=_("Finding"),
        choices=[("yes", _("the commitment holds")), ("no", _("the commitment is false"))],
        widget=forms.RadioSelect,
    )
    visited_on = forms.DateField(label=_("Visited on"), widget=DayInput())
    findings = forms.CharField(
        label=_("Findings on site"), widget=forms.Textarea(attrs={"rows": 4}), max_length=5000
    )
    evidence = FilesField(label=pgettext_lazy("change", "Evidence"))


class ChangeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Number or institution"),
        method="matching",
        max_length=100,
        widget=search_input(_("Number or institution")),
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=ChangeState.choices, empty_label=_("all")
    )
    field = django_filters.ChoiceFilter(
        label=_("Field"), choices=ChangeField.choices, method="of_field", empty_label=_("all")
    )
    route = django_filters.ChoiceFilter(label=_("Route"), choices=ROUTES, empty_label=_("all"))
    late = django_filters.ChoiceFilter(
        label=_("Filed"),
        field_name="is_late",
        choices=[("1", _("late")), ("0", _("in time"))],
        method="of_lateness",
        empty_label=_("all"),
    )
    account = django_filters.ChoiceFilter(
        label=_("Bank account"),
        choices=[("1", _("changes")), ("0", _("stays"))],
        method="of_account",
        empty_label=_("all"),
    )

    class Meta:
        model = ChangeRequest
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)

    def of_field(self, rows: Any, name: str, field: str) -> Any:
        return rows.changing(field)

    def of_lateness(self, rows: Any, name: str, late: str) -> Any:
        return rows.filter(is_late=late == "1")

    def of_account(self, rows: Any, name: str, account: str) -> Any:
        return rows.filter(changes_account=account == "1")


class CommitmentFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=CommitmentState.choices, empty_label=_("all")
    )

    class Meta:
        model = AddressCommitment
        fields: list[str] = []
