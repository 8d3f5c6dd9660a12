"""A number of policy is changed by two people."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agency.enums import Profile, ProposalState
from agency.models import PolicyParameter
from agency.services.in_force import parameters_on
from tests.journeys.conftest import confirm

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_a_number_is_proposed_by_one_and_approved_by_another(office):
    soon = timezone.localdate() + timedelta(10)
    before = parameters_on(soon)["request_decision_wd"]
    officer = office.as_("agreement")
    officer.goto("/desk/parameters/?q=request_decision_wd")
    officer.click(".table.data a[href$='/request_decision_wd/']")
    officer.click("a[href$='/propose/']")
    officer.select_option("select[name=profile]", Profile.NATIONAL)
    officer.fill("input[name=effective_from]", str(soon))

    # The preview lists the requests that wait, and changes nothing.
    officer.fill("input[name=value]", "15")
    officer.click("button[name=preview]")
    officer.wait_for_selector("#preview tbody tr")
    assert not PolicyParameter.objects.filter(
        key="request_decision_wd", state=ProposalState.PROPOSED
    ).exists()
    officer.fill("textarea[name=reason]", "申请材料增多")
    confirm(officer)
    parameter = PolicyParameter.objects.get(key="request_decision_wd", state=ProposalState.PROPOSED)
    assert officer.locator(".acts a[href$='/approve/']").count() == 0
    assert parameters_on(soon)["request_decision_wd"] == before

    head = office.as_("head")
    head.goto("/desk/")
    head.click(f"a[href='/desk/parameters/proposals/{parameter.pk}/approve/']")
    head.wait_for_selector("#preview tbody tr")
    confirm(head)
    assert parameters_on(soon)["request_decision_wd"] == 15
    assert parameters_on(soon - timedelta(1))["request_decision_wd"] == before
