"""Who sees and acts on what measures have left: obligations on money, and blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import (
    ADMINISTRATION_STAFF,
    AGENCY_STAFF,
    INSTITUTION_STAFF,
    Act,
    act,
)
from agency.rules import Obstacle

if TYPE_CHECKING:
    from agency.models import User

VIEW_MEASURES = act(
    "agreements.measures.view",
    _("See obligations and blocks"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
)
VIEW_OWN_MEASURES = act(
    "agreements.own_measures.view", _("See the own obligations and blocks"), *INSTITUTION_STAFF
)
READ_MEASURES = act(
    "agreements.measures_read.view",
    _("Read obligations and blocks"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
    *INSTITUTION_STAFF,
)
ENTER_PAYMENT = act(
    "agreements.enter_payment", _("Enter a payment"), Role.PAYMENT_OFFICER, Role.SETTLEMENT_OFFICER
)
RELEASE_PAYMENT = act(
    "agreements.release_payment",
    _("Release the payment"),
    Role.AGENCY_HEAD,
    irreversible=True,
    moves_money=True,
)
END_BLOCK = act(
    "agreements.end_block", _("End the block early"), Role.AGENCY_HEAD, irreversible=True
)


def not_permitted(wanted: Act, user: User) -> list[Obstacle]:
    """Return the obstacle that the user's roles do not permit the act, if they do not."""
    if wanted.allows(user):
        return []
    return [Obstacle("not_permitted", _("Your roles do not permit this act."))]
