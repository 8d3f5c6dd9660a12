"""Files of practitioners, rosters, departments, statuses and commitments (D-01, D-06)."""

from datetime import date, timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, InternalError, connection, transaction
from django.utils import timezone

from agency.enums import Role
from agency.models import Notice
from agency.rules import Refusal
from institutions.codes import staff_code_fault
from institutions.enums.practitioners import (
    Category,
    CommitmentKind,
    Employment,
    PaymentStatus,
    Qualification,
)
from institutions.models import (
    FirstRegistration,
    Person,
    Practitioner,
    PractitionerStatus,
    RosterEntry,
    ServiceCommitment,
)
from institutions.rules import NEVER, NamingQuestion, certificate_fits, naming_answer
from institutions.services.practitioners.commitments import confirm_commitment, prepare_commitment
from institutions.services.practitioners.departments import close_department, open_department
from institutions.services.practitioners.files import FileFacts, FirstPlace, amend_file
from institutions.services.practitioners.naming import may_be_named, own_physicians_on
from institutions.services.practitioners.roster import (
    correct_entry,
    hire,
    leave,
    move,
    strike_entry,
)
from institutions.services.practitioners.statuses import set_status, status_on
from tests.agency.factories import NOW, user_with
from tests.institutions.factories import InstitutionFactory, member_of
from tests.institutions.factories_practitioners import (
    department,
    facts,
    here,
    hired,
    id_number,
    row,
    staff_code,
)
from tests.supervision.factories import pdf

TODAY = timezone.localdate(NOW)
FROM = date(2026, 1, 1)


def codes(refusal) -> list[str]:
    return [each.code for each in refusal.value.obstacles]


# --- rules: no database ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "named"),
    [
        (date(2025, 12, 31), False),
        (date(2026, 1, 1), True),
        (date(2026, 3, 31), True),
        (date(2026, 4, 1), False),
        (date(2026, 4, 30), False),
        (date(2026, 5, 1), True),
        (date(2026, 11, 14), True),
        (date(2026, 11, 15), False),
        (date(2027, 1, 15), False),
        (date(2027, 1, 16), True),
    ],
)
def test_a_charge_names_whom_the_roster_of_the_day_has_and_nobody_has_blocked(on, named):
    question = NamingQuestion(
        service_on=on,
        roster=((FROM, date(2026, 3, 31)), (date(2026, 5, 1), NEVER)),
        blocks=((date(2026, 11, 15), date(2027, 1, 15)),),
    )
    assert naming_answer(question).may_be_named is named


def test_emergency_care_is_excepted_from_a_block_but_not_from_the_roster():
    blocked = {"roster": ((FROM, NEVER),), "blocks": ((date(2026, 11, 15), NEVER),)}
    on = date(2026, 11, 20)
    assert naming_answer(NamingQuestion(service_on=on, emergency=True, **blocked)).may_be_named
    answer = naming_answer(NamingQuestion(service_on=on, roster=(), emergency=True))
    assert answer.may_be_named is False


@pytest.mark.parametrize(
    ("code", "category", "is_right"),
    [
        ("D360403000001", "", True),
        ("D360403000001", "medical", True),
        ("N360403000001", "nursing", True),
        ("D360403000001", "nursing", False),
        ("D360403000001", "pharmacy", False),
        ("P360403000001", "pharmacy", True),
        ("P360403000001", "medical", False),
        ("D36040300001", "", False),
        ("d360403000001", "", False),
        ("D36040300000A", "", False),
    ],
)
def test_a_staff_code_has_its_form(code, category, is_right):
    assert (staff_code_fault(code, category) is None) is is_right


@pytest.mark.parametrize(
    ("category", "qualification", "fits"),
    [
        (Category.MEDICAL, Qualification.VILLAGE_DOCTOR, True),
        (Category.MEDICAL, Qualification.NURSE, False),
        (Category.NURSING, Qualification.NURSE, True),
        (Category.PHARMACY, Qualification.PHYSICIAN, False),
        (Category.AUDIT, Qualification.NONE, True),
        (Category.NURSING, Qualification.NONE, False),
    ],
)
def test_a_certificate_goes_with_its_category(category, qualification, fits):
    assert certificate_fits(category, qualification) is fits


# --- the roster -----------------------------------------------------------------------------


@pytest.fixture
def institution(db):
    return InstitutionFactory()


@pytest.fixture
def administrator(institution):
    return member_of(institution)


@pytest.fixture
def ward(institution):
    return department(institution)


def test_one_person_has_one_file_across_institutions(administrator, ward):
    person = facts(1)
    entry = hired(administrator, ward, person, employment=Employment.PART_TIME)
    other = InstitutionFactory()
    by_code = FileFacts(name=person.name, staff_code=person.staff_code)
    second = hired(member_of(other), department(other), by_code, employment=Employment.PART_TIME)
    assert second.practitioner_id == entry.practitioner_id
    assert Person.objects.count() == Practitioner.objects.count() == 1
    assert not Notice.objects.filter(key__startswith="roster.conflict").exists()


def test_full_time_in_two_institutions_is_told_not_refused(administrator, ward):
    clerk = user_with(Role.INTAKE_CLERK)
    hired(administrator, ward, facts(1))
    other = InstitutionFactory()
    entry = hired(member_of(other), department(other), facts(1))
    found = Notice.objects.get(recipient=clerk, key=f"roster.conflict:{entry.pk}")
    assert entry.institution.name in found.body


def test_a_stranger_and_a_clerk_keep_no_roster(institution, ward):
    for user in (member_of(InstitutionFactory()), member_of(institution, Role.INSTITUTION_CLERK)):
        with pytest.raises(Refusal) as refusal:
            hired(user, ward)
        assert codes(refusal) == ["not_entitled"]
    assert not RosterEntry.objects.exists()


@pytest.mark.parametrize(
    ("person", "code"),
    [
        (facts(1, id_number="110101199003077777"), "id_number_invalid"),
        (facts(1, staff_code="D36040"), "staff_code_invalid"),
        (facts(2, staff_code=staff_code(7)), "staff_code_taken"),
        (facts(7, staff_code=staff_code(8)), "staff_code_differs"),
        (facts(7, name="别的人"), "person_name_differs"),
        (facts(1, category=None), "file_incomplete"),
        (facts(1, qualification=Qualification.NURSE), "certificate_unfit"),
        (FileFacts(name="谁", staff_code=staff_code(99)), "file_unknown"),
        (FileFacts(name="谁", staff_code=staff_code(7)), "person_name_differs"),
    ],
)
def test_what_makes_no_file_is_refused(administrator, ward, person, code):
    hired(administrator, ward, facts(7))
    with pytest.raises(Refusal) as refusal:
        hired(administrator, ward, person, starts_on=date(2026, 2, 1))
    assert code in codes(refusal)
    assert all(each.text and each.remedy for each in refusal.value.obstacles)
    assert RosterEntry.objects.count() == Practitioner.objects.count() == 1


def test_a_row_has_its_department_and_its_days(administrator, institution, ward):
    closed = department(institution, "A09", closed_on=date(2025, 1, 1))
    elsewhere = department(InstitutionFactory())
    cases = {
        "department_unknown": row(elsewhere),
        "department_not_open": row(closed),
        "end_before_begin": row(ward, ends_on=date(2025, 12, 31)),
        "day_too_far": row(ward, starts_on=TODAY + timedelta(367)),
    }
    for code, entry in cases.items():
        with pytest.raises(Refusal) as refusal:
            hire(
                institution_id=institution.pk,
                person=facts(1),
                entry=entry,
                by=administrator,
                at=NOW,
            )
        assert codes(refusal) == [code]
    assert not Practitioner.objects.exists()


def test_two_rows_of_a_person_in_a_department_never_overlap(administrator, ward):
    entry = hired(administrator, ward, facts(1))
    with pytest.raises(Refusal) as refusal:
        hired(administrator, ward, facts(1), starts_on=date(2026, 6, 1))
    assert codes(refusal) == ["already_on_roster"]
    with pytest.raises(IntegrityError, match="rosterentry_one_a_time"), transaction.atomic():
        RosterEntry.objects.create(
            practitioner=entry.practitioner,
            institution=entry.institution,
            department=ward,
            employment=Employment.PART_TIME,
            starts_on=date(2026, 6, 1),
            recorded_at=NOW,
        )


def test_a_row_is_never_deleted_and_never_another_persons(administrator, ward):
    entry = hired(administrator, ward)
    with pytest.raises(InternalError, match="never_deleted"), transaction.atomic():
        entry.delete()
    with pytest.raises(InternalError, match="who_and_where"), transaction.atomic():
        RosterEntry.objects.update(starts_on=date(2020, 1, 1))


def test_a_move_ends_one_row_and_begins_another(administrator, institution, ward):
    entry = hired(administrator, ward)
    surgery = department(institution, "A04", name="外科")
    on = date(2026, 5, 1)
    new = move(entry_id=entry.pk, department_id=surgery.pk, on=on, by=administrator, at=NOW)
    entry.refresh_from_db()
    assert (entry.ends_on, new.starts_on, new.department) == (date(2026, 4, 30), on, surgery)
    with pytest.raises(Refusal) as refusal:
        move(entry_id=new.pk, department_id=surgery.pk, on=on, by=administrator, at=NOW)
    assert codes(refusal) == ["same_department", "end_before_begin", "already_on_roster"]


def test_leaving_ends_every_row_here_and_none_elsewhere(administrator, institution, ward):
    first = hired(administrator, ward, facts(1))
    hired(administrator, department(institution, "A04"), facts(1))
    other = InstitutionFactory()
    elsewhere = hired(member_of(other), department(other), facts(1))
    last = date(2026, 6, 30)
    rows = leave(entry_id=first.pk, ends_on=last, reason="退休", by=administrator, at=NOW)
    assert {each.ends_on for each in rows} == {last}
    assert len(rows) == 2
    elsewhere.refresh_from_db()
    assert elsewhere.ends_on is None
    with pytest.raises(Refusal) as refusal:
        leave(entry_id=first.pk, ends_on=last, reason="", by=administrator, at=NOW)
    assert codes(refusal) == ["entry_ended"]


def test_nobody_leaves_before_they_came(administrator, ward):
    entry = hired(administrator, ward)
    with pytest.raises(Refusal) as refusal:
        leave(entry_id=entry.pk, ends_on=date(2025, 12, 31), reason="", by=administrator, at=NOW)
    assert codes(refusal) == ["end_before_begin"]


def test_a_mistake_is_corrected_by_a_new_row(administrator, ward):
    wrong = hired(administrator, ward)
    right = correct_entry(
        entry_id=wrong.pk,
        entry=row(ward, starts_on=date(2026, 2, 1)),
        reason="到岗日期录错",
        by=administrator,
        at=NOW,
    )
    wrong.refresh_from_db()
    assert (wrong.is_void, wrong.void_reason, right.corrects) == (True, "到岗日期录错", wrong)
    assert list(RosterEntry.objects.valid()) == [right]
    with pytest.raises(Refusal) as refusal:
        strike_entry(entry_id=wrong.pk, reason="再来", by=administrator, at=NOW)
    assert codes(refusal) == ["entry_void"]
    with pytest.raises(Refusal) as refusal:
        strike_entry(entry_id=right.pk, reason=" ", by=administrator, at=NOW)
    assert codes(refusal) == ["reason_missing"]


# --- files, first places, statuses ------------------------------------------------------------


def test_own_physicians_are_those_first_registered_here(administrator, institution, ward):
    mine = here(institution)
    hired(administrator, ward, facts(1, first_place=mine))
    hired(administrator, ward, facts(2, first_place=FirstPlace(place="上海某医院")))
    nurse = {"category": Category.NURSING, "qualification": Qualification.NURSE}
    hired(administrator, ward, facts(3, staff_code=staff_code(3, "N"), first_place=mine, **nurse))
    leaver = hired(administrator, ward, facts(4, first_place=mine))
    leave(entry_id=leaver.pk, ends_on=date(2026, 3, 31), reason="", by=administrator, at=NOW)
    assert own_physicians_on(institution.pk, date(2025, 12, 31)) == 0
    assert own_physicians_on(institution.pk, date(2026, 3, 31)) == 2
    assert own_physicians_on(institution.pk, date(2026, 4, 1)) == 1


def test_another_first_place_holds_from_its_day_on(administrator, institution, ward):
    entry = hired(administrator, ward, facts(1, first_place=here(institution)))
    amend_file(
        practitioner_id=entry.practitioner_id,
        institution_id=institution.pk,
        facts=FileFacts(name="张示1", first_place=FirstPlace(place="南昌某医院")),
        by=administrator,
        at=NOW,
    )
    assert [
        (each.institution, each.place, each.starts_on, each.ends_on)
        for each in FirstRegistration.objects.order_by("starts_on")
    ] == [
        (institution, "", FROM, TODAY - timedelta(1)),
        (None, "南昌某医院", TODAY, None),
    ]


def test_a_code_given_later_is_entered_once(administrator, institution, ward):
    entry = hired(administrator, ward, facts(1, staff_code=""))
    hired(administrator, ward, facts(2))
    amend = {
        "practitioner_id": entry.practitioner_id,
        "institution_id": institution.pk,
        "by": administrator,
        "at": NOW,
    }
    with pytest.raises(Refusal) as refusal:
        amend_file(facts=FileFacts(name="", staff_code=staff_code(2)), **amend)
    assert codes(refusal) == ["staff_code_taken"]
    file = amend_file(facts=FileFacts(name="", staff_code=staff_code(1)), **amend)
    assert file.staff_code == staff_code(1)
    with pytest.raises(Refusal) as refusal:
        amend_file(facts=FileFacts(name="", staff_code=staff_code(9)), **amend)
    assert codes(refusal) == ["staff_code_differs"]


def test_a_status_applies_wherever_the_person_works(administrator, institution, ward):
    entry = hired(administrator, ward, facts(1))
    other = InstitutionFactory()
    hired(member_of(other), department(other), facts(1))
    begin, end = date(2026, 3, 1), date(2026, 5, 1)
    set_status(
        practitioner_id=entry.practitioner_id,
        status=PaymentStatus.SUSPENDED,
        starts_on=begin,
        ends_on=end,
        basis="医保协决〔2026〕9号",
        at=NOW,
    )
    for place in (institution, other):
        named = {
            day: may_be_named(
                institution_id=place.pk, staff_code=staff_code(1), day=day
            ).answer.may_be_named
            for day in (begin - timedelta(1), begin, end, end + timedelta(1))
        }
        assert list(named.values()) == [True, False, False, True]
        assert RosterEntry.objects.naming(place.pk, begin - timedelta(1)).count() == 1
        assert RosterEntry.objects.naming(place.pk, begin).count() == 0
    assert may_be_named(
        institution_id=other.pk, staff_code=staff_code(1), day=begin, emergency=True
    ).answer.may_be_named


def test_a_status_ends_when_the_next_begins(administrator, ward):
    file = hired(administrator, ward).practitioner
    common = {"practitioner_id": file.pk, "basis": "决定", "at": NOW}
    set_status(status=PaymentStatus.SUSPENDED, starts_on=date(2026, 3, 1), **common)
    with pytest.raises(Refusal) as refusal:
        set_status(status=PaymentStatus.TERMINATED, starts_on=date(2026, 3, 1), **common)
    assert codes(refusal) == ["status_follows"]
    set_status(status=PaymentStatus.TERMINATED, starts_on=date(2026, 4, 1), **common)
    set_status(status=PaymentStatus.NORMAL, starts_on=date(2026, 5, 1), **common)
    assert [status_on(file, date(2026, month, 1)) for month in (2, 3, 4, 5)] == [
        PaymentStatus.NORMAL,
        PaymentStatus.SUSPENDED,
        PaymentStatus.TERMINATED,
        PaymentStatus.NORMAL,
    ]
    with pytest.raises(Refusal) as refusal:
        set_status(
            status=PaymentStatus.SUSPENDED, starts_on=date(2026, 9, 1), **{**common, "basis": ""}
        )
    assert codes(refusal) == ["basis_missing"]
    with pytest.raises(IntegrityError, match="practitionerstatus_one_a_time"), transaction.atomic():
        PractitionerStatus.objects.create(
            practitioner=file,
            status="suspended",
            starts_on=date(2026, 4, 5),
            basis="x",
            recorded_at=NOW,
        )


def test_a_terminated_person_is_not_registered(administrator, ward):
    file = hired(administrator, ward, facts(1)).practitioner
    set_status(
        practitioner_id=file.pk,
        status=PaymentStatus.TERMINATED,
        starts_on=date(2026, 2, 1),
        ends_on=date(2027, 2, 1),
        basis="一次记满12分",
        at=NOW,
    )
    other = InstitutionFactory()
    with pytest.raises(Refusal) as refusal:
        hired(member_of(other), department(other), facts(1), starts_on=date(2026, 9, 1))
    assert codes(refusal) == ["qualification_terminated"]


# --- departments ------------------------------------------------------------------------------


def test_a_department_closes_with_its_people_moved_or_ended(administrator, institution, ward):
    surgery = department(institution, "A04", name="外科")
    entry = hired(administrator, ward)
    close = {"department_id": ward.pk, "closed_on": date(2026, 7, 1), "by": administrator}
    with pytest.raises(Refusal) as refusal:
        close_department(at=NOW, **close)
    assert codes(refusal) == ["department_has_roster"]
    assert close_department(at=NOW, move_to=surgery.pk, **close) == 1
    entry.refresh_from_db()
    moved = RosterEntry.objects.get(department=surgery)
    assert (entry.ends_on, moved.starts_on) == (date(2026, 6, 30), date(2026, 7, 1))
    with pytest.raises(Refusal) as refusal:
        close_department(at=NOW, **close)
    assert "department_closed" in codes(refusal)


def test_a_departments_code_is_used_once(administrator, institution, ward):
    values = {"name": "新科", "opened_on": FROM, "by": administrator, "at": NOW}
    for code, reason in {"a03": "department_code_taken", "内": "department_code_invalid"}.items():
        with pytest.raises(Refusal) as refusal:
            open_department(institution_id=institution.pk, code=code, **values)
        assert codes(refusal) == [reason]
    assert open_department(institution_id=institution.pk, code="a04", **values).code == "A04"


# --- commitments ------------------------------------------------------------------------------


def test_a_commitment_misses_until_it_is_signed(administrator, ward):
    entry = hired(administrator, ward)
    today = RosterEntry.objects.on(TODAY).annotated(TODAY)
    assert today.get().is_committed is False
    prepared = prepare_commitment(entry_id=entry.pk, by=administrator, at=NOW)
    assert prepared.letter.kind == "practitioner_commitment"
    assert entry.practitioner.person.name in prepared.letter.body
    assert today.get().is_committed is False
    sign = {"entry_id": entry.pk, "by": administrator, "at": NOW}
    with pytest.raises(Refusal) as refusal:
        confirm_commitment(kind=CommitmentKind.SIGNED, signed_on=TODAY, **sign)
    assert codes(refusal) == ["scan_missing"]
    with pytest.raises(Refusal) as refusal:
        confirm_commitment(kind=CommitmentKind.ELECTRONIC, signed_on=TODAY + timedelta(1), **sign)
    assert codes(refusal) == ["day_to_come"]
    confirm_commitment(
        kind=CommitmentKind.SIGNED, signed_on=TODAY, files=[pdf("承诺书.pdf")], **sign
    )
    assert today.get().is_committed is True
    with pytest.raises(Refusal) as refusal:
        confirm_commitment(kind=CommitmentKind.ELECTRONIC, signed_on=TODAY, **sign)
    assert codes(refusal) == ["commitment_signed"]
    assert ServiceCommitment.objects.count() == 1


# --- at once ----------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_hires_of_a_new_person_at_once_make_one_file():
    institutions = [InstitutionFactory(), InstitutionFactory()]
    places = [department(each) for each in institutions]
    users = [member_of(each) for each in institutions]
    barrier, failures = Barrier(2), []

    def enter(at: int) -> None:
        try:
            barrier.wait()
            hired(users[at], places[at], facts(1))
        except Exception as error:  # noqa: BLE001
            failures.append(error)
        finally:
            connection.close()

    threads = [Thread(target=enter, args=(at,)) for at in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failures == []
    assert (Person.objects.count(), Practitioner.objects.count()) == (1, 1)
    assert RosterEntry.objects.count() == 2
    assert Person.objects.get().id_number == id_number(1)
