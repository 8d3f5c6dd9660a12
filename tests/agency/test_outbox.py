"""The outbox: with the act or not at all, once, in office hours, again after failures."""

import smtplib
import threading
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.core import mail
from django.core.mail import send_mail
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection, transaction

from agency.enums import Delivery, OutboxState, Role
from agency.models import MessagePreference, Notice, OutboxMessage
from agency.office_hours import OfficeHours, retry_after
from agency.rules import Refusal
from agency.services import outbox
from agency.services.delivery import gather_digests, run_outbox
from agency.services.notices import Message, mark_read, set_preferences, tell, tell_each
from agency.services.official import office_calendar
from agency.topics import ACCOUNT, ALARMS, GENERAL, LETTERS, TOPICS, Topic, topic, topic_of
from tests.agency.factories import NOW, SHANGHAI, user_with

FAILING = "tests.agency.test_outbox.FailingBackend"


class FailingBackend(BaseEmailBackend):
    error: Exception = smtplib.SMTPServerDisconnected("down")

    def send_messages(self, email_messages):
        raise self.error


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def clerk(name="clerk", **facts):
    return user_with(Role.INTAKE_CLERK, email=f"{name}@example.invalid", **facts)


def told(*people, key="agreement.x:1", subject="协议到期", when=NOW, **facts):
    tell(people, key=key, subject=subject, at=when, **facts)


# --- with the act or not at all, and once -----------------------------------------------------


@pytest.mark.django_db
def test_a_rolled_back_act_tells_nobody():
    person = clerk()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        told(person)
        raise ZeroDivisionError
    assert not Notice.objects.exists() and not OutboxMessage.objects.exists()
    assert run_outbox(at=NOW).sent == 0 and mail.outbox == []


@pytest.mark.django_db
def test_the_same_key_reaches_a_person_once():
    first, second = clerk("a"), clerk("b")
    told(first)
    told(first, second)
    told(first, second, subject="换一个说法")
    assert [(each.recipient, each.subject) for each in OutboxMessage.objects.order_by("pk")] == [
        (first, "协议到期"),
        (second, "协议到期"),
    ]
    assert run_outbox(at=NOW).sent == 2
    assert run_outbox(at=NOW).sent == 0
    assert [each.to for each in mail.outbox] == [["a@example.invalid"], ["b@example.invalid"]]


@pytest.mark.django_db
def test_a_mail_says_who_what_and_where(settings):
    settings.PUBLIC_URL = "https://office.example.invalid"
    told(clerk(name="c"), body="请处理", url="/desk/changes/1/")
    run_outbox(at=NOW)
    [sent] = mail.outbox
    row = OutboxMessage.objects.get()
    assert sent.subject == "协议到期"
    assert "请处理" in sent.body and "https://office.example.invalid/desk/changes/1/" in sent.body
    assert sent.message().get_all("Message-ID") == [row.message_id]
    assert (row.state, row.sent_at, row.attempts) == (OutboxState.SENT, NOW, 1)


@pytest.mark.django_db
def test_without_an_address_only_the_inbox_is_told(django_assert_num_queries):
    people = [user_with(Role.INTAKE_CLERK) for _ in range(3)]
    with django_assert_num_queries(1):
        told(*people)
    assert Notice.objects.count() == 3 and not OutboxMessage.objects.exists()


@pytest.mark.django_db
def test_telling_many_costs_the_same_as_telling_one(django_assert_max_num_queries):
    people = [clerk(f"p{n}") for n in range(12)]
    with django_assert_max_num_queries(6):
        tell_each([Message(each, f"agreement.x:{each.pk}", "到期") for each in people], at=NOW)
    assert OutboxMessage.objects.count() == 12


@pytest.mark.django_db
def test_djangos_mails_go_into_the_outbox_too(settings):
    settings.EMAIL_BACKEND = "agency.mail.OutboxBackend"
    person = clerk()
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        send_mail("重设密码", "链接", None, [person.email])
        raise ZeroDivisionError
    assert not OutboxMessage.objects.exists()
    send_mail("重设密码", "链接", None, [person.email, "x@example.invalid"])
    rows = OutboxMessage.objects.order_by("pk")
    assert [(each.recipient, each.topic, each.urgent) for each in rows] == [
        (person, ACCOUNT.code, True),
        (None, ACCOUNT.code, True),
    ]
    letter = mail.EmailMessage("x", "y", to=["x@example.invalid"])
    letter.attach("a.txt", "x")
    with pytest.raises(ValueError, match="carries no files"):
        letter.send()


# --- two workers ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_each_mail_once():
    people = [clerk(f"p{n}") for n in range(20)]
    told(*people)
    hours = OfficeHours(0, 24, office_calendar())
    barrier, sent = threading.Barrier(2), []

    def work():
        barrier.wait()
        try:
            sent.append(outbox.deliver(at=NOW, hours=hours, at_most=100).sent)
        finally:
            connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for each in workers:
        each.start()
    for each in workers:
        each.join()
    assert sum(sent) == 20 == len(mail.outbox)
    assert {each.to[0] for each in mail.outbox} == {each.email for each in people}


@pytest.mark.django_db
def test_a_mail_whose_worker_died_is_sent_by_another_with_the_same_id():
    told(clerk())
    due = OutboxMessage.objects.filter(state=OutboxState.PENDING)
    taken = outbox._claim(due, NOW)
    assert run_outbox(at=NOW + timedelta(minutes=9)).sent == 0
    assert run_outbox(at=NOW + timedelta(minutes=11)).sent == 1
    assert mail.outbox[0].message()["Message-ID"] == taken.message_id
    # The first worker comes back to life: its note is not taken for the second one's.
    outbox._finish(taken, state=OutboxState.FAILED)
    assert OutboxMessage.objects.get().state == OutboxState.SENT


# --- failures ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("attempts", "chance", "minutes"),
    [(1, 0, 1), (2, 0, 2), (3, 0, 4), (8, 0, 128), (9, 0, 240), (200, 0, 240), (1, 1, 1.25)],
)
def test_waits_double_up_to_the_longest(attempts, chance, minutes):
    wait = retry_after(
        attempts, base=timedelta(minutes=1), longest=timedelta(minutes=240), chance=chance
    )
    assert wait == timedelta(minutes=minutes)


@pytest.mark.django_db
def test_a_failing_mail_is_tried_again_then_given_up_and_the_administrators_know(settings):
    settings.MAIL_TRANSPORT_BACKEND = FAILING
    administrator = user_with(Role.SYSTEM_ADMINISTRATOR, email="admin@example.invalid")
    told(clerk(), topic=ACCOUNT.code)
    now, waits = NOW, []
    for attempt in range(1, 9):
        run_outbox(at=now)
        row = OutboxMessage.objects.get()
        assert row.attempts == attempt and "SMTPServerDisconnected" in row.last_error
        waits.append(row.next_attempt_at - now)
        assert run_outbox(at=now).failed == 0
        now = row.next_attempt_at
    assert row.state == OutboxState.GIVEN_UP
    assert all(later > earlier for earlier, later in pairwise(waits))
    alarm = administrator.notices.get()
    assert alarm.topic == ALARMS.code and alarm.url == "/desk/outbox/?state=given_up"
    # The alarm stays in the inbox: a mail about mail would fail as well.
    assert OutboxMessage.objects.get() == row


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "state"), [(550, OutboxState.GIVEN_UP), (451, OutboxState.FAILED)]
)
def test_an_unknown_mailbox_is_given_up_at_once(settings, monkeypatch, code, state):
    settings.MAIL_TRANSPORT_BACKEND = FAILING
    refused = smtplib.SMTPRecipientsRefused({"a@example.invalid": (code, b"no")})
    monkeypatch.setattr(FailingBackend, "error", refused)
    told(clerk(), topic=ACCOUNT.code)
    run_outbox(at=NOW)
    assert OutboxMessage.objects.get().state == state


@pytest.mark.django_db
def test_the_administrator_sends_again_and_cancels(settings):
    settings.MAIL_TRANSPORT_BACKEND = FAILING
    administrator = user_with(Role.SYSTEM_ADMINISTRATOR)
    told(clerk("a"), clerk("b"))
    run_outbox(at=NOW)
    first, second = OutboxMessage.objects.order_by("pk")
    with pytest.raises(Refusal, match="not_entitled"):
        outbox.retry(message_id=first.pk, by=user_with(Role.AGENCY_HEAD), at=NOW)
    outbox.cancel(message_id=second.pk, by=administrator, at=NOW)
    outbox.retry(message_id=first.pk, by=administrator, at=NOW)
    settings.MAIL_TRANSPORT_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert run_outbox(at=NOW).sent == 1
    first.refresh_from_db()
    assert (first.state, first.handled_by, first.attempts) == (OutboxState.SENT, administrator, 1)
    with pytest.raises(Refusal, match="mail_state"):
        outbox.cancel(message_id=first.pk, by=administrator, at=NOW)
    assert outbox.waiting_counts() == {}


# --- office hours -----------------------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        pytest.param("2026-11-20 10:00", "2026-11-20 10:00", id="open"),
        pytest.param("2026-11-20 08:59", "2026-11-20 09:00", id="early"),
        pytest.param("2026-11-20 17:00", "2026-11-23 09:00", id="friday-evening"),
        pytest.param("2026-11-21 12:00", "2026-11-23 09:00", id="saturday"),
        pytest.param("2025-09-30 17:30", "2025-10-09 09:00", id="national-day-week"),
        pytest.param("2025-10-11 10:00", "2025-10-11 10:00", id="make-up-saturday"),
        pytest.param("2025-09-28 10:00", "2025-09-28 10:00", id="make-up-sunday"),
        pytest.param("2025-01-27 17:00", "2025-02-05 09:00", id="spring-festival"),
    ],
)
def test_the_next_opening_follows_the_official_calendar(moment, opening):
    hours = OfficeHours(9, 17, office_calendar())
    assert hours.next_opening(at(moment)) == at(opening)
    assert hours.is_open(at(moment)) == (moment == opening)


@pytest.mark.django_db
def test_mails_wait_for_the_office_and_urgent_ones_do_not():
    person, night = clerk(), at("2025-10-01 22:00")
    told(person, key="agreement.x:1", when=night)
    told(person, key="account.x:1", when=night)
    assert Notice.objects.count() == 2
    run_outbox(at=night)
    assert [each.key for each in OutboxMessage.objects.filter(state="sent")] == ["account.x:1"]
    assert run_outbox(at=at("2025-10-08 10:00")).sent == 0
    assert run_outbox(at=at("2025-10-09 09:00")).sent == 1


# --- preferences and the daily mail -----------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("about", "wanted", "delivery", "mails"),
    [
        (GENERAL, None, Delivery.AT_ONCE, 1),
        (GENERAL, Delivery.NONE, Delivery.NONE, 0),
        (GENERAL, Delivery.DAILY, Delivery.DAILY, 0),
        (LETTERS, Delivery.NONE, Delivery.AT_ONCE, 1),
        (ALARMS, Delivery.AT_ONCE, Delivery.NONE, 0),
    ],
)
def test_each_person_is_told_as_they_want_within_bounds(about, wanted, delivery, mails):
    person = clerk()
    if wanted:
        MessagePreference.objects.create(user=person, topic=about.code, delivery=wanted)
    told(person, topic=about.code)
    assert Notice.objects.get().delivery == delivery
    assert OutboxMessage.objects.count() == mails


@pytest.mark.django_db
def test_a_mandatory_topic_cannot_be_switched_off():
    person = clerk()
    with pytest.raises(Refusal, match="topic_mandatory"):
        set_preferences(user=person, wanted={"general": "none", "letters": "none"})
    with pytest.raises(Refusal, match="unknown_topic"):
        set_preferences(user=person, wanted={"general": "pigeon"})
    assert not MessagePreference.objects.exists()
    set_preferences(user=person, wanted={"general": "none"})
    set_preferences(user=person, wanted={"general": "daily"})
    assert MessagePreference.objects.get().delivery == "daily"


@pytest.mark.django_db
def test_the_daily_mail_gathers_what_is_unread_once_a_day():
    person, other = clerk("a"), clerk("b")
    for each in (person, other):
        MessagePreference.objects.create(user=each, topic="general", delivery=Delivery.DAILY)
    before = at("2026-11-19 15:00")
    for number in range(3):
        told(person, other, key=f"x:{number}", subject=f"第{number}件", when=before)
    mark_read(user=other, at=before)
    mark_read(user=person, at=before, pks=[person.notices.get(key="x:1").pk])
    told(person, key="x:late", subject="太晚", when=at("2026-11-20 09:01"))
    hours = outbox.office_hours(NOW)
    assert gather_digests(at=at("2026-11-20 08:59"), hours=hours) == 0
    assert gather_digests(at=NOW, hours=hours) == 1
    assert gather_digests(at=NOW, hours=hours) == 0
    digest = OutboxMessage.objects.get()
    assert digest.recipient == person
    assert "第0件" in digest.body and "第2件" in digest.body
    assert "第1件" not in digest.body and "太晚" not in digest.body
    assert digest.gathered.count() == 2
    assert gather_digests(at=at("2026-11-21 10:00"), hours=hours) == 0  # a Saturday
    assert gather_digests(at=at("2026-11-23 10:00"), hours=hours) == 1
    assert "太晚" in OutboxMessage.objects.latest("pk").body


# --- topics -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("change.filed:1", "changes"),
        ("agreement.dissolved:1", "agreements"),
        ("agreement_request.filed:1", "agreements"),
        ("case.1.notice", "cases"),
        ("order.1.given", "cases"),
        ("letter.1", "letters"),
        ("outbox.given_up:1", "alarms"),
        ("whatever", "general"),
    ],
)
def test_the_key_of_a_notice_names_its_topic(key, code):
    assert topic_of(key).code == code


def test_a_prefix_belongs_to_one_topic():
    before = dict(TOPICS)
    with pytest.raises(ValueError, match="entered already"):
        topic(Topic("again", "again", prefixes=("letter",)))
    assert before == TOPICS
