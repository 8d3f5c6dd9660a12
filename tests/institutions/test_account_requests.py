"""The first visit without paper (C-08): who gets an account at once, who waits, who decides."""

from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from agency.enums import AccountAct, Role
from agency.models import AccountRecord, Attachment, Notice, User
from agency.rules import Refusal
from institutions.enums.account_requests import AccountRequestState
from institutions.models import AccountRequest, Institution, Membership
from institutions.services.account_requests import (
    approve_account,
    reject_account,
    review_account,
)
from institutions.services.registry import verify_entry
from tests.agency.factories import NOW, RegionFactory, user_with
from tests.institutions.factories import (
    EntryFactory,
    InstitutionFactory,
    credit_code,
    member_of,
)
from tests.institutions.factories_accounts import PASSWORD, account_request, licence

pytestmark = pytest.mark.django_db
STATE = AccountRequestState


@pytest.fixture
def clerk():
    return user_with(Role.INTAKE_CLERK)


def codes(refusal):
    return [each.code for each in refusal.value.obstacles]


def may_log_in(username, password=PASSWORD):
    user = User.objects.filter(username=username).first()
    return user is not None and user.is_active and user.check_password(password)


def test_an_unknown_institution_has_its_account_at_once(clerk):
    request = account_request(email="lin@example.cn")
    assert request.number == "REG-360403-2026-0001"
    assert request.state == STATE.OPENED
    # Three working days after Friday 2026-11-20.
    assert request.decision_due_on == date(2026, 11, 25)
    institution = Institution.objects.get()
    assert (institution.name, institution.code, institution.credit_code) == (
        "浔阳新诊所",
        None,
        credit_code(900),
    )
    account = User.objects.get(username="linjing")
    assert (account.is_active, account.must_change_password, account.email) == (
        True,
        False,
        "lin@example.cn",
    )
    assert account.own_roles == {Role.INSTITUTION_ADMINISTRATOR}
    assert account.membership.institution == institution
    opened = AccountRecord.objects.get(subject=account, act=AccountAct.CREATED)
    assert opened.by is None
    assert Notice.objects.get(recipient=clerk, key__startswith="account_request.asked").url
    [step] = request.transitions.all()
    assert (step.act, step.target, step.by, step.rule) == ("ask", "opened", account, "C-08")


@pytest.mark.parametrize("known_by", ["credit_code", "national_code", "name_and_address"])
def test_a_known_institution_waits(known_by, clerk):
    if known_by == "name_and_address":
        known = EntryFactory(
            name="浔阳新诊所",
            region=RegionFactory(code="360403", name="浔阳区"),
            registered_address="九江市浔阳区甘棠路9号",
        )
        request = account_request()
    else:
        known = InstitutionFactory()
        wanted = known.credit_code if known_by == "credit_code" else known.code
        request = account_request(**{known_by: wanted})
    assert (request.state, request.institution) == (STATE.WAITING, known)
    assert Institution.objects.count() == 1
    assert not request.account.is_active
    assert not Membership.objects.exists()
    assert not AccountRecord.objects.filter(act=AccountAct.CREATED).exists()


def test_a_national_code_somebody_asked_with_before_waits():
    first = account_request(national_code="H36040300001")
    second = account_request(
        national_code="H36040300001", credit_code=credit_code(901), username="zweite"
    )
    assert (second.state, second.institution) == (STATE.WAITING, first.institution)


def test_administrators_of_a_known_institution_are_told_and_may_approve(clerk):
    institution = InstitutionFactory()
    administrator, colleague = member_of(institution), member_of(institution)
    reader = member_of(institution, Role.INSTITUTION_CLERK)
    request = account_request(credit_code=institution.credit_code)
    told = set(
        Notice.objects.filter(key=f"account_request.asked:{request.number}").values_list(
            "recipient_id", flat=True
        )
    )
    assert told == {clerk.pk, administrator.pk, colleague.pk}
    for wrong in (reader, member_of(InstitutionFactory()), user_with(Role.AGENCY_HEAD)):
        with pytest.raises(Refusal) as refusal:
            approve_account(request_id=request.pk, by=wrong, at=NOW)
        assert codes(refusal) == ["not_entitled"]
    assert not may_log_in("linjing")
    approved = approve_account(request_id=request.pk, by=administrator, at=NOW, reason="同事")
    assert (approved.state, approved.decided_by) == (STATE.APPROVED, administrator)
    assert may_log_in("linjing")
    assert request.account.membership.institution == institution
    told = Notice.objects.filter(key=f"account_request.decided:{request.number}")
    assert [each.recipient for each in told] == [colleague]
    with pytest.raises(Refusal) as refusal:
        approve_account(request_id=request.pk, by=clerk, at=NOW)
    assert codes(refusal) == ["account_request_decided"]


def test_a_clerk_who_saw_the_licence_approves_and_an_entry_learns_its_code(clerk):
    EntryFactory(
        name="浔阳新诊所",
        region=RegionFactory(code="360403", name="浔阳区"),
        registered_address="九江市浔阳区甘棠路9号",
    )
    request = account_request()
    approve_account(request_id=request.pk, by=clerk, at=NOW)
    assert Institution.objects.get().credit_code == credit_code(900)
    assert may_log_in("linjing")


def test_a_refused_request_frees_the_user_name(clerk):
    institution = InstitutionFactory()
    request = account_request(credit_code=institution.credit_code)
    with pytest.raises(Refusal) as refusal:
        reject_account(request_id=request.pk, by=clerk, at=NOW, reason=" ")
    assert codes(refusal) == ["reason_missing"]
    rejected = reject_account(request_id=request.pk, by=clerk, at=NOW, reason="证照不符")
    assert (rejected.state, rejected.decision_reason) == (STATE.REJECTED, "证照不符")
    assert not may_log_in("linjing")
    again = account_request(credit_code=institution.credit_code)
    assert again.username == "linjing"
    assert User.objects.get(pk=request.account_id).username == request.number


def test_an_account_opened_at_once_is_looked_at_or_closed(clerk):
    first = account_request()
    with pytest.raises(Refusal) as refusal:
        approve_account(request_id=first.pk, by=clerk, at=NOW)
    assert codes(refusal) == ["account_request_decided"]
    assert review_account(request_id=first.pk, by=clerk, at=NOW).state == STATE.REVIEWED
    assert may_log_in("linjing")
    second = account_request(credit_code=credit_code(901), username="wrong", address="别处1号")
    round_before = second.account.session_round
    member = member_of(second.institution)
    with pytest.raises(Refusal) as refusal:
        reject_account(request_id=second.pk, by=member, at=NOW, reason="不认识")
    assert codes(refusal) == ["not_entitled"]
    reject_account(request_id=second.pk, by=clerk, at=NOW, reason="证照系伪造")
    account = User.objects.get(pk=second.account_id)
    assert (account.is_active, account.session_round) == (False, round_before + 1)


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"credit_code": credit_code(900)[:-1] + "0"}, "credit_code_faulty", credit_code(900)[-1]),
        ({"credit_code": ""}, "credit_code_faulty", "18"),
        ({"national_code": "36040300001"}, "code_faulty", "36040300001"),
        ({"username": "林 静"}, "username_invalid", "林 静"),
        ({"username": "TAKEN"}, "username_taken", "TAKEN"),
        ({"password": "password123"}, "password_weak", ""),
        ({"password": "linjing1987"}, "password_weak", ""),
    ],
)
def test_a_wrong_request_is_refused_and_nothing_happens(changes, code, words):
    user_with(Role.INSTITUTION_CLERK, username="taken")
    if changes.get("credit_code"):
        assert changes["credit_code"] != credit_code(900)
    with pytest.raises(Refusal) as refusal:
        account_request(**changes)
    assert code in codes(refusal)
    [obstacle] = [each for each in refusal.value.obstacles if each.code == code]
    assert words in str(obstacle.text)
    assert obstacle.remedy
    assert not AccountRequest.objects.exists()
    assert not Institution.objects.exists()
    assert User.objects.count() == 1


def test_a_region_that_is_no_county_is_refused():
    with pytest.raises(Refusal) as refusal:
        account_request(region=RegionFactory())
    assert codes(refusal) == ["region_not_county"]


def test_a_licence_of_a_wrong_kind_is_refused():
    with pytest.raises(Refusal) as refusal:
        licence(b"MZ\x00\x00program", "licence.pdf")
    assert codes(refusal) == ["file_wrong_type"]
    assert not Attachment.objects.exists()


def test_what_was_asked_stays_and_a_state_never_jumps():
    request = account_request()
    rows = AccountRequest.objects.filter(pk=request.pk)
    for change in ({"contact_name": "别人"}, {"state": "approved"}):
        with (
            pytest.raises(DatabaseError, match=r"(?i)accountrequest"),
            transaction.atomic(),
        ):
            rows.update(**change)
    facts = {"decided_by": user_with(), "decided_at": NOW}
    with pytest.raises(IntegrityError, match="accountrequest_refusal_has_its_reason"):
        rows.update(state="rejected", **facts)


def test_an_entry_made_by_a_request_can_be_verified_with_its_own_code(clerk):
    request = account_request()
    verified = verify_entry(
        institution_id=request.institution_id,
        by=clerk,
        at=NOW,
        code="H36040300777",
        credit_code=request.credit_code,
        kind=request.kind,
        nature="private_profit",
        level="11",
        registered_address=request.address,
    )
    assert verified.is_verified


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
def test_two_requests_with_a_new_code_at_once_open_one_account():
    # In different counties, so that not even the counter of numbers lines them up.
    lianxi = RegionFactory(code="360402", name="濂溪区")
    RegionFactory(code="360403", name="浔阳区")
    results = at_once(
        account_request,
        lambda: account_request(username="other", region=lianxi),
    )
    assert sorted(each.state for each in results) == [STATE.OPENED, STATE.WAITING]
    assert Institution.objects.count() == 1
    assert User.objects.filter(is_active=True).count() == Membership.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_requests_with_one_user_name_at_once_make_one_account():
    RegionFactory(code="360403", name="浔阳区")
    results = at_once(
        account_request,
        lambda: account_request(credit_code=credit_code(901), address="别处1号"),
    )
    [refusal] = [each for each in results if isinstance(each, Refusal)]
    assert [each.code for each in refusal.obstacles] == ["username_taken"]
    assert AccountRequest.objects.count() == Institution.objects.count() == 1
