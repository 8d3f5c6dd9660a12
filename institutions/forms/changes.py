"""Forms and filters of filings. They validate; they never save."""

from collections.abc import Iterator
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agency.forms import DayInput
from agency.forms.files import FilesField
from institutions.enums.changes import ChangeField, ChangeState
from institutions.enums.register import Kind, Level, Nature
from institutions.forms.inputs import search_input
from institutions.models import ChangeRequest, Institution
from institutions.services.facts import clean_value
from institutions.services.filing import FieldChange


class ChangeForm(forms.Form):
    """Every field that may change: its new value, and the day it was approved. Rows left empty
    do not change. `changes` of the cleaned data is what the service takes.
    """

    explanation = forms.CharField(
        label=_("Explanation"), required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    evidence = FilesField(label=pgettext_lazy("change", "Evidence"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in ChangeField:
            self.fields[f"new_{each}"] = forms.CharField(
                label=each.label, required=False, widget=_widget(each)
            )
            self.fields[f"approved_{each}"] = forms.DateField(
                label=each.label,
                required=False,
                widget=DayInput(attrs={"aria-label": _("Approved on")}),
            )

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield the table of the page: field, present value, the two inputs."""
        institution: Institution = self.initial["institution"]
        for each in ChangeField:
            yield {
                "field": each,
                "present": institution.shown(each.column),
                "new": self[f"new_{each}"],
                "approved": self[f"approved_{each}"],
            }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        data["changes"] = []
        for each in ChangeField:
            value, approved_on = data.get(f"new_{each}", ""), data.get(f"approved_{each}")
            if value and self._is_possible(each, value):
                if approved_on:
                    data["changes"].append(FieldChange(each, value, approved_on))
                elif f"approved_{each}" not in self.errors:
                    self.add_error(f"approved_{each}", gettext("When was it approved?"))
            elif approved_on and not value:
                self.add_error(f"new_{each}", gettext("What is the new value?"))
        return data

    def _is_possible(self, field: ChangeField, value: str) -> bool:
        try:
            clean_value(field.column, value)
        except ValidationError as error:
            self.add_error(f"new_{field}", error.messages)
            return False
        return True


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
    return forms.TextInput()


class OptionalReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


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

    class Meta:
        model = ChangeRequest
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)

    def of_field(self, rows: Any, name: str, field: str) -> Any:
        return rows.changing(field)
