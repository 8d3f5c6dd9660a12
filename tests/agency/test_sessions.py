"""Sessions that end by themselves, passwords that must change, and the history of log-ins."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from agency.enums import LogInOutcome, Role
from agency.models import LogInRecord, PasswordRecord, PolicyParameter, User
from agency.services.passwords import give_password, take_password
from tests.agency.factories import NOW, user_with

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-battery"
NEW = "purple-monkey-dishwasher"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def log_in(client: Client, user: User, password: str = PASSWORD):
    return client.post("/login/", {"username": user.username, "password": password})


def outcomes(user: User) -> list[str]:
    rows = LogInRecord.objects.filter(user=user).order_by("pk")
    return list(rows.values_list("outcome", flat=True))


# --- idle -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("minutes", "open_still"), [(29, True), (31, True), (32, False)])
def test_half_an_hour_without_a_click_ends_the_session(client, clock, minutes, open_still):
    """The last click is written once a minute, so up to a minute is in the reader's favour."""
    clerk = user_with(Role.INTAKE_CLERK)
    log_in(client, clerk)
    clock.shift(minutes * 60)
    page = client.get("/desk/statements/?state=paid")
    if open_still:
        assert page.status_code == 200
        return
    assert page.url == "/session-expired/?next=%2Fdesk%2Fstatements%2F%3Fstate%3Dpaid&minutes=30"
    assert "_auth_user_id" not in client.session
    said = client.get(page.url)
    assert "30" in said.content.decode()
    assert said.context["next"] == "/desk/statements/?state=paid"
    assert outcomes(clerk) == [LogInOutcome.LOGGED_IN, LogInOutcome.EXPIRED]


def test_clicking_keeps_it_and_polling_does_not(client, clock):
    clerk = user_with(Role.INTAKE_CLERK)
    log_in(client, clerk)
    for _click in range(3):
        clock.shift(20 * 60)
        assert client.get("/desk/").status_code == 200
    for _poll in range(2):
        clock.shift(15 * 60)
        client.get("/desk/", headers={"X-Poll": "1"})
    clock.shift(2 * 60)
    assert client.get("/desk/", headers={"X-Poll": "1"}).url.startswith("/session-expired/")


def test_the_button_stay_keeps_it(client, clock):
    log_in(client, user_with(Role.INTAKE_CLERK))
    clock.shift(29 * 60)
    assert client.post("/account/alive/").status_code == 204
    clock.shift(29 * 60)
    assert client.get("/desk/").status_code == 200
    assert Client().post("/account/alive/").status_code == 401


def test_a_form_sent_too_late_leads_back_to_its_page(client, clock):
    log_in(client, user_with(Role.INTAKE_CLERK))
    clock.shift(3600)
    late = client.post(
        "/account/password/", {}, headers={"Referer": "http://testserver/account/password/"}
    )
    assert late.url.startswith("/session-expired/?next=%2Faccount%2Fpassword%2F")
    log_in(client, user_with(Role.INTAKE_CLERK))
    clock.shift(3600)
    foreign = client.post("/logout/", {}, headers={"Referer": "http://elsewhere.example/x"})
    assert foreign.url.startswith("/session-expired/?next=%2F&")


def test_programs_and_parts_of_pages_are_told_in_their_way(client, clock):
    for ask in ("api", "htmx"):
        log_in(client, user_with(Role.INTAKE_CLERK))
        clock.shift(3600)
        if ask == "api":
            answer = client.get("/api/v1/institutions/")
            assert answer.status_code == 401
            assert answer.json()["code"] == "session_expired"
        else:
            answer = client.get("/desk/", headers={"HX-Request": "true"})
            assert answer.headers["HX-Redirect"].startswith("/session-expired/")


def test_the_limit_is_a_policy_parameter(client, clock):
    PolicyParameter.objects.create(
        key="session_idle_minutes",
        value=5,
        unit="minutes",
        evidence="DESIGN",
        effective_from=NOW.date(),
    )
    log_in(client, user_with(Role.INTAKE_CLERK))
    clock.shift(7 * 60)
    assert client.get("/desk/").url.startswith("/session-expired/")


def test_it_costs_a_click_nothing_within_the_minute(client, clock):
    log_in(client, user_with(Role.INTAKE_CLERK))
    client.get("/account/notices/")
    with CaptureQueriesContext(connection) as captured:
        client.get("/account/notices/")
    assert not [each for each in captured if each["sql"].startswith("UPDATE")]
    assert not [each for each in captured if "policyparameter" in each["sql"].lower()]


def test_nobody_is_sent_to_a_foreign_address(client):
    said = client.get("/session-expired/?next=https://elsewhere.example/&minutes=x")
    assert said.status_code == 200 and said.context["next"] == "/"


def test_logging_out_everywhere(client):
    clerk = user_with(Role.INTAKE_CLERK)
    elsewhere = Client()
    log_in(client, clerk)
    log_in(elsewhere, clerk)
    assert client.post("/account/sessions/end/").url == "/login/"
    for each in (client, elsewhere):
        assert each.get("/desk/").url.startswith("/login/")
    log_in(client, clerk)
    assert client.get("/desk/").status_code == 200


# --- history --------------------------------------------------------------------------------------


def test_every_attempt_is_kept_and_shown(client, clock):
    clerk = user_with(Role.INTAKE_CLERK)
    log_in(client, clerk)
    client.post("/logout/")
    clock.shift(60)
    log_in(client, clerk, "wrong-password")
    log_in(client, clerk, "wrong-again")
    client.post("/login/", {"username": "nobody\x00there", "password": "x"})
    clock.shift(60)
    page = log_in(client, clerk)
    home = client.get(page.url, headers={"accept-language": "zh"}).content.decode()
    assert "2026-11-20 10:00" in home and "127.0.0.1" in home
    assert outcomes(clerk) == ["ok", "logged_out", "wrong_password", "wrong_password", "ok"]
    unknown = LogInRecord.objects.filter(user=None)
    assert all("\x00" not in each.username for each in unknown)
    own = client.get("/account/").context["log_ins"]
    assert [each.outcome for each in own] == [*reversed(outcomes(clerk))]


def test_a_locked_account_is_kept_as_locked(client):
    clerk = user_with(Role.INTAKE_CLERK)
    for _attempt in range(6):
        log_in(client, clerk, "wrong")
    kept = outcomes(clerk)
    assert kept[0] == "wrong_password" and kept[-1] == "locked"


def test_the_list_is_the_audit_administrators(client):
    log_in(client, user_with(Role.INTAKE_CLERK, username="fang"))
    auditor = user_with(Role.AUDIT_ADMINISTRATOR)
    client.force_login(auditor)
    found = client.get("/desk/log-ins/", {"q": "fan", "outcome": "ok", "since": "2026-11-20"})
    assert [each.username for each in found.context["object_list"]] == ["fang"]
    assert not client.get("/desk/log-ins/", {"until": "2026-11-19"}).context["object_list"]
    for role in (Role.SECURITY_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR, Role.AGENCY_HEAD):
        client.force_login(user_with(role))
        assert client.get("/desk/log-ins/").status_code == 403


def test_nobody_rewrites_history(client):
    log_in(client, user_with(Role.INTAKE_CLERK))
    for attempt in (
        lambda: LogInRecord.objects.update(outcome="logged_out"),
        lambda: LogInRecord.objects.all().delete(),
    ):
        with pytest.raises(Exception, match="pgtrigger"), transaction.atomic():
            attempt()


# --- passwords ------------------------------------------------------------------------------------


def change(client: Client, old: str, new: str):
    sent = {"old_password": old, "new_password1": new, "new_password2": new}
    return client.post("/account/password/?next=/desk/", sent)


def test_a_password_somebody_else_set_opens_only_its_page(client):
    clerk = user_with(Role.INTAKE_CLERK)
    give_password(user=clerk, password=PASSWORD, at=NOW)
    log_in(client, clerk)
    assert client.get("/desk/").url == "/account/password/?next=%2Fdesk%2F"
    assert client.get("/api/v1/institutions/").json()["code"] == "password_due"
    assert client.get("/account/password/").status_code == 200
    assert change(client, PASSWORD, NEW).url == "/desk/"
    assert client.get("/desk/").status_code == 200
    clerk.refresh_from_db()
    assert not clerk.must_change_password and clerk.check_password(NEW)


def test_none_of_the_last_five_is_taken_again(client):
    clerk = user_with(Role.INTAKE_CLERK)
    PolicyParameter.objects.create(
        key="password_history",
        value=2,
        unit="times",
        evidence="DESIGN",
        effective_from=NOW.date(),
    )
    log_in(client, clerk)
    assert change(client, PASSWORD, PASSWORD).status_code == 200
    for number, old in enumerate([PASSWORD, f"{NEW}-0", f"{NEW}-1"]):
        assert change(client, old, f"{NEW}-{number}").status_code == 302
    refused = change(client, f"{NEW}-2", f"{NEW}-1")
    assert refused.context["form"].errors.as_data()["new_password2"][0].code == (
        "password_used_before"
    )
    assert change(client, f"{NEW}-2", f"{NEW}-0").status_code == 302
    assert PasswordRecord.objects.filter(user=clerk).count() == 4


@pytest.mark.parametrize(("days", "due"), [(180, False), (181, True)])
def test_an_old_password_must_be_changed_at_the_log_in(client, days, due):
    clerk = user_with(Role.INTAKE_CLERK)
    take_password(user=clerk, password=PASSWORD, at=NOW - timedelta(days=days))
    log_in(client, clerk)
    assert client.get("/desk/").status_code == (302 if due else 200)
    if due:
        assert change(client, PASSWORD, NEW).status_code == 302
        assert client.get("/desk/").status_code == 200
