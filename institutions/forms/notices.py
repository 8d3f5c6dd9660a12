"""Forms and filters of filings, public notices and objections. They validate; they never save."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agency.forms import ReasonForm
from agency.forms.files import FilesField
from agency.models import Region
from institutions.enums.notices import FilingState, NoticeState, ObjectionState
from institutions.forms.inputs import search_input
from institutions.models import NoticeEntry, Objection, PublicNotice, ResultFiling

LONGEST_OBJECTION = 5000


class ChosenForm(forms.Form):
    """Some of the rows that wait, all chosen at first; `initial["rows"]` are (key, label)."""

    chosen = forms.TypedMultipleChoiceField(
        label=_("To be included"), coerce=int, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows: Iterable[tuple[int, str]] = self.initial.get("rows", ())
        field: Any = self.fields["chosen"]
        field.choices = list(rows)
        field.initial = [key for key, _label in field.choices]


class RemarkForm(forms.Form):
    remark = forms.CharField(
        label=_("Remark"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


class ObjectionForm(forms.Form):
    """What anybody may hold against an applicant. Name and contact are for those who want an
    answer by letter.
    """

    entry = forms.ModelChoiceField(
        label=_("Against whom"), queryset=NoticeEntry.objects.none(), empty_label=None
    )
    text = forms.CharField(
        label=_("Objection"),
        widget=forms.Textarea(attrs={"rows": 6}),
        max_length=LONGEST_OBJECTION,
        help_text=_("Say what is wrong, since when, and how it can be verified."),
    )
    evidence = FilesField(label=pgettext_lazy("objection", "Evidence"))
    objector = forms.CharField(
        label=_("Your name"),
        required=False,
        max_length=80,
        help_text=_("You may leave it out. The applicant is never told."),
    )
    contact = forms.CharField(
        label=_("Address or telephone for the answer"),
        required=False,
        max_length=120,
        help_text=_("Without one you read the answer with your receipt."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["entry"]
        field.queryset = self.initial.get("entries", NoticeEntry.objects.none())
        if len(field.queryset) == 1:
            field.initial = field.queryset[0].pk


class CommentForm(forms.Form):
    text = forms.CharField(
        label=_("Comment"), widget=forms.Textarea(attrs={"rows": 5}), max_length=LONGEST_OBJECTION
    )


class DecisionForm(ReasonForm):
    """The reason goes into the answer to the objector."""


class FilingFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Number or institution"),
        method="matching",
        max_length=100,
        widget=search_input(_("Number or institution")),
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=FilingState.choices, empty_label=_("all")
    )

    class Meta:
        model = ResultFiling
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)


class NoticeFilter(FilingFilter):
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=NoticeState.choices, empty_label=_("all")
    )
    region = django_filters.ModelChoiceFilter(
        label=_("Region"), queryset=Region.objects.all(), empty_label=_("all")
    )

    class Meta:
        model = PublicNotice
        fields: list[str] = []


class ObjectionFilter(FilingFilter):
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=ObjectionState.choices, empty_label=_("all")
    )

    class Meta:
        model = Objection
        fields: list[str] = []
