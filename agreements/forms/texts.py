"""Forms and filters of negotiating, signing and filing agreements. They validate; they never
save.
"""

from typing import Any

import django_filters
from django import forms
from django.utils.translation import gettext_lazy as _

from agency.forms import DayInput, ReasonForm
from agency.forms.files import FilesField
from agency.models import Region
from agreements.enums.templates import TextKind, VariableType
from agreements.enums.texts import FilingState
from agreements.models import AgreementFiling, AgreementText

_LONG = {"rows": 10}


class FillInForm(forms.Form):
    """The values of a text: a field for each variable of its version."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        text: AgreementText = (kwargs.get("initial") or {}).pop("text")
        super().__init__(*args, **kwargs)
        declared = {each.name: each for each in text.version.variables.all()}
        for name, each in declared.items():
            self.fields[name] = forms.CharField(
                label=each.label or name,
                required=False,
                max_length=300,
                initial=text.variables.get(name, ""),
                help_text=self._help(each),
            )

    def _help(self, variable: Any) -> Any:
        kind = VariableType(variable.type)
        if variable.sample:
            return _("%(kind)s, for example %(sample)s") % {
                "kind": kind.label,
                "sample": variable.sample,
            }
        return kind.label


class DrawUpForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("Kind of text"),
        choices=[(each.value, each.label) for each in (TextKind.MAIN, TextKind.FIXED)],
        help_text=_("A fixed agreement stands for its whole term; what varies is agreed yearly."),
    )


class WordingForm(forms.Form):
    """Another wording of a clause, and why."""

    body = forms.CharField(
        label=_("Wording proposed"), widget=forms.Textarea(attrs=_LONG), max_length=20_000
    )
    reason = ReasonForm.base_fields["reason"]


class AnswerForm(forms.Form):
    answer = forms.CharField(
        label=_("Answer"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


class RefuseForm(forms.Form):
    answer = forms.CharField(
        label=_("Why not"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


class SignatoryForm(forms.Form):
    """Who signs for the institution."""

    name = forms.CharField(label=_("Name of the signatory"), max_length=80)
    position = forms.CharField(label=_("Office of the signatory"), max_length=80)
    authority = FilesField(
        label=_("Power of attorney"),
        help_text=_("Needed unless the legal representative signs."),
    )


class SignForm(SignatoryForm):
    confirmed = forms.BooleanField(
        label=_("I have read the text, and sign it for the institution with legal effect."),
    )


class ScanForm(forms.Form):
    """What the head hands in with the signature."""

    scan = FilesField(
        label=_("Scan of the signed paper"),
        help_text=_("Only of an agreement signed on paper: both signatures must be seen."),
    )


class SupplementForm(forms.Form):
    """What is drawn up under an agreement."""

    kind = forms.ChoiceField(
        label=_("Kind of text"),
        choices=[(each.value, each.label) for each in (TextKind.YEARLY, TextKind.AMENDMENT)],
    )
    valid_from = forms.DateField(label=_("Valid from"), widget=DayInput())
    valid_to = forms.DateField(label=_("Valid to"), widget=DayInput())


class VerifyForm(forms.Form):
    number = forms.CharField(
        label=_("Number, code or SHA-256"),
        required=False,
        max_length=80,
        help_text=_("Of the agreement or supplement; it may be left empty if a file is given."),
    )
    file = forms.FileField(label=_("Document"), required=False)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not data.get("number") and not data.get("file"):
            raise forms.ValidationError(_("Give a number, or choose a file."))
        return data


class FileForm(forms.Form):
    """Which agreements are filed together."""

    filings = forms.TypedMultipleChoiceField(
        label=_("Agreements"), coerce=int, widget=forms.CheckboxSelectMultiple
    )
    note = forms.CharField(
        label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        choices = (kwargs.get("initial") or {}).pop("choices", [])
        super().__init__(*args, **kwargs)
        field: Any = self.fields["filings"]
        field.choices = choices


class FilingFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(method="search", label=_("Number or institution"))
    state = django_filters.ChoiceFilter(choices=FilingState.choices, label=_("State"))
    region = django_filters.ModelChoiceFilter(
        queryset=Region.objects.all(), method="inside", label=_("Region")
    )

    class Meta:
        model = AgreementFiling
        fields: list[str] = []

    def search(self, rows: Any, name: str, value: str) -> Any:
        return rows.matching(value)

    def inside(self, rows: Any, name: str, region: Region) -> Any:
        return rows.of_region(region.pk)
