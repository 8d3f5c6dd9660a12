from django import forms
from django.utils.translation import gettext_lazy as _


class DayInput(forms.DateInput):
    """A date field the browser draws as a calendar; ISO in both directions."""

    input_type = "date"

    def __init__(self, **kwargs: object) -> None:
        super().__init__(format="%Y-%m-%d", **kwargs)  # type: ignore[arg-type]


class ReasonForm(forms.Form):
    """The least an act asks for: why."""

    reason = forms.CharField(
        label=_("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=2000
    )


class NoForm(forms.Form):
    """An act that asks for nothing but to be confirmed."""
