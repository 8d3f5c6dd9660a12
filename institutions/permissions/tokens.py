"""Who may make and revoke tokens of institutions' systems."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import act
from agency.rules import Obstacle

if TYPE_CHECKING:
    from agency.models import User
    from institutions.models import ApiToken


VIEW_OWN_TOKENS = act(
    "institutions.own_tokens.view",
    _("See the tokens of the own systems"),
    Role.INSTITUTION_ADMINISTRATOR,
)

MAKE_TOKEN = act("institutions.make_token", _("Make a token"), Role.INSTITUTION_ADMINISTRATOR)

REVOKE_OWN_TOKEN = act(
    "institutions.revoke_own_token",
    _("Revoke the token"),
    Role.INSTITUTION_ADMINISTRATOR,
    irreversible=True,
)

VIEW_TOKENS = act(
    "institutions.tokens.view", _("See the tokens of all systems"), Role.SECURITY_ADMINISTRATOR
)

REVOKE_TOKEN = act(
    "institutions.revoke_token",
    _("Revoke the token"),
    Role.SECURITY_ADMINISTRATOR,
    irreversible=True,
)


def revocation_obstacles(token: ApiToken, user: User) -> list[Obstacle]:
    """Return why the user cannot revoke the token."""
    checks = {
        Obstacle("token_revoked", _("This token has been revoked already.")): token.is_revoked,
        Obstacle(
            "not_entitled",
            _("Tokens are revoked by an administrator of the institution or of security."),
        ): not (REVOKE_TOKEN.allows(user) or REVOKE_OWN_TOKEN.allows(user)),
    }
    return [obstacle for obstacle, applies in checks.items() if applies]
