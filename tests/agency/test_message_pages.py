"""The inbox, the preferences, the outbox page; what they cost and whom they let in."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from agency.enums import OutboxState, Role
from agency.models import Notice, OutboxMessage
from agency.services.delivery import run_outbox
from agency.services.notices import tell
from tests.agency.factories import NOW, user_with

INBOX = "/account/notices/"
PREFERENCES = "/account/messages/"
OUTBOX = "/desk/outbox/"


def as_user(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return user


@pytest.fixture
def clerk(client, db):
    return as_user(client, user_with(Role.INTAKE_CLERK, email="clerk@example.invalid"))


def told(*people, key="agreement.x:1", **facts):
    tell(people, **{"key": key, "subject": f"通知{key}", "at": NOW, **facts})


def test_opening_a_notice_marks_it_read_and_leads_to_its_matter(client, clerk):
    told(clerk, url="/desk/law/")
    notice = clerk.notices.get()
    response = client.get(notice.get_absolute_url())
    assert response["Location"] == "/desk/law/"
    notice.refresh_from_db()
    read_at = notice.read_at
    assert read_at
    client.get(notice.get_absolute_url())
    notice.refresh_from_db()
    assert notice.read_at == read_at


def test_a_notice_never_leads_outside(client, clerk):
    told(clerk, url="https://evil.example.invalid/")
    assert client.get(clerk.notices.get().get_absolute_url())["Location"] == INBOX


def test_somebody_elses_notice_is_not_found_and_stays_unread(client, clerk):
    other = user_with(Role.INTAKE_CLERK)
    told(other)
    notice = other.notices.get()
    assert client.get(notice.get_absolute_url()).status_code == 404
    client.post(INBOX, {"notice": [notice.pk]})
    notice.refresh_from_db()
    assert notice.read_at is None


def test_the_inbox_is_filtered_and_marked_one_by_one(client, clerk):
    told(clerk, key="agreement.x:1")
    told(clerk, key="change.x:1")
    first = clerk.notices.get(key="agreement.x:1")
    response = client.post(f"{INBOX}?read=unread", {"notice": [first.pk, "x", "9" * 30]})
    assert response["Location"] == f"{INBOX}?read=unread"
    unread = client.get(f"{INBOX}?read=unread").context["object_list"]
    assert [each.key for each in unread] == ["change.x:1"]
    topic = client.get(f"{INBOX}?topic=agreements").context["object_list"]
    assert [each.key for each in topic] == ["agreement.x:1"]
    assert client.get(f"{INBOX}?topic=no").status_code == 200
    client.post(INBOX)
    assert not clerk.notices.filter(read_at=None).exists()


def test_choices_are_kept_and_the_mandatory_ones_stay(client, clerk):
    page = client.get(PREFERENCES)
    assert page.context["form"].fields["letters"].disabled
    chosen = dict.fromkeys(page.context["form"].fields, "at_once")
    response = client.post(PREFERENCES, {**chosen, "agreements": "none", "letters": "none"})
    assert response.status_code == 302
    stored = dict(clerk.message_preferences.values_list("topic", "delivery"))
    assert (stored["agreements"], stored["letters"]) == ("none", "at_once")
    told(clerk, key="agreement.x:1")
    told(clerk, key="change.x:1")
    assert [each.key for each in OutboxMessage.objects.all()] == ["change.x:1"]
    assert client.post(PREFERENCES, {**chosen, "agreements": "pigeon"}).status_code == 400


def test_an_address_counts_once_its_link_is_followed(client, clerk):
    client.post(PREFERENCES, {"email": "new@example.invalid"})
    clerk.refresh_from_db()
    assert clerk.email == "clerk@example.invalid"
    mail = OutboxMessage.objects.get()
    assert (mail.address, mail.urgent) == ("new@example.invalid", True)
    link = re.search(r"/account/messages/\S+", mail.body)[0]
    as_user(client, user_with(Role.INTAKE_CLERK))
    client.get(link)
    as_user(client, clerk)
    client.get(f"{link.rstrip('/')}x/")
    clerk.refresh_from_db()
    assert clerk.email == "clerk@example.invalid"
    client.get(link)
    clerk.refresh_from_db()
    assert clerk.email == "new@example.invalid"
    client.post(PREFERENCES, {"email": ""})
    clerk.refresh_from_db()
    assert clerk.email == ""
    assert client.post(PREFERENCES, {"email": "no address"}).status_code == 400


@pytest.fixture
def administrator(client, db):
    return as_user(client, user_with(Role.SYSTEM_ADMINISTRATOR))


def test_the_outbox_says_what_waits_and_who_has_read(client, administrator):
    reader = user_with(Role.INTAKE_CLERK, email="a@example.invalid")
    told(reader)
    run_outbox(at=NOW)
    Notice.objects.update(read_at=NOW + timedelta(hours=1))
    told(reader, key="change.x:1")
    page = client.get(OUTBOX)
    assert "2026-11-20 11:00" in page.text and "a@example.invalid" in page.text
    [(label, states)] = page.context["counts"]
    assert states == {"pending": 1} and str(label)
    only = client.get(f"{OUTBOX}?state=pending").context["object_list"]
    assert [each.key for each in only] == ["change.x:1"]


def test_the_outbox_costs_the_same_however_full(
    client, administrator, django_assert_max_num_queries
):
    told(*(user_with(Role.INTAKE_CLERK, email=f"p{n}@example.invalid") for n in range(60)))
    client.get(OUTBOX)
    with django_assert_max_num_queries(16):
        page = client.get(OUTBOX)
    assert len(page.context["object_list"]) == 50 and page.context["pager"]["next"]


def test_a_failed_mail_is_sent_again_or_cancelled_by_page(client, administrator):
    told(user_with(Role.INTAKE_CLERK, email="a@example.invalid"))
    OutboxMessage.objects.update(state=OutboxState.GIVEN_UP, attempts=8)
    mail = OutboxMessage.objects.get()
    retry = reverse("agency_desk:outbox_retry", args=[mail.pk])
    stamp = client.get(retry).context["stamp"]
    assert client.post(retry, {"stamp": stamp})["Location"] == OUTBOX
    cancel = reverse("agency_desk:outbox_cancel", args=[mail.pk])
    assert client.post(cancel, {"stamp": stamp}).status_code == 409
    stamp = client.get(cancel).context["stamp"]
    assert client.post(cancel, {"stamp": stamp}).status_code == 302
    mail.refresh_from_db()
    assert (mail.state, mail.handled_by) == (OutboxState.CANCELLED, administrator)


@pytest.mark.parametrize("role", [Role.AGENCY_HEAD, Role.SUPERVISOR, Role.INSTITUTION_CLERK])
def test_others_see_no_outbox(client, db, role):
    as_user(client, user_with(role))
    assert client.get(OUTBOX).status_code == 403
