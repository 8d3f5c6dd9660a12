"""Obligations: exact amounts, periods from service, entries never beyond them (B-11)."""

import threading
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from agency.enums import Role
from agency.models import Notice
from agency.rules import Refusal
from agreements.enums.measures import Direction, EntryKind, ObligationKind, ObligationState
from agreements.models import Obligation, ObligationEntry
from agreements.rules.measures import payment_period, proposed_damages
from agreements.services import obligations
from agreements.services.obligation_periods import tell_overdue
from tests.agency.calendars import office_for
from tests.agency.factories import user_with
from tests.agreements.factories import at, fresh
from tests.agreements.factories_measures import DECIDED, owed
from tests.institutions.factories import InstitutionFactory, member_of

pytestmark = pytest.mark.django_db
KIND = ObligationKind


@pytest.fixture
def institution():
    return InstitutionFactory()


def paid(obligation, amount, voucher="V-1", on=date(2025, 5, 20), by=None):
    return obligations.enter_payment(
        obligation_id=obligation.pk,
        amount=Decimal(amount),
        voucher=voucher,
        on=on,
        at=at(on),
        by=by or user_with(Role.PAYMENT_OFFICER),
    )


def netted(obligation, amount, statement="STM-1", on=date(2025, 6, 20)):
    return obligations.enter_settlement(
        obligation_id=obligation.pk,
        amount=Decimal(amount),
        statement=statement,
        on=on,
        at=at(on),
    )


def codes(refusal) -> set[str]:
    return {each.code for each in refusal.value.obstacles}


# --- pure ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "due", "provisional"),
    [
        ("2025-04-29", "2025-05-23", False),  # Labour Day in between, the make-up Sunday counts
        ("2025-05-12", "2025-06-03", False),  # Dragon Boat Monday
        ("2025-09-25", "2025-10-22", False),  # National Day, make-up Sunday and Saturday
        ("2031-03-03", "2031-03-24", True),  # a year without a calendar
    ],
)
def test_the_period_to_pay_runs_in_working_days(start, due, provisional):
    first = date.fromisoformat(start)
    found, basis = payment_period(first, office_for(on=first, region=None))
    assert (found.on, found.provisional) == (date.fromisoformat(due), provisional)
    assert (basis.rule, basis.count) == ("B-11", 15)


@pytest.mark.parametrize(
    ("terms", "base", "proposed"),
    [
        ("按涉案金额的10%支付违约金", "8400.00", "840.00"),
        ("违约金为违规费用的 2.5％", "0.20", "0.01"),  # 0.005 is rounded up
        ("违约金为违规费用的2.5%", "0.10", "0.00"),
        ("按10%,情节严重的按30%", "8400.00", None),
        ("违约金5000元", "8400.00", None),
        ("", "8400.00", None),
    ],
)
def test_damages_are_proposed_by_one_rate_only(terms, base, proposed):
    expected = Decimal(proposed) if proposed else None
    assert proposed_damages(terms, Decimal(base)) == expected


# --- what arises --------------------------------------------------------------------------------


def test_each_kind_has_its_direction_and_its_period(institution):
    found = {kind: owed(institution, kind) for kind in KIND}
    assert {kind: each.direction for kind, each in found.items()} == {
        KIND.WITHHELD: Direction.TO_FUND,
        KIND.REFUSED: Direction.TO_FUND,
        KIND.RECOVERY: Direction.TO_FUND,
        KIND.DAMAGES: Direction.TO_FUND,
        KIND.RESTORED: Direction.TO_INSTITUTION,
    }
    due = date(2025, 6, 3)
    assert {kind: each.due_on for kind, each in found.items()} == {
        KIND.WITHHELD: None,
        KIND.REFUSED: None,
        KIND.RECOVERY: due,
        KIND.DAMAGES: due,
        KIND.RESTORED: due,
    }
    numbers = [each.number for each in found.values()]
    assert numbers == [f"OBL-360400-2025-{n:04}" for n in range(1, 6)]
    assert [each.act for each in found[KIND.RECOVERY].transitions.all()] == ["oblige"]


@pytest.mark.parametrize("amount", ["0.00", "-1.00", "8400.001"])
def test_an_amount_is_above_zero_and_exact_to_the_fen(institution, amount):
    with pytest.raises(Refusal) as refusal:
        owed(institution, amount=amount)
    assert codes(refusal) == {"amount_not_exact"}
    assert not Obligation.objects.exists()


@pytest.mark.parametrize(
    ("facts", "constraint"),
    [
        ({"number": "X"}, "obligation_number_has_its_form"),
        ({"amount": "0"}, "obligation_amount_positive"),
        ({"direction": "to_institution"}, "obligation_direction_by_kind"),
        ({"release_when": "x"}, "obligation_withheld_says_until_when"),
        ({"kind": "refused", "due_on": "2025-06-03"}, "obligation_due_where_it_is_paid"),
        ({"ground": ""}, "obligation_has_its_ground"),
    ],
)
def test_the_database_refuses(institution, facts, constraint):
    like = owed(institution)
    given = {
        "number": "OBL-360400-2025-0099",
        "institution": institution,
        "region": like.region,
        "direction": "to_fund",
        "kind": "recovery",
        "amount": "1.00",
        "ground": "g",
        "rule": "B-11",
        "basis": "CASE",
        "arose_on": DECIDED,
        **facts,
    }
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Obligation.objects.create(**given)


def test_a_measure_has_one_obligation_and_its_terms_stay(institution):
    obligation = owed(institution, basis_item="7")
    with pytest.raises(IntegrityError, match="obligation_once_a_measure"), transaction.atomic():
        owed(institution, basis_item="7", region=obligation.region)
    with pytest.raises(Exception, match="fixed_terms"), transaction.atomic():
        Obligation.objects.update(amount="1.00")
    with pytest.raises(Exception, match="lawful_steps"), transaction.atomic():
        Obligation.objects.update(state="withdrawn")
        Obligation.objects.update(state="open")


# --- entries ------------------------------------------------------------------------------------


def test_the_last_part_settles(institution):
    obligation = owed(institution)
    paid(obligation, "400.00")
    half = fresh(obligation)
    assert (half.state, half.outstanding) == (ObligationState.OPEN, Decimal("8000.00"))
    netted(obligation, "8000.00")
    done = fresh(obligation)
    assert (done.state, done.outstanding) == (ObligationState.SETTLED, Decimal("0.00"))
    assert [each.act for each in done.transitions.all()] == ["oblige", "enter", "settle"]
    assert list(done.entries.values_list("kind", "reference")) == [
        (EntryKind.PAID_IN, "V-1"),
        (EntryKind.NETTED, "STM-1"),
    ]


@pytest.mark.parametrize(
    ("amount", "reference", "code"),
    [
        ("8000.01", "STM-2", "more_than_outstanding"),
        ("1.00", "STM-1", "entered_already"),
        ("1.00", " ", "reference_missing"),
        ("0.001", "STM-2", "amount_not_exact"),
    ],
)
def test_an_entry_is_refused_and_leaves_nothing(institution, amount, reference, code):
    obligation = owed(institution)
    netted(obligation, "400.00")
    with pytest.raises(Refusal) as refusal:
        netted(obligation, amount, reference)
    assert code in codes(refusal)
    assert obligation.entries.count() == 1


def test_a_payment_is_entered_by_money_officers_not_before_it_arose_nor_ahead(institution):
    obligation = owed(institution)
    with pytest.raises(Refusal) as refusal:
        paid(obligation, "1.00", by=user_with(Role.AUDIT_OFFICER))
    assert codes(refusal) == {"not_permitted"}
    officer = user_with(Role.PAYMENT_OFFICER)
    with pytest.raises(Refusal) as refusal:
        paid(obligation, "1.00", on=date(2025, 5, 11), by=officer)
    assert codes(refusal) == {"day_out_of_order"}
    assert not ObligationEntry.objects.exists()


def test_entries_stay_and_never_exceed_whatever_writes_them(institution):
    obligation = owed(institution)
    paid(obligation, "400.00")
    row = {"kind": "paid_in", "on": DECIDED, "at": at(DECIDED), "obligation": obligation}
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        ObligationEntry.objects.create(amount="8000.01", reference="V-2", **row)
    assert error.value.__cause__.diag.constraint_name == "obligationentry_within_amount"
    with (
        pytest.raises(IntegrityError, match="obligationentry_reference_once"),
        transaction.atomic(),
    ):
        ObligationEntry.objects.create(amount="1.00", reference="V-1", **row)
    with (
        pytest.raises(IntegrityError, match="obligationentry_has_its_reference"),
        transaction.atomic(),
    ):
        ObligationEntry.objects.create(amount="1.00", reference="", **row)
    with pytest.raises(Exception, match="append_only"), transaction.atomic():
        ObligationEntry.objects.update(amount="1.00")
    obligations.withdraw(obligation_id=obligation.pk, reason="撤销", by=None, at=at(DECIDED))
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        ObligationEntry.objects.create(amount="1.00", reference="V-3", **row)
    assert error.value.__cause__.diag.constraint_name == "obligationentry_of_an_open_obligation"


# --- released and withdrawn ---------------------------------------------------------------------


def release(obligation, by, reason="整改验收合格"):
    return obligations.release(
        obligation_id=obligation.pk, reason=reason, by=by, at=at("2025-07-01")
    )


def test_a_withheld_payment_is_released_by_the_head(institution):
    obligation, head = owed(institution, KIND.WITHHELD), user_with(Role.AGENCY_HEAD)
    with pytest.raises(Refusal) as refusal:
        release(obligation, user_with(Role.PAYMENT_OFFICER))
    assert codes(refusal) == {"not_permitted"}
    with pytest.raises(Refusal) as refusal:
        release(obligation, head, reason=" ")
    assert codes(refusal) == {"reason_missing"}
    release(obligation, head)
    done = fresh(obligation)
    entry = done.entries.get()
    assert done.state == ObligationState.SETTLED
    assert (entry.kind, entry.amount) == (EntryKind.RELEASED, Decimal("8400.00"))
    assert Obligation.objects.count() == 1
    with pytest.raises(Refusal) as refusal:
        release(obligation, head)
    assert codes(refusal) == {"obligation_not_open"}


def test_only_what_is_withheld_is_released(institution):
    for kind in set(KIND) - {KIND.WITHHELD}:
        with pytest.raises(Refusal) as refusal:
            release(owed(institution, kind), user_with(Role.AGENCY_HEAD))
        assert codes(refusal) == {"not_withheld"}
    assert not ObligationEntry.objects.exists()


def test_released_what_was_netted_is_owed_back(institution):
    obligation = owed(institution, KIND.WITHHELD)
    netted(obligation, "1400.00")
    release(obligation, user_with(Role.AGENCY_HEAD))
    back = Obligation.objects.get(kind=KIND.RESTORED)
    assert (back.amount, back.direction) == (Decimal("1400.00"), Direction.TO_INSTITUTION)
    assert (back.basis, back.due_on) == (obligation.number, date(2025, 7, 22))
    assert fresh(obligation).entries.get(kind=EntryKind.RELEASED).amount == Decimal("7000.00")


@pytest.mark.parametrize(
    ("parts", "back"),
    [
        ([], None),
        (["400.00"], "400.00"),
        (["400.00", "8000.00"], "8400.00"),  # settled already
    ],
)
def test_withdrawn_what_the_fund_got_goes_back(institution, parts, back):
    obligation = owed(institution)
    for number, part in enumerate(parts):
        paid(obligation, part, f"V-{number}")
    restored = obligations.withdraw(
        obligation_id=obligation.pk, reason="复议撤销", by=None, at=at("2025-07-01")
    )
    assert fresh(obligation).state == ObligationState.WITHDRAWN
    assert (restored and restored.amount) == (Decimal(back) if back else None)
    with pytest.raises(Refusal):
        obligations.withdraw(
            obligation_id=obligation.pk, reason="复议撤销", by=None, at=at("2025-07-01")
        )
    assert Obligation.objects.count() == (2 if back else 1)


def test_what_was_paid_back_is_not_withdrawn(institution):
    obligation = owed(institution, KIND.RESTORED)
    paid(obligation, "8400.00")
    with pytest.raises(Refusal) as refusal:
        obligations.withdraw(obligation_id=obligation.pk, reason="x", by=None, at=at("2025-07-01"))
    assert codes(refusal) == {"paid_back_already"}
    assert fresh(obligation).state == ObligationState.SETTLED


# --- the seam, and being late -------------------------------------------------------------------


def test_open_for_gives_what_could_be_netted_oldest_first(institution, django_assert_num_queries):
    later = owed(institution, on=date(2025, 5, 20))
    first = owed(institution, KIND.WITHHELD, region=later.region)
    settled = owed(institution, region=later.region)
    paid(settled, "8400.00")
    owed(InstitutionFactory(), region=later.region)
    with django_assert_num_queries(2):
        found = list(obligations.open_for(institution.pk, date(2025, 6, 1)))
        assert [each.outstanding for each in found] == [Decimal("8400.00")] * 2
    assert found == [first, later]
    assert list(obligations.open_for(institution.pk, date(2025, 5, 19))) == [first]


def test_overdue_is_told_once_the_day_after(institution):
    member, officer = member_of(institution), user_with(Role.AUDIT_OFFICER)
    obligation = owed(institution)
    for on, told in [("2025-06-03", 0), ("2025-06-04", 1), ("2025-06-05", 0)]:
        assert tell_overdue(on=date.fromisoformat(on), at=at(on)) == told
    heard = Notice.objects.filter(key=f"obligation.{obligation.pk}.overdue")
    assert set(heard.values_list("recipient", flat=True)) == {member.pk, officer.pk}


@pytest.mark.django_db(transaction=True)
def test_two_who_enter_the_rest_at_once_enter_it_once(institution):
    obligation = owed(institution)
    start, outcomes = threading.Barrier(2), []

    def enter(statement):
        try:
            start.wait(5)
            netted(obligation, "8400.00", statement)
            outcomes.append("entered")
        except Refusal as refusal:
            outcomes.append(refusal.obstacles[0].code)
        finally:
            connection.close()

    threads = [threading.Thread(target=enter, args=(f"STM-{n}",)) for n in (1, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(outcomes) == ["entered", "obligation_not_open"]
    assert obligation.entries.get().amount == Decimal("8400.00")
