"""A payment officer logs in in two steps, and is asked again when money moves."""

import pytest
from django.utils import timezone

from agency.enums import LogInOutcome
from agency.models import LogInRecord
from demo.world.accounts import PASSWORD
from demo.world.factors import app_code, paper_code
from settlements.enums import PaymentOrderState, StatementState
from settlements.models import PaymentOrder, Statement

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
SEND = "form.office-form button[type=submit]"


def test_paying_with_a_second_factor(office, worker):
    statement = _ordered()
    page = office.window()
    page.goto(f"/login/?next=/desk/statements/{statement.number}/")
    page.fill("input[name=username]", "payment")
    page.fill("input[name=password]", PASSWORD)
    page.click(SEND)
    page.wait_for_url("**/login/code/**")
    # The password alone opens nothing.
    page.goto("/desk/")
    assert "/login/" in page.url
    page.goto(f"/login/code/?next=/desk/statements/{statement.number}/")
    page.fill("input[name=code]", "000000")
    page.click(SEND)
    assert page.locator(".field-error").count() == 1
    page.fill("input[name=code]", paper_code("payment"))
    page.click(SEND)
    page.wait_for_url(f"**/desk/statements/{statement.number}/")

    page.click(".acts a[href$='/pay/']")
    page.fill("input[name=bank_reference]", "YH-FACTOR-1")
    page.fill("input[name=paid_on]", str(timezone.localdate()))
    office.problems.expected_statuses.add(409)
    page.click(SEND)
    assert page.locator(".field-error").count() == 1
    assert PaymentOrder.objects.get(statement=statement).state == PaymentOrderState.ISSUED
    code, _seconds = app_code("payment")
    page.fill("input[name=one_time_code]", code)
    page.click(SEND)
    page.wait_for_selector(".toast-success")
    assert Statement.objects.get(pk=statement.pk).state == StatementState.PAID

    page.goto("/account/")
    rows = LogInRecord.objects.filter(user__username="payment")
    assert rows.filter(outcome=LogInOutcome.WRONG_CODE, at__date=timezone.localdate()).exists()
    assert page.locator("#log-ins ~ .table-wrap tbody tr").count() >= 3


def test_a_newcomer_sets_one_up_and_is_warned_before_the_session_ends(office):
    page = office.as_("reviewer")
    page.goto("/account/second-factor/?next=/account/")
    assert page.locator("img.qr").evaluate("img => img.naturalWidth") > 50
    secret = page.inner_text("code.secret").replace(" ", "")
    assert len(secret) == 32
    page.click("a[href='/account/']:has-text('取消')")
    page.wait_for_url("**/account/")
    # As if nothing had been clicked for twenty-nine minutes.
    page.clock.install()
    page.goto("/account/")
    page.clock.fast_forward("29:00")
    stay = page.locator(".idle button")
    stay.wait_for(state="visible")
    stay.click()
    stay.wait_for(state="hidden")


def _ordered() -> Statement:
    order = PaymentOrder.objects.filter(state=PaymentOrderState.ISSUED).first()
    assert order is not None
    return order.statement
