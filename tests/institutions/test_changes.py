from datetime import date, datetime, timedelta
from threading import Barrier, Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from agency.enums import Role
from agency.models import Attachment, Notice
from agency.rules import Refusal
from institutions.enums.changes import ChangeField, ChangeState
from institutions.models import ChangeRequest, ChangeTransition, Institution, InstitutionFact
from institutions.services.change_values import FieldChange
from institutions.services.changes import approve_change, reject_change
from institutions.services.filing import file_change, withdraw_change
from tests.agency.factories import NOW, SHANGHAI, RegionFactory, user_with
from tests.institutions.factories import InstitutionFactory, member_of
from tests.institutions.factories_changes import BANK, NAME, TODAY, checked, filed

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n%"


@pytest.fixture
def institution():
    return InstitutionFactory()


@pytest.fixture
def member(institution):
    return member_of(institution)


@pytest.fixture
def clerk():
    return user_with(Role.INTAKE_CLERK)


def codes(refusal):
    return [each.code for each in refusal.value.obstacles]


def test_filing_is_numbered_dated_recorded_and_told(member, clerk):
    change = filed(member, explanation="更名")
    assert change.number == "CHG-360400-2026-0001"
    assert filed(member, BANK).number == "CHG-360400-2026-0002"
    assert (change.state, change.is_late) == (ChangeState.FILED, False)
    # Ten working days after Friday 2026-11-20, none of them a holiday.
    assert change.decision_due_on == date(2026, 12, 4)
    assert change.filing_due_basis["rule"] == "B-13a"
    [item] = change.items.all()
    assert (item.old_value, item.new_value) == (change.institution.name, NAME.value)
    [step] = change.transitions.all()
    assert (step.act, step.target, step.by, step.rule) == ("file", "filed", member, "B-13a")
    assert Notice.objects.get(recipient=clerk, key__endswith=change.number).url
    assert Institution.objects.get().name == change.institution.name != NAME.value


@pytest.mark.parametrize(
    ("approved_on", "filed_on", "due", "late"),
    [
        pytest.param("2025-06-30", "2025-08-11", "2025-08-11", False, id="on-the-last-day"),
        pytest.param("2025-06-30", "2025-08-12", "2025-08-11", True, id="a-day-late"),
        pytest.param("2025-03-20", "2025-05-06", "2025-05-06", False, id="across-labour-day"),
        pytest.param("2025-09-22", "2025-11-08", "2025-11-07", True, id="across-national-day"),
    ],
)
def test_a_late_filing_is_accepted_with_a_warning(member, approved_on, filed_on, due, late):
    at = datetime.combine(date.fromisoformat(filed_on), NOW.timetz())
    name = FieldChange(ChangeField.NAME, "新名", date.fromisoformat(approved_on))
    change = filed(member, name, at=at)
    assert (change.filing_due_on.isoformat(), change.is_late) == (due, late)
    assert Notice.objects.filter(recipient=member, key__startswith="change.late").exists() == late


def test_the_earliest_deadline_of_several_fields_counts(member):
    phone = FieldChange(ChangeField.PHONE, "0792-7654321", date(2026, 11, 19))
    change = filed(member, NAME, phone)
    # General information: five working days after 2026-11-19.
    assert change.filing_due_on == date(2026, 11, 26)


def test_a_bank_goes_with_its_account(member):
    # As major information: thirty working days, not five.
    assert filed(member, BANK).filing_due_on > date(2026, 12, 25)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param(FieldChange(ChangeField.LEVEL, "77", TODAY), "value_invalid", id="level"),
        pytest.param(FieldChange(ChangeField.SCALE, "viele", TODAY), "value_invalid", id="beds"),
        pytest.param(FieldChange(ChangeField.NAME, "x" * 201, TODAY), "value_invalid", id="long"),
        pytest.param(FieldChange(ChangeField.SUBJECTS, " ", TODAY), "value_empty", id="empty"),
        pytest.param(FieldChange(ChangeField.SCALE, "120", TODAY), "value_unchanged", id="same"),
        pytest.param(
            FieldChange(ChangeField.NAME, "新", TODAY + timedelta(1)),
            "approved_in_future",
            id="tomorrow",
        ),
    ],
)
def test_an_impossible_change_leaves_no_trace(member, change, code):
    with pytest.raises(Refusal) as refusal:
        filed(member, change)
    assert codes(refusal) == [code]
    assert not ChangeRequest.objects.exists() and not Notice.objects.exists()
    # The number was not used up.
    assert filed(member).number.endswith("-0001")


def test_strangers_and_clerks_of_the_institution_do_not_file(institution, clerk):
    own_clerk = member_of(institution, Role.INSTITUTION_CLERK)
    stranger = member_of(InstitutionFactory())
    for user in (own_clerk, stranger, clerk):
        with pytest.raises(Refusal) as refusal:
            file_change(institution_id=institution.pk, changes=[NAME], by=user, at=NOW)
        assert codes(refusal) == ["not_entitled"]
    assert not ChangeRequest.objects.exists()


def test_nothing_changed_and_a_field_that_waits_are_refused(member):
    with pytest.raises(Refusal) as refusal:
        file_change(institution_id=member.membership.institution_id, changes=[], by=member, at=NOW)
    assert codes(refusal) == ["nothing_changed"]
    filed(member)
    with pytest.raises(Refusal) as refusal:
        filed(member)
    assert codes(refusal) == ["field_waits_already"]
    assert ChangeRequest.objects.count() == 1


def test_evidence_is_kept_with_the_filing(member):
    change = filed(member, evidence=[SimpleUploadedFile("批文.pdf", PDF)])
    [attachment] = change.evidence.all()
    assert (attachment.name, attachment.uploaded_by) == ("批文.pdf", member)


def test_one_wrong_file_keeps_everything_out(member, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    files = [SimpleUploadedFile("批文.pdf", PDF), SimpleUploadedFile("批文2.pdf", b"MZ\x00")]
    with pytest.raises(Refusal) as refusal:
        filed(member, evidence=files)
    assert codes(refusal) == ["file_wrong_type"]
    assert not ChangeRequest.objects.exists() and not Attachment.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_two_changes_of_one_day_leave_the_later_value(member, clerk):
    for value in ("甲院", "乙院"):
        change = checked(filed(member, FieldChange(ChangeField.NAME, value, TODAY)), by=clerk)
        approve_change(change_id=change.pk, by=clerk, at=NOW)
    facts = InstitutionFact.objects.filter(field="name", effective_from=TODAY)
    assert [(each.value, each.change) for each in facts] == [("乙院", change)]


def test_withdrawn_is_withdrawn(member, clerk):
    change = filed(member)
    withdraw_change(change_id=change.pk, by=member, at=NOW)
    for decide in (approve_change, reject_change):
        with pytest.raises(Refusal) as refusal:
            decide(change_id=change.pk, by=clerk, at=NOW, reason="x")
        assert codes(refusal) == ["change_not_open"]
    with pytest.raises(Refusal):
        withdraw_change(change_id=change.pk, by=member, at=NOW)
    assert [step.act for step in change.transitions.all()] == ["file", "withdraw"]
    # The field is free again.
    assert filed(member).number.endswith("-0002")


def test_nobody_withdraws_for_another_institution(member):
    change = filed(member)
    with pytest.raises(ChangeRequest.DoesNotExist):
        withdraw_change(change_id=change.pk, by=member_of(InstitutionFactory()), at=NOW)
    assert ChangeRequest.objects.get().state == ChangeState.FILED


# --- at once -------------------------------------------------------------------------------------


def at_once(*acts):
    """Run the acts in threads that start together; return what each returned or raised."""
    barrier, results = Barrier(len(acts)), [None] * len(acts)

    def run(place, act):
        try:
            barrier.wait(timeout=30)
            results[place] = act()
        except Exception as error:  # noqa: BLE001 (the test looks at it)
            results[place] = error
        finally:
            connection.close()

    threads = [Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


@pytest.mark.django_db(transaction=True)
def test_two_deciders_at_once_have_one_outcome():
    member = member_of(InstitutionFactory())
    change = checked(filed(member))
    clerks = [user_with(Role.INTAKE_CLERK), user_with(Role.INTAKE_CLERK)]
    results = at_once(
        lambda: approve_change(change_id=change.pk, by=clerks[0], at=NOW),
        lambda: reject_change(change_id=change.pk, by=clerks[1], at=NOW, reason="不实"),
    )
    assert sum(isinstance(each, ChangeRequest) for each in results) == 1
    assert sum(isinstance(each, Refusal) for each in results) == 1
    acts = ChangeTransition.objects.values_list("act", flat=True)
    assert ("approve" in acts) != ("reject" in acts)
    stored = ChangeRequest.objects.get()
    approved = stored.state == ChangeState.EFFECTIVE
    assert (Institution.objects.get().name == NAME.value) == approved
    assert Notice.objects.filter(recipient=member, key__startswith="change.").count() == 1


@pytest.mark.django_db(transaction=True)
def test_twenty_filings_at_once_have_twenty_numbers_in_a_row():
    region = RegionFactory()
    members = [member_of(InstitutionFactory(region=region)) for _ in range(20)]
    results = at_once(*[lambda member=member: filed(member) for member in members])
    assert sorted(each.number for each in results) == [
        f"CHG-360400-2026-{n:04}" for n in range(1, 21)
    ]


@pytest.mark.django_db(transaction=True)
def test_a_filing_sent_twice_is_filed_once():
    member = member_of(InstitutionFactory())
    results = at_once(lambda: filed(member), lambda: filed(member))
    assert sum(isinstance(each, Refusal) for each in results) == 1
    assert ChangeRequest.objects.count() == 1


def test_the_day_of_an_act_is_that_of_beijing(member):
    late_evening_utc = datetime(2026, 11, 20, 17, 30, tzinfo=SHANGHAI) + timedelta(hours=7)
    change = filed(member, at=late_evening_utc.astimezone(tz=None))
    assert change.transitions.get().on == date(2026, 11, 21)
