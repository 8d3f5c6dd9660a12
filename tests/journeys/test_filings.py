"""What institutions file in the portal and the desk decides; cases, reviewed in the admin."""

import re

import pytest

from agreements.enums.life import AgreementState, RequestState
from agreements.models import Agreement, AgreementRequest
from institutions.enums.changes import ChangeState
from institutions.models import ChangeRequest
from supervision.enums.cases import CaseState
from supervision.models import Case
from tests.journeys.conftest import confirm

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
HOSPITAL = "H36040300002"


def confirm_filing(page):
    page.click("form.office-form button[type=submit]")
    page.wait_for_url(re.compile(r"/portal/(changes|agreements/requests)/[A-Z0-9-]+/$"))


def test_suspension_is_asked_for_and_refused_with_its_reason(office):
    agreement = Agreement.objects.get(institution__code=HOSPITAL, state=AgreementState.EFFECTIVE)
    hospital = office.as_("hospital")
    hospital.goto(f"/portal/agreements/{agreement.pk}/")
    hospital.click("a[href$='/request/suspend/']")
    hospital.fill("textarea[name=reason]", "病房改造")
    confirm_filing(hospital)
    request = AgreementRequest.objects.latest("pk")

    officer = office.as_("agreement")
    officer.goto(f"/desk/agreements/requests/{request.number}/")
    officer.click(".acts a[href$='/refuse/']")
    officer.fill("textarea[name=reason]", "改造方案未附消防意见")
    confirm(officer)

    assert AgreementRequest.objects.get(pk=request.pk).state == RequestState.REFUSED
    hospital.goto(f"/portal/agreements/requests/{request.number}/")
    assert "改造方案未附消防意见" in hospital.inner_text("main")


def test_public_institution_is_told_why_it_cannot_be_suspended(office):
    agreement = Agreement.objects.get(
        institution__code="H36040300003", state=AgreementState.EFFECTIVE
    )
    hospital = office.as_("hospital_central")
    hospital.goto(f"/portal/agreements/{agreement.pk}/request/suspend/")
    assert hospital.locator("form.office-form").count() == 0
    assert hospital.locator(".form-errors .rule").first.inner_text() == "B-16"


def test_case_is_opened_and_returned_by_the_supervisor(office):
    audit = office.as_("audit")
    audit.goto("/desk/cases/findings/")
    audit.locator("a[href*='?finding=']").first.click()
    audit.fill("input[name=title]", "疑似重复收费")
    confirm(audit)
    case = Case.objects.latest("pk")
    audit.goto(f"/desk/cases/{case.number}/")
    audit.click(".acts a[href$='/open/']")
    audit.fill("textarea[name=facts]", "同一项目一日内重复计费,经核对属实。")
    confirm(audit)

    supervisor = office.as_("supervisor")
    supervisor.goto(f"/admin/supervision/case/?q={case.number}")
    supervisor.click(f"a:has-text('{case.number}')")
    supervisor.wait_for_url("**/change/**")
    supervisor.locator("a[href*='return']").first.click()
    supervisor.fill("textarea[name=text]", "请补充病历复印件")
    supervisor.locator("form:has(textarea[name=text]) button[type=submit]").last.click()
    supervisor.wait_for_url("**/change/**")
    assert Case.objects.get(pk=case.pk).state == CaseState.RETURNED

    # The agency is told, and sees it at its desk.
    audit.goto(f"/desk/cases/{case.number}/")
    assert "请补充病历复印件" in audit.inner_text("main")


def test_stale_page_changes_nothing_and_says_so(office, problems):
    problems.expected_statuses.add(409)
    change = ChangeRequest.objects.get(institution__code="H36040300004", state=ChangeState.FILED)
    first, second = office.as_("intake"), office.as_("head")
    first.goto(f"/desk/changes/{change.number}/check/")
    second.goto(f"/desk/changes/{change.number}/reject/")
    second.fill("textarea[name=reason]", "材料不全")
    confirm(second)

    first.click("form.office-form button[type=submit]")
    first.wait_for_selector(".form-errors")
    assert ChangeRequest.objects.get(pk=change.pk).state == ChangeState.REJECTED
