"""A central round in a browser: from the board to the draft, and renewed by the night after."""

from datetime import timedelta

import pytest
from django.utils import timezone

from agency.enums import Role
from agency.models import User
from agreements.enums.life import AgreementState
from agreements.models import Agreement, RenewalRound
from agreements.services.deadlines import end_and_begin_terms
from agreements.services.signing import sign_agreement
from tests.agreements.texts import agree_text
from tests.journeys.conftest import confirm

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PHONE = {"width": 390, "height": 844}
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def test_a_round_renews_an_agreement(office):
    running = Agreement.objects.running().get(institution__memberships__user__username="hospital")
    officer, hospital = office.as_("agreement"), office.as_("hospital", viewport=PHONE)
    officer.goto("/desk/renewals/")
    officer.click(".page-head a[href$='/rounds/new/']")
    officer.fill("input[name=title]", "下年度统一续签")
    officer.fill("input[name=ends_from]", str(running.valid_to))
    officer.fill("input[name=ends_to]", str(running.valid_to))
    confirm(officer)
    made = RenewalRound.objects.get(title="下年度统一续签")
    assert made.number in officer.inner_text("h1")

    hospital.goto(f"/portal/agreements/{running.pk}/renewal/")
    assert made.number in hospital.inner_text("main")
    assert hospital.evaluate(WIDE) <= 0

    officer.goto(f"/desk/renewals/?round={made.number}")
    officer.check(f"input[name=agreement][value='{running.pk}']")
    officer.click("button[formaction$='/renewals/draft/']")
    confirm(officer)
    draft = Agreement.objects.get(renewal_of=running)
    officer.goto(f"/desk/renewals/?round={made.number}&state=negotiating")
    assert running.number in officer.inner_text("table")

    now = timezone.now()
    agree_text(draft, at=now, by=User.objects.get(username="hospital"))
    head = User.objects.filter(groups__name=Role.AGENCY_HEAD.value).first()
    sign_agreement(agreement_id=draft.pk, by=head, at=now)
    end_and_begin_terms(on=running.valid_to + timedelta(1), at=now)
    running.refresh_from_db()
    draft.refresh_from_db()
    assert (running.state, draft.state) == (AgreementState.RENEWED, AgreementState.EFFECTIVE)
    hospital.goto(f"/portal/agreements/{running.pk}/renewal/")
    assert "已续签" in hospital.inner_text(".page-head")
