"""A person's deadlines under a secret address."""

from datetime import date, datetime, timedelta

import icalendar
import pytest
from django.test import Client
from django.urls import reverse

from agency.enums import Role
from agency.models import FeedToken
from agency.services import feeds
from institutions.enums.changes import ChangeField
from institutions.services.change_values import FieldChange
from institutions.services.filing import file_change
from supervision.views.portal import statements_to_give
from tests.agency.factories import NOW, SHANGHAI, user_with
from tests.institutions.factories import InstitutionFactory, member_of
from tests.supervision import factories as cases

pytestmark = pytest.mark.django_db


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI)


@pytest.fixture
def clerk():
    return user_with(Role.INTAKE_CLERK)


def created(client) -> str:
    """Create the address on its page and return it, as it is shown once."""
    page = client.post(reverse("agency:feed_page"), {"act": "create"})
    assert page["Cache-Control"] == "no-store"
    return page.context["address"]


def logged_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_the_address_is_shown_once_and_only_its_hash_is_kept(clerk):
    client = logged_in(clerk)
    address = created(client)
    token = address.rpartition("/")[2].removesuffix(".ics")
    kept = FeedToken.objects.get()
    assert len(token) >= 40
    assert kept.token_hash == feeds.hashed(token) and token not in kept.token_hash
    assert token not in client.get(reverse("agency:feed_page")).content.decode()


def test_it_shows_what_waits_for_the_person_on_its_day(clerk):
    member = member_of(InstitutionFactory(name="浔阳医院"))
    change = file_change(
        institution_id=member.membership.institution_id,
        changes=[FieldChange(ChangeField.PHONE, "0792-7654321", date(2026, 11, 2))],
        by=member,
        at=at(date(2026, 11, 2)),
    )
    answer = Client().get(created(logged_in(clerk)))
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/calendar")
    assert "no-store" in answer["Cache-Control"]
    found = icalendar.Calendar.from_ical(answer.content)
    (event,) = found.walk("VEVENT")
    assert event["dtstart"].dt == change.decision_due_on
    assert event["dtend"].dt == change.decision_due_on + timedelta(days=1)
    assert change.number in event["summary"]
    assert "浔阳医院" in event["description"]
    assert change.get_absolute_url() in event["url"]
    assert FeedToken.objects.get().last_used_at is not None


def test_free_text_stays_out_of_it():
    office = cases.Office()
    case = cases.in_defence(office)
    matters = statements_to_give(office.member, cases.SERVED_ON)
    text = feeds.written(matters, user=office.member, origin="https://office", at=NOW).decode()
    unfolded = text.replace("\r\n ", "")
    assert "20250509" in unfolded
    assert case.number in unfolded and case.title not in unfolded


def test_renewed_and_revoked_addresses_show_nothing(clerk):
    client = logged_in(clerk)
    first, second = created(client), created(client)
    assert Client().get(first).status_code == 404
    assert Client().get(second).status_code == 200
    client.post(reverse("agency:feed_page"), {"act": "revoke"})
    assert Client().get(second).status_code == 404
    assert FeedToken.objects.filter(revoked_at=None).count() == 0


def test_a_closed_account_and_a_guess_show_nothing(clerk):
    address = created(logged_in(clerk))
    clerk.is_active = False
    clerk.save(update_fields=["is_active"])
    assert Client().get(address).status_code == 404
    for guess in ("x", "A" * 43, "B" * 300):
        assert Client().get(reverse("agency:feed", args=[guess])).status_code == 404
    assert Client().post(address).status_code == 405


def test_it_is_for_people_with_a_home_who_are_logged_in(clerk):
    page = reverse("agency:feed_page")
    assert Client().get(page).status_code == 302
    assert logged_in(user_with(Role.SOCIAL_SUPERVISOR)).get(page).status_code == 404
    assert logged_in(clerk).get(page).status_code == 200


def test_its_last_use_is_noted_once_an_hour(clerk):
    token = feeds.create_feed(user=clerk, at=NOW)
    for minutes in (0, 10, 59, 61):
        assert feeds.reader_of(token, at=NOW + timedelta(minutes=minutes)) == clerk
    assert FeedToken.objects.get().last_used_at == NOW + timedelta(minutes=61)
