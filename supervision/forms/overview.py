"""What the supervision view is asked for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from agency.forms import DayInput
from agency.models import Region


class PeriodForm(forms.Form):
    first = forms.DateField(label=_("From"), widget=DayInput())
    last = forms.DateField(label=_("Up to and including"), widget=DayInput())
    region = forms.ModelChoiceField(
        label=_("Region"),
        queryset=Region.objects.order_by("code"),
        required=False,
        empty_label=_("all"),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and last < first:
            self.add_error("last", _("The period ends before it begins."))
        return cleaned


class RemarkForm(forms.Form):
    text = forms.CharField(
        label=_("Note"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000
    )
