"""Forms and filters of obligations and blocks. They validate; they never save."""

from typing import Any

import django_filters
from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.forms import DayInput, ReasonForm
from agreements.enums.measures import BlockTarget, Direction, ObligationKind, ObligationState
from agreements.models import Obligation, ServiceBlock


def _search_input(words: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"type": "search", "placeholder": words})


class PaymentForm(forms.Form):
    amount = forms.DecimalField(
        label=_("Amount (CNY)"), max_digits=16, decimal_places=2, min_value=0.01
    )
    on = forms.DateField(label=_("Paid in on"), widget=DayInput())
    voucher = forms.CharField(
        label=_("Voucher"),
        max_length=60,
        help_text=_("The number of the bank's receipt. It counts once."),
    )
    note = forms.CharField(
        label=_("Note"),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        required=False,
    )


class EndBlockForm(ReasonForm):
    last_day = forms.DateField(
        label=_("New last day"),
        widget=DayInput(),
        help_text=_("Still blocked on this day. Today or later."),
    )
    field_order = ["last_day", "reason"]


class ObligationFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Number, case or institution"),
        method="matching",
        max_length=100,
        widget=_search_input(_("Number, case or institution")),
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=ObligationState.choices)
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=ObligationKind.choices)
    direction = django_filters.ChoiceFilter(label=_("Direction"), choices=Direction.choices)
    overdue = django_filters.ChoiceFilter(
        label=_("Deadline"), choices=[("1", _("overdue"))], method="late"
    )

    class Meta:
        model = Obligation
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)

    def late(self, rows: Any, name: str, value: str) -> Any:
        return rows.overdue(on=timezone.localdate())


class BlockFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Person, department, case or institution"),
        method="matching",
        max_length=100,
        widget=_search_input(_("Person, department, case or institution")),
    )
    target = django_filters.ChoiceFilter(label=_("Whom"), choices=BlockTarget.choices)
    on = django_filters.DateFilter(label=_("Blocked on"), method="holding", widget=DayInput())

    class Meta:
        model = ServiceBlock
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)

    def holding(self, rows: Any, name: str, day: Any) -> Any:
        return rows.holding_on(day)
