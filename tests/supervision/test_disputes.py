"""Disputes on their four ways, and results that restore what was (B-19, C-04)."""

from datetime import date
from decimal import Decimal
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from agency.enums import Role
from agency.models import OfficialLetter
from agency.rules import Refusal
from agency.services.clocks import extend_clock
from agreements.models import Agreement, DissolvedEntry, Obligation, ServiceBlock, Suspension
from agreements.services.dissolved import publish_entry
from settlements.enums import Check, FindingStatus
from settlements.models import ReopenedStatement
from settlements.services.findings import decide_check
from settlements.services.review import review_batch
from settlements.services.statements import audit_statement
from supervision.clocks.disputes import RECONSIDERATION_DECISION
from supervision.enums.disputes import DisputeResult, DisputeRoute, DisputeSubject, StepKind
from supervision.models import Case, Dispute
from supervision.services.decision import close_case
from supervision.services.disputes import course, filing, reminders, result
from supervision.services.disputes.subjects import subject_of, ways_of
from tests.agency.factories import user_with
from tests.settlements.claimfiles import AT, Files, hand_in
from tests.supervision import factories as cases
from tests.supervision.factories import Office, at
from tests.supervision.factories_disputes import (
    ACCEPTED_ON,
    FILED_ON,
    RESULT_ON,
    accepted,
    decided,
    filed,
    served,
)

pytestmark = pytest.mark.django_db


# --- filing -----------------------------------------------------------------------------------


def test_a_dispute_runs_from_the_service_of_the_decision(office):
    case = served(office)  # served on 14 May 2025
    dispute = filed(case, office.member)
    assert dispute.number.startswith("DSP-")
    assert (dispute.served_on, dispute.until, dispute.is_late) == (
        date(2025, 5, 14),
        date(2025, 7, 14),  # raw 13 July, a Sunday
        False,
    )
    assert dispute.acceptance_due_on == date(2025, 5, 27)
    assert dispute.until == case.reconsideration_until


def test_a_late_one_is_recorded_as_late_and_goes_its_way(office):
    case = served(office)
    dispute = filed(case, office.head, on=date(2025, 7, 15))
    assert (dispute.is_late, dispute.state) == (True, "filed")
    accepted(dispute, office.officer, on=date(2025, 7, 16))
    assert Dispute.objects.get().decision_due_on == date(2025, 9, 15)  # raw 14 September, a Sunday


def test_the_authority_takes_thirty_days_more_at_most(office, codes):
    dispute = accepted(filed(served(office), office.member), office.officer)
    assert dispute.decision_due_on == date(2025, 7, 21)
    more = {
        "clock": RECONSIDERATION_DECISION,
        "pk": dispute.pk,
        "reason": "案情复杂",
        "by": office.officer,
        "on": RESULT_ON,
        "at": at(RESULT_ON),
    }
    with pytest.raises(Refusal):
        extend_clock(count=31, **more)
    assert Dispute.objects.get().decision_due_on == date(2025, 7, 21)
    extend_clock(count=30, **more)
    assert Dispute.objects.get().decision_due_on == date(2025, 8, 20)


def test_the_database_keeps_late_and_in_time_apart(office):
    dispute = filed(served(office), office.member)
    with (
        pytest.raises(IntegrityError, match="dispute_late_is_after_its_period"),
        transaction.atomic(),
    ):
        Dispute.objects.filter(pk=dispute.pk).update(is_late=True)


def test_reconsideration_excludes_litigation_while_it_is_pending(office, codes):
    case = served(office)
    first = filed(case, office.member)
    with pytest.raises(Refusal) as refusal:
        filed(case, office.member, DisputeRoute.LITIGATION)
    assert codes(refusal) == ["reconsideration_excludes_litigation"]
    with (
        pytest.raises(IntegrityError, match="dispute_reconsideration_excludes_litigation"),
        transaction.atomic(),
    ):
        Dispute.objects.create(
            number="DSP-360400-2025-9999",
            institution=first.institution,
            region=first.region,
            route=DisputeRoute.LITIGATION,
            subject=first.subject,
            agreement=first.agreement,
            case=case,
            served_on=first.served_on,
            until=date(2025, 11, 14),
            filed_on=first.filed_on,
            filed_at=first.filed_at,
            filed_by=office.member,
            claim="-",
            grounds="-",
        )

    course.not_accept_dispute(
        dispute_id=first.pk,
        reason="不属于复议范围",
        by=office.officer,
        on=ACCEPTED_ON,
        at=at(ACCEPTED_ON),
    )
    assert filed(case, office.member, DisputeRoute.LITIGATION, on=ACCEPTED_ON).state == "filed"


def test_negotiation_and_coordination_run_beside_everything(office):
    case = served(office)
    for route in DisputeRoute:
        if route != DisputeRoute.LITIGATION:
            filed(case, office.member, route)
    assert Dispute.objects.open().count() == 3


def test_what_a_case_decided_is_disputed_as_that_decision(office, codes):
    case = served(office, "suspend")
    suspension = Suspension.objects.get()
    assert subject_of(DisputeSubject.SUSPENSION, suspension.pk) is None
    with pytest.raises(Refusal) as refusal:
        filing.file_dispute(
            subject=DisputeSubject.SUSPENSION,
            pk=suspension.pk,
            route=DisputeRoute.NEGOTIATION,
            claim="-",
            grounds="-",
            by=office.member,
            on=FILED_ON,
            at=at(FILED_ON),
        )
    assert codes(refusal) == ["nothing_to_dispute"]
    ways = ways_of(office.institution, on=FILED_ON)
    assert [(what.subject, what.pk) for what, _options in ways] == [("case", case.pk)]
    assert [(each.route.value, each.until) for each in ways[0][1]] == [
        ("negotiation", None),
        ("coordination", None),
        ("reconsideration", date(2025, 7, 14)),
        ("litigation", date(2025, 11, 14)),
    ]


def test_another_institution_disputes_nothing_here(office, codes):
    case = served(office)
    with pytest.raises(Refusal) as refusal:
        filed(case, Office().member)
    assert codes(refusal) == ["nothing_to_dispute"]
    assert not Dispute.objects.exists()


def test_a_disputed_case_is_not_closed(office, codes):
    case = cases.performed(office)
    dispute = filed(case, office.member)
    with pytest.raises(Refusal) as refusal:
        close_case(case_id=case.pk, by=office.officer, on=FILED_ON, at=at(FILED_ON))
    assert codes(refusal) == ["dispute_open"]
    result.withdraw_dispute(
        dispute_id=dispute.pk, reason="", by=office.member, on=FILED_ON, at=at(FILED_ON)
    )
    closed = close_case(case_id=case.pk, by=office.officer, on=FILED_ON, at=at(FILED_ON))
    assert closed.state == "closed"


# --- coordination -----------------------------------------------------------------------------


def test_coordination_is_the_administrations_from_acceptance_to_result(office, codes):
    dispute = filed(served(office), office.member, DisputeRoute.COORDINATION)
    with pytest.raises(Refusal) as refusal:
        accepted(dispute, office.head)
    assert codes(refusal) == ["not_permitted"]
    accepted(dispute, office.law)
    doer = {"dispute_id": dispute.pk, "on": ACCEPTED_ON, "at": at(ACCEPTED_ON)}
    course.invite_sides(
        meets_at=at(date(2025, 5, 28)), place="二楼会议室", text="请携带材料", by=office.law, **doer
    )
    course.propose(text="减半收取违约金", by=office.law, **doer)
    course.answer_proposal(agrees=True, text="同意", by=office.member, **doer)
    course.answer_proposal(agrees=True, text="同意", by=office.head, **doer)
    ended = decided(dispute, office.law, DisputeResult.SETTLED)

    assert (ended.state, ended.result, ended.carried_out_at) == ("decided", "settled", None)
    kinds = list(dispute.steps.values_list("kind", flat=True))
    assert kinds == [
        StepKind.INVITATION,
        StepKind.PROPOSAL,
        StepKind.ANSWER,
        StepKind.ANSWER,
    ]
    letters = OfficialLetter.objects.filter(matter=dispute.number).values_list("kind", flat=True)
    assert set(letters) == {"coordination_invitation", "coordination_result"}


def test_the_database_keeps_the_sides_apart(office):
    dispute = filed(served(office), office.member, DisputeRoute.COORDINATION)
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Dispute.objects.filter(pk=dispute.pk).update(
            state="accepted", accepted_on=ACCEPTED_ON, accepted_by=office.head
        )
    assert error.value.__cause__.diag.constraint_name == "dispute_acts_of_its_side"


def test_what_was_settled_the_agency_carries_out(office):
    case = served(office)
    dispute = accepted(filed(case, office.member, DisputeRoute.COORDINATION), office.law)
    decided(dispute, office.law, DisputeResult.SETTLED)
    obligation = Obligation.objects.get()
    assert obligation.amount == Decimal("8400.00")

    result.carry_out(
        dispute_id=dispute.pk,
        annuls=False,
        reason="双方同意减为5000元",
        new_measure_id=case.measures.get().pk,
        new_amount=Decimal("5000.00"),
        by=office.head,
        on=RESULT_ON,
        at=at(RESULT_ON),
    )

    obligation.refresh_from_db()
    rest = Obligation.objects.exclude(pk=obligation.pk).get()
    assert (obligation.state, rest.amount, rest.basis) == (
        "withdrawn",
        Decimal("5000.00"),
        dispute.number,
    )


# --- results ----------------------------------------------------------------------------------


def charged(office: Office, days: range, month: str) -> object:
    """A batch of the institution, a line of 100.00 a day, seventy per cent from the fund; what was
    found is confirmed and audited.
    """
    files = Files(office.institution.code)
    stay = {"begndate": f"{month}-{days[0]:02}", "enddate": f"{month}-{days[-1]:02}"}
    row = files.settlement(setl_time=f"{month}-{days[-1]:02} 15:00:00", **stay)
    for day in days:
        files.line(row, fee_ocur_time=f"{month}-{day:02} 09:00:00", cnt="1", pric="100.00")
    batch = hand_in(office.institution, files.totals().csv())
    assert batch.state == "accepted", batch.first_errors
    review_batch(batch_id=batch.pk, at=AT)
    decide_check(
        batch_id=batch.pk,
        check=Check.AGREEMENT_NOT_IN_FORCE,
        verdict=FindingStatus.CONFIRMED,
        reason="无协议",
        by=user_with(Role.CLAIM_REVIEWER),
        at=AT,
    )
    return audit_statement(
        statement_id=batch.statement.pk, by=user_with(Role.CLAIM_REVIEWER), at=AT
    )


def test_an_annulled_dissolution_restores_state_list_letters_and_claims(office):
    case = served(office, "dissolve")  # from 12 May 2025
    agreement = Agreement.objects.get(pk=office.agreement.pk)
    assert agreement.state == "dissolved"
    entry = DissolvedEntry.objects.get()
    publish_entry(entry_id=entry.pk, by=office.head, at=at(date(2025, 5, 16)))
    statement = charged(office, range(10, 21), "2025-05")
    assert statement.deducted == Decimal("630.00")  # nine days from the 12th on
    dispute = accepted(filed(case, office.member), office.officer)

    ended = decided(dispute, office.head, DisputeResult.ANNULLED)

    agreement.refresh_from_db()
    assert (agreement.state, agreement.ended_on, agreement.last_day) == (
        "effective",
        None,
        agreement.valid_to,
    )
    entry.refresh_from_db()
    assert (entry.state, entry.withdrawn_on) == ("withdrawn", RESULT_ON)
    assert entry.explanation
    assert (ended.withdrawn_on, ended.withdrawal_due_on) == (RESULT_ON, date(2025, 6, 25))
    case = Case.objects.get(pk=case.pk)
    assert case.decision_letter.state == "withdrawn"
    owed = Obligation.objects.get(kind="restored")
    assert owed.amount == Decimal("630.00")
    assert ReopenedStatement.objects.get().obligation == owed
    kinds = list(ended.effects.values_list("kind", flat=True))
    assert kinds == ["dissolution", "publication", "measures", "letter", "claims"]
    letter = OfficialLetter.objects.get(kind="dispute_result")
    assert "630.00" in letter.body


def test_if_a_part_of_it_is_refused_nothing_is_recorded(office):
    case = served(office, "dissolve")
    dispute = accepted(filed(case, office.member), office.officer)
    Agreement.objects.filter(pk=office.agreement.pk)
    with pytest.raises(Refusal):  # the amount of a measure that has none
        decided(
            dispute,
            office.head,
            DisputeResult.CHANGED,
            new_amount=Decimal(1),
            new_measure_id=case.measures.get().pk,
        )
    assert Dispute.objects.get().state == "accepted"
    assert Agreement.objects.get(pk=office.agreement.pk).state == "dissolved"


def test_a_shortened_suspension_gives_back_the_days_after_its_new_end(office):
    case = served(office, "suspend")  # 12 May to 11 August 2025
    statement = charged(office, range(10, 21), "2025-05")
    assert statement.deducted == Decimal("630.00")
    dispute = accepted(filed(case, office.member), office.officer)

    decided(dispute, office.head, DisputeResult.CHANGED, new_end_on=date(2025, 5, 15))

    suspension = Suspension.objects.get()
    assert (suspension.planned_to, suspension.resumed_on) == (
        date(2025, 5, 15),
        date(2025, 5, 16),
    )
    assert Agreement.objects.get(pk=office.agreement.pk).state == "effective"
    # The 12th to the 15th stay suspended: five of the nine days are payable.
    assert Obligation.objects.get(kind="restored").amount == Decimal("350.00")


def test_annulled_measures_fall_with_their_obligations_and_blocks(office):
    case = served(office, "refuse", "person")
    assert ServiceBlock.objects.valid().count() == 1
    dispute = accepted(filed(case, office.member), office.officer)
    decided(dispute, office.head, DisputeResult.ANNULLED)
    assert not ServiceBlock.objects.valid().exists()
    assert set(Obligation.objects.values_list("state", flat=True)) == {"withdrawn"}


def test_upheld_nothing_changes(office):
    case = served(office, "suspend")
    dispute = accepted(filed(case, office.member), office.officer)
    ended = decided(dispute, office.head, DisputeResult.UPHELD)
    assert (ended.result, ended.carried_out_at) == ("upheld", None)
    assert Suspension.objects.get().annulled_on is None
    assert not OfficialLetter.objects.filter(kind="dispute_result").exists()


@pytest.mark.parametrize("role", [Role.AUDIT_OFFICER, Role.SUPERVISOR, Role.AGREEMENT_OFFICER])
def test_only_the_head_records_a_result(office, codes, role):
    dispute = accepted(filed(served(office), office.member), office.officer)
    with pytest.raises(Refusal) as refusal:
        decided(dispute, user_with(role), DisputeResult.ANNULLED)
    assert codes(refusal) == ["not_permitted"]
    assert Dispute.objects.get().state == "accepted"


def test_overdue_results_are_told_once(office):
    dispute = accepted(filed(served(office), office.member), office.officer)
    due = Dispute.objects.get().decision_due_on
    assert due == date(2025, 7, 21)
    assert reminders.remind_overdue(on=due, at=at(due)) == 0
    day = date(2025, 7, 22)
    for _again in range(2):
        reminders.remind_overdue(on=day, at=at(day))
    assert (
        office.member.notices.filter(key__startswith=f"dispute.{dispute.pk}.overdue").count() == 1
    )


# --- two at the same moment -------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_withdrawal_and_result_at_the_same_moment_leave_one_of_them():
    office = Office()
    case = served(office, "suspend")
    dispute = accepted(filed(case, office.member), office.officer)
    member, head = office.member, office.head
    barrier, outcomes = Barrier(2), []

    def run(act) -> None:
        try:
            barrier.wait()
            act()
            outcomes.append("done")
        except Refusal as refusal:
            outcomes.append(refusal.obstacles[0].code)
        finally:
            connection.close()

    def withdraw() -> None:
        result.withdraw_dispute(
            dispute_id=dispute.pk, reason="和解", by=member, on=RESULT_ON, at=at(RESULT_ON)
        )

    def annul() -> None:
        decided(dispute, head, DisputeResult.ANNULLED)

    threads = [Thread(target=run, args=[act]) for act in (withdraw, annul)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert sorted(outcomes) == ["done", "wrong_state"]
    ended = Dispute.objects.get()
    annulled = Suspension.objects.get().annulled_on is not None
    assert annulled == (ended.result == "annulled")
