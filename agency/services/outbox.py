"""The outbox: mails written with the act they tell of, sent by workers after the commit.

A row is sent by one worker: it is claimed under a row lock that others skip. When a worker dies
between the mail server's answer and the note of it, the row is sent once more after its lease,
with the same Message-ID; SMTP allows no stronger promise.
"""

from __future__ import annotations

import random
import smtplib
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.enums import OutboxState
from agency.models import OutboxMessage, User
from agency.models.outbox import WAITING
from agency.office_hours import OfficeHours, retry_after
from agency.permissions import CANCEL_MAIL, RETRY_MAIL, Act
from agency.rules import Obstacle, Refusal
from agency.services.in_force import parameters_on
from agency.services.official import office_calendar
from agency.topics import Topic

ERROR_LENGTH = 500


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail to be written into the outbox."""

    address: str
    topic: Topic
    key: str
    subject: str
    body: str
    recipient: User | None = None
    notice_id: int | None = None
    sender: str = ""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a run did."""

    sent: int = 0
    failed: int = 0
    given_up: tuple[int, ...] = ()


def write(drafts: Sequence[Draft], *, at: datetime) -> None:
    """Write mails into the outbox, in the caller's transaction. The same key goes to an address
    once. One query.
    """
    OutboxMessage.objects.bulk_create(
        [
            OutboxMessage(
                recipient=each.recipient,
                address=each.address,
                sender=each.sender or settings.DEFAULT_FROM_EMAIL,
                topic=each.topic.code,
                urgent=each.topic.urgent,
                key=each.key,
                message_id=new_message_id(),
                subject=" ".join(each.subject.split())[:250],
                body=each.body,
                notice_id=each.notice_id,
                created_at=at,
                next_attempt_at=at,
            )
            for each in drafts
        ],
        ignore_conflicts=True,
    )


def new_message_id() -> str:
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"
    return f"<{uuid.uuid4()}@{domain}>"


def office_hours(at: datetime) -> OfficeHours:
    """Return the hours in which ordinary mails go out. Two queries."""
    values = parameters_on(timezone.localdate(at))
    return OfficeHours(
        opens=int(values["office_opens_hour"]),
        closes=int(values["office_closes_hour"]),
        calendar=office_calendar(),
    )


def deliver(*, at: datetime, hours: OfficeHours, at_most: int) -> Delivered:
    """Send what is due: everything while the office is open, only what is urgent otherwise."""
    values = parameters_on(timezone.localdate(at))
    release_stuck(at=at, lease=timedelta(minutes=int(values["mail_lease_minutes"])))
    due = OutboxMessage.objects.filter(state__in=WAITING, next_attempt_at__lte=at)
    if not hours.is_open(at):
        due = due.filter(urgent=True)
    sent, failed, given_up = 0, 0, []
    connection = get_connection(settings.MAIL_TRANSPORT_BACKEND)
    try:
        for _number in range(at_most):
            message = _claim(due, at)
            if message is None:
                break
            error, final = _send(connection, message)
            if not error:
                _finish(message, state=OutboxState.SENT, sent_at=at, last_error="")
                sent += 1
                continue
            final = final or message.attempts >= int(values["mail_max_attempts"])
            wait = retry_after(
                message.attempts,
                base=timedelta(minutes=int(values["mail_retry_first_minutes"])),
                longest=timedelta(minutes=int(values["mail_retry_longest_minutes"])),
                chance=random.random(),  # noqa: S311 - spreads attempts, hides nothing
            )
            state = OutboxState.GIVEN_UP if final else OutboxState.FAILED
            _finish(message, state=state, next_attempt_at=at + wait, last_error=error)
            failed += 1
            if final:
                given_up.append(message.pk)
    finally:
        connection.close()
    return Delivered(sent, failed, tuple(given_up))


@transaction.atomic
def _claim(due: models.QuerySet[OutboxMessage], at: datetime) -> OutboxMessage | None:
    """Take the next mail for this worker; rows that another worker is taking are skipped."""
    message = (
        due.select_for_update(of=("self",), skip_locked=True)
        .order_by("-urgent", "next_attempt_at", "pk")
        .first()
    )
    if message is None:
        return None
    message.state, message.claimed_at = OutboxState.SENDING, at
    message.attempts += 1
    message.save(update_fields=["state", "claimed_at", "attempts"])
    return message


def _send(connection: BaseEmailBackend, message: OutboxMessage) -> tuple[str, bool]:
    """Send the mail and return the error, if any, and whether trying again is useless."""
    mail = EmailMessage(
        subject=message.subject,
        body=message.body,
        from_email=message.sender,
        to=[message.address],
        headers={"Message-ID": message.message_id, "Auto-Submitted": "auto-generated"},
        connection=connection,
    )
    try:
        accepted = mail.send(fail_silently=False)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _text in error.recipients.values()]
        return str(error)[:ERROR_LENGTH], all(code >= 550 for code in codes)
    except Exception as error:  # noqa: BLE001 - whatever the transport says, the row keeps it
        return f"{type(error).__name__}: {error}"[:ERROR_LENGTH], False
    return ("", False) if accepted else ("nothing was sent", False)


def _finish(message: OutboxMessage, **facts: object) -> None:
    # Not if the lease has run out and another worker has taken it.
    OutboxMessage.objects.filter(
        pk=message.pk, state=OutboxState.SENDING, claimed_at=message.claimed_at
    ).update(**facts)


def release_stuck(*, at: datetime, lease: timedelta) -> int:
    """Free the mails whose worker has not been heard of for the length of a lease."""
    return OutboxMessage.objects.filter(
        state=OutboxState.SENDING, claimed_at__lt=at - lease
    ).update(
        state=OutboxState.FAILED,
        next_attempt_at=at,
        last_error="the worker ended while sending; it may have gone out",
    )


# --- the system administrator's acts ----------------------------------------------------------


@transaction.atomic
def retry(*, message_id: int, by: User, at: datetime) -> OutboxMessage:
    """Try a failed or given-up mail again at once, with all its attempts."""
    message = _locked(message_id, by, RETRY_MAIL)
    _refuse_unless(message, OutboxState.FAILED, OutboxState.GIVEN_UP, OutboxState.CANCELLED)
    message.state, message.attempts, message.next_attempt_at = OutboxState.PENDING, 0, at
    message.handled_by, message.handled_at = by, at
    message.save(update_fields=["state", "attempts", "next_attempt_at", "handled_by", "handled_at"])
    return message


@transaction.atomic
def cancel(*, message_id: int, by: User, at: datetime) -> OutboxMessage:
    """Take a mail back that has not gone out. The notice stays in the inbox."""
    message = _locked(message_id, by, CANCEL_MAIL)
    _refuse_unless(message, *WAITING, OutboxState.GIVEN_UP)
    message.state, message.handled_by, message.handled_at = OutboxState.CANCELLED, by, at
    message.save(update_fields=["state", "handled_by", "handled_at"])
    return message


def _locked(message_id: int, by: User, act: Act) -> OutboxMessage:
    if not act.allows(by):
        text = _("Only the system administrator may do this.")
        raise Refusal([Obstacle("not_entitled", text)])
    return OutboxMessage.objects.select_for_update(of=("self",)).get(pk=message_id)


def _refuse_unless(message: OutboxMessage, *states: OutboxState) -> None:
    if message.state not in states:
        text = _("This mail is in the state “%s” by now.") % message.get_state_display()
        remedy = _("Look at it again.")
        raise Refusal([Obstacle("mail_state", text, remedy=remedy)])


def waiting_counts() -> dict[str, dict[str, int]]:
    """Return topic -> state -> number of the mails that are not done. One query, over the rows
    that wait: those that were sent are not counted.
    """
    rows = (
        OutboxMessage.objects.filter(~Q(state__in=[OutboxState.SENT, OutboxState.CANCELLED]))
        .values("topic", "state")
        .annotate(n=models.Count("pk"))
        .order_by(F("topic"))
    )
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        counts.setdefault(row["topic"], {})[row["state"]] = row["n"]
    return counts
