"""Making, checking and revoking the tokens of institutions' systems."""

import hashlib
import secrets
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import pghistory
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from agency.enums import Scope
from agency.models import User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from agency.services.notices import tell
from institutions.models import ApiToken, Institution
from institutions.models.tokens import PREFIX_LENGTH
from institutions.notifications.members import members_of
from institutions.permissions.tokens import MAKE_TOKEN, revocation_obstacles

LONGEST_LIFE = "api_token_max_days"
WARNING = "api_token_warning_days"
SECRET_BYTES = 32
SEPARATOR = "."
# A token used a thousand times a minute is written once.
USE_NOTED_EVERY = timedelta(minutes=1)


@transaction.atomic
def make_token(
    *,
    institution_id: int,
    name: str,
    scopes: Sequence[Scope],
    expires_on: date,
    by: User,
    at: datetime,
) -> tuple[ApiToken, str]:
    """Make a token and return it with its secret, which nobody can ever read again.

    Refuses a stranger to the institution, a token without name or scope, one that is over
    already, and one that lasts longer than the office allows.
    """
    on = timezone.localdate(at)
    institution = Institution.objects.select_related("region").get(pk=institution_id)
    refuse_if(
        _token_obstacles(institution, name=name, scopes=scopes, expires_on=expires_on, by=by, on=on)
    )
    prefix, secret = secrets.token_hex(PREFIX_LENGTH // 2), secrets.token_urlsafe(SECRET_BYTES)
    with pghistory.context(act=MAKE_TOKEN.code, user=by.pk):
        token = ApiToken.objects.create(
            institution=institution,
            name=name.strip(),
            prefix=prefix,
            digest=digest_of(secret),
            scopes=[each for each in Scope if each in scopes],
            expires_on=expires_on,
            created_by=by,
            created_at=at,
        )
    tell(
        members_of(institution_id),
        key=f"token.made:{token.pk}",
        subject=format_lazy(
            gettext_lazy("{person} has made the token “{token}” for an own system."),
            person=str(by),
            token=token.name,
        ),
        body=format_lazy(gettext_lazy("It is valid to {day}."), day=expires_on),
        url=token.get_portal_url(),
        at=at,
    )
    return token, f"{prefix}{SEPARATOR}{secret}"


@transaction.atomic
def revoke_token(*, token_id: int, by: User, at: datetime) -> ApiToken:
    """Revoke a token for good: the next request with it is turned away."""
    token = ApiToken.objects.locked(token_id)
    refuse_if(revocation_obstacles(token, by))
    token.revoked_at, token.revoked_by = at, by
    with pghistory.context(act="institutions.revoke_token", user=by.pk):
        token.save(update_fields=["revoked_at", "revoked_by"])
    tell(
        members_of(token.institution_id),
        key=f"token.revoked:{token.pk}",
        subject=format_lazy(
            gettext_lazy("The token “{token}” has been revoked."), token=token.name
        ),
        url=token.get_portal_url(),
        at=at,
    )
    return token


def token_of(text: str) -> ApiToken | None:
    """Return the token whose text this is, be it usable or not. One query."""
    if not (text.isascii() and text.isprintable()):
        return None
    prefix, _separator, secret = text.partition(SEPARATOR)
    token = (
        ApiToken.objects.select_related("institution", "created_by__membership")
        .filter(prefix=prefix[:PREFIX_LENGTH])
        .first()
    )
    known = token.digest if token else ""
    return token if secrets.compare_digest(known, digest_of(secret)) else None


def note_use(token: ApiToken, *, at: datetime) -> None:
    """Note when the token was used, at most once a minute."""
    before = at - USE_NOTED_EVERY
    if token.last_used_at and token.last_used_at > before:
        return
    ApiToken.objects.filter(
        Q(last_used_at__isnull=True) | Q(last_used_at__lte=before), pk=token.pk
    ).update(last_used_at=at)


def warn_of_expiry(*, on: date, at: datetime) -> int:
    """Tell the accounts of institutions whose tokens end soon; each token once."""
    warned = 0
    days = warning_days(on=on)
    rows = ApiToken.objects.usable(on).filter(expires_on__lte=on + timedelta(days=days))
    for token in rows.order_by("pk").iterator():
        tell(
            members_of(token.institution_id),
            key=f"token.ends:{token.pk}",
            subject=format_lazy(
                gettext_lazy("The token “{token}” ends on {day}."),
                token=token.name,
                day=token.expires_on,
            ),
            body=gettext_lazy("Make a new one in time and enter it in your system."),
            url=token.get_portal_url(),
            at=at,
        )
        warned += 1
    return warned


def warning_days(*, on: date) -> int:
    """Return how many days before its end a token is said to end soon."""
    return office(on=on).number(WARNING)


def longest_life(institution: Institution, *, on: date) -> int:
    """Return how many days a token of the institution may last."""
    return office(on=on, region=institution.region).number(LONGEST_LIFE)


def digest_of(secret: str) -> str:
    # As random as the secret is, a plain digest of it gives nothing away.
    return hashlib.sha256(secret.encode("utf-8", "surrogateescape")).hexdigest()


def _token_obstacles(
    institution: Institution,
    *,
    name: str,
    scopes: Sequence[Scope],
    expires_on: date,
    by: User,
    on: date,
) -> list[Obstacle]:
    days = longest_life(institution, on=on)
    last = on + timedelta(days=days)
    member = institution.memberships.filter(user=by).exists()
    checks = {
        Obstacle("not_entitled", _("Only an administrator of the institution may do this.")): not (
            member and MAKE_TOKEN.allows(by)
        ),
        Obstacle(
            "name_missing",
            _("Name: the token needs one."),
            remedy=_("Name the system that will use it."),
        ): not name.strip(),
        Obstacle(
            "scope_missing",
            _("Scopes: none is chosen."),
            remedy=_("Choose at least one thing the system may do."),
        ): not scopes,
        Obstacle(
            "expires_in_past",
            _("Valid to: %(day)s is not after today.") % {"day": expires_on},
            remedy=_("Choose a later day."),
        ): expires_on <= on,
        Obstacle(
            "lasts_too_long",
            ngettext(
                "Valid to: a token lasts at most %(days)d day.",
                "Valid to: a token lasts at most %(days)d days.",
                days,
            )
            % {"days": days},
            remedy=_("Choose a day up to %(last)s.") % {"last": last},
        ): expires_on > last,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]
