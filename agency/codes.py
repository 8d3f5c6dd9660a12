"""Identifiers everybody has: a unit's unified credit code, a person's identity number. Pure."""

import re
from datetime import date

from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

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
