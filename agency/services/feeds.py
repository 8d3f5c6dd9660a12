"""A person's deadlines as a calendar feed under a secret address."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from icalendar import Calendar, Event

from agency.home import Matter
from agency.models import FeedToken, User

TOKEN_BYTES = 32
# A feed is fetched every few minutes; its last use is written down once an hour.
USE_NOTED_AFTER = timedelta(hours=1)


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def create_feed(*, user: User, at: datetime) -> str:
    """Give the person a new secret address; an earlier one is worth nothing from now on. The token
    is returned this once: only its hash is kept.
    """
    User.objects.select_for_update(of=("self",), no_key=True).get(pk=user.pk)
    revoke_feed(user=user, at=at)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    FeedToken.objects.create(user=user, token_hash=hashed(token), created_at=at)
    return token


def revoke_feed(*, user: User, at: datetime) -> bool:
    """Make the person's address worthless; False when there was none."""
    valid = FeedToken.objects.filter(user=user, revoked_at=None)
    return bool(valid.update(revoked_at=at))


def reader_of(token: str, *, at: datetime) -> User | None:
    """Return whose feed the token opens: nobody's once it is revoked or the account is closed."""
    found = (
        FeedToken.objects.select_related("user")
        .filter(token_hash=hashed(token), revoked_at=None, user__is_active=True)
        .first()
    )
    if found is None:
        return None
    if found.last_used_at is None or at - found.last_used_at > USE_NOTED_AFTER:
        FeedToken.objects.filter(pk=found.pk).update(last_used_at=at)
    return found.user


def written(matters: Iterable[Matter], *, user: User, origin: str, at: datetime) -> bytes:
    """Return the matters with a deadline as an iCalendar file. Free text of a matter stays out of
    it: a feed lies on devices the office does not know.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Medical Insurance Agency Office//Deadlines//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("Deadlines of %(name)s") % {"name": user.name})
    calendar.add("x-wr-timezone", "Asia/Shanghai")
    calendar.add("x-published-ttl", "PT1H")
    for matter in matters:
        if matter.due_on:
            calendar.add_component(_event(matter, matter.due_on, user, origin, at))
    return calendar.to_ical()


def _event(matter: Matter, due_on: object, user: User, origin: str, at: datetime) -> Event:
    url = f"{origin}{matter.url}"
    name = hashlib.sha256(f"{user.pk}:{matter.url}:{matter.act}".encode()).hexdigest()[:32]
    event = Event()
    event.add("uid", f"{name}@deadlines")
    event.add("dtstamp", at)
    event.add("dtstart", due_on)
    event.add("dtend", due_on + timedelta(days=1))  # type: ignore[operator]
    title = str(matter.plain or matter.title)
    event.add("summary", _("%(act)s: %(matter)s") % {"act": matter.act, "matter": title})
    lines = [matter.institution] if matter.institution else []
    if matter.provisional:
        lines.append(_("Provisional: the calendar of that year is not published yet."))
    event.add("description", "\n".join([*lines, url]))
    event.add("url", url)
    event.add("status", "TENTATIVE" if matter.provisional else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    return event
