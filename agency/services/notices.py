"""Messages to people: into the inbox, and from there by mail as each person wants it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.enums import Delivery, Role
from agency.models import MessagePreference, Notice, User
from agency.models.people import standing_in
from agency.rules import Obstacle, Refusal
from agency.services.outbox import Draft, write
from agency.services.outbox_text import mail_text
from agency.topics import TOPICS, Topic, topic_of

CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Message:
    """What one person is told; subject and body are in the office's language already."""

    recipient: User
    key: str
    subject: str
    body: str = ""
    url: str = ""


def tell(
    recipients: Iterable[User],
    *,
    key: str,
    subject: object,
    at: datetime,
    body: object = "",
    url: str = "",
    topic: str = "",
) -> None:
    """Put one notice into each inbox, and into the outbox for those who want the topic by mail.
    The same key never reaches the same person twice, so a repeated job or request stays silent.
    Committed or rolled back with the act it tells of.

    Subject and body may be lazy: they are written in the office's language, Chinese. The topic
    follows from the key unless it is given.
    """
    with translation.override("zh-hans"):
        messages = [Message(each, key, str(subject), str(body), url) for each in recipients]
    tell_each(messages, at=at, topic=topic)


def tell_each(messages: Sequence[Message], *, at: datetime, topic: str = "") -> None:
    """Tell many people of many matters, as `tell` does: at most five queries per thousand."""
    for start in range(0, len(messages), CHUNK):
        _tell(messages[start : start + CHUNK], at=at, topic=topic)


def _tell(messages: Sequence[Message], *, at: datetime, topic: str) -> None:
    told = {(each.recipient.pk, each.key): each for each in messages}
    topics = {each.key: TOPICS[topic] if topic else topic_of(each.key) for each in messages}
    by_mail = any(each.recipient.email for each in messages)
    if by_mail:
        # Without this a repetition would mail those who have only now asked for mail.
        for row in _told_before(told):
            told.pop(row, None)
    deliveries = _deliveries(told.values(), topics) if by_mail else {}
    notices = [
        Notice(
            recipient=each.recipient,
            key=each.key,
            topic=topics[each.key].code,
            subject=each.subject[:200],
            body=each.body,
            url=each.url,
            created_at=at,
            delivery=deliveries.get(row, Delivery.NONE),
        )
        for row, each in told.items()
    ]
    Notice.objects.bulk_create(notices, ignore_conflicts=True)
    at_once = {row: told[row] for row, how in deliveries.items() if how == Delivery.AT_ONCE}
    if at_once:
        _mail(at_once, topics, at=at)


def _told_before(told: Iterable[tuple[int, str]]) -> list[tuple[int, str]]:
    return [(recipient, key) for recipient, key, _pk in _rows(told)]


def _rows(told: Iterable[tuple[int, str]]) -> list[tuple[int, str, int]]:
    wanted = set(told)
    found = Notice.objects.filter(
        recipient__in={recipient for recipient, _key in wanted}, key__in={key for _, key in wanted}
    ).values_list("recipient_id", "key", "pk")
    return [row for row in found if row[:2] in wanted]


def _deliveries(
    messages: Iterable[Message], topics: Mapping[str, Topic]
) -> dict[tuple[int, str], Delivery]:
    """Return how each message reaches its recipient besides the inbox. One query."""
    messages = list(messages)
    wanted = {
        (user, code): delivery
        for user, code, delivery in MessagePreference.objects.filter(
            user__in={each.recipient.pk for each in messages}
        ).values_list("user_id", "topic", "delivery")
    }
    deliveries = {}
    for each in messages:
        about = topics[each.key]
        choice = about.delivery(wanted.get((each.recipient.pk, about.code)))
        deliveries[each.recipient.pk, each.key] = choice if each.recipient.email else Delivery.NONE
    return deliveries


def _mail(
    messages: Mapping[tuple[int, str], Message], topics: Mapping[str, Topic], *, at: datetime
) -> None:
    drafts = []
    for recipient, key, pk in _rows(messages):
        message = messages[recipient, key]
        drafts.append(
            Draft(
                address=message.recipient.email,
                recipient=message.recipient,
                topic=topics[key],
                key=key,
                subject=message.subject,
                body=mail_text(message.recipient, message.subject, message.body, message.url),
                notice_id=pk,
            )
        )
    write(drafts, at=at)


def holders(*roles: Role) -> list[User]:
    """Return the active users who hold any of the roles, stand-ins included."""
    codes = [role.value for role in roles]
    through = standing_in(timezone.now(), "stand_ins_held__") & Q(
        stand_ins_held__delegator__is_active=True,
        stand_ins_held__delegator__groups__name__in=codes,
    )
    return list(
        User.objects.filter(Q(groups__name__in=codes) | through, is_active=True)
        .distinct()
        .order_by("pk")
    )


# --- the reader's side ------------------------------------------------------------------------


def mark_read(*, user: User, at: datetime, pks: Iterable[int] | None = None) -> int:
    """Mark the person's unread notices as read, all of them or those named; return how many."""
    unread = Notice.objects.filter(recipient=user, read_at=None)
    if pks is not None:
        unread = unread.filter(pk__in=list(pks))
    return unread.update(read_at=at)


def topics_for(user: User) -> list[Topic]:
    """Return the topics a person may be told of by mail, in the order of their entry."""
    return [each for each in TOPICS.values() if each.mail and user.actor in each.actors]


def preferences_of(user: User) -> dict[str, Delivery]:
    """Return topic -> delivery as in force for the person. One query."""
    stored = dict(user.message_preferences.values_list("topic", "delivery"))
    return {each.code: each.delivery(stored.get(each.code)) for each in topics_for(user)}


def set_preferences(*, user: User, wanted: Mapping[str, str]) -> None:
    """Keep how the person wants to hear of topics. Refuses to switch a mandatory one off."""
    known = {each.code: each for each in topics_for(user)}
    obstacles = []
    for code, delivery in wanted.items():
        about = known.get(code)
        if about is None or delivery not in Delivery.values:
            text = _("There is no such topic or no such way to be told: %s.") % code
            obstacles.append(Obstacle("unknown_topic", text))
        elif about.mandatory and delivery != Delivery.AT_ONCE:
            text = _("“%s” cannot be switched off: such messages have effects in law.")
            remedy = _("Leave it at “mail at once”.")
            obstacles.append(Obstacle("topic_mandatory", text % about.label, remedy=remedy))
    if obstacles:
        raise Refusal(obstacles)
    MessagePreference.objects.bulk_create(
        [MessagePreference(user=user, topic=code, delivery=how) for code, how in wanted.items()],
        update_conflicts=True,
        unique_fields=["user", "topic"],
        update_fields=["delivery"],
    )


def receipts(urls: Iterable[str], *, at_most: int) -> list[Notice]:
    """Return the latest notices about a matter, by its addresses, with their readers. One query."""
    about = Notice.objects.filter(Q(url__in=[each for each in urls if each]))
    return list(about.select_related("recipient").order_by("-created_at", "-pk")[:at_most])
