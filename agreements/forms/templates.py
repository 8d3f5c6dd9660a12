"""Forms and filters of the pages of agreement texts. They validate; they never save."""

from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agency.forms import DayInput, ReasonForm
from agency.models import Region
from agreements.enums.templates import (
    CommentOutcome,
    ConsultationState,
    HandlingMeasure,
    Stance,
    TextKind,
    VariableType,
    VersionOrigin,
)
from agreements.models import Consultation
from institutions.enums.register import Kind

_LONGEST_CLAUSE = 20_000
_LONG = forms.Textarea(attrs={"rows": 10})


class NewVersionForm(forms.Form):
    """A further version of a text."""

    title = forms.CharField(label=_("Title"), max_length=200)
    based_on = forms.TypedChoiceField(
        label=_("Begin with"), coerce=int, required=False, empty_value=None
    )
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2000,
        help_text=_("What changed in law or policy. The institutions asked read it."),
    )
    origin = forms.ChoiceField(label=_("Wanted by"), choices=VersionOrigin.choices)
    document = forms.CharField(
        label=_("Document"),
        required=False,
        max_length=200,
        help_text=_("Title and number of what it rests on."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        bases = (kwargs.get("initial") or {}).pop("bases", [])
        super().__init__(*args, **kwargs)
        field: Any = self.fields["based_on"]
        field.choices = [("", _("an empty text")), *bases]


class NewTextForm(NewVersionForm):
    """The first version of a text of a kind."""

    kind = forms.ChoiceField(label=_("Kind of text"), choices=TextKind.choices)
    region = forms.ModelChoiceField(
        label=_("Region"),
        queryset=Region.objects.all(),
        required=False,
        empty_label=_("the nation"),
    )
    institution_kinds = forms.MultipleChoiceField(
        label=_("Types of institution"),
        choices=Kind.choices,
        required=False,
        help_text=_("Whom it concerns; none chosen means all."),
    )
    field_order = ["kind", "region", "title", "based_on"]


class ClauseForm(forms.Form):
    heading = forms.CharField(label=_("Heading"), max_length=120)
    body = forms.CharField(
        label=_("Wording"),
        widget=_LONG,
        max_length=_LONGEST_CLAUSE,
        help_text=_("What is filled in stands in double braces: {{ name }}."),
    )
    measures = forms.TypedMultipleChoiceField(
        label=_("Measures upon a breach"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Chosen only where the clause says what follows a breach (art. 38)."),
    )
    damages = forms.CharField(
        label=_("Liquidated damages"),
        required=False,
        max_length=300,
        help_text=_("The rate or amount agreed; may hold variables."),
    )
    is_mandatory = forms.BooleanField(
        label=_("Mandatory clause"),
        required=False,
        help_text=_("A regional text may refine it but not leave it out."),
    )
    is_variable_term = forms.BooleanField(
        label=_("Yearly term"),
        required=False,
        help_text=_("It belongs into the yearly agreement where an agreement is split."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["measures"]
        field.choices = [(each.value, f"{each.value}. {each.label}") for each in HandlingMeasure]


class NewClauseForm(ClauseForm):
    key = forms.SlugField(
        label=_("Key of the clause"),
        required=False,
        max_length=60,
        help_text=_("Small letters, digits and hyphens; it stays the same in every version."),
    )
    after = forms.IntegerField(
        label=_("After clause no."),
        required=False,
        min_value=0,
        help_text=_("Empty: at the end."),
    )
    field_order = ["key", "after"]


class MoveForm(forms.Form):
    to = forms.IntegerField(label=_("New number"), min_value=1)


class VariableForm(forms.Form):
    name = forms.RegexField(
        label=_("Name"),
        regex=r"^[a-z][a-z0-9_]*$",
        max_length=60,
        help_text=_("Small letters, digits and underlines, as in the wording."),
    )
    label = forms.CharField(label=_("What it means"), max_length=120)
    type = forms.ChoiceField(label=_("Type"), choices=VariableType.choices)
    default = forms.CharField(label=_("Default"), required=False, max_length=300)
    sample = forms.CharField(
        label=_("Sample"), required=False, max_length=300, help_text=_("Shown in the preview.")
    )


class ImportForm(forms.Form):
    file = forms.FileField(
        label=_("File"),
        help_text=_("JSON as exported here, or Markdown: “# [key] heading”, then the wording."),
    )


class ConsultForm(forms.Form):
    explanation = forms.CharField(
        label=_("Explanation"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=4000,
        help_text=_("What changes and why; empty: the reason of the version."),
    )
    is_urgent = forms.BooleanField(label=_("Urgent change of the law"), required=False)
    urgency_reason = forms.CharField(
        label=_("Reason of the urgency"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=2000,
        help_text=_("Needed for the shorter time; published with the result."),
    )


class PublishForm(forms.Form):
    effective_from = forms.DateField(
        label=_("Effective from"),
        widget=DayInput(),
        help_text=_("Today or later. Agreements drawn up from that day on are made from it."),
    )


class AnswerForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Outcome"), choices=CommentOutcome.choices)
    text = forms.CharField(
        label=_("Answer"), widget=forms.Textarea(attrs={"rows": 4}), max_length=4000
    )


class CommentForm(forms.Form):
    stance = forms.ChoiceField(
        label=_("What you say"),
        choices=[(each.value, each.label) for each in (Stance.COMMENT, Stance.NO_OBJECTION)],
    )
    text = forms.CharField(
        label=pgettext_lazy("consultation", "Comment"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=4000,
        help_text=_("What should change, and why."),
    )


class TakeBackForm(ReasonForm):
    """The institutions that were asked read the reason."""


class ConsultationFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(label=_("State"), choices=ConsultationState.choices)
    kind = django_filters.ChoiceFilter(
        label=_("Kind of text"), choices=TextKind.choices, field_name="version__template__kind"
    )

    class Meta:
        model = Consultation
        fields: list[str] = []
