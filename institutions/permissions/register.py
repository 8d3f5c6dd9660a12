"""Who may see the register, enter codes and add accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import ADMINISTRATION_STAFF, AGENCY_STAFF, INSTITUTION_STAFF, act
from agency.rules import Obstacle

if TYPE_CHECKING:
    from agency.models import User
    from institutions.models import Institution


VIEW_INSTITUTIONS = act(
    "institutions.register.view", _("See the institutions"), *AGENCY_STAFF, *ADMINISTRATION_STAFF
)

READ_REGISTER = act("institutions.public_facts.view", _("Read the register"), *Role)

VIEW_OWN_INSTITUTION = act(
    "institutions.own.view", _("See the own institution"), *INSTITUTION_STAFF
)

# Whoever decides a change, pays, audits or answers an institution may need the whole number.
READ_ACCOUNT = act(
    "institutions.read_account",
    _("Show the account"),
    Role.INTAKE_CLERK,
    Role.SETTLEMENT_OFFICER,
    Role.PAYMENT_OFFICER,
    Role.AUDIT_OFFICER,
    Role.AGENCY_HEAD,
)

READ_OWN_ACCOUNT = act(
    "institutions.read_own_account", _("Show the account"), Role.INSTITUTION_ADMINISTRATOR
)

VERIFY_ENTRY = act("institutions.verify_entry", _("Enter the codes"), Role.INTAKE_CLERK)

ADD_MEMBER = act("institutions.add_member", _("Add an account"), Role.SYSTEM_ADMINISTRATOR)


def verification_obstacles(institution: Institution, user: User) -> list[Obstacle]:
    """Return why the user cannot enter the codes of the institution."""
    checks = {
        Obstacle(
            "already_verified",
            _("This institution has its national code; a code never changes."),
        ): institution.is_verified,
        Obstacle("not_entitled", _("Codes are entered by an intake clerk.")): (
            not VERIFY_ENTRY.allows(user)
        ),
    }
    return [obstacle for obstacle, applies in checks.items() if applies]
