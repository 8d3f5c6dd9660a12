"""Findings in words: each check's message, filled with the facts its SQL has stored."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from settlements.enums import Check

BASIS = {
    Check.AGREEMENT_NOT_IN_FORCE: _(
        "On %(day)s no agreement of the institution was in force, "
        "and category %(med_type)s is no emergency."
    ),
    Check.PRACTITIONER_BLOCKED: _(
        "The services of %(doctor)s are not settled on %(day)s (blocked from %(first)s to "
        "%(last)s), and category %(med_type)s is no emergency."
    ),
    Check.DEPARTMENT_BLOCKED: _(
        "The services of department %(department)s are not settled on %(day)s (blocked from "
        "%(first)s to %(last)s), and category %(med_type)s is no emergency."
    ),
    Check.AMOUNT_MISMATCH: _(
        "Quantity %(cnt)s × price %(pric)s = %(product)s, but %(charged)s was charged."
    ),
    Check.PRICE_OVER_LIMIT: _("Price %(pric)s is above the limit of %(limit)s; quantity %(cnt)s."),
    Check.OUTSIDE_STAY: _("Charged on %(day)s, outside the visit of %(begin)s to %(end)s."),
    Check.DUPLICATE_LINE: _(
        "The same service, time, quantity, price and doctor as line %(first)s of the same visit."
    ),
    Check.DRUG_SEX: _("“%(name)s” is for sex “%(allowed)s”; the patient's is “%(sex)s”."),
    Check.ITEM_SEX: _("“%(name)s” is for sex “%(allowed)s”; the patient's is “%(sex)s”."),
}


def basis_text(check: str, facts: Mapping[str, Any]) -> str:
    """Return why a finding was made, in the reader's language; for a check no longer known, the
    bare facts.
    """
    message = BASIS.get(check)  # type: ignore[call-overload]
    if message is None:
        return "; ".join(f"{key}: {value}" for key, value in facts.items())
    return str(message) % facts
