"""Renewals in every state (B-15, B-16): a round, drafts of it, one of them in the simplified form,
a decision not to renew, a public institution's notice the administration has answered.
"""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from agency.periods import ONE_DAY, add_months
from agency.rules import Refusal
from agreements.enums.life import RequestKind
from agreements.enums.renewals import NotAgreedGround, ReviewOutcome
from agreements.models import Agreement, AgreementRequest, RenewalRound
from agreements.services.letters import issue_renewal_notice
from agreements.services.not_renewing import decide_not_to_renew, review_exit
from agreements.services.renewal import renew_agreement
from agreements.services.renewal_rounds import open_round
from agreements.services.renewal_scores import scores_of
from demo.world.institutions import BY_KEY
from demo.world.script import Script, World

OFFICER, HEAD, SUPERVISOR = "agreement", "head", "supervisor"
# Ends in two months, and the parties did not agree.
NOT_AGREED = "dialysis"
# The first month of the window of the round, counted from this one, and its last.
WINDOW = (5, 7)
DRAFTED = 3


def enter(script: Script) -> None:
    world = script.world
    script.on(world.ago(10), partial(open_central, world), label="round of renewal")
    script.on(world.ago(5), partial(not_agreed, world), hour=14, label="not renewed")
    script.on(world.ago(3), partial(answer_notice, world), hour=15, label="review of an exit")
    script.on(world.ago(2), partial(draw_up, world), hour=16, label="drafts of the round")
    script.on(world.ago(1), partial(remind, world), hour=16, label="notice of renewal")


def open_central(world: World, on: date, at: datetime) -> None:
    first = add_months(world.today.replace(day=1), WINDOW[0])
    world.made["renewal.round"] = open_round(
        region=world.region,
        title="年度协议统一续签",
        ends_from=first,
        ends_to=add_months(first, WINDOW[1] - WINDOW[0]) - ONE_DAY,
        note="请于收到通知后核对机构信息和医保医师名册,无需单独提出续签申请。",
        by=world.users[OFFICER],
        at=at,
    )


def draw_up(world: World, on: date, at: datetime) -> None:
    """The best of the round first: where the score is good enough, the form is the simple one."""
    made: RenewalRound = world.made["renewal.round"]
    members = list(Agreement.objects.filter(renewal_member__round=made))
    scores = scores_of((each.institution_id for each in members), on)

    def place(agreement: Agreement) -> float:
        result = scores.get(agreement.institution_id)
        return -float(result.score or 0) if result else 0.0

    for agreement in sorted(members, key=place)[:DRAFTED]:
        try:
            renew_agreement(agreement_id=agreement.pk, by=world.users[OFFICER], at=at)
        except Refusal as refusal:
            world.say(f"{agreement}: {refusal}")


def _agreement_of(world: World, key: str) -> Agreement:
    rows = Agreement.objects.running().filter(institution=world.of(BY_KEY[key]))
    return rows.order_by("-valid_from")[0]


def not_agreed(world: World, on: date, at: datetime) -> None:
    decide_not_to_renew(
        agreement_id=_agreement_of(world, NOT_AGREED).pk,
        ground=NotAgreedGround.TERMS,
        reason="双方就透析按病种付费标准经两轮协商未达成一致。",
        by=world.users[HEAD],
        at=at,
    )


def answer_notice(world: World, on: date, at: datetime) -> None:
    """Of the notices of public institutions the first is answered; others may wait."""
    request = AgreementRequest.objects.filter(
        kind=RequestKind.NOT_RENEW, needs_review=True, state="filed"
    ).first()
    if request is not None:
        review_exit(
            request_id=request.pk,
            outcome=ReviewOutcome.NO_OBJECTION,
            text="机构合并已经卫生健康部门批准,同意不再续签,请做好参保人员就医衔接。",
            by=world.users[SUPERVISOR],
            at=at,
        )


def remind(world: World, on: date, at: datetime) -> None:
    """A notice of renewal by letter to the first that may still apply in time."""
    rows = (
        Agreement.objects.running()
        .filter(renewal_remind_on__lte=on, renewal_apply_by__gte=on, region=world.region)
        .order_by("valid_to", "pk")
    )
    for agreement in rows[:1]:
        issue_renewal_notice(agreement_id=agreement.pk, by=world.users[OFFICER], at=at)
