"""What the acts on interviews ask for. Nothing is decided and nothing saved here."""

import re
from datetime import date
from typing import Any

import django_filters
from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.enums import Actor
from agency.forms import DayInput
from agency.forms.files import FilesField
from agency.models import User
from supervision.enums.interviews import InterviewState
from supervision.forms.cases import LONG_TEXT, text_area
from supervision.models import Interview
from supervision.services.interviews import Commitment, responsible_on

_LINE = re.compile(r"^\s*(\d{4}-\d{2}-\d{2})\s+(.+?)\s*$")


class MomentInput(forms.DateTimeInput):
    """A date and time the browser draws."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class PersonsField(forms.ModelMultipleChoiceField):
    """Responsible persons by post and name."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.get_post_display()} {obj.person.name}"


class CallForm(forms.Form):
    meets_at = forms.DateTimeField(
        label=gettext_lazy("Time of the interview"),
        widget=MomentInput(),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    place = forms.CharField(label=gettext_lazy("Place"), max_length=200)
    topics = forms.CharField(
        label=gettext_lazy("Topics of the interview"), widget=text_area(5), max_length=LONG_TEXT
    )
    persons = PersonsField(
        label=gettext_lazy("Persons called"),
        queryset=None,
        help_text=gettext_lazy("Who answers for the institution on that day."),
    )

    def __init__(self, *args: Any, interview: Interview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        persons: Any = self.fields["persons"]
        persons.queryset = responsible_on(interview, timezone.localdate())


class RecordForm(forms.Form):
    held_at = forms.DateTimeField(
        label=gettext_lazy("Held at"),
        widget=MomentInput(),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
    )
    agency_people = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Present for the agency"),
        queryset=User.objects.none(),
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )
    persons = PersonsField(label=gettext_lazy("Responsible persons present"), queryset=None)
    others = forms.CharField(
        label=gettext_lazy("Others present for the institution"), max_length=300, required=False
    )
    content = forms.CharField(
        label=gettext_lazy("Content of the interview"), widget=text_area(8), max_length=LONG_TEXT
    )
    commitments = forms.CharField(
        label=gettext_lazy("What the institution promised"),
        widget=text_area(4),
        max_length=LONG_TEXT,
        required=False,
        help_text=gettext_lazy("One a line, its last day first: 2026-12-31 and what is promised."),
    )
    attachments = FilesField(label=gettext_lazy("Record signed by both sides"), required=True)

    def __init__(self, *args: Any, interview: Interview, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        agency: Any = self.fields["agency_people"]
        agency.queryset = User.objects.filter(is_active=True, actor=Actor.AGENCY).order_by("name")
        persons: Any = self.fields["persons"]
        persons.queryset = interview.persons.select_related("person")

    def clean_commitments(self) -> list[Commitment]:
        found: list[Commitment] = []
        for line in self.cleaned_data["commitments"].splitlines():
            if not line.strip():
                continue
            hit = _LINE.match(line)
            day = hit and _day(hit.group(1))
            if hit is None or day is None:
                text = _("“%(line)s” does not begin with a day such as 2026-12-31.")
                raise forms.ValidationError(text % {"line": line.strip()})
            found.append((hit.group(2), day))
        return found


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class AbsenceForm(forms.Form):
    absence = forms.CharField(
        label=gettext_lazy("Who did not appear, and why"),
        widget=text_area(),
        max_length=LONG_TEXT,
        help_text=gettext_lazy("Excuses given, and by whom; if none, say so."),
    )


class CommitmentForm(forms.Form):
    done_on = forms.DateField(label=gettext_lazy("Done on"), widget=DayInput())
    note = forms.CharField(
        label=gettext_lazy("How it was checked"), widget=text_area(), max_length=LONG_TEXT
    )


class InterviewFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        label=gettext_lazy("Case or institution"), method="search", max_length=100
    )
    state = django_filters.ChoiceFilter(label=gettext_lazy("State"), choices=InterviewState.choices)

    class Meta:
        model = Interview
        fields: list[str] = []

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.matching(value)
