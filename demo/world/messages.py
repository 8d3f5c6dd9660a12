"""Inboxes as people leave them, wishes about mails, and an outbox with its troubles."""

from __future__ import annotations

from datetime import timedelta

from django.utils.translation import gettext as _

from agency.enums import Delivery, OutboxState
from agency.models import Notice, OutboxMessage, User
from agency.services.notices import mark_read, set_preferences, tell
from agency.topics import ACCOUNT
from demo.world.script import World

WITH_ADDRESS = ("intake", "head", "agreement", "sysadmin", "supervisor", "hospital")
READ_AFTER = timedelta(days=7)


def enter(world: World) -> None:
    """Called when everything has happened: until then nobody has a mail address."""
    people = [world.users[name] for name in WITH_ADDRESS]
    for each in people:
        each.email = f"{each.username}@example.invalid"
    User.objects.bulk_update(people, ["email"])
    _read_what_is_old(world)
    set_preferences(user=world.users["intake"], wanted={"changes": Delivery.DAILY})
    set_preferences(
        user=world.users["head"], wanted={"payouts": Delivery.DAILY, "general": Delivery.NONE}
    )
    _troubles(world, people)


def _read_what_is_old(world: World) -> None:
    """People have read what is older than a week; the hospital only every other message."""
    before = world.now - READ_AFTER
    old = Notice.objects.filter(created_at__lt=before)
    for username, user in world.users.items():
        pks = list(old.filter(recipient=user).order_by("pk").values_list("pk", flat=True))
        mark_read(user=user, at=before, pks=pks[::2] if username == "hospital" else pks)


def _troubles(world: World, people: list[User]) -> None:
    told_at = world.now - timedelta(hours=2)
    tell(
        people,
        key="demo.maintenance",
        subject=_("The system is maintained this Saturday from 22:00 to 23:00"),
        body=_("Hand in files and letters before, or on Sunday."),
        at=told_at,
        topic=ACCOUNT.code,
    )
    mails = OutboxMessage.objects.filter(key="demo.maintenance").order_by("pk")
    failed, given_up, *sent = mails
    for mail in sent:
        mail.state, mail.attempts, mail.sent_at = OutboxState.SENT, 1, told_at
    failed.state, failed.attempts = OutboxState.FAILED, 6
    failed.last_error = "SMTPServerDisconnected: Connection unexpectedly closed"
    failed.next_attempt_at = world.now + timedelta(hours=2)
    given_up.state, given_up.attempts = OutboxState.GIVEN_UP, 1
    given_up.last_error = "550 5.1.1 mailbox unavailable"
    OutboxMessage.objects.bulk_update(
        [failed, given_up, *sent],
        ["state", "attempts", "sent_at", "last_error", "next_attempt_at"],
    )
