"""Who may look at records and check them. Nobody may change or remove one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import ADMINISTRATION_STAFF, AGENCY_STAFF, Act, act
from agency.rules import Obstacle

if TYPE_CHECKING:
    from agency.models import User

VIEW_RECORDS = act("archives.records.view", _("Archives"), *AGENCY_STAFF, *ADMINISTRATION_STAFF)
VERIFY_RECORD = act("archives.verify_record", _("Check the digests"), Role.ARCHIVIST)


def not_permitted(wanted: Act, user: User) -> list[Obstacle]:
    """Return the obstacle that the user's roles do not permit the act, if they do not."""
    if wanted.allows(user):
        return []
    return [Obstacle("not_permitted", _("Your roles do not permit this act."))]
