"""Inputs that several forms share."""

from typing import Any

from django import forms


def search_input(hint: Any) -> forms.TextInput:
    return forms.TextInput(attrs={"type": "search", "placeholder": hint})
