"""Forms and filters of the register. They validate; they never save."""

from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from agency.codes import credit_code_fault
from agency.forms import DayInput
from agency.models import Region
from institutions.codes import national_code_fault
from institutions.enums.register import Kind, Level, Nature, Standing
from institutions.forms.inputs import search_input
from institutions.models import Institution
from institutions.querysets.register import LONGEST_TEXT


class VerifyForm(forms.ModelForm):
    """The codes of an entry, and what they vouch for."""

    class Meta:
        model = Institution
        fields = ("code", "credit_code", "kind", "nature", "level", "registered_address")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in self.fields.values():
            each.required = True

    def validate_unique(self) -> None:
        """The service looks whose codes they are: the entry's own are not taken."""

    def clean_code(self) -> str:
        return self._without_fault("code", national_code_fault)

    def clean_credit_code(self) -> str:
        return self._without_fault("credit_code", credit_code_fault)

    def _without_fault(self, name: str, fault_of: Any) -> str:
        value = self.cleaned_data[name].strip().upper()
        if fault := fault_of(value):
            raise ValidationError(str(fault))
        return value


class DayForm(forms.Form):
    on = forms.DateField(label=_("Registered facts on the day"), required=False, widget=DayInput())


class PublicFilter(django_filters.FilterSet):
    """What everybody may ask the register. The view searches, and knows what day it is: here the
    words, the day and the standing are only validated.
    """

    q = django_filters.CharFilter(
        label=_("Name or code"),
        method="left_to_the_view",
        max_length=LONGEST_TEXT,
        widget=search_input(_("Name, pinyin or code")),
    )
    on = django_filters.DateFilter(
        label=_("On the day"), method="left_to_the_view", widget=DayInput()
    )
    standing = django_filters.ChoiceFilter(
        label=_("Agreement"),
        choices=Standing.choices,
        method="left_to_the_view",
        empty_label=_("all"),
    )

    class Meta:
        model = Institution
        fields: list[str] = []

    def left_to_the_view(self, rows: Any, name: str, value: Any) -> Any:
        return rows


class RegisterFilter(PublicFilter):
    """The desk's filters of the register; a region includes the regions within it."""

    region = django_filters.ModelChoiceFilter(
        label=_("Region"), queryset=Region.objects.all(), method="within", empty_label=_("all")
    )
    kind = django_filters.ChoiceFilter(label=_("Type"), choices=Kind.choices, empty_label=_("all"))
    nature = django_filters.ChoiceFilter(
        label=_("Nature"), choices=Nature.choices, empty_label=_("all")
    )
    level = django_filters.ChoiceFilter(
        label=_("Level and grade"), choices=Level.choices, empty_label=_("all")
    )
    unverified = django_filters.BooleanFilter(
        label=_("Codes"),
        field_name="code",
        lookup_expr="isnull",
        widget=forms.Select(
            choices=[("", _("all")), ("false", _("verified")), ("true", _("without codes"))]
        ),
    )

    def within(self, rows: Any, name: str, region: Region) -> Any:
        return rows.within(region.code)
