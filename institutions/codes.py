"""Identifiers: an institution's national code and unified credit code, a person's identity number.
Pure.
"""

import re
from datetime import date

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

NATIONAL_CODE = re.compile(r"H[0-9]{11}", re.ASCII)

# No I, O, S, V, Z: GB 32100-2015, annex A.
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_CODE_LENGTH = 18
_BASE = len(ALPHABET)
_VALUE = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, place, _BASE) for place in range(CREDIT_CODE_LENGTH - 1))


def check_character(first_17: str) -> str:
    """Return the eighteenth character of a unified social credit code.

    Law: GB 32100-2015, annex A.
    """
    total = sum(
        _VALUE[character] * weight for character, weight in zip(first_17, _WEIGHTS, strict=True)
    )
    return ALPHABET[-total % _BASE]


def credit_code_fault(code: str) -> str | Promise | None:
    """Say what is wrong with a unified social credit code, or None.

    Law: GB 32100-2015.
    """
    if len(code) != CREDIT_CODE_LENGTH:
        return format_lazy(
            _("a unified social credit code has 18 characters, this one {length}"),
            length=len(code),
        )
    if strange := sorted(set(code) - set(ALPHABET)):
        return format_lazy(
            _("characters that no unified social credit code has: {characters}"),
            characters=" ".join(strange),
        )
    if code[-1] != (expected := check_character(code[:-1])):
        return format_lazy(
            _("the check character is {found}, by the first 17 characters it must be {expected}"),
            found=code[-1],
            expected=expected,
        )
    return None


def national_code_fault(code: str) -> str | Promise | None:
    """Say what is wrong with an institution's national code, or None."""
    if NATIONAL_CODE.fullmatch(code):
        return None
    return _("a national code is the letter H followed by 11 digits")


ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]", re.ASCII)
_ID_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_ID_CHECKS = "10X98765432"


def id_check_character(first_17: str) -> str:
    """Return the eighteenth character of a resident's identity number.

    Law: GB 11643-1999.
    """
    total = sum(int(figure) * weight for figure, weight in zip(first_17, _ID_WEIGHTS, strict=True))
    return _ID_CHECKS[total % 11]


def id_number_fault(number: str) -> str | Promise | None:
    """Say what is wrong with a resident's identity number, or None. The expected check character
    is not told: whoever mistyped a figure would only make a false number look right.

    Law: GB 11643-1999.
    """
    if not ID_NUMBER.fullmatch(number):
        return _("an identity number has 17 figures and a check character, a figure or X")
    try:
        date.fromisoformat(f"{number[6:10]}-{number[10:12]}-{number[12:14]}")
    except ValueError:
        return format_lazy(_("{figures} is no day of birth"), figures=number[6:14])
    if number[-1] != id_check_character(number[:-1]):
        return _("the check character does not fit the first 17 figures")
    return None


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
