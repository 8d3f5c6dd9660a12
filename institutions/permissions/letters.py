"""Who may read the institution's letters and confirm their receipt."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import INSTITUTION_STAFF, act

VIEW_OWN_LETTERS = act("institutions.own_letters.view", _("Letters"), *INSTITUTION_STAFF)

CONFIRM_RECEIPT = act(
    "institutions.confirm_receipt",
    _("Confirm receipt"),
    Role.INSTITUTION_ADMINISTRATOR,
    irreversible=True,
)

GIVE_CONSENT = act(
    "institutions.give_consent",
    _("Consent to electronic service"),
    Role.INSTITUTION_ADMINISTRATOR,
)

REVOKE_CONSENT = act(
    "institutions.revoke_consent", _("Revoke the consent"), Role.INSTITUTION_ADMINISTRATOR
)
