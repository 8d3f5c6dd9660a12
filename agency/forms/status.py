from django import forms
from django.utils.translation import gettext_lazy as _


class StatusForm(forms.Form):
    """What stands on a receipt."""

    number = forms.CharField(
        label=_("Receipt number"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=_("As on the receipt, for instance CHG-360400-2026-0001."),
    )
    code = forms.CharField(
        label=_("Check code"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        help_text=_("Six characters; capitals or small letters."),
    )
