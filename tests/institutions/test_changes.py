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
from institutions.services.changes import approve_change, reject_change
from institutions.services.filing import FieldChange, file_change, withdraw_change
from institutions.services.history import as_on, register_steps
from institutions.services.registry import Account, account_on
from tests.agency.factories import NOW, SHANGHAI, RegionFactory, user_with
from tests.institutions.factories import InstitutionFactory, member_of

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
PDF = b"%PDF-1.7\n%"
NAME = FieldChange(ChangeField.NAME, "浔阳新仁和医院", TODAY)
ACCOUNT = FieldChange(ChangeField.BANK_ACCOUNT, "6222000000009999", TODAY)
BANK = FieldChange(ChangeField.BANK_NAME, "建设银行九江分行", TODAY)


@pytest.fixture
def institution():
    return InstitutionFactory()


@pytest.fixture
def member(institution):
    return member_of(institution)


@pytest.fixture
def clerk():
    return user_with(Role.INTAKE_CLERK)


@pytest.fixture
def head():
    return user_with(Role.AGENCY_HEAD)


def filed(member, *changes, at=NOW, **kwargs):
    return file_change(
        institution_id=member.membership.institution_id,
        changes=changes or [NAME],
        by=member,
        at=at,
        **kwargs,
    )


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
        pytest.param(FieldChange(ChangeField.PRINCIPAL, " ", TODAY), "value_empty", id="empty"),
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


def test_approval_applies_the_values_from_its_day_on(member, clerk):
    beds = FieldChange(ChangeField.SCALE, "150", TODAY)
    change = filed(member, NAME, beds)
    old_name = change.institution.name
    approve_change(change_id=change.pk, by=clerk, at=NOW + timedelta(days=3), reason="属实")
    stored = Institution.objects.get(pk=change.institution_id)
    assert (stored.name, stored.beds) == (NAME.value, 150)
    facts = InstitutionFact.objects.filter(field="name").order_by("effective_from")
    assert [each.value for each in facts] == [old_name, NAME.value]
    assert (facts[1].effective_from, facts[1].change) == (TODAY + timedelta(3), change)
    assert as_on(stored, TODAY + timedelta(2)).name == old_name
    assert as_on(stored, TODAY + timedelta(2)).beds == 120
    assert as_on(stored, TODAY + timedelta(3)).name == NAME.value
    step = change.transitions.get(act="approve")
    assert (step.source, step.target, step.reason) == ("filed", "approved", "属实")
    assert Notice.objects.filter(recipient=member, key__startswith="change.decided").exists()
    latest = register_steps(stored)[0]
    assert latest.by == clerk and len(latest.labels) == 2


def test_money_of_before_goes_to_the_account_of_before(institution, member, head):
    old = Account(institution.bank_name, institution.bank_account)
    assert account_on(institution, TODAY) == old
    change = filed(member, ACCOUNT, BANK)
    approve_change(change_id=change.pk, by=head, at=NOW)
    changed = Institution.objects.get(pk=institution.pk)
    assert account_on(changed, TODAY - timedelta(1)) == old
    assert account_on(changed, TODAY) == Account(BANK.value, ACCOUNT.value)
    assert account_on(changed, date(2015, 1, 1)) == old


def test_two_changes_of_one_day_leave_the_later_value(member, clerk):
    for value in ("甲院", "乙院"):
        change = filed(member, FieldChange(ChangeField.NAME, value, TODAY))
        approve_change(change_id=change.pk, by=clerk, at=NOW)
    facts = InstitutionFact.objects.filter(field="name", effective_from=TODAY)
    assert [(each.value, each.change) for each in facts] == [("乙院", change)]


def test_an_account_is_approved_by_the_head_alone(member, clerk, head):
    change = filed(member, ACCOUNT)
    assert Notice.objects.filter(recipient=head).exists()
    with pytest.raises(Refusal) as refusal:
        approve_change(change_id=change.pk, by=clerk, at=NOW)
    assert codes(refusal) == ["account_needs_head"]
    assert ChangeRequest.objects.get().state == ChangeState.FILED
    assert not InstitutionFact.objects.exists() and change.transitions.count() == 1
    approve_change(change_id=change.pk, by=head, at=NOW)
    assert Institution.objects.get().bank_account == ACCOUNT.value


@pytest.mark.parametrize("role", [Role.CLAIM_REVIEWER, Role.ADMINISTRATION_HEAD])
def test_others_decide_nothing(member, role):
    change = filed(member)
    with pytest.raises(Refusal) as refusal:
        approve_change(change_id=change.pk, by=user_with(role), at=NOW)
    assert "not_entitled" in codes(refusal)
    assert Institution.objects.get().name != NAME.value


def test_rejection_needs_a_reason_and_changes_nothing(member, clerk):
    change = filed(member)
    with pytest.raises(Refusal) as refusal:
        reject_change(change_id=change.pk, by=clerk, at=NOW, reason=" ")
    assert codes(refusal) == ["reason_missing"]
    reject_change(change_id=change.pk, by=clerk, at=NOW, reason="缺少批文")
    change = ChangeRequest.objects.get()
    assert (change.state, change.decided_by) == (ChangeState.REJECTED, clerk)
    assert Institution.objects.get().name != NAME.value
    assert not InstitutionFact.objects.exists()
    assert Notice.objects.get(recipient=member, key__startswith="change.").body == "缺少批文"


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
    change = filed(member)
    clerks = [user_with(Role.INTAKE_CLERK), user_with(Role.INTAKE_CLERK)]
    results = at_once(
        lambda: approve_change(change_id=change.pk, by=clerks[0], at=NOW),
        lambda: reject_change(change_id=change.pk, by=clerks[1], at=NOW, reason="不实"),
    )
    assert sum(isinstance(each, ChangeRequest) for each in results) == 1
    assert sum(isinstance(each, Refusal) for each in results) == 1
    [decision] = ChangeTransition.objects.exclude(act="file")
    stored = ChangeRequest.objects.get()
    assert decision.target == stored.state
    approved = stored.state == ChangeState.APPROVED
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
