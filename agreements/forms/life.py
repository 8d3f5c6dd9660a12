"""Forms and filters of the agreements' pages. They validate; they never save."""

from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from agency.forms import DayInput, ReasonForm
from agency.forms.files import FilesField
from agency.models import Region
from agreements.enums.life import (
    AgreementState,
    RequestKind,
    RequestState,
    ReviewState,
)
from agreements.models import Agreement, AgreementRequest, DissolutionReview
from institutions.enums.changes import ChangeField
from institutions.rules import MAJOR_FIELDS


class OptionalReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


class TermForm(forms.Form):
    """The term of an agreement that is drawn up."""

    valid_from = forms.DateField(label=_("Valid from"), widget=DayInput())
    months = forms.IntegerField(
        label=_("Months"),
        required=False,
        min_value=1,
        max_value=60,
        help_text=_("Empty: the usual term of the region."),
    )


class RenewForm(forms.Form):
    months = TermForm.base_fields["months"]


class ResumeForm(OptionalReasonForm):
    on = forms.DateField(
        label=_("In force again from"), widget=DayInput(), help_text=_("Not later than today.")
    )
    field_order = ["on", "reason"]


class WishForm(ReasonForm):
    """A request whose day the validity fixes: a renewal, or none."""


class WishFromForm(ReasonForm):
    wanted_on = forms.DateField(label=_("Wanted from"), widget=DayInput())
    field_order = ["wanted_on", "reason"]


class WishFromToForm(WishFromForm):
    wanted_to = forms.DateField(
        label=_("Wanted to"),
        required=False,
        widget=DayInput(),
        help_text=_("The last day. Without one, ask for resumption before the limit."),
    )
    field_order = ["wanted_on", "wanted_to", "reason"]


WISH_FORMS: dict[RequestKind, type[ReasonForm]] = {
    RequestKind.SUSPEND: WishFromToForm,
    RequestKind.DISSOLVE: WishFromForm,
    RequestKind.RESUME: WishFromForm,
    RequestKind.RENEW: WishForm,
    RequestKind.NOT_RENEW: WishForm,
}


def _search_input() -> forms.TextInput:
    return forms.TextInput(attrs={"type": "search", "placeholder": _("Number or institution")})


class AgreementFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Number or institution"), method="matching", max_length=100, widget=_search_input()
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=AgreementState.choices)
    region = django_filters.ModelChoiceFilter(
        label=_("Region"), queryset=Region.objects.all(), method="within"
    )

    class Meta:
        model = Agreement
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)

    def within(self, rows: Any, name: str, region: Region) -> Any:
        return rows.within(region.code)


class RequestFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Number or institution"), method="matching", max_length=100, widget=_search_input()
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=RequestState.choices)
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=RequestKind.choices)

    class Meta:
        model = AgreementRequest
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)


class PerformanceForm(forms.Form):
    performed_on = forms.DateField(
        label=_("Fully performed on"),
        widget=DayInput(),
        help_text=_("The day on which the last part was paid or done."),
    )
    note = forms.CharField(
        label=_("What was performed"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )
    documents = FilesField(label=_("Documents"))


class UnfiledChangeForm(forms.Form):
    """Only major information can be unfiled in the sense of the law."""

    field = forms.ChoiceField(
        label=_("Changed field"),
        choices=[
            (each.value, each.label) for each in ChangeField if each.law_field in MAJOR_FIELDS
        ],
    )
    approved_on = forms.DateField(
        label=_("Approved on"),
        widget=DayInput(),
        help_text=_("The day the competent authority approved the change."),
    )
    discovered_on = forms.DateField(label=_("Discovered on"), widget=DayInput())
    source = forms.CharField(
        label=_("How it was discovered"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text=_("The institution reads it."),
    )
    evidence = FilesField(label=_("Evidence"))


class ExplanationForm(forms.Form):
    text = forms.CharField(
        label=_("Explanation"), widget=forms.Textarea(attrs={"rows": 5}), max_length=5000
    )
    documents = FilesField(label=_("Documents"))


class ReviewFilter(RequestFilter):
    state = django_filters.ChoiceFilter(label=_("State"), choices=ReviewState.choices)
    kind = django_filters.ChoiceFilter(
        label=_("Field"), choices=ChangeField.choices, field_name="field"
    )

    class Meta:
        model = DissolutionReview
        fields: list[str] = []
