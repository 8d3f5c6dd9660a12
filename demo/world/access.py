"""Somebody is away and somebody stands in; people have come in before, and one could not."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from agency.enums import LogInOutcome
from agency.services import sessions, stand_ins
from demo.world.script import World

BROWSER = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"
DESK = sessions.Visit("10.36.4.17", BROWSER)
ELSEWHERE = sessions.Visit("203.0.113.9", BROWSER)


def enter(world: World) -> None:
    today = timezone.localdate(world.now)
    security = world.users["secadmin"]
    for absent, present, first, days, reason in (
        ("intake", "archivist", 0, 4, _("Annual leave")),
        ("settlement2", "agreement2", 7, 11, _("Course at the provincial bureau")),
    ):
        stand_ins.grant(
            delegator_id=world.users[absent].pk,
            delegate_id=world.users[present].pk,
            starts_on=today + timedelta(days=first),
            ends_on=today + timedelta(days=first + days),
            reason=reason,
            by=security,
            at=world.now,
        )
    for username, hours, outcome, visit in (
        ("head", 50, LogInOutcome.LOGGED_IN, DESK),
        ("head", 44, LogInOutcome.EXPIRED, DESK),
        ("payment", 27, LogInOutcome.LOGGED_IN, DESK),
        ("payment", 26, LogInOutcome.WRONG_CODE, DESK),
        ("payment", 20, LogInOutcome.LOGGED_OUT, DESK),
        ("head", 3, LogInOutcome.WRONG_PASSWORD, ELSEWHERE),
        ("head", 2, LogInOutcome.LOGGED_IN, DESK),
    ):
        sessions.note(
            outcome=outcome,
            visit=visit,
            at=world.now - timedelta(hours=hours),
            user=world.users[username],
        )
