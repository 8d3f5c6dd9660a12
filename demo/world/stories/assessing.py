"""From an accepted application to its end: assessed, filed, posted, objected to, negotiated."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from agreements.services import handover
from demo.world.applicants import Applicant
from demo.world.experts import account_of_expert
from demo.world.script import World
from demo.world.stories import signing
from demo.world.stories.applying import made
from institutions.enums.assessment import BasicCondition, FindingResult, Verdict
from institutions.enums.notices import ObjectionState
from institutions.models import Assessment, NoticeEntry, Objection, ResultFiling, ResultToFile
from institutions.services.assessment import deciding, drawing, opinions, reassessing
from institutions.services.assessment.opening import open_assessment
from institutions.services.notices import filing, negotiation, objections, posting
from institutions.services.registry import verify_entry

OFFICER, HEAD = "agreement", "head"
ALL = 99
_FAULT = BasicCondition.SYSTEMS
_ADVICE = "完善医保管理和财务制度,补充统计信息管理制度并落实到科室。"


def assessment_of(world: World, applicant: Applicant) -> Assessment:
    rows = Assessment.objects.filter(application=made(world, applicant))
    found = rows.order_by("-pk").first()
    assert found is not None, "opened by the script"  # noqa: S101
    return found


def open_(world: World, applicant: Applicant, on: date, at: datetime) -> None:
    """Open the assessment and draw the group."""
    assessment = open_assessment(
        application_id=made(world, applicant).pk, by=world.users[OFFICER], at=at
    )
    drawing.draw_group(assessment_id=assessment.pk, by=world.users[OFFICER], at=at)


def begin(world: World, applicant: Applicant, on: date, at: datetime) -> None:
    assessment = assessment_of(world, applicant)
    drawing.begin_work(assessment_id=assessment.pk, by=world.users[OFFICER], at=at)


def sign(
    world: World,
    applicant: Applicant,
    on: date,
    at: datetime,
    *,
    passed: bool = True,
    signed: int = ALL,
) -> None:
    """So many of the group write and sign their opinions; the last one may dissent."""
    assessment = assessment_of(world, applicant)
    members = list(assessment.members.active().select_related("expert").order_by("place"))
    for place, member in enumerate(members[:signed]):
        by = world.users[account_of_expert(world, member.expert)]
        # One of the group sees it otherwise; the majority counts.
        good = passed or place == len(members) - 1
        opinions.save_opinion(
            member_id=member.pk,
            verdict=Verdict.QUALIFIED if good else Verdict.NOT_QUALIFIED,
            reasons="材料与现场情况相符,具备基本条件。"
            if good
            else "管理制度不健全,现场核查未见落实。",
            advice="" if good else _ADVICE,
            findings=[
                opinions.FindingDraft(
                    item_id=item.pk,
                    result=FindingResult.MET
                    if good or item.condition != _FAULT
                    else FindingResult.NOT_MET,
                    note="" if good or item.condition != _FAULT else "制度文本缺失",
                )
                for item in opinions.items_for(assessment)
                if item.field == member.field
            ],
            by=by,
            at=at,
        )
        opinions.sign_opinion(
            member_id=member.pk, signed_name=str(by), password="", code_was_spent=True, by=by, at=at
        )


def decide(
    world: World, applicant: Applicant, on: date, at: datetime, *, passed: bool = True
) -> None:
    deciding.decide_result(
        assessment_id=assessment_of(world, applicant).pk,
        result=Verdict.QUALIFIED if passed else Verdict.NOT_QUALIFIED,
        reasons="评估小组多数意见为合格,基本条件均已具备。"
        if passed
        else "评估小组多数意见为不合格:管理制度不健全。",
        advice="" if passed else _ADVICE,
        by=world.users[HEAD],
        at=at,
    )


def ask_again(world: World, applicant: Applicant, on: date, at: datetime) -> None:
    reassessing.ask_reassessment(
        application_id=made(world, applicant).pk,
        statement="已按建议完善各项制度并完成全员培训,申请再次评估。",
        by=world.users[applicant.username],
        at=at,
    )


# --- in public ------------------------------------------------------------------------------------


def file(world: World, applicant: Applicant, on: date, at: datetime) -> None:
    results = ResultToFile.objects.waiting().filter(application=made(world, applicant))
    made_filing = filing.file_results(
        result_ids=list(results.values_list("pk", flat=True)), by=world.users[OFFICER], at=at
    )
    world.made[f"filing.{applicant.key}"] = made_filing


def acknowledge(world: World, applicant: Applicant, on: date, at: datetime) -> None:
    made_filing: ResultFiling = world.made[f"filing.{applicant.key}"]
    filing.acknowledge_filing(
        filing_id=made_filing.pk, by=world.users["supervisor"], at=at, remark="已阅"
    )


def post(world: World, applicant: Applicant, on: date, at: datetime) -> None:
    posting.post_notice(application_ids=[made(world, applicant).pk], by=world.users[OFFICER], at=at)


def object_(
    world: World, applicant: Applicant, on: date, at: datetime, *, text: str, objector: str = ""
) -> None:
    entry = NoticeEntry.objects.get(application=made(world, applicant))
    objections.file_objection(
        entry_id=entry.pk,
        text=text,
        objector=objector,
        contact="0792-0000000" if objector else "",
        at=at,
    )


def comment(world: World, applicant: Applicant, on: date, at: datetime) -> None:
    for each in Objection.objects.of_application(made(world, applicant).pk).undecided():
        objections.comment_on_objection(
            objection_id=each.pk,
            text="相关设备已于评估前验收,验收报告已随材料提交。",
            by=world.users[applicant.username],
            at=at,
        )


def reject_objections(world: World, applicant: Applicant, on: date, at: datetime) -> None:
    for each in Objection.objects.of_application(made(world, applicant).pk).undecided():
        objections.decide_objection(
            objection_id=each.pk,
            state=ObjectionState.REJECTED,
            reason="经核实,异议所述情况与事实不符。",
            by=world.users[HEAD],
            at=at,
        )


# --- agreement ------------------------------------------------------------------------------------


def negotiate(world: World, applicant: Applicant, on: date, at: datetime) -> None:
    """Open the negotiation, if no nightly job has done it, and enter the codes."""
    application, invented = made(world, applicant), applicant.institution
    if application.state != "negotiating":
        negotiation.open_negotiation(application_id=application.pk, by=world.users[OFFICER], at=at)
    facts = invented.facts(world.today)
    codes = ("code", "credit_code", "kind", "nature", "level", "registered_address")
    verify_entry(
        institution_id=application.institution_id,
        by=world.users["intake"],
        at=at,
        **{name: facts[name] for name in codes},
    )


def draw_up(world: World, applicant: Applicant, on: date, at: datetime) -> None:
    first = (on.replace(day=1) + timedelta(32)).replace(day=1)
    world.made[f"agreement.{applicant.key}"] = handover.draft_from_application(
        application_id=made(world, applicant).pk,
        valid_from=first,
        by=world.users[OFFICER],
        at=at,
    )


def conclude(world: World, applicant: Applicant, on: date, at: datetime) -> None:
    agreement = world.made[f"agreement.{applicant.key}"]
    signing.sign(world, agreement, applicant.username, at)


def decline(world: World, applicant: Applicant, on: date, at: datetime) -> None:
    handover.decline_agreement(
        application_id=made(world, applicant).pk,
        by=world.users[applicant.username],
        at=at,
        reason="付费方式未能达成一致",
    )
