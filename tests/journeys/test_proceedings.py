"""A ground the program has found leads, step by step, to a dissolution that is published."""

from datetime import date
from typing import Any

import pytest
from django.utils import timezone

from agreements.enums.life import AgreementState
from agreements.models import Agreement, DissolvedEntry
from demo.world.stories.proceedings import ENDED_LICENCE
from supervision.enums.cases import CaseState
from supervision.models import Case
from supervision.services.clauses import breach_clauses
from tests.journeys.conftest import confirm
from tests.supervision.factories import pdf

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PROOF = {"name": "回执.pdf", "mimeType": "application/pdf", "buffer": pdf().read()}


def test_from_a_ground_found_to_the_published_dissolution(office):
    found = Case.objects.filter(ground="43.9", state=CaseState.CLUE)
    case = found.get(institution__name="都昌鄱湖医院(演示)")
    assert ENDED_LICENCE == "duchang"
    assert case.opened_by is None
    today = timezone.localdate()
    desk = f"/desk/cases/{case.number}/"

    audit = office.as_("audit")
    audit.goto(desk)
    assert audit.locator(".stepline [aria-current=step]").count() == 1
    audit.click(f".acts a[href='{desk}open/']")
    confirm(audit)
    assert Case.objects.get(pk=case.pk).opened_by.username == "audit"

    lay_out_the_dissolution(audit, case, today)
    audit.goto(f"{desk}notice/")
    audit.fill("textarea[name=facts]", "执业许可证有效期届满,未办理延续。")
    confirm(audit)
    serve(audit, f"{desk}notice/served/", today)

    hospital = office.as_("hospital_duchang")
    hospital.goto(f"/portal/cases/{case.number}/")
    assert hospital.locator(".stepline").count() == 1
    hospital.click(".acts a[href$='/statement/']")
    hospital.fill("textarea[name=text]", "正在办理延续,请求宽限。")
    confirm(hospital)

    audit.goto(f"{desk}review/submit/")
    audit.fill("textarea[name=consideration]", "许可证已失效,不具备履约条件。")
    confirm(audit)
    legal = office.as_("legal")
    legal.goto(f"{desk}review/")
    legal.check("input[name=outcome][value=approved]")
    legal.fill("textarea[name=opinion]", "事实清楚,程序合法。")
    confirm(legal)
    audit.goto(f"{desk}discussion/")
    audit.fill("textarea[name=minutes]", "一致同意解除。")
    for each in audit.locator("select[name^=vote_]").all()[:3]:
        each.select_option("in_favour")
    confirm(audit)

    head = office.as_("head")
    head.goto(f"{desk}decide/")
    head.fill("textarea[name=consideration]", "许可证已失效,申辩理由不成立。")
    confirm(head)
    agreement = Agreement.objects.get(pk=case.agreement_id)
    assert (agreement.state, agreement.dissolution_ground) == (AgreementState.DISSOLVED, 9)

    serve(audit, f"{desk}decision/served/", today)
    entry = DissolvedEntry.objects.get(agreement=agreement)
    assert entry.publish_due_on is not None
    officer = office.as_("agreement")
    officer.goto(entry.get_absolute_url())
    officer.click(".acts a[href$='/publish/']")
    confirm(officer)
    officer.goto("/dissolved/")
    assert "都昌鄱湖医院" in officer.inner_text("main")


def lay_out_the_dissolution(audit: Any, case: Case, today: date) -> None:
    audit.goto(f"/desk/cases/{case.number}/measures/add/dissolve/")
    clauses = breach_clauses(case.agreement_id, 6)
    if clauses:
        audit.select_option("[name=text_clause]", str(clauses[0].clause.pk))
    else:
        audit.fill("[name=clause]", "协议第四十五条")
    assert audit.input_value("select[name=dissolution_ground]") == "9"
    audit.fill("[name=starts_on]", str(today))
    audit.fill("textarea[name=evidence]", "执业登记信息")
    confirm(audit)


def serve(audit: Any, address: str, today: date) -> None:
    """By hand, or by the receipt that the institution has confirmed already."""
    audit.goto(address)
    audit.fill("input[name=served_on]", str(today))
    audit.fill("input[name=recipient]", "院长办公室")
    audit.set_input_files("input[name=proof]", PROOF)
    confirm(audit)
