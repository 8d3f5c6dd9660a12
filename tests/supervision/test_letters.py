"""The letters of a case, and the periods their service starts."""

from datetime import date

import pytest

from agency.enums import Actor, LetterState, ServiceMethod, ServiceState
from agency.models import OfficialLetter
from agency.rules import Refusal
from agency.services.letters import correct_letter
from institutions.models import InstitutionLetter
from institutions.services.letters import confirm_receipt, give_consent
from supervision.models import AdministrationOrder, AdministrationReport, Case
from supervision.services import decision, hearing, opening, orders
from tests.institutions.factories import InstitutionFactory, member_of
from tests.supervision import factories as make
from tests.supervision.factories import (
    DECIDED_ON,
    DEFENCE_UNTIL,
    SERVED_ON,
    at,
    decide,
    imposed,
    measure,
    pdf,
)

pytestmark = pytest.mark.django_db

PASSWORD = "correct-horse-battery"
ISSUED_ON = date(2025, 4, 28)


def consent(office) -> None:
    give_consent(
        institution_id=office.institution.pk,
        signed_name=office.member.name,
        password=PASSWORD,
        by=office.member,
        at=at(date(2025, 4, 1)),
    )


def confirm(office, letter, day):
    return confirm_receipt(
        letter_id=letter.pk,
        signed_name=office.member.name,
        password=PASSWORD,
        by=office.member,
        at=at(day),
    )


def test_the_notice_is_a_numbered_letter(office):
    case = make.noticed(office, "refuse", "interview")
    letter = case.notice_letter
    assert (letter.kind, letter.state, letter.issued_on) == ("prior_notice", "issued", ISSUED_ON)
    assert letter.number.endswith("协告〔2025〕1号")
    assert letter.addressee == office.institution.name
    assert letter.matter == case.number
    assert "8,400.00" in letter.body
    assert letter.context["defence_days"] == 5
    step = case.transitions.get(act="give_notice")
    assert step.letter == letter
    assert letter.of_institution.institution == office.institution


def test_a_refused_notice_issues_no_letter_and_leaves_no_gap(office):
    case = make.opened(office)
    with pytest.raises(Refusal):  # nothing intended yet
        hearing.give_notice(
            case_id=case.pk, facts="x", by=office.officer, on=ISSUED_ON, at=at(ISSUED_ON)
        )
    assert not OfficialLetter.objects.exists()
    opening.add_measure(
        case_id=case.pk, facts=measure("refuse"), by=office.officer, at=at(ISSUED_ON)
    )
    hearing.give_notice(
        case_id=case.pk, facts="x", by=office.officer, on=ISSUED_ON, at=at(ISSUED_ON)
    )
    other = make.noticed(office, "interview")
    assert case_letter(case).number.endswith("协告〔2025〕1号")
    assert other.notice_letter.number.endswith("协告〔2025〕2号")


def case_letter(case) -> OfficialLetter:
    return Case.objects.get(pk=case.pk).notice_letter


def test_the_defence_starts_on_the_day_of_service_by_hand(office):
    case = make.in_defence(office)
    letter = case_letter(case)
    assert (letter.issued_on, letter.served_on) == (ISSUED_ON, SERVED_ON)
    case.refresh_from_db()
    assert (case.state, case.notice_served_on) == ("defence", SERVED_ON)
    assert case.defence_due_on == DEFENCE_UNTIL
    assert case.defence_due_basis["start"] == "2025-04-29"
    service = letter.services.get()
    assert (service.method, service.recipient) == (ServiceMethod.HAND, "院办张某")
    assert service.proof.name == "回执.pdf"
    assert "院办张某" in case.notice_proof
    own = letter.of_institution
    assert own.period_due_on == DEFENCE_UNTIL


def test_confirmed_in_the_portal_the_clock_starts_without_the_desk(office):
    consent(office)
    case = make.noticed(office)
    assert case.notice_letter.open_service.method == ServiceMethod.PORTAL
    confirm(office, case.notice_letter, SERVED_ON)
    case = Case.objects.get(pk=case.pk)
    assert (case.state, case.notice_served_on) == ("defence", SERVED_ON)
    assert case.defence_due_on == DEFENCE_UNTIL
    assert case.transitions.get(act="serve_notice").by == office.member


def test_carried_by_hand_after_all_the_portal_service_ends(office):
    consent(office)
    case = make.in_defence(office)
    services = case_letter(case).services.order_by("pk")
    assert [(each.method, each.state) for each in services] == [
        (ServiceMethod.PORTAL, ServiceState.FAILED),
        (ServiceMethod.HAND, ServiceState.SERVED),
    ]


def test_without_proof_or_recipient_nothing_is_served(office):
    case = make.noticed(office)
    for facts in ({"recipient": " ", "proof": pdf()}, {"recipient": "张某", "proof": None}):
        with pytest.raises(Refusal):
            hearing.serve_notice(
                case_id=case.pk,
                served_on=SERVED_ON,
                by=office.officer,
                on=SERVED_ON,
                at=at(SERVED_ON),
                **facts,
            )
    case = Case.objects.get(pk=case.pk)
    assert (case.state, case.defence_due_on) == ("notice", None)
    assert case.notice_letter.services.count() == 0


def test_a_corrected_notice_is_what_starts_the_clock(office):
    consent(office)
    case = make.noticed(office)
    wrong = case.notice_letter
    right = correct_letter(
        letter_id=wrong.pk,
        context={"facts": "查实多收费用8400.00元"},
        reason="金额有误",
        by=office.officer,
        at=at(ISSUED_ON),
        on=ISSUED_ON,
    )
    assert case_letter(case) == right
    with pytest.raises(Refusal):
        confirm(office, wrong, SERVED_ON)
    confirm(office, right, SERVED_ON)
    assert Case.objects.get(pk=case.pk).defence_due_on == DEFENCE_UNTIL


def test_the_decision_lists_what_is_imposed_and_may_be_disputed_from_service(office):
    case = make.served(office, "refuse", "damages")
    case = Case.objects.get(pk=case.pk)
    letter = case.decision_letter
    assert letter.number.endswith("协决〔2025〕1号")
    assert "8,400.00" in letter.body
    assert "2,000.00" in letter.body
    assert (letter.issued_on, letter.served_on) == (DECIDED_ON, date(2025, 5, 14))
    assert case.reconsideration_until == date(2025, 7, 14)  # 60 days: a Sunday, then Monday
    assert letter.of_institution.period_due_on == case.reconsideration_until


def test_a_decision_the_agreement_refuses_issues_no_letter(office, codes):
    make.agreement_in_force(office.institution)
    case = make.ready(office, "suspend")
    with pytest.raises(Refusal):
        decide(case, by=office.head, ends_on=date(2027, 1, 1))  # longer than allowed
    assert not OfficialLetter.objects.filter(kind="handling_decision").exists()
    decide(Case.objects.get(pk=case.pk), by=office.head)
    letter = OfficialLetter.objects.get(kind="handling_decision")
    assert letter.number.endswith("协决〔2025〕1号")


def test_suspending_by_a_case_the_decision_is_the_only_letter(office):
    agreement = make.agreement_in_force(office.institution)
    case = make.decided(office, "suspend")
    assert not OfficialLetter.objects.filter(kind="suspension_decision").exists()
    step = agreement.transitions.get(act="suspend")
    assert step.letter == Case.objects.get(pk=case.pk).decision_letter


def test_the_report_goes_to_the_administration_and_to_no_institution(office):
    case = make.closed(office, "person")
    letter = AdministrationReport.objects.get(case=case).letter
    assert (letter.kind, letter.actor) == ("administration_report", Actor.AGENCY)
    assert letter.addressee.endswith("医疗保障局")
    assert not InstitutionLetter.objects.filter(letter=letter).exists()


def test_the_administration_issues_its_own_order(office):
    case = make.opened(office, "refuse")
    order = orders.order_handling(
        institution=office.institution,
        case_id=case.pk,
        text="限期处理",
        by=office.supervisor,
        on=ISSUED_ON,
        at=at(ISSUED_ON),
    )
    letter = AdministrationOrder.objects.get(pk=order.pk).letter
    assert (letter.kind, letter.actor) == ("handling_order", Actor.ADMINISTRATION)
    assert (letter.issued_by, letter.state) == (office.supervisor, LetterState.ISSUED)
    assert letter.number.endswith("责处〔2025〕1号")
    with pytest.raises(Refusal):
        orders.order_handling(
            institution=office.institution,
            text="限期处理",
            by=office.officer,
            on=ISSUED_ON,
            at=at(ISSUED_ON),
        )
    assert OfficialLetter.objects.filter(kind="handling_order").count() == 1


def test_pages_show_the_letters_of_the_case_to_both_sides_and_nobody_else(office, client):
    case = make.in_defence(office)
    number = case_letter(case).number
    client.force_login(office.officer)
    assert number in client.get(case.get_absolute_url()).content.decode()
    client.force_login(office.member)
    page = client.get(case.get_portal_url()).content.decode()
    assert number in page
    assert "2025-05-09" in page
    client.force_login(member_of(InstitutionFactory()))
    assert client.get(case.get_portal_url()).status_code == 404


def test_decisions_of_measures_not_imposed_stay_out(office):
    case = make.heard(office, "refuse", "damages")
    chosen = imposed(case)[:1]
    decision.decide_case(
        case_id=case.pk,
        imposed=chosen,
        consideration="部分成立",
        by=office.head,
        on=DECIDED_ON,
        at=at(DECIDED_ON),
    )
    letter = OfficialLetter.objects.get(kind="handling_decision")
    assert "2,000.00" not in letter.body
