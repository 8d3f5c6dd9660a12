"""Forms and filters of the register's pages, by subject."""

from institutions.forms.changes import ChangeFilter, ChangeForm, OptionalReasonForm
from institutions.forms.inputs import search_input
from institutions.forms.register import DayForm, PublicFilter, RegisterFilter, VerifyForm
from institutions.forms.tokens import TokenForm

__all__ = [
    "ChangeFilter",
    "ChangeForm",
    "DayForm",
    "OptionalReasonForm",
    "PublicFilter",
    "RegisterFilter",
    "TokenForm",
    "VerifyForm",
    "search_input",
]
