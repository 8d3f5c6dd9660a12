"""Acts and who may do them: one table for views, API, admin and buttons. Denied by default."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.enums import Actor, Role

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from agency.models import User


@dataclass(frozen=True, slots=True)
class Act:
    """Something a person may do. `code` is `app.verb`; `label` is what the button says."""

    code: str
    label: str | Promise
    roles: frozenset[Role]
    irreversible: bool = False

    def allows(self, user: User | AnonymousUser) -> bool:
        """Say whether the user's roles permit the act; whose object it is, is asked apart."""
        return user.is_authenticated and user.is_active and not self.roles.isdisjoint(user.roles)


ACTS: dict[str, Act] = {}


def act(code: str, label: str | Promise, *roles: Role, irreversible: bool = False) -> Act:
    """Enter an act in the table. Refuses a second entry, and roles of more than one actor
    unless the act only looks (`….view`).
    """
    actors = {role.actor for role in roles}
    if code in ACTS or not roles:
        raise ValueError(f"act {code}: entered twice or without a role")
    if {Actor.AGENCY, Actor.ADMINISTRATION} <= actors and not code.endswith(".view"):
        raise ValueError(f"act {code}: agency and administration never share an act")
    ACTS[code] = Act(code, label, frozenset(roles), irreversible)
    return ACTS[code]


AGENCY_STAFF = tuple(role for role in Role if role.actor is Actor.AGENCY)
ADMINISTRATION_STAFF = tuple(role for role in Role if role.actor is Actor.ADMINISTRATION)
INSTITUTION_STAFF = tuple(role for role in Role if role.actor is Actor.INSTITUTION)

USE_DESK = act("agency.desk.view", _("Use the desk"), *AGENCY_STAFF, *ADMINISTRATION_STAFF)
USE_PORTAL = act("agency.portal.view", _("Use the portal"), *INSTITUTION_STAFF)
USE_ADMIN = act(
    "agency.admin.view",
    _("Use the supervision pages"),
    *ADMINISTRATION_STAFF,
    Role.SYSTEM_ADMINISTRATOR,
)
SUPERVISE = act("agency.supervise.view", _("Look into all matters"), *ADMINISTRATION_STAFF)
MANAGE_USERS = act("agency.manage_users", _("Manage users"), Role.SYSTEM_ADMINISTRATOR)
SEE_JOBS = act("agency.jobs.view", _("Look at the jobs"), Role.SYSTEM_ADMINISTRATOR)
ASK_LAW = act("agency.law.view", _("Ask the lawbook"), *Role)
