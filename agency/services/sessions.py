"""Who came in, tried to, or left; how long a session may lie idle; ending all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from axes.helpers import get_client_ip_address
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.enums import AccountAct, LogInOutcome
from agency.models import AccountRecord, LogInRecord, User
from agency.permissions import END_SESSIONS
from agency.rules import Obstacle, refuse_if
from agency.services.in_force import parameters_on
from agency.services.notices import tell

# What a session keeps: the time of the last click, the idle minutes allowed, and that the password
# is too old.
SEEN, IDLE, PASSWORD_DUE = "seen_at", "idle_minutes", "password_due"
LONGEST_AGENT = 300
LONGEST_NAME = 150
SHOWN = 10
FAILED = (LogInOutcome.WRONG_PASSWORD, LogInOutcome.LOCKED, LogInOutcome.WRONG_CODE)


@dataclass(frozen=True, slots=True)
class Visit:
    """From where a request came."""

    address: str | None
    agent: str


def idle_minutes(at: datetime) -> int:
    return int(parameters_on(timezone.localdate(at))["session_idle_minutes"])


def note(
    *,
    outcome: LogInOutcome,
    visit: Visit,
    at: datetime,
    user: User | None = None,
    username: str = "",
) -> None:
    """Keep one line of who came in, tried to, or left; by name typed where nobody has it."""
    typed = (user.username if user else username).replace("\x00", "")[:LONGEST_NAME]
    if user is None:
        user = User.objects.filter(username=typed).first()
    LogInRecord.objects.create(
        user=user,
        username=typed,
        at=at,
        address=visit.address,
        agent=visit.agent.replace("\x00", "")[:LONGEST_AGENT],
        outcome=outcome,
    )


def last_before(user: User) -> tuple[LogInRecord | None, int]:
    """Return the last time the person came in, and how many attempts have failed since."""
    rows = LogInRecord.objects.filter(user=user)
    last = rows.filter(outcome=LogInOutcome.LOGGED_IN).first()
    failed = rows.filter(outcome__in=FAILED)
    if last is not None:
        failed = failed.filter(at__gt=last.at)
    return last, failed.count()


def recent(user: User) -> list[LogInRecord]:
    return list(LogInRecord.objects.filter(user=user)[:SHOWN])


def end_all(*, user: User) -> None:
    """End every session of one's own, this one included."""
    User.objects.filter(pk=user.pk).update(session_round=user.session_round + 1)


def ending_obstacles(subject: User, by: User) -> list[Obstacle]:
    checks = {
        Obstacle(
            "not_entitled", _("Others' sessions are ended by a security administrator.")
        ): not END_SESSIONS.allows(by),
        Obstacle(
            "own_sessions",
            _("These are your own sessions."),
            remedy=_("End them at “My account”."),
        ): subject.pk == by.pk,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


@transaction.atomic
def end_sessions(*, subject_id: int, by: User, at: datetime, reason: str) -> User:
    """End every session of somebody, as when an account seems to be in wrong hands."""
    subject = User.objects.select_for_update().get(pk=subject_id)
    refuse_if(ending_obstacles(subject, by))
    subject.session_round += 1
    subject.save(update_fields=["session_round"])
    AccountRecord.objects.create(
        subject=subject, act=AccountAct.SESSIONS_ENDED, at=at, by=by, reason=reason
    )
    tell(
        [subject],
        key=f"account.sessions_ended:{subject.pk}:{at.isoformat()}",
        subject=_("All your sessions were ended"),
        body=reason,
        url="/account/",
        at=at,
    )
    return subject


def visit_of(request: Any) -> Visit:
    """Return from where a request came; the address is the one the server saw."""
    return Visit(get_client_ip_address(request) or None, request.META.get("HTTP_USER_AGENT", ""))
