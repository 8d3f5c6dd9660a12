"""The door of institutions' own systems: `Authorization: Token …`."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from agency.models import User
from institutions.models import ApiToken
from institutions.services.tokens import note_use, token_of

KEYWORD = "Token"


class ApiTokenAuthentication(BaseAuthentication):
    """A token acts as the account that made it, for its institution, within its scopes."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        keyword, _blank, secret = get_authorization_header(request).decode("latin-1").partition(" ")
        if keyword.lower() != KEYWORD.lower():
            return None
        token = token_of(secret.strip())
        now = timezone.now()
        if token is None:
            raise AuthenticationFailed(_("There is no such token."), "token_unknown")
        if token.is_revoked:
            text = _("This token was revoked on %(day)s.")
            day = timezone.localdate(token.revoked_at)
            raise AuthenticationFailed(text % {"day": day}, "token_revoked")
        if token.is_expired(timezone.localdate(now)):
            text = _("This token was valid to %(day)s. Make a new one in the portal.")
            raise AuthenticationFailed(text % {"day": token.expires_on}, "token_expired")
        user = token.created_by
        membership = getattr(user, "membership", None)
        if (
            not user.is_active
            or membership is None
            or membership.institution_id != token.institution_id
        ):
            text = _("The account that made this token no longer acts for the institution.")
            raise AuthenticationFailed(text, "token_account_closed")
        note_use(token, at=now)
        return user, token

    def authenticate_header(self, request: Request) -> str:
        return KEYWORD
