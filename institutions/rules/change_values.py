"""Which values a field of an institution may be filed with. Pure."""

import re

from django.utils.translation import gettext_lazy as _

from agency.reasons import Text

# Blanks and hyphens are how people write long numbers; they are no part of an account.
ACCOUNT = re.compile(r"[0-9]{8,30}")
PHONE = re.compile(r"[0-9+() /-]{5,40}")
PHONE_DIGITS = 5

ACCOUNT_FAULT = _("A bank account has 8 to 30 digits and nothing else.")
PHONE_FAULT = _("Write a telephone number in digits, such as 0792-1234567.")
AREA_FAULT = _("A floor area is more than 0 m².")


def tidied(field: str, text: str) -> str:
    """Return a value as it is kept: without the blanks around it, an account without any."""
    text = text.strip()
    return re.sub(r"[\s-]", "", text) if field == "bank_account" else text


def value_fault(field: str, text: str) -> Text | None:
    """Return what is wrong with a tidied value besides what its column says; None if nothing."""
    if field == "bank_account" and not ACCOUNT.fullmatch(text):
        return ACCOUNT_FAULT
    if field == "phone" and (
        not PHONE.fullmatch(text) or sum(each.isdecimal() for each in text) < PHONE_DIGITS
    ):
        return PHONE_FAULT
    if field == "floor_area" and text and not text.strip("0.+- "):
        return AREA_FAULT
    if field == "floor_area" and text.startswith("-"):
        return AREA_FAULT
    return None
