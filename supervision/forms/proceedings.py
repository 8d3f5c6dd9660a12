"""What the acts of a proceeding ask for. Nothing is decided and nothing saved here."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agency.forms import DayInput
from agency.forms.files import FilesField
from agency.models import User
from supervision.enums.proceedings import Correction, FilingOutcome, Ground, LegalOutcome, Vote
from supervision.forms.cases import LONG_TEXT, FactsForm, text_area

VOTE = "vote_"


class GroundForm(forms.Form):
    """Proceedings on a ground, about an agreement."""

    ground = forms.ChoiceField(
        label=_("Ground"),
        help_text=_("Articles 42 and 43 of Order 2, by number."),
    )
    clue = forms.CharField(
        label=_("What points to it"),
        widget=text_area(6),
        max_length=LONG_TEXT,
        help_text=_("For the office only; the institution never sees it."),
    )
    attachments = FilesField(label=_("Evidence files"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["ground"]
        field.choices = [
            (_("Suspension (article 42)"), _grounds(suspends=True)),
            (_("Dissolution (article 43)"), _grounds(suspends=False)),
        ]


def _grounds(*, suspends: bool) -> list[tuple[str, str]]:
    return [
        (each.value, f"{each.value} {each.label}")
        for each in Ground
        if (each.suspends is not None) == suspends
    ]


class VisitedFactsForm(FactsForm):
    """That an institution has closed is verified by a visit."""

    visited_on = forms.DateField(
        label=_("Visited on"), widget=DayInput(), help_text=_("The day somebody was there.")
    )
    field_order = ["visited_on", "facts"]


class ConsiderationForm(forms.Form):
    consideration = forms.CharField(
        label=_("How the statement was considered"),
        widget=text_area(6),
        max_length=LONG_TEXT,
        help_text=_("Answer each point; if nothing was stated, say so."),
    )


class LegalReviewForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Outcome"), choices=LegalOutcome, widget=forms.RadioSelect)
    opinion = forms.CharField(
        label=_("Opinion"),
        widget=text_area(6),
        max_length=LONG_TEXT,
        help_text=_("Power, facts, procedure, basis and measure; returned: what must be mended."),
    )


class DiscussionForm(forms.Form):
    """The minutes, and the vote of each who took part. Give it the people of the agency."""

    held_on = forms.DateField(label=_("Discussed on"), widget=DayInput())
    minutes = forms.CharField(
        label=_("Record of the discussion"), widget=text_area(8), max_length=LONG_TEXT
    )
    attachments = FilesField(label=_("Signed record of the discussion"))

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = people
        for person in people:
            self.fields[f"{VOTE}{person.pk}"] = forms.ChoiceField(
                label=f"{person}",
                required=False,
                choices=[("", _("did not take part")), *Vote.choices],
            )

    def votes(self) -> dict[User, Vote]:
        """Return the votes of those who took part."""
        given = {each: self.cleaned_data[f"{VOTE}{each.pk}"] for each in self.people}
        return {person: Vote(vote) for person, vote in given.items() if vote}


class DemandForm(forms.Form):
    text = forms.CharField(
        label=_("What is demanded"),
        widget=text_area(5),
        max_length=LONG_TEXT,
        help_text=_("What the agreement asks for, how much, and since when."),
    )


class FilingAnswerForm(forms.Form):
    outcome = forms.ChoiceField(label=_("Answer"), choices=FilingOutcome, widget=forms.RadioSelect)
    reasons = forms.CharField(
        label=_("Reasons"),
        widget=text_area(5),
        max_length=LONG_TEXT,
        required=False,
        help_text=_("Needed when a correction is demanded."),
    )


class CorrectionForm(forms.Form):
    correction = forms.ChoiceField(
        label=_("Correction"), choices=Correction, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("How it was corrected"), widget=text_area(5), max_length=LONG_TEXT
    )


class AcknowledgementForm(forms.Form):
    text = forms.CharField(
        label=_("Remark"), widget=text_area(3), max_length=LONG_TEXT, required=False
    )
