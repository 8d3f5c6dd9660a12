"""The demo hospital appeals against its performance result; another officer decides, the head
publishes, and its agreement shows the result.
"""

import re

import pytest

from agreements.enums.performance import PerformanceState
from agreements.models import PerformanceAssessment
from tests.journeys.conftest import confirm

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
HOSPITAL = "H36040300002"


def test_an_appeal_is_filed_decided_and_the_result_published(office):
    assessment = PerformanceAssessment.objects.get(
        institution__code=HOSPITAL, state=PerformanceState.PROPOSED
    )
    score = assessment.scores.get(indicator__code="C2")
    hospital = office.as_("hospital")
    hospital.goto("/portal/performance/")
    hospital.click(f"a:has-text('{assessment.number}')")
    # Each figure explains itself.
    hospital.click("details summary >> nth=-1")
    hospital.click(".acts a[href$='/appeal/']")
    hospital.fill(f"[name=points_{score.pk}]", "7")
    hospital.fill(f"[name=text_{score.pk}]", "第三季度自查记录已补充归档。")
    confirm(hospital)
    hospital.wait_for_url(re.compile(r"/portal/performance/PFA-[0-9-]+/$"))
    assessment.refresh_from_db()
    assert assessment.state == PerformanceState.APPEALED
    appeal = assessment.appeals.get()

    # Whoever assessed may not decide.
    officer = office.as_("agreement")
    officer.goto(f"/desk/performance/appeals/{appeal.pk}/decide/")
    assert officer.locator("form.office-form").count() == 0
    colleague = office.as_("agreement2")
    colleague.goto(f"/desk/performance/{assessment.number}/")
    colleague.click(f"a[href$='/appeals/{appeal.pk}/decide/']")
    colleague.check("input[name=outcome][value=granted]")
    colleague.fill("[name=points]", "7")
    colleague.fill("[name=reason]", "补充材料属实,予以采纳。")
    confirm(colleague)
    assessment.refresh_from_db()
    assert assessment.state == PerformanceState.APPEAL_DECIDED

    head = office.as_("head")
    head.goto(f"/desk/performance/{assessment.number}/")
    head.click(".acts a[href$='/publish/']")
    confirm(head)
    assessment.refresh_from_db()
    assert assessment.state == PerformanceState.PUBLISHED
    hospital.goto(assessment.agreement.get_portal_url())
    assert str(assessment.score) in hospital.inner_text("section[aria-labelledby=performance]")
