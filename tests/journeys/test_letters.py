"""A letter is served in the portal, and its clock starts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agency.models import User
from agency.services.calendar import office as office_on
from demo.world.accounts import PASSWORD
from demo.world.handling import fitted
from demo.world.stories.letters import CONSENTING
from institutions.models import Institution, InstitutionLetter
from supervision.enums.cases import CaseState
from supervision.models import Case
from supervision.rules import defence_period
from supervision.services import opening
from tests.journeys.conftest import confirm

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
HOSPITAL = "H36040300002"


def test_the_clock_of_a_notice_starts_when_the_institution_confirms_it(office):
    """The audit officer issues the notice; the hospital reads it, signs, and has its days."""
    assert "renhe" in CONSENTING
    case = opened_case()
    audit = office.as_("audit")
    audit.goto(f"/desk/cases/{case.number}/notice/")
    audit.fill("textarea[name=facts]", "经核查,多收床位费8400元。")
    confirm(audit)
    own = InstitutionLetter.objects.get(letter__matter=case.number)
    number = own.letter.number
    # Both sides see the letter; nothing runs yet.
    audit.goto(f"/desk/cases/{case.number}/")
    assert audit.locator(f"a:has-text('{number}')").count() >= 1
    assert Case.objects.get(pk=case.pk).defence_due_on is None

    until = str(period_of(case))
    hospital = office.as_("hospital")
    hospital.goto("/portal/")
    hospital.click(f"a:has-text('{number}') >> nth=0")
    hospital.wait_for_url(f"**/portal/letters/{own.letter_id}/")
    assert until in hospital.inner_text("#clock >> xpath=..")
    hospital.click(".acts a[href$='/confirm/']")
    assert until in hospital.inner_text(".consequences")
    office.problems.expected_statuses.add(409)
    hospital.fill("input[name=signed_name]", "别人")
    hospital.fill("input[name=password]", PASSWORD)
    hospital.click("form.office-form button[type=submit]")
    hospital.wait_for_selector(".form-errors")
    assert Case.objects.get(pk=case.pk).state == CaseState.NOTICE
    hospital.fill("input[name=signed_name]", str(person("hospital")))
    hospital.fill("input[name=password]", PASSWORD)
    confirm(hospital)
    assert until in hospital.inner_text(".toast-success")
    case = Case.objects.get(pk=case.pk)
    assert (case.state, str(case.defence_due_on)) == (CaseState.DEFENCE, until)

    # The desk sees the clock run.
    audit.goto(f"/desk/cases/{case.number}/")
    assert until in audit.inner_text("main")


def opened_case() -> Case:
    """A case of the hospital with one intended measure, a few days old."""
    today, now = timezone.localdate(), timezone.now()
    from_before = now - timedelta(hours=2)
    officer = person("audit")
    case = opening.register_clue(
        institution=Institution.objects.get(code=HOSPITAL),
        title="超标准收费(演示)",
        clue="数据核查发现",
        by=officer,
        on=today,
        at=from_before,
    )
    opening.open_case(case_id=case.pk, facts="待核实", by=officer, on=today, at=from_before)
    measure = {"rung": 3, "clause": "第三十二条", "evidence": "收费明细", "amount": "8400.00"}
    measure = fitted(case, "renhe", measure)
    opening.add_measure(case_id=case.pk, facts=measure, by=officer, at=from_before)
    return Case.objects.get(pk=case.pk)


def person(username: str) -> User:
    return User.objects.get(username=username)


def period_of(case: Case):
    today = timezone.localdate()
    due, _basis = defence_period(today, office_on(on=today, region=case.region))
    return due.on
