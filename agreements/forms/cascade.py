"""Forms and filters of cascades, the dissolved list and inpatients. They validate; they never
save.
"""

from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from agency.forms import DayInput, ReasonForm
from agency.forms.files import FilesField, OneFileField
from agency.models import Region
from agreements.enums.cascade import CascadeKind, CascadeState, EntryState
from agreements.enums.life import DissolutionGround
from agreements.forms.life import OptionalReasonForm
from agreements.models import CascadeReceipt, DissolvedEntry

FIRST_YEAR, LAST_YEAR = 2021, 2100


class AcceptProposalForm(OptionalReasonForm):
    on = forms.DateField(
        label=_("In force again from"), widget=DayInput(), help_text=_("Not later than today.")
    )
    field_order = ["on", "reason"]


class CheckForm(forms.Form):
    rectified = forms.TypedChoiceField(
        label=_("Rectified"),
        choices=[("yes", _("Yes")), ("no", _("No"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    findings = forms.CharField(
        label=_("Findings of the check"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=5000,
        help_text=_("What was looked at, and what was found."),
    )
    documents = FilesField(label=_("Files"))


class InpatientsForm(forms.Form):
    inpatients = forms.IntegerField(
        label=_("Inpatients over the boundary"),
        min_value=0,
        max_value=100_000,
        help_text=_("Insured persons admitted before that day and not discharged by it."),
    )
    told_on = forms.DateField(
        label=_("Patients told on"),
        required=False,
        widget=DayInput(),
        help_text=_("Empty where there were no inpatients."),
    )
    note = forms.CharField(
        label=_("What was arranged for them"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
    )
    file = OneFileField(label=_("File"))


class ExplanationOfWithdrawal(ReasonForm):
    """The explanation stands on the public page in the place of the entry."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("Explanation")
        self.fields["reason"].help_text = _("Everybody reads it; name no person.")


def _search_input(placeholder: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"type": "search", "placeholder": placeholder})


class CascadeFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Number or institution"),
        method="matching",
        max_length=100,
        widget=_search_input(_("Number or institution")),
    )
    state = django_filters.ChoiceFilter(label=_("State"), choices=CascadeState.choices)
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=CascadeKind.choices)
    region = django_filters.ModelChoiceFilter(label=_("Region"), queryset=Region.objects.all())

    class Meta:
        model = CascadeReceipt
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)


class EntryFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Name or code"),
        method="matching",
        max_length=100,
        widget=_search_input(_("Name or code")),
    )
    ground = django_filters.ChoiceFilter(label=_("Ground"), choices=DissolutionGround.choices)
    year = django_filters.NumberFilter(
        label=_("Year"), method="in_year", min_value=FIRST_YEAR, max_value=LAST_YEAR
    )
    region = django_filters.ModelChoiceFilter(label=_("Region"), queryset=Region.objects.all())

    class Meta:
        model = DissolvedEntry
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)

    def in_year(self, rows: Any, name: str, year: Any) -> Any:
        return rows.filter(dissolved_on__year=int(year))


class DeskEntryFilter(EntryFilter):
    state = django_filters.ChoiceFilter(label=_("State"), choices=EntryState.choices)
