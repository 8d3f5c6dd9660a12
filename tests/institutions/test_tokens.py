"""Tokens of institutions' systems: who makes them, what they open, and how they end."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.db.utils import IntegrityError, InternalError
from django.test import Client
from django.utils import timezone

from agency.enums import Role, Scope
from agency.models import Notice
from agency.rules import Refusal
from institutions.models import ApiToken
from institutions.services.tokens import make_token, revoke_token, token_of, warn_of_expiry
from tests.agency.factories import SHANGHAI, user_with
from tests.institutions import factories
from tests.institutions.factories import InstitutionFactory, member_of

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 11, 20, 10, tzinfo=SHANGHAI)
TODAY = NOW.date()


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def institution():
    return InstitutionFactory(name="仁和医院")


@pytest.fixture
def member(institution):
    return member_of(institution)


def made(member, **changed):
    values = {
        "institution_id": member.membership.institution_id,
        "name": "HIS",
        "scopes": [Scope.READ_REGISTER],
        "expires_on": TODAY + timedelta(days=30),
        "by": member,
        "at": NOW,
    }
    return make_token(**{**values, **changed})


def api(text: str) -> Client:
    return Client(headers={"Authorization": f"Token {text}"})


def test_the_secret_is_told_once_and_only_its_digest_kept(member):
    token, text = made(member)
    prefix, secret = text.split(".")
    assert token.prefix == prefix
    assert len(secret) >= 40
    stored = ApiToken.objects.values().get()
    assert secret not in str(stored)
    assert token_of(text) == token
    assert token_of(f"{prefix}.wrong") is None
    assert token_of("") is None
    assert token_of("\udcff.\udcff") is None
    assert Notice.objects.get(recipient=member).key == f"token.made:{token.pk}"


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"name": "  "}, "name_missing"),
        ({"scopes": []}, "scope_missing"),
        ({"expires_on": TODAY}, "expires_in_past"),
        ({"expires_on": TODAY + timedelta(days=366)}, "lasts_too_long"),
    ],
)
def test_a_token_that_makes_no_sense_is_refused(member, changed, code):
    with pytest.raises(Refusal) as refusal:
        made(member, **changed)
    assert [each.code for each in refusal.value.obstacles] == [code]
    assert not ApiToken.objects.exists()


def test_the_last_day_allowed_is_allowed(member):
    token, _text = made(member, expires_on=TODAY + timedelta(days=365))
    assert token.expires_on == TODAY + timedelta(days=365)


def test_only_the_administrator_of_the_institution_makes_one(institution, member):
    clerk = member_of(institution, Role.INSTITUTION_CLERK)
    stranger = member_of(InstitutionFactory())
    for by in (clerk, stranger, user_with(Role.SYSTEM_ADMINISTRATOR)):
        with pytest.raises(Refusal) as refusal:
            made(member, by=by)
        assert refusal.value.obstacles[0].code == "not_entitled"


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"name": ""}, "apitoken_has_a_name"),
        ({"revoked_at": NOW}, "apitoken_revoked_by_somebody"),
    ],
)
def test_the_table_keeps_its_rules(member, change, constraint):
    token, _text = made(member)
    with pytest.raises(IntegrityError, match=constraint):
        ApiToken.objects.filter(pk=token.pk).update(**change)


@pytest.mark.parametrize(
    "change", [{"scopes": ["law:ask"]}, {"expires_on": date(2030, 1, 1)}, {"digest": "x"}]
)
def test_what_was_granted_is_never_widened(member, change):
    token, _text = made(member)
    with pytest.raises(InternalError, match="Cannot update"):
        ApiToken.objects.filter(pk=token.pk).update(**change)


def test_a_token_is_never_deleted(member):
    made(member)
    with pytest.raises(InternalError, match="Cannot delete"):
        ApiToken.objects.all().delete()


# --- at the door ----------------------------------------------------------------------------------

REGISTER = "/api/v1/institutions/"


def turned_away(text: str) -> tuple[int, str]:
    answer = api(text).get(REGISTER)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer["WWW-Authenticate"] == "Token"
    return answer.status_code, answer.json()["code"]


def test_a_token_opens_until_its_last_day_and_no_longer(member, clock):
    _token, text = made(member)
    assert api(text).get(REGISTER).status_code == 200
    clock.move_to(datetime(2026, 12, 20, 23, 59, tzinfo=SHANGHAI))
    assert api(text).get(REGISTER).status_code == 200
    clock.move_to(datetime(2026, 12, 21, 0, 0, tzinfo=SHANGHAI))
    assert turned_away(text) == (401, "token_expired")


def test_a_revoked_token_and_a_made_up_one_are_turned_away(member):
    token, text = made(member)
    revoke_token(token_id=token.pk, by=member, at=NOW)
    assert turned_away(text) == (401, "token_revoked")
    assert turned_away("x") == (401, "token_unknown")
    assert turned_away(text[:-1]) == (401, "token_unknown")
    assert turned_away("") == (401, "token_unknown")
    with pytest.raises(Refusal) as refusal:
        revoke_token(token_id=token.pk, by=member, at=NOW)
    assert refusal.value.obstacles[0].code == "token_revoked"


def test_a_token_ends_with_the_account_that_made_it(member):
    _token, text = made(member)
    member.is_active = False
    member.save(update_fields=["is_active"])
    assert turned_away(text) == (401, "token_account_closed")


def test_a_scope_that_is_missing_is_named(member):
    _token, text = made(member, scopes=[Scope.READ_REGISTER, Scope.READ_CLAIMS])
    client = api(text)
    assert client.get(REGISTER).status_code == 200
    assert client.get("/api/v1/claim-batches/").status_code == 200
    for method, url, scope in (
        ("get", "/api/v1/agreements/", "agreement:read"),
        ("get", "/api/v1/changes/", "changes:read"),
        ("post", "/api/v1/changes/", "changes:file"),
        ("post", "/api/v1/claim-batches/", "claims:send"),
        ("get", "/api/v1/statements/", "statements:read"),
        ("get", "/api/v1/cases/", "cases:read"),
        ("get", "/api/v1/own-letters/", "letters:read"),
        ("get", "/api/v1/law/", "law:ask"),
        ("post", "/api/v1/law/B-04/", "law:ask"),
    ):
        answer = getattr(client, method)(url)
        assert (answer.status_code, answer.json()["code"]) == (403, "scope_missing"), url
        assert scope in answer.json()["detail"]


def test_every_scope_opens_its_own_door_and_nobody_elses_data(member):
    other = member_of(InstitutionFactory())
    text = factories.token_of(member, at=NOW)
    for url in (
        "agreements",
        "changes",
        "claim-batches",
        "statements",
        "cases",
        "own-letters",
        "law",
    ):
        assert api(text).get(f"/api/v1/{url}/").status_code == 200, url
    assert api(text).get("/api/v1/archives/").status_code in (403, 404)
    assert other.membership.institution_id != member.membership.institution_id


def test_use_is_noted_at_most_once_a_minute(member, clock):
    token, text = made(member)
    client = api(text)
    client.get(REGISTER)
    clock.move_to(NOW + timedelta(seconds=59))
    client.get(REGISTER)
    token.refresh_from_db()
    assert token.last_used_at == NOW
    clock.move_to(NOW + timedelta(seconds=61))
    client.get(REGISTER)
    token.refresh_from_db()
    assert token.last_used_at == NOW + timedelta(seconds=61)


def test_whose_token_ends_soon_is_told_once(member):
    token, _text = made(member, expires_on=TODAY + timedelta(days=14))
    made(member, expires_on=TODAY + timedelta(days=15))
    revoked, _text = made(member, expires_on=TODAY + timedelta(days=5))
    revoke_token(token_id=revoked.pk, by=member, at=NOW)
    for _night in range(2):
        assert warn_of_expiry(on=TODAY, at=NOW) == 1
    keys = Notice.objects.filter(key__startswith="token.ends").values_list("key", flat=True)
    assert list(keys) == [f"token.ends:{token.pk}"]


# --- pages ----------------------------------------------------------------------------------------


def test_the_portal_makes_a_token_shows_it_once_and_revokes_it(member, client):
    client.force_login(member)
    page = client.get("/portal/tokens/new/")
    form = {
        "stamp": page.context["stamp"],
        "name": "HIS",
        "scopes": ["claims:send", "claims:read"],
        "expires_on": "2027-01-31",
    }
    answer = client.post("/portal/tokens/new/", form)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    secret = answer.context["secret"]
    token = ApiToken.objects.get()
    assert secret in answer.content.decode()
    assert token.scopes == ["claims:read", "claims:send"]
    assert secret not in client.get("/portal/tokens/").content.decode()
    assert client.post("/portal/tokens/new/", form).status_code == 409
    assert api(secret).get("/api/v1/claim-batches/").status_code == 200

    url = f"/portal/tokens/{token.pk}/revoke/"
    stamp = client.get(url).context["stamp"]
    assert client.post(url, {"stamp": stamp}).status_code == 302
    assert turned_away(secret) == (401, "token_revoked")
    assert member_of(InstitutionFactory())
    stranger = Client()
    stranger.force_login(member_of(InstitutionFactory()))
    assert stranger.get(url).status_code == 404


def test_a_form_that_makes_no_sense_names_the_field(member, client):
    client.force_login(member)
    stamp = client.get("/portal/tokens/new/").context["stamp"]
    empty = client.post("/portal/tokens/new/", {"stamp": stamp})
    assert empty.status_code == 400
    assert set(empty.context["form"].errors) == {"name", "scopes", "expires_on"}
    form = {"stamp": stamp, "name": "HIS", "scopes": ["law:ask"], "expires_on": "2020-01-01"}
    refused = client.post("/portal/tokens/new/", form)
    assert refused.status_code == 409
    assert not ApiToken.objects.exists()


def test_a_clerk_makes_none(institution, client):
    client.force_login(member_of(institution, Role.INSTITUTION_CLERK))
    assert client.get("/portal/tokens/").status_code == 403
    assert client.get("/portal/tokens/new/").status_code == 403


def test_the_tokens_of_an_institution_are_counted_in_no_list(
    member, client, django_assert_max_num_queries
):
    for _each in range(3):
        made(member)
    client.force_login(member)
    client.get("/portal/tokens/")
    with django_assert_max_num_queries(12):
        assert len(client.get("/portal/tokens/").context["object_list"]) == 3
    assert timezone.localdate() == TODAY


def test_the_security_administrator_sees_and_revokes_any_token(member, client):
    token, text = made(member)
    client.force_login(user_with(Role.SECURITY_ADMINISTRATOR))
    page = client.get("/desk/tokens/", {"q": "仁和", "usable": "true"})
    assert [each.pk for each in page.context["object_list"]] == [token.pk]
    assert not client.get("/desk/tokens/", {"usable": "false"}).context["object_list"]
    url = f"/desk/tokens/{token.pk}/revoke/"
    stamp = client.get(url).context["stamp"]
    assert client.post(url, {"stamp": stamp}).status_code == 302
    assert turned_away(text) == (401, "token_revoked")
    client.force_login(user_with(Role.AGENCY_HEAD))
    assert client.get("/desk/tokens/").status_code == 403
