"""Forms and filters of procedures, trainings and inquiries. They validate; they never save."""

import re
from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agency.enums import RegionLevel
from agency.forms import DayInput
from agency.forms.files import FilesField, OneFileField
from agency.models import Region
from institutions.enums.guidance import (
    FaqState,
    InquiryState,
    InquiryTopic,
    ProcedureTopic,
    TrainingMode,
    TrainingState,
    TrainingTopic,
)
from institutions.forms.inputs import search_input
from institutions.models import FrequentQuestion, Inquiry, Institution, TrainingEvent
from institutions.services.trainings import LONGEST_ATTENDEES, TrainingFacts

LONGEST_PROCEDURE = 200_000
LONGEST_TEXT = 5000
MOST_CODES = 500
SEPARATORS = re.compile(r"[\s,;\uff0c\uff1b\u3001]+")


def region_field(**kwargs: Any) -> forms.ModelChoiceField:
    """The regions that have an agency of their own: prefectures and their counties."""
    rows = Region.objects.filter(level__in=[RegionLevel.PREFECTURE, RegionLevel.COUNTY])
    return forms.ModelChoiceField(label=_("Region"), queryset=rows.order_by("code"), **kwargs)


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


# --- procedures -----------------------------------------------------------------------------------


class VersionForm(forms.Form):
    """What a version says. `preview` of the data shows it instead of keeping it."""

    summary = forms.CharField(
        label=_("What is new"),
        required=False,
        max_length=300,
        help_text=_("One sentence for those who knew the last version."),
    )
    effective_from = forms.DateField(label=_("Effective from"), widget=DayInput())
    text = forms.CharField(
        label=_("Text"),
        required=False,
        max_length=LONGEST_PROCEDURE,
        widget=_area(20),
        help_text=_("An empty line begins a new paragraph; versions are compared line by line."),
    )
    file = OneFileField(label=_("File"), required=False)


class NewProcedureForm(VersionForm):
    region = region_field()
    topic = forms.ChoiceField(label=_("Topic"), choices=ProcedureTopic.choices)
    title = forms.CharField(label=_("Title"), max_length=120)
    field_order = ("region", "topic", "title")


# --- trainings ------------------------------------------------------------------------------------


class TrainingForm(forms.Form):
    title = forms.CharField(label=_("Title"), max_length=120)
    topic = forms.ChoiceField(label=_("Topic"), choices=TrainingTopic.choices)
    held_on = forms.DateField(label=_("Held on"), widget=DayInput())
    mode = forms.ChoiceField(label=_("Mode"), choices=TrainingMode.choices)
    place = forms.CharField(
        label=_("Place"),
        required=False,
        max_length=200,
        help_text=_("The room, or the address online."),
    )
    audience = forms.CharField(
        label=_("Audience"), max_length=200, help_text=_("For whom it is, in words.")
    )
    region = region_field()
    materials = FilesField(label=_("Materials"), required=False)

    def facts(self) -> TrainingFacts:
        data = self.cleaned_data
        return TrainingFacts(
            region=data["region"],
            title=data["title"],
            topic=TrainingTopic(data["topic"]),
            mode=TrainingMode(data["mode"]),
            held_on=data["held_on"],
            audience=data["audience"],
            place=data["place"],
        )


class InvitationForm(forms.Form):
    """All of the region with an agreement in force, or those named by their codes."""

    everybody = forms.BooleanField(
        label=_("All institutions of the region with an agreement in force"), required=False
    )
    codes = forms.CharField(
        label=_("National codes"),
        required=False,
        widget=_area(5),
        help_text=_("One a line, or separated by commas; at most 500."),
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        codes = [each for each in SEPARATORS.split(data.get("codes", "")) if each]
        if bool(codes) == bool(data.get("everybody")):
            text = gettext("Choose either all institutions, or name some by their codes.")
            raise forms.ValidationError(text)
        if len(codes) > MOST_CODES:
            raise forms.ValidationError(gettext("At most 500 institutions are named at once."))
        known = dict(Institution.objects.filter(code__in=codes).values_list("code", "pk"))
        if unknown := [each for each in codes if each not in known]:
            text = gettext("No institution has the code: %(codes)s") % {
                "codes": "、".join(unknown[:10])
            }
            self.add_error("codes", text)
        data["institution_ids"] = None if data.get("everybody") else list(known.values())
        return data


class AttendanceForm(forms.Form):
    """The list of who came, as a file."""

    file = forms.FileField(
        label=_("List as CSV"),
        help_text=_("Columns: code, presence (yes or no), attendees. UTF-8 or GB 18030."),
    )


class ConfirmAttendanceForm(forms.Form):
    attendees = forms.CharField(
        label=_("Who came"),
        max_length=LONGEST_ATTENDEES,
        help_text=_("Names, separated by commas."),
    )


class TrainingFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Title"),
        field_name="title",
        lookup_expr="icontains",
        max_length=100,
        widget=search_input(_("Part of the title")),
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=TrainingState.choices, empty_label=_("all")
    )
    topic = django_filters.ChoiceFilter(
        label=_("Topic"), choices=TrainingTopic.choices, empty_label=_("all")
    )
    year = django_filters.NumberFilter(
        label=_("Year"), field_name="held_on__year", min_value=2000, max_value=2100
    )

    class Meta:
        model = TrainingEvent
        fields: list[str] = []


# --- inquiries ------------------------------------------------------------------------------------


class QuestionForm(forms.Form):
    """What an institution asks."""

    topic = forms.ChoiceField(label=pgettext_lazy("inquiry", "Topic"), choices=InquiryTopic.choices)
    subject = forms.CharField(label=pgettext_lazy("inquiry", "Subject"), max_length=120)
    question = forms.CharField(label=_("Question"), widget=_area(8), max_length=LONGEST_TEXT)


class OwnQuestionForm(QuestionForm):
    attachments = FilesField(label=_("Files"), required=False)


class StrangerQuestionForm(QuestionForm):
    """What anybody asks. No file: nobody answers for it."""

    region = region_field(help_text=_("Whose agency is asked."))
    name = forms.CharField(label=_("Your name"), required=False, max_length=80)
    phone = forms.CharField(
        label=_("Telephone for questions back"),
        required=False,
        max_length=40,
        help_text=_("Optional. The answer is read on this site with the number and check code."),
    )
    field_order = ("region",)


class TextForm(forms.Form):
    """A reply, or something asked back."""

    text = forms.CharField(label=_("Text"), widget=_area(6), max_length=LONGEST_TEXT)


class ReplyWithCodeForm(TextForm):
    number = forms.CharField(label=_("Receipt number"), max_length=40)
    code = forms.CharField(label=_("Check code"), max_length=12)
    field_order = ("number", "code")


class AnswerForm(forms.Form):
    answer = forms.CharField(label=_("Answer"), widget=_area(10), max_length=LONGEST_TEXT)


class FaqForm(forms.Form):
    """Question and answer as everybody will read them."""

    question = forms.CharField(
        label=_("Question"),
        widget=_area(3),
        max_length=500,
        help_text=_("Without names, codes and numbers that tell who asked."),
    )
    answer = forms.CharField(label=_("Answer"), widget=_area(10), max_length=LONGEST_TEXT)


class InquiryFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=_("Number, subject or institution"),
        method="matching",
        max_length=100,
        widget=search_input(_("Number, subject or institution")),
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=InquiryState.choices, empty_label=_("all")
    )
    topic = django_filters.ChoiceFilter(
        label=_("Topic"), choices=InquiryTopic.choices, empty_label=_("all")
    )

    class Meta:
        model = Inquiry
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)


class FaqFilter(django_filters.FilterSet):
    """For the desk; the public searches among what is published."""

    q = django_filters.CharFilter(
        label=_("Words"), method="matching", max_length=100, widget=search_input(_("Words"))
    )
    state = django_filters.ChoiceFilter(
        label=_("State"), choices=FaqState.choices, empty_label=_("all")
    )
    topic = django_filters.ChoiceFilter(
        label=_("Topic"), choices=InquiryTopic.choices, empty_label=_("all")
    )

    class Meta:
        model = FrequentQuestion
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)
