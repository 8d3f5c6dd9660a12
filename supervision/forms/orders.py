"""What the acts on an order ask for."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.forms import DayInput
from agency.forms.files import FilesField
from supervision.enums.orders import OrderKind, OrderState
from supervision.forms.cases import LONG_TEXT, institution_of_code, text_area
from supervision.models import AdministrationOrder


class OrderForm(forms.Form):
    """An order given at the desk."""

    institution_code = forms.CharField(
        label=_("National code of the institution"), max_length=12, min_length=12
    )
    kind = forms.ChoiceField(label=_("What is ordered"), choices=OrderKind)
    lead = forms.CharField(
        label=_("Transferred lead"),
        max_length=120,
        required=False,
        help_text=_("Only to supplement a lead: its number, or what it was about and when."),
    )
    text = forms.CharField(label=_("Text of the order"), widget=text_area(6), max_length=LONG_TEXT)
    due_on = forms.DateField(
        label=_("Due on"),
        widget=DayInput(),
        required=False,
        help_text=_("Empty: by the period of rule B-20."),
    )

    def clean_institution_code(self) -> str:
        code, institution = institution_of_code(self.cleaned_data["institution_code"])
        self.cleaned_data["institution"] = institution
        return code


class AnswerForm(forms.Form):
    answer = forms.CharField(label=_("What was done"), widget=text_area(6), max_length=LONG_TEXT)
    attachments = FilesField(label=_("Files"))


class DemandForm(forms.Form):
    text = forms.CharField(label=_("What is missing"), widget=text_area(5), max_length=LONG_TEXT)
    due_on = forms.DateField(
        label=_("Due on"),
        widget=DayInput(),
        required=False,
        help_text=_("Empty: by the period of rule B-20."),
    )


class AcceptForm(forms.Form):
    text = forms.CharField(
        label=_("Note"), widget=text_area(3), max_length=LONG_TEXT, required=False
    )


class AskExtensionForm(forms.Form):
    wanted_on = forms.DateField(label=_("Wanted until"), widget=DayInput())
    reason = forms.CharField(label=_("Reason"), widget=text_area(3), max_length=LONG_TEXT)


class GrantExtensionForm(forms.Form):
    due_on = forms.DateField(label=_("Due on"), widget=DayInput())
    reason = forms.CharField(
        label=_("Note"), widget=text_area(2), max_length=LONG_TEXT, required=False
    )


class OrderFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Number or institution"), method="search")
    state = django_filters.ChoiceFilter(label=_("State"), choices=OrderState.choices)
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=OrderKind.choices)
    overdue = django_filters.ChoiceFilter(
        label=_("Deadline"), method="only_overdue", choices=[("1", _("Overdue"))]
    )

    class Meta:
        model = AdministrationOrder
        fields: list[str] = []

    def search(self, rows: Any, name: str, value: str) -> QuerySet:
        return rows.matching(value)

    def only_overdue(self, rows: Any, name: str, value: str) -> QuerySet:
        return rows.unanswered().filter(due_on__lt=timezone.localdate())
