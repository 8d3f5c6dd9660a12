"""Identifiers the register alone has: national codes of institutions and of staff. Pure."""

import re

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

NATIONAL_CODE = re.compile(r"H[0-9]{11}", re.ASCII)


def national_code_fault(code: str) -> str | Promise | None:
    """Say what is wrong with an institution's national code, or None."""
    if NATIONAL_CODE.fullmatch(code):
        return None
    return _("a national code is the letter H followed by 11 digits")


STAFF_CODE = re.compile(r"[A-Z][0-9]{12}", re.ASCII)
# Letters the national coding gives to one group of staff alone.
STAFF_LETTERS = {"medical": "D", "nursing": "N"}


def staff_code_fault(code: str, category: str = "") -> str | Promise | None:
    """Say what is wrong with a national staff code, or None: a letter for the group, six figures
    of the region, six of the person. `category` is the person's, where it is known.
    """
    if not STAFF_CODE.fullmatch(code):
        return _("a national staff code is a letter followed by 12 figures")
    expected = STAFF_LETTERS.get(category)
    if expected and code[0] != expected:
        return format_lazy(
            _("the code of such a person begins with {expected}, this one with {found}"),
            expected=expected,
            found=code[0],
        )
    if category and not expected and code[0] in STAFF_LETTERS.values():
        return format_lazy(
            _("a code that begins with {found} belongs to another category"), found=code[0]
        )
    return None
