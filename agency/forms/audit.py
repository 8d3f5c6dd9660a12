from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agency.enums import ReadingKind, ReadingPurpose
from agency.forms import DayInput
from agency.models import ReadLog

HEAD_LENGTH = 64


class CheckForm(forms.Form):
    """Which sealed days are verified."""

    from_day = forms.DateField(label=_("From"), widget=DayInput())
    to_day = forms.DateField(label=_("Up to and including"), widget=DayInput())


class HeadForm(forms.Form):
    """A head that somebody has kept, to be compared with the one that is here."""

    day = forms.DateField(label=_("Day"), widget=DayInput())
    head = forms.RegexField(
        label=_("Head you have kept"),
        regex=r"^\s*[0-9a-fA-F]{64}\s*$",
        max_length=HEAD_LENGTH + 16,
        error_messages={"invalid": _("A head is 64 characters, 0 to 9 and a to f.")},
    )

    def clean_head(self) -> str:
        return self.cleaned_data["head"].strip().lower()


class PurposeForm(forms.Form):
    """What somebody needs to see protected data for."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=[])
    note = forms.CharField(
        label=_("In words"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("For example the number of the matter. It is recorded with your name."),
    )

    purposes: tuple[ReadingPurpose, ...] = tuple(
        each for each in ReadingPurpose if each != ReadingPurpose.OWN
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "—"), *((each.value, each.label) for each in self.purposes)]
        self.fields["purpose"].choices = choices  # type: ignore[attr-defined]


class OwnPurposeForm(PurposeForm):
    """An institution looks at its own data."""

    purposes = (ReadingPurpose.OWN,)


class ReadingFilter(django_filters.FilterSet):
    reader = django_filters.CharFilter(label=_("Reader"), method="read_by", max_length=80)
    q = django_filters.CharFilter(
        label=_("Whose data"), field_name="label", lookup_expr="icontains", max_length=100
    )
    kind = django_filters.ChoiceFilter(
        label=_("What was read"), choices=ReadingKind.choices, empty_label=_("all")
    )
    on = django_filters.DateFilter(
        label=_("On the day"), field_name="at", lookup_expr="date", widget=DayInput()
    )

    class Meta:
        model = ReadLog
        fields: list[str] = []

    def read_by(self, rows: Any, name: str, text: str) -> Any:
        return rows.filter(Q(user__name__icontains=text) | Q(user__username__iexact=text))
