"""The filters of the reports of the register. They stay in the address."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agency.decisions import DECISION_SOURCES
from agency.forms import DayInput
from agency.receipts import RECEIPT_KINDS
from institutions.services.licences import warning_days

MONTH = timedelta(days=30)
FIRST_YEAR = 2020


def _today() -> date:
    return timezone.localdate()


def _month_ago() -> date:
    return _today() - MONTH


class PeriodForm(forms.Form):
    """A period of days, both included; by default the last thirty."""

    first = forms.DateField(label=_("From"), widget=DayInput(), initial=_month_ago)
    last = forms.DateField(label=_("To"), widget=DayInput(), initial=_today)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            self.add_error("last", gettext("The period ends before it begins."))
        return data


def _sources() -> list[tuple[str, Any]]:
    kinds = [(each.code, each.label) for each in DECISION_SOURCES.values()]
    return [("", _("all")), *sorted(kinds, key=lambda each: str(each[1]))]


def _receipt_kinds() -> list[tuple[str, Any]]:
    return [(each.code, each.label) for each in RECEIPT_KINDS.values()]


class DecisionsForm(PeriodForm):
    kind = forms.ChoiceField(label=_("Kind of matter"), choices=_sources, required=False)
    person = forms.CharField(label=_("Person"), required=False, max_length=80)


class MatterKindForm(forms.Form):
    kind = forms.ChoiceField(label=_("Kind of matter"), choices=_receipt_kinds, initial="APP")
    region = forms.CharField(
        label=_("Region"), required=False, max_length=6, help_text=_("Code; with all within it.")
    )


class DecidedMattersForm(PeriodForm):
    kind = forms.ChoiceField(label=_("Kind of matter"), choices=_receipt_kinds, initial="APP")


class LicencesForm(forms.Form):
    days = forms.IntegerField(
        label=_("Days ahead"),
        min_value=0,
        max_value=3660,
        initial=lambda: warning_days(on=_today()),
    )
    region = forms.CharField(label=_("Region"), required=False, max_length=6)


class YearForm(forms.Form):
    year = forms.IntegerField(
        label=_("Year"), min_value=FIRST_YEAR, max_value=2100, initial=lambda: _today().year
    )
    region = forms.CharField(label=_("Region"), required=False, max_length=6)

    def clean_year(self) -> int:
        year = self.cleaned_data["year"]
        if year > _today().year:
            raise forms.ValidationError(gettext("The year has not begun."))
        return year


class DayForm(forms.Form):
    on = forms.DateField(label=_("On the day"), widget=DayInput(), initial=_today)
    region = forms.CharField(label=_("Region"), required=False, max_length=6)
