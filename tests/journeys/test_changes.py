"""A change of name and bank account: filed, checked, approved, waited for, in effect."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from institutions.enums.changes import ChangeState
from institutions.models import ChangeRequest, Institution
from institutions.services.change_effects import take_due_into_effect
from institutions.services.registry import account_on
from tests.journeys.conftest import confirm

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
HOSPITAL = "H36040300002"
NAME, ACCOUNT = "浔阳仁和综合医院(演示)", "620000777788"


def test_name_and_account_change_and_money_follows_from_its_day(office):
    today = timezone.localdate()
    old = Institution.objects.get(code=HOSPITAL)
    hospital = office.as_("hospital")
    hospital.goto("/portal/changes/new/")
    for field, value in (("name", NAME), ("bank_account", ACCOUNT)):
        hospital.fill(f"input[name=new_{field}]", value)
        hospital.fill(f"input[name=approved_{field}]", str(today - timedelta(3)))
        hospital.locator(f"input[name=approved_{field}]").blur()
    # The route is shown before anything is filed.
    hospital.wait_for_selector("#route-preview .rule:has-text('R1')")
    assert not ChangeRequest.objects.filter(
        institution=old, state=ChangeState.FILED, changes_account=True
    ).exists()
    hospital.click("form.office-form button[type=submit]:not([name])")
    hospital.wait_for_url(re.compile(r"/portal/changes/CHG-[0-9-]+/$"))
    change = ChangeRequest.objects.latest("pk")

    clerk = office.as_("intake")
    clerk.goto(f"/desk/changes/{change.number}/")
    assert clerk.locator(".acts a[href$='/approve/']").count() == 0
    clerk.click(".acts a[href$='/check/']")
    confirm(clerk)

    head = office.as_("head")
    head.goto(f"/desk/changes/{change.number}/")
    head.click(".acts a[href$='/approve/']")
    confirm(head)
    change.refresh_from_db()
    assert (change.state, change.effect_due_on) == (ChangeState.APPROVED, today + timedelta(3))
    assert Institution.objects.get(pk=old.pk).name == NAME
    # The institution reads the day and could stop it.
    hospital.reload()
    assert str(change.effect_due_on) in hospital.inner_text("main")
    assert hospital.locator(".acts a[href$='/stop/']").count() == 1

    at = timezone.now() + timedelta(3)
    assert take_due_into_effect(on=timezone.localdate(at), at=at) >= 1
    hospital.reload()
    assert hospital.locator(".acts a[href$='/stop/']").count() == 0
    stored = Institution.objects.get(pk=old.pk)
    before, after = (account_on(stored, today + timedelta(days)) for days in (2, 3))
    assert (before.bank_account, after.bank_account) == (old.bank_account, ACCOUNT)
