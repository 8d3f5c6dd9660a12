"""The second factor: set up, asked for, used once, slowed down, reset by somebody else."""

from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django_otp import DEVICE_ID_SESSION_KEY
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from agency.enums import LogInOutcome, Role
from agency.models import AccountRecord, LogInRecord, Notice, User
from agency.permissions import ACTS, SECOND_FACTOR_ROLES
from agency.rules import Refusal
from agency.services import second_factor, stand_ins
from settlements.enums import StatementState
from tests.agency.factories import NOW, SHANGHAI, user_with
from tests.agency.second_factor import app_code, factor_of, paper_code
from tests.settlements.statement_factories import Team, audited_statement

pytestmark = pytest.mark.django_db
PASSWORD = "correct-horse-battery"
CODE_PAGE = "/login/code/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def log_in(client: Client, user: User, next_page: str = ""):
    sent = {"username": user.username, "password": PASSWORD, "next": next_page}
    return client.post("/login/", sent)


def outcomes(user: User) -> list[str]:
    rows = LogInRecord.objects.filter(user=user).order_by("pk")
    return list(rows.values_list("outcome", flat=True))


# --- coming in ------------------------------------------------------------------------------------


def test_password_then_code_then_the_page_asked_for(client):
    officer = user_with(Role.PAYMENT_OFFICER)
    factor_of(officer)
    asked = log_in(client, officer, "/desk/statements/")
    assert asked.url.startswith(CODE_PAGE)
    # The password alone opens nothing.
    assert client.get("/desk/statements/").status_code == 302
    assert "_auth_user_id" not in client.session
    done = client.post(asked.url, {"code": app_code(officer)})
    assert done.url == "/desk/statements/"
    assert client.get("/desk/statements/").status_code == 200
    assert outcomes(officer) == [LogInOutcome.LOGGED_IN]


def test_a_code_counts_once_and_wrong_ones_are_slowed_down(client, clock):
    officer = user_with(Role.PAYMENT_OFFICER)
    code = app_code(officer)
    log_in(client, officer)
    assert client.post(CODE_PAGE, {"code": code}).status_code == 302
    client.post("/logout/")
    log_in(client, officer)
    reused = client.post(CODE_PAGE, {"code": code})
    assert str(second_factor.CODE_USED.text) in reused.content.decode()
    assert "_auth_user_id" not in client.session
    # The attempts above closed the door for some seconds, to the right code as well.
    assert client.post(CODE_PAGE, {"code": app_code(officer, steps=1)}).status_code == 200
    clock.shift(60)
    assert client.post(CODE_PAGE, {"code": app_code(officer)}).status_code == 302
    assert outcomes(officer).count(LogInOutcome.WRONG_CODE) == 2
    assert outcomes(officer).count(LogInOutcome.LOGGED_IN) == 2


def test_recovery_codes_open_once(client):
    head = user_with(Role.AGENCY_HEAD)
    code = paper_code(head)
    for status in (302, 200):
        log_in(client, head)
        typed = f" {code[:4].upper()}-{code[4:]} "
        assert client.post(CODE_PAGE, {"code": typed}).status_code == status
        client.post("/logout/")
    assert not StaticToken.objects.exists()


def test_the_code_is_not_asked_for_without_the_password(client, clock):
    assert client.get(CODE_PAGE).url == "/login/"
    head = user_with(Role.AGENCY_HEAD)
    factor_of(head)
    log_in(client, head)
    clock.shift(6 * 60)
    assert client.post(CODE_PAGE, {"code": app_code(head)}).url == "/login/"
    log_in(client, head)
    head.set_password("another-password-now")
    head.save()
    assert client.post(CODE_PAGE, {"code": app_code(head)}).url == "/login/"


@pytest.mark.parametrize("role", sorted(SECOND_FACTOR_ROLES))
def test_required_roles_do_nothing_before_it_is_set_up(client, role):
    user = user_with(role)
    log_in(client, user)
    for page in ("/desk/", "/admin/", "/account/", "/account/notices/"):
        assert client.get(page).url == f"/account/second-factor/?next={page.replace('/', '%2F')}"
    refused = client.get("/api/v1/institutions/")
    assert refused.status_code == 403
    assert refused.json()["code"] == "second_factor_required"
    partly = client.get("/desk/", headers={"HX-Request": "true"})
    assert partly.headers["HX-Redirect"].startswith("/account/second-factor/")


def test_others_may_do_without(client):
    clerk = user_with(Role.INTAKE_CLERK)
    log_in(client, clerk)
    assert client.get("/desk/").status_code == 200


def test_a_stand_in_for_a_required_role_needs_it_too(client):
    clerk, head = user_with(Role.INTAKE_CLERK), user_with(Role.AGENCY_HEAD)
    stand_ins.grant(
        delegator_id=head.pk,
        delegate_id=clerk.pk,
        starts_on=NOW.date(),
        ends_on=NOW.date() + timedelta(days=1),
        reason="出差",
        by=user_with(Role.SECURITY_ADMINISTRATOR),
        at=NOW,
    )
    log_in(client, clerk)
    assert client.get("/desk/").url.startswith("/account/second-factor/")


# --- setting up -----------------------------------------------------------------------------------


def test_setting_up_shows_picture_secret_and_ten_codes_once(client):
    head = user_with(Role.AGENCY_HEAD)
    log_in(client, head)
    page = client.get("/account/second-factor/?next=/desk/")
    device = TOTPDevice.objects.get(user=head)
    assert not device.confirmed
    assert page.context["qr"].startswith("data:image/svg+xml")
    assert page.context["secret"].replace(" ", "") == second_factor.secret_of(device)
    assert second_factor.address_of(device).startswith("otpauth://totp/")
    wrong = client.post("/account/second-factor/", {"code": "000000"})
    assert wrong.status_code == 200 and wrong.context["form"].errors
    TOTPDevice.objects.filter(pk=device.pk).update(throttling_failure_count=0)
    code = f"{_shown(device):06d}"
    done = client.post("/account/second-factor/", {"code": code, "next": "/desk/"})
    assert len(done.context["codes"]) == 10 and done.context["next"] == "/desk/"
    assert done.headers["Cache-Control"] == "no-store"
    assert client.session[DEVICE_ID_SESSION_KEY]
    assert client.get("/desk/").status_code == 200
    assert Notice.objects.filter(recipient=head, key__startswith="account.factor_set_up").exists()
    assert head.account_records.get().act == "factor_set_up"


def _shown(device: TOTPDevice) -> int:
    return totp(device.bin_key)


def test_who_has_only_the_password_does_not_replace_the_phone(client):
    head = user_with(Role.AGENCY_HEAD)
    factor_of(head)
    client.force_login(head)
    session = client.session
    del session[DEVICE_ID_SESSION_KEY]
    session.save()
    assert client.get("/account/second-factor/").url.startswith(CODE_PAGE)
    assert client.post("/account/second-factor/", {"code": "1"}).url.startswith(CODE_PAGE)
    assert client.post(CODE_PAGE, {"code": app_code(head)}).status_code == 302
    assert client.get("/account/second-factor/").status_code == 200


def test_new_recovery_codes_against_a_code(client):
    head = user_with(Role.AGENCY_HEAD)
    old = paper_code(head)
    client.force_login(head)
    wrong = client.post("/account/second-factor/codes/", {"code": "123456"})
    assert wrong.context["form"].errors and StaticToken.objects.get().token == old
    done = client.post("/account/second-factor/codes/", {"code": old})
    assert len(done.context["codes"]) == 10
    assert StaticToken.objects.filter(device__user=head).count() == 10
    assert not StaticToken.objects.filter(token=old).exists()


# --- moving money ---------------------------------------------------------------------------------


def test_acts_that_move_money():
    assert {act.code for act in ACTS.values() if act.moves_money} == {
        "settlements.approve_statement",
        "settlements.verify_statement",
        "settlements.issue_order",
        "settlements.record_payment",
        "settlements.close_statement",
        "institutions.approve_change",
        "agreements.release_payment",
    }


def test_money_moves_only_with_a_fresh_code(client):
    team = Team()
    officer, statement = team.settlement_officer, audited_statement(team)
    page = f"/desk/statements/{statement.number}/approve/"
    client.force_login(officer)
    unset = client.get(page)
    assert [each.code for each in unset.context["obstacles"]] == ["factor_missing"]
    stamp = unset.context["stamp"]
    code = app_code(officer)
    for typed in ("", "000000", "abcd-efgh"):
        refused = client.post(page, {"stamp": stamp, "one_time_code": typed})
        assert refused.status_code == 409 and "one_time_code" in refused.context["form"].errors
        assert f'value="{typed}"' not in refused.content.decode() or not typed
        TOTPDevice.objects.update(throttling_failure_count=0)
    statement.refresh_from_db()
    assert statement.state == StatementState.AUDITED
    # A stale page, and one refused for another reason, spend no code.
    assert client.post(page, {"stamp": "x", "one_time_code": code}).status_code == 409
    done = client.post(page, {"stamp": stamp, "one_time_code": code})
    assert done.status_code == 302
    other = audited_statement(Team(), declared_on=statement.declared_on)
    page = f"/desk/statements/{other.number}/approve/"
    again = client.post(page, {"stamp": client.get(page).context["stamp"], "one_time_code": code})
    assert again.status_code == 409
    other.refresh_from_db()
    assert other.state == StatementState.AUDITED
    assert outcomes(officer).count(LogInOutcome.WRONG_CODE) == 3


def test_a_refused_act_spends_no_code(client):
    team = Team()
    statement = audited_statement(team)
    reviewer = user_with(Role.SETTLEMENT_OFFICER)
    type(statement).objects.filter(pk=statement.pk).update(reviewer=reviewer)
    client.force_login(reviewer)
    page = f"/desk/statements/{statement.number}/approve/"
    code = paper_code(reviewer)
    sent = {"stamp": client.get(page).context["stamp"], "one_time_code": code}
    refused = client.post(page, sent)
    assert refused.status_code == 409 and refused.context["form"].non_field_errors()
    assert StaticToken.objects.get().token == code


# --- resetting ------------------------------------------------------------------------------------


def test_reset_by_the_security_administrator_ends_every_session(client):
    head, security = user_with(Role.AGENCY_HEAD), user_with(Role.SECURITY_ADMINISTRATOR)
    paper_code(head)
    theirs = Client()
    theirs.force_login(head)
    client.force_login(security)
    page = reverse("agency_desk:person_factor", args=[head.pk])
    sent = {"stamp": client.get(page).context["stamp"], "reason": "手机遗失,当面核实"}
    assert client.post(page, sent).status_code == 302
    assert not TOTPDevice.objects.exists() and not StaticToken.objects.exists()
    assert theirs.get("/desk/").url.startswith("/login/")
    record = AccountRecord.objects.get()
    assert (record.act, record.by, record.reason) == ("factor_reset", security, sent["reason"])
    assert Notice.objects.filter(recipient=head, key__startswith="account.factor_reset").exists()


def test_nobody_resets_their_own_and_only_security_does(client):
    security, system = user_with(Role.SECURITY_ADMINISTRATOR), user_with(Role.SYSTEM_ADMINISTRATOR)
    for user, by, code in [
        (security, security, "own_factor"),
        (security, system, "not_entitled"),
        (system, security, "no_factor"),
    ]:
        factor_of(security)
        with pytest.raises(Refusal) as refusal:
            second_factor.reset(subject_id=user.pk, by=by, at=NOW, reason="x")
        assert code in [each.code for each in refusal.value.obstacles]
    assert TOTPDevice.objects.filter(user=security).exists()
    assert not AccountRecord.objects.exists()


def test_times_of_refusals_are_those_of_the_office():
    officer = user_with(Role.PAYMENT_OFFICER)
    factor_of(officer)
    second_factor.spend_code(user=officer, code="000001")
    [obstacle] = second_factor.spend_code(user=officer, code="000002")
    assert obstacle.code == "code_throttled"
    assert f"{datetime(2026, 11, 20, 10, 0, 2, tzinfo=SHANGHAI):%H:%M:%S}" in str(obstacle.remedy)
