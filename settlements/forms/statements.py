"""Forms and filters of the statement pages."""

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.forms import DayInput
from agency.forms.files import OneFileField
from settlements.enums import StatementState
from settlements.forms.filters import InstitutionOrNumberFilter, MonthFilter
from settlements.models import Statement
from settlements.querysets import StatementQuerySet


class OwnStatementFilter(django_filters.FilterSet):
    """What an institution may look for among its own statements."""

    state = django_filters.ChoiceFilter(
        label=_("State"), choices=StatementState.choices, empty_label=_("All")
    )
    month = MonthFilter(label=_("Month"), field_name="month")
    overdue = django_filters.ChoiceFilter(
        label=_("Deadline"),
        method="only_overdue",
        choices=[("yes", _("Overdue only"))],
        empty_label=_("All"),
    )

    class Meta:
        model = Statement
        fields: list[str] = []

    def only_overdue(self, rows: StatementQuerySet, name: str, value: str) -> QuerySet:
        return rows.overdue(on=timezone.localdate())


class StatementFilter(OwnStatementFilter, InstitutionOrNumberFilter):
    """What the office may look for among all statements."""


class PaymentForm(forms.Form):
    bank_reference = forms.CharField(
        label=_("Bank reference"),
        max_length=64,
        help_text=_("As on the bank's receipt. The same reference is never accepted twice."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    paid_on = forms.DateField(
        label=_("Paid on"), widget=DayInput(), help_text=_("The day the bank made the transfer.")
    )


class DelayForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason of the delay"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The agency head approves it before the late payment can be recorded."),
    )


class DecisionForm(forms.Form):
    decided_on = forms.DateField(label=_("Decided on"), widget=DayInput())
    voters = forms.CharField(
        label=_("Voters"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One name on each line."),
    )
    in_favour = forms.IntegerField(label=_("Votes in favour"), min_value=0, max_value=99)
    minutes = forms.CharField(
        label=_("Minutes"), max_length=20000, widget=forms.Textarea(attrs={"rows": 6})
    )
    signed = OneFileField(label=_("Signed minutes"))

    def clean_voters(self) -> list[str]:
        return [name for line in self.cleaned_data["voters"].splitlines() if (name := line.strip())]
