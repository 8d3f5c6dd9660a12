"""Forms and filters of the statement pages."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from settlements.enums import StatementState
from settlements.models import Statement
from settlements.querysets import StatementQuerySet


def _day_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class MonthFilter(django_filters.DateFilter):
    """A calendar month, kept in the database as its first day."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m", attrs={"type": "month"})
        super().__init__(*args, input_formats=["%Y-%m"], widget=widget, **kwargs)


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


class StatementFilter(OwnStatementFilter):
    q = django_filters.CharFilter(
        label=_("Institution or number"),
        method="matching",
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    def matching(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(
            Q(institution__name__contains=value)
            | Q(institution__code__startswith=value)
            | Q(number__startswith=value)
        )


class ConfirmForm(forms.Form):
    """An act that asks for nothing but the confirmation."""


class PaymentForm(forms.Form):
    bank_reference = forms.CharField(
        label=_("Bank reference"),
        max_length=64,
        help_text=_("As on the bank's receipt. The same reference is never accepted twice."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    paid_on = forms.DateField(
        label=_("Paid on"), widget=_day_input(), help_text=_("The day the bank made the transfer.")
    )


class DelayForm(forms.Form):
    reason = forms.CharField(
        label=_("Reason of the delay"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The agency head approves it before the late payment can be recorded."),
    )


class DecisionForm(forms.Form):
    decided_on = forms.DateField(label=_("Decided on"), widget=_day_input())
    voters = forms.CharField(
        label=_("Voters"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One name on each line; at least three."),
    )
    in_favour = forms.IntegerField(label=_("Votes in favour"), min_value=0, max_value=99)
    minutes = forms.CharField(
        label=_("Minutes"), max_length=20000, widget=forms.Textarea(attrs={"rows": 6})
    )
    signed = forms.FileField(
        label=_("Signed minutes"),
        required=False,
        help_text=_("PDF, PNG or JPEG, at most 20 MB."),
    )

    def clean_voters(self) -> list[str]:
        return [name for line in self.cleaned_data["voters"].splitlines() if (name := line.strip())]
