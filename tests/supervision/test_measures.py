"""Measures of a case: on a clause of the signed text, and what their decision sets off (B-11)."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from agency.enums import Role
from agency.models import Notice, OfficialLetter
from agency.rules import Refusal
from agreements.enums.measures import ObligationKind, ObligationState
from agreements.models import Obligation, ServiceBlock
from agreements.services.obligations import enter_payment
from agreements.services.texts.in_force import text_of
from supervision.enums.interviews import InterviewState, MoneyAct
from supervision.models import Case, CaseMeasure, Interview
from supervision.rules.measures import clause_obstacles
from supervision.services import opening
from supervision.services.clauses import breach_clauses
from supervision.services.measure_effects import kind_of, undo
from tests.agency.factories import user_with
from tests.agreements.factories_measures import blocked, department, practitioner
from tests.institutions.factories import InstitutionFactory
from tests.supervision import factories as make
from tests.supervision.factories import DECIDED_ON, at
from tests.supervision.factories_measures import fitted

pytestmark = pytest.mark.django_db
OPENED = date(2025, 4, 22)


def add(office, case, kind, **facts):
    return opening.add_measure(
        case_id=case.pk,
        facts=make.measure(kind, **facts),
        by=office.officer,
        at=at(OPENED),
    )


# --- the clause ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rung", "has_text", "allowing", "chosen", "code"),
    [
        (3, False, [], None, ""),  # signed before its text was kept
        (3, True, [7], 7, ""),
        (3, True, [7], None, "clause_not_chosen"),
        (3, True, [7], 8, "clause_does_not_allow_it"),
        (3, True, [], None, "measure_not_agreed"),
        (5, True, [], None, ""),  # art. 45 itself
        (6, True, [], None, ""),  # arts. 42 and 43 themselves
        (6, True, [7], None, "clause_not_chosen"),
    ],
)
def test_a_measure_rests_on_what_was_agreed(rung, has_text, allowing, chosen, code):
    found = clause_obstacles(rung=rung, has_text=has_text, allowing=allowing, chosen=chosen)
    assert [each.code for each in found] == ([code] if code else [])


def test_the_clause_of_the_signed_text_is_named(office, codes):
    agreement = office.agreement
    case = make.opened(office)
    with pytest.raises(Refusal) as refusal:
        add(office, case, "refuse")
    assert codes(refusal) == ["clause_not_chosen"]
    plain = text_of(agreement.pk).clauses.get(key="payment")
    with pytest.raises(Refusal) as refusal:
        add(office, case, "refuse", text_clause_id=plain.pk)
    assert codes(refusal) == ["clause_does_not_allow_it"]
    assert not CaseMeasure.objects.exists()
    option = breach_clauses(agreement.pk, 3)[0]
    measure = add(office, case, "refuse", text_clause_id=option.clause.pk)
    assert measure.text_clause == option.clause
    assert measure.clause.endswith("第三条 违约")
    assert measure.clause_note == ""
    assert option.proposes(Decimal("8400.00")) == Decimal("840.00")


def test_without_a_signed_text_the_clause_is_in_words_with_a_note(office):
    measure = add(office, make.opened(office), "refuse")
    assert measure.clause == "第二十三条"
    assert measure.clause_note != ""


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"rung": 2, "money_act": "recover"}, "casemeasure_money_act_of_its_rung"),
        ({"rung": 2, "money_act": "withhold"}, "casemeasure_withheld_says_until_when"),
        ({"rung": 3, "release_when": "x"}, "casemeasure_withheld_says_until_when"),
    ],
)
def test_the_database_keeps_what_each_measure_says(office, facts, constraint):
    case = make.opened(office)
    given = {"clause": "第一条", "evidence": "笔录", "amount": "1.00", **facts}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        CaseMeasure.objects.create(case=case, **given)


def test_the_fifth_measure_stops_somebody_of_the_roster(office, codes):
    case = make.opened(office)
    with pytest.raises(Refusal) as refusal:
        add(office, case, "person")
    assert codes(refusal) == ["target_not_on_the_roster"]
    person = practitioner(office.institution)
    measure = add(office, case, "person", practitioner=person)
    assert measure.target_name == f"张示范 {person.staff_code}"
    with pytest.raises(IntegrityError, match="casemeasure_fifth_on_the_roster"):
        CaseMeasure.objects.filter(pk=measure.pk).update(department=department(office.institution))


# --- what the decision sets off -----------------------------------------------------------------


def test_each_measure_takes_effect_with_the_decision(office):
    case = make.decided(office, "interview", "withhold", "refuse", "damages", "person")
    letter = case.decision_letter
    interview = Interview.objects.get()
    assert (interview.case, interview.state, interview.attempt) == (
        case,
        InterviewState.TO_CALL,
        1,
    )
    rows = Obligation.objects.order_by("pk")
    assert [(each.kind, each.amount, each.due_on) for each in rows] == [
        (ObligationKind.REFUSED, Decimal("1200.00"), None),
        (ObligationKind.RECOVERY, Decimal("8400.00"), None),
        (ObligationKind.DAMAGES, Decimal("2000.00"), None),
    ]
    assert {(each.basis, each.letter) for each in rows} == {(case.number, letter)}
    block = ServiceBlock.objects.get()
    assert (block.first_day, block.last_day) == (DECIDED_ON, date(2025, 8, 11))
    assert (block.basis, block.letter, block.region) == (case.number, letter, case.region)
    assert not rows.visible_to(office.member).exists()  # not served yet
    assert not ServiceBlock.objects.visible_to(office.member).exists()


def test_the_periods_to_pay_run_from_the_service(office):
    case = make.served(office, "withhold", "refuse", "person")  # served on 14 May
    kinds = dict(Obligation.objects.values_list("kind", "due_on"))
    assert kinds == {
        ObligationKind.REFUSED: None,
        ObligationKind.RECOVERY: date(2025, 6, 5),
    }
    owed = Obligation.objects.get(kind=ObligationKind.RECOVERY)
    assert Obligation.objects.visible_to(office.member).count() == 2
    keys = set(Notice.objects.filter(recipient=office.member).values_list("key", flat=True))
    assert {f"obligation.{owed.pk}.due", f"block.{ServiceBlock.objects.get().pk}.begun"} <= keys
    assert [each.act for each in owed.transitions.all()] == ["oblige", "begin_period"]
    assert case.number == owed.basis


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (MoneyAct.WITHHOLD, ObligationKind.WITHHELD),
        (MoneyAct.REFUSE_PAYMENT, ObligationKind.REFUSED),
        (MoneyAct.REFUSE_FEES, ObligationKind.REFUSED),
        (MoneyAct.RECOVER, ObligationKind.RECOVERY),
    ],
)
def test_the_act_on_the_money_is_the_kind_of_obligation(act, kind):
    rung = 2 if act in (MoneyAct.WITHHOLD, MoneyAct.REFUSE_PAYMENT) else 3
    from_measure = CaseMeasure(rung=rung, money_act=act)
    assert from_measure.wording == str(MoneyAct(act).label)
    assert kind_of(from_measure) == kind


def test_a_refused_block_leaves_nothing_of_the_decision(office, codes):
    case = make.ready(office, "interview", "refuse", "person")
    person = case.measures.get(rung=5).practitioner
    blocked(office.institution, office.head, practitioner=person)
    letters = OfficialLetter.objects.count()
    with pytest.raises(Refusal) as refusal:
        make.decide(case, by=office.head)
    assert codes(refusal) == ["blocked_already"]
    assert Case.objects.get(pk=case.pk).decided_on is None
    assert ServiceBlock.objects.count() == 1
    assert not Obligation.objects.exists()
    assert not Interview.objects.exists()
    assert OfficialLetter.objects.count() == letters


def test_nobody_is_blocked_before_the_decision_nor_after_the_noticed_days(office, codes):
    late = date(2025, 8, 11)  # the last noticed day
    case = make.decide(make.ready(office, "person"), by=office.head, on=late)
    assert ServiceBlock.objects.get(basis=case.number).first_day == late
    other = make.ready(make.Office(), "person")
    with pytest.raises(Refusal) as refusal:
        make.decide(other, by=office.head, on=date(2025, 8, 12))
    assert codes(refusal) == ["block_over_before_it_begins"]


def test_the_letter_lists_what_each_measure_says(office):
    case = make.opened(office)
    person = practitioner(office.institution)
    for kind, facts in (
        ("interview", {}),
        ("withhold", {"money_act": "withhold", "release_when": "整改验收合格"}),
        ("damages", {"reckoning": "违约费用的10%"}),
        ("person", {"practitioner": person}),
    ):
        add(office, case, kind, **facts)
    make.demanded(case, office)
    notice = make.hearing.give_notice(
        case_id=case.pk,
        facts="查实",
        by=office.officer,
        on=date(2025, 4, 28),
        at=at(date(2025, 4, 28)),
    )
    said = notice.notice_letter.context["measures"]
    for word in ("1,200.00", "整改验收合格", "10%", person.staff_code, "2025-08-11", "第二十三条"):
        assert word in said


# --- and back -----------------------------------------------------------------------------------


def test_undone_everything_falls_away_and_the_days_come_back(office):
    case = make.served(office, "interview", "refuse", "person")
    owed = Obligation.objects.get()
    enter_payment(
        obligation_id=owed.pk,
        amount=owed.amount,
        voucher="V-1",
        on=date(2025, 5, 20),
        at=at(date(2025, 5, 20)),
        by=user_with(Role.PAYMENT_OFFICER),
    )
    days = undo(case, reason="复议撤销", by=office.head, at=at(date(2025, 7, 1)))
    assert days == [(DECIDED_ON, date(2025, 8, 11))]
    assert Interview.objects.get().state == InterviewState.ANNULLED
    owed.refresh_from_db()
    assert owed.state == ObligationState.WITHDRAWN
    back = Obligation.objects.get(kind=ObligationKind.RESTORED)
    assert (back.amount, back.basis) == (owed.amount, owed.number)
    assert ServiceBlock.objects.get().annulled_on == date(2025, 7, 1)
    assert undo(case, reason="复议撤销", by=office.head, at=at(date(2025, 7, 1))) == []
    assert Obligation.objects.count() == 2


def test_measures_of_other_institutions_stay(office):
    case = make.decided(office, "refuse")
    elsewhere = InstitutionFactory()
    blocked(elsewhere, office.head)
    undo(case, reason="复议撤销", by=office.head, at=at(date(2025, 7, 1)))
    assert ServiceBlock.objects.get().annulled_on is None
    assert fitted(case, make.measure("refuse"))["rung"] == 3
