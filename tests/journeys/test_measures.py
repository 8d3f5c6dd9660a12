"""A decision with four measures: money is owed, a doctor blocked, and the next claim refused."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.utils import timezone

from agency.models import User
from agreements.models import Obligation, ServiceBlock
from demo.world.employees import staff_of
from demo.world.handling import fitted
from demo.world.institutions import BY_KEY
from institutions.models import Institution
from settlements.models import Finding
from settlements.services.intake import take_in
from settlements.services.review import review_batch
from settlements.services.submission import submit_batch
from supervision.enums.proceedings import LegalOutcome, Vote
from supervision.models import Case
from supervision.services import formal_demands, hearing, legal, opening
from tests.journeys.conftest import confirm
from tests.settlements.claimfiles import Files, uploads
from tests.supervision.factories import pdf

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
HOSPITAL = BY_KEY["renhe"]
DOCTOR = 5
MEASURES: tuple[dict[str, Any], ...] = (
    {"rung": 1},
    {"rung": 3, "amount": "8400.00", "money_act": "recover"},
    {"rung": 4, "amount": "840.00"},
    {"rung": 5, "doctor": DOCTOR},
)


def test_a_decision_leaves_money_owed_and_a_doctor_whose_charges_are_refused(office):
    """The head decides; the desk shows what is owed and who is blocked; the review refuses."""
    case = ready_to_decide()
    head = office.as_("head")
    head.goto(f"/desk/cases/{case.number}/decide/")
    head.fill("textarea[name=consideration]", "已听取陈述申辩,事实清楚。")
    confirm(head)
    effects = head.inner_text("section[aria-labelledby=effects]")
    assert "8,400.00" in effects
    assert "840.00" in effects
    code = staff_of(HOSPITAL)[DOCTOR].staff_code
    assert code in effects
    assert Obligation.objects.filter(basis=case.number).count() == 2

    head.goto(f"/desk/obligations/?q={case.number}")
    assert head.locator("table.data tbody tr").count() == 2
    head.goto(f"/desk/blocks/?q={code}")
    assert case.number in head.inner_text("main")
    block = ServiceBlock.objects.get(basis=case.number)
    assert block.first_day == timezone.localdate()

    batch = claims_of(code)
    found = Finding.objects.filter(batch=batch, check_name="practitioner_blocked")
    assert [each.bkkp_sn for each in found] == ["LJ00001"]
    reviewer = office.as_("reviewer")
    reviewer.goto(f"/desk/claims/{batch.number}/?check_name=practitioner_blocked")
    assert code in reviewer.inner_text("main")


def claims_of(doctor: str) -> Any:
    """A batch of this month: one charge of the blocked doctor today, one of a colleague."""
    institution = Institution.objects.get(code=HOSPITAL.code)
    today = timezone.localdate()
    files = Files(institution.code, "J")
    row = files.settlement(begndate=str(today), enddate=str(today), setl_time=f"{today} 15:00:00")
    for code in (doctor, staff_of(HOSPITAL)[DOCTOR + 1].staff_code):
        files.line(row, fee_ocur_time=f"{today} 09:00:00", bilg_dr_code=code, pric="31.00", cnt="1")
    now = timezone.now()
    contents = uploads(files.totals().csv())
    batch = submit_batch(institution=institution, files=contents, by=None, at=now).batch
    batch = take_in(batch_id=batch.pk, at=now)
    assert batch.is_taken_in, batch.first_errors
    return review_batch(batch_id=batch.pk, at=now)


def ready_to_decide() -> Case:
    """A case heard, reviewed and discussed: the head decides today."""
    today = timezone.localdate()
    officer = person("audit")

    def on(days: int, by: User = officer) -> dict[str, Any]:
        day = today - timedelta(days)
        return {"by": by, "on": day, "at": instant(day)}

    case = opening.register_clue(
        institution=Institution.objects.get(code=HOSPITAL.code),
        title="重复收费(演示)",
        clue="数据核查发现",
        **on(60),
    )
    opening.open_case(case_id=case.pk, facts="多收床位费8400元", **on(60))
    for each in MEASURES:
        facts = {"clause": "第三十二条", "evidence": "收费明细", **each}
        if each["rung"] == 5:
            facts |= {"starts_on": today, "ends_on": today + timedelta(60)}
        opening.add_measure(
            case_id=case.pk,
            facts=fitted(case, HOSPITAL.key, facts),
            by=officer,
            at=instant(today - timedelta(60)),
        )
    demand = formal_demands.issue_demand(case_id=case.pk, text="请退回", **on(59))
    formal_demands.serve_demand(demand_id=demand.pk, **received(today - timedelta(58)), **on(58))
    hearing.give_notice(case_id=case.pk, facts="多收床位费8400元", **on(40))
    hearing.serve_notice(case_id=case.pk, **received(today - timedelta(39)), **on(39))
    hearing.give_statement(case_id=case.pk, text="系统设置错误", **on(37, person("hospital")))
    legal.submit_for_review(case_id=case.pk, consideration="理由不成立", **on(10))
    legal.review_legality(
        case_id=case.pk, outcome=LegalOutcome.APPROVED, opinion="合法", **on(8, person("legal"))
    )
    members = ("head", "audit2", "legal", "agreement")
    legal.record_discussion(
        case_id=case.pk,
        held_on=today - timedelta(5),
        minutes="同意",
        votes={person(each): Vote.IN_FAVOUR for each in members},
        **on(5),
    )
    return Case.objects.get(pk=case.pk)


def received(day: date) -> dict[str, Any]:
    return {"served_on": day, "recipient": "院长办公室", "proof": pdf("回执.pdf")}


def instant(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(10)))


def person(username: str) -> User:
    return User.objects.get(username=username)
