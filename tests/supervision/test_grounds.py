"""What the program finds of the grounds of article 43, and what officers name."""

import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from agency.enums import Role
from agency.rules import Refusal
from agreements.enums.life import SuspensionGround
from agreements.models import Agreement
from agreements.services.ending import dissolve_agreement
from agreements.services.suspension import suspend_agreement
from institutions.models import RefusalFact
from supervision.enums.cases import CaseState
from supervision.enums.proceedings import Ground
from supervision.models import Case
from supervision.services import decision, grounds, opening
from supervision.tasks import detect_grounds
from tests.agency.factories import user_with
from tests.supervision import factories as make
from tests.supervision.factories import at

pytestmark = pytest.mark.django_db

ON = date(2025, 5, 12)


def detect(on: date = ON) -> int:
    return grounds.detect_grounds(on=on, at=at(on))


def expire_licence(office, day: date = date(2025, 5, 11)) -> Agreement:
    agreement = office.agreement
    office.institution.licence_valid_to = day
    office.institution.save(update_fields=["licence_valid_to"])
    return agreement


def suspended(agreement: Agreement, on: date, until: date) -> Agreement:
    return suspend_agreement(
        agreement_id=agreement.pk,
        by=user_with(Role.AGREEMENT_OFFICER),
        at=at(on),
        on=on,
        ground=SuspensionGround.RISK,
        reason="x",
        planned_to=until,
    )


# --- found by the program -------------------------------------------------------------------------


def test_nothing_is_found_about_an_institution_in_order(office):
    assert office.agreement
    assert detect() == 0
    assert not Case.objects.exists()


def test_an_ended_licence_waits_for_verification(office):
    agreement = expire_licence(office)
    assert detect(date(2025, 5, 11)) == 0  # its last day
    assert detect() == 1
    case = Case.objects.get()
    assert (case.state, case.origin, case.ground) == ("clue", "ground", "43.9")
    assert (case.agreement, case.opened_by, case.ground_key) == (
        agreement,
        None,
        "licence:2025-05-11",
    )
    assert case.verify_due_on == date(2025, 5, 19)
    step = case.transitions.get()
    assert (step.act, step.by, step.rule) == ("detect_ground", None, "B-14.9")
    assert detect() == detect(date(2025, 6, 1)) == 0
    assert Agreement.objects.get(pk=agreement.pk).state == "effective"


def test_who_verifies_keeps_the_case(office):
    expire_licence(office)
    detect()
    case = Case.objects.get()
    opening.open_case(case_id=case.pk, facts="查实", by=office.officer, on=ON, at=at(ON))
    case = Case.objects.get()
    assert (case.state, case.opened_by, case.verified_by) == (
        "opened",
        office.officer,
        office.officer,
    )


def test_what_was_dismissed_does_not_come_back_for_the_same_facts(office):
    expire_licence(office)
    detect()
    decision.dismiss_case(
        case_id=Case.objects.get().pk, reason="已换证", by=office.officer, on=ON, at=at(ON)
    )
    assert detect() == 0
    expire_licence(office, date(2025, 5, 14))
    assert detect(date(2025, 5, 15)) == 1


def test_the_second_mandatory_suspension_is_a_ground_on_its_day(office):
    agreement = office.agreement
    suspended(agreement, date(2025, 2, 10), date(2025, 3, 20))
    assert detect(date(2025, 3, 20)) == 0
    agreement.suspensions.update(resumed_on=date(2025, 3, 20))
    Agreement.objects.filter(pk=agreement.pk).update(state="effective")
    case = make.ready(office, "suspend")
    make.decide(case, by=office.head)
    found = Case.objects.get(origin="ground")
    assert (found.ground, found.opened_on, found.opened_by) == ("43.1", make.DECIDED_ON, None)
    assert len(found.detection) == 2
    assert detect() == 0


def test_a_suspension_not_rectified_by_its_end_is_a_ground(office):
    suspended(office.agreement, date(2025, 2, 10), date(2025, 3, 20))
    assert detect(date(2025, 3, 20)) == 0
    assert detect(date(2025, 3, 21)) == 1
    assert Case.objects.get().ground_key.startswith("unrectified:")


def test_a_penalty_not_performed_is_a_ground(office):
    assert office.agreement
    RefusalFact.objects.create(
        ground="N3",
        institution=office.institution,
        event_on=date(2025, 4, 1),
        source_document="九医保罚〔2025〕1号",
        recorded_at=at(date(2025, 4, 2)),
        recorded_by=office.officer,
    )
    assert detect() == 1
    assert Case.objects.get().ground == "43.11"


def test_a_decision_on_money_not_performed_in_time_is_a_ground(office):
    assert office.agreement
    case = make.served(office, "refuse")
    assert detect(case.perform_due_on) == 0
    assert detect(case.perform_due_on + timedelta(1)) == 1
    assert Case.objects.get(origin="ground").ground_key == f"case:{case.number}"


def test_an_ended_agreement_has_no_grounds(office):
    agreement = expire_licence(office)
    dissolve_agreement(
        agreement_id=agreement.pk,
        by=user_with(Role.AGENCY_HEAD),
        at=at(ON),
        on=ON,
        ground=9,
        reason="x",
    )
    assert detect() == 0


def test_the_nightly_job_is_in_the_register(office):
    expire_licence(office)
    assert detect_grounds(ON) == 1


# --- named by an officer --------------------------------------------------------------------------


def name(office, ground=Ground.OBSTRUCTION, by=None, clue="拒绝提供资料"):
    return grounds.name_ground(
        agreement_id=office.agreement.pk,
        ground=ground,
        clue=clue,
        by=by or office.officer,
        on=ON,
        at=at(ON),
    )


def test_an_officer_names_a_ground_with_what_points_to_it(office, codes):
    case = name(office)
    assert (case.state, case.ground, case.opened_by) == ("clue", "43.5", office.officer)
    assert "43.5" in case.title
    with pytest.raises(Refusal) as refusal:
        name(office)
    assert codes(refusal) == ["ground_in_a_case"]
    with pytest.raises(Refusal) as refusal:
        name(office, Ground.RISK, clue=" ")
    assert codes(refusal) == ["ground_without_facts"]
    assert Case.objects.count() == 1


def test_the_head_decides_and_names_nothing(office, codes):
    with pytest.raises(Refusal) as refusal:
        name(office, by=office.head)
    assert codes(refusal) == ["not_permitted"]


def test_a_named_ground_takes_what_the_program_sees_with_it(office):
    expire_licence(office)
    case = name(office, Ground.LICENCE_REVOKED, clue="卫健部门通报")
    assert case.ground_key == "licence:2025-05-11"
    decision.dismiss_case(case_id=case.pk, reason="x", by=office.officer, on=ON, at=at(ON))
    assert detect() == 0


def test_closure_is_verified_by_a_visit(office, codes):
    case = name(office, Ground.CLOSED, clue="大门紧锁")
    doer = {"case_id": case.pk, "facts": "x", "by": office.officer, "on": ON, "at": at(ON)}
    with pytest.raises(Refusal) as refusal:
        opening.open_case(**doer)
    assert codes(refusal) == ["not_visited"]
    opening.open_case(**doer, visited_on=ON)
    assert Case.objects.get().visited_on == ON


def test_the_database_keeps_one_live_case_for_each_ground(office):
    case = name(office)
    with pytest.raises(IntegrityError, match="case_one_per_ground"), transaction.atomic():
        Case.objects.create(
            number="CASE-360400-2025-0999",
            institution=case.institution,
            agreement=case.agreement,
            region=case.region,
            origin="ground",
            ground=case.ground,
            title="x",
            opened_by=office.officer,
            opened_on=ON,
        )
    with (
        pytest.raises(IntegrityError, match="case_without_officer_is_a_detected_ground"),
        transaction.atomic(),
    ):
        Case.objects.filter(pk=case.pk).update(opened_by=None)


@pytest.mark.django_db(transaction=True)
def test_the_nightly_job_and_a_person_open_one_case():
    office = make.Office()
    assert office.officer
    expire_licence(office)
    start, results = threading.Barrier(2), []

    def run(act):
        try:
            start.wait(timeout=10)
            act()
            results.append("done")
        except Refusal:
            results.append("refused")
        finally:
            connection.close()

    acts = [detect, lambda: name(office, Ground.LICENCE_REVOKED)]
    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert len(results) == 2
    assert Case.objects.filter(ground="43.9").exclude(state=CaseState.DISMISSED).count() == 1
