"""The sealed history: nothing that was sealed is altered, removed or slipped in unseen."""

import hashlib
import json
from datetime import date, datetime, timedelta

import pgtrigger
import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from agency.audit import audit_sources
from agency.enums import CheckOutcome, JobStatus, ReadingKind, ReadingPurpose, Role
from agency.models import AuditCheck, AuditHead, AuditSeal, ReadLog, User
from agency.rules import Refusal
from agency.services.audit.checks import request_check, run_check
from agency.services.audit.digests import head_of
from agency.services.audit.sealing import seal_days
from agency.services.audit.verifying import Fault, verify_days
from agency.tasks import seal_history
from tests.agency.factories import NOW, SHANGHAI, user_with
from tests.institutions.factories import InstitutionFactory

pytestmark = pytest.mark.django_db

TODAY = NOW.date()
FIRST, LAST = date(2026, 11, 15), date(2026, 11, 19)
TABLE = "agency_readlog"


def read(on: date, *, hour: int = 10, note: str = "核对") -> ReadLog:
    """Write one audit event of a day."""
    user = User.objects.filter(username="reader").first() or user_with(
        Role.AUDIT_OFFICER, username="reader"
    )
    return ReadLog.objects.create(
        user=user,
        at=datetime(on.year, on.month, on.day, hour, tzinfo=SHANGHAI),
        kind=ReadingKind.ACCOUNT,
        subject="institutions.institution:1",
        label="示范医院",
        fields=["bank_account"],
        purpose=ReadingPurpose.AUDIT,
        note=note,
    )


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def sealed() -> list[ReadLog]:
    """Three events on the first day, one two days later; five sealed days."""
    rows = [read(FIRST), read(FIRST, hour=11), read(FIRST, hour=12), read(FIRST + timedelta(2))]
    _backdate_the_rest()
    assert seal_days(on=TODAY, at=NOW) == 5
    return rows


def _backdate_the_rest() -> None:
    """Leave only the events that tests know in the sealed days: what migrations and factories
    wrote bears the real time of the database.
    """
    for source in audit_sources():
        if source.table != TABLE:
            with pgtrigger.ignore(), connection.cursor() as cursor:
                cursor.execute(f'UPDATE "{source.table}" SET "{source.at}" = %s', [NOW])


def verified() -> tuple[Fault, ...]:
    return verify_days(from_day=FIRST, to_day=LAST).faults


def tamper(sql: str, *values: object) -> None:
    """Change the database as somebody could who switches the triggers off."""
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute(sql, values)


# --- sealing -------------------------------------------------------------------------------------


def test_each_past_day_gets_a_head_and_a_second_run_none(sealed):
    assert list(AuditHead.objects.order_by("day").values_list("day", flat=True)) == [
        FIRST + timedelta(each) for each in range(5)
    ]
    seal = AuditSeal.objects.get(day=FIRST)
    assert (seal.source, seal.row_count) == (TABLE, 3)
    assert (seal.first_pk, seal.last_pk) == (sealed[0].pk, sealed[2].pk)
    assert len(seal.marks) == 3 * 16
    assert seal.columns[:3] == ["id", "user_id", "acting_for_id"]
    assert seal_days(on=TODAY, at=NOW) == 0
    assert AuditHead.objects.count() == 5


def test_heads_are_a_chain(sealed):
    previous = ""
    for head in AuditHead.objects.order_by("day"):
        assert head.previous == previous
        assert head.head == head_of(previous, head.day, head.seals.all())
        previous = head.head
    quiet = AuditHead.objects.get(day=LAST)
    assert (quiet.seal_count, quiet.row_count) == (0, 0)
    text = f"{quiet.previous}\n{LAST.isoformat()}"
    assert quiet.head == hashlib.sha256(text.encode()).hexdigest()


def test_missed_days_are_caught_up_and_today_is_never_sealed(sealed):
    read(TODAY)
    later = NOW + timedelta(3)
    assert seal_days(on=later.date(), at=later) == 3
    assert AuditHead.objects.order_by("-day").first().day == TODAY + timedelta(2)
    # A job run for a day to come seals no day that can still get events.
    assert seal_days(on=TODAY + timedelta(30), at=later) == 0


def test_a_day_is_that_of_shanghai(sealed):
    assert AuditSeal.objects.filter(day=FIRST).get().row_count == 3
    early = read(TODAY, hour=0)
    later = NOW + timedelta(1)
    seal_days(on=later.date(), at=later)
    assert AuditSeal.objects.get(day=TODAY, source=TABLE).last_pk == early.pk


def test_nothing_to_seal():
    _backdate_the_rest()
    assert seal_history(TODAY) == 0
    assert not AuditHead.objects.exists()


def test_sealing_costs_the_same_for_one_table_and_for_all(sealed, django_assert_max_num_queries):
    later = NOW + timedelta(40)
    with django_assert_max_num_queries(9):
        assert seal_days(on=later.date(), at=later) == 40


# --- verifying -----------------------------------------------------------------------------------


def test_what_is_as_it_was_verifies(sealed):
    result = verify_days(from_day=FIRST, to_day=LAST)
    assert (result.faults, result.days, result.rows) == ((), 5, 4)


def test_one_byte_is_found_and_named(sealed):
    tamper("UPDATE agency_readlog SET note = '核对。' WHERE id = %s", sealed[1].pk)
    assert verified() == (Fault(FIRST, TABLE, "altered", (sealed[1].pk,), 1),)


def test_a_deleted_row_is_found_and_named(sealed):
    tamper("DELETE FROM agency_readlog WHERE id = %s", sealed[3].pk)
    assert verified() == (Fault(FIRST + timedelta(2), TABLE, "deleted", (sealed[3].pk,), 1),)


def test_an_inserted_row_is_found_and_named(sealed):
    among, alone = read(FIRST, hour=9), read(LAST)
    assert verified() == (
        Fault(FIRST, TABLE, "inserted", (among.pk,), 1),
        Fault(LAST, TABLE, "inserted", (alone.pk,), 1),
    )


def test_a_row_moved_to_another_day_is_found_on_both(sealed):
    tamper("UPDATE agency_readlog SET at = at + interval '1 day' WHERE id = %s", sealed[0].pk)
    pk = sealed[0].pk
    assert verified() == (
        Fault(FIRST, TABLE, "deleted", (pk,), 1),
        Fault(FIRST + timedelta(1), TABLE, "inserted", (pk,), 1),
    )


def test_an_altered_head_and_a_missing_one_are_found(sealed):
    second, third = AuditHead.objects.order_by("day")[1:3]
    tamper("UPDATE agency_audithead SET head = %s WHERE id = %s", "0" * 64, second.pk)
    table = "agency_audithead"
    assert verified() == (
        Fault(second.day, table, "head", (second.pk,), 1),
        Fault(third.day, table, "head", (third.pk,), 1),
    )
    tamper("DELETE FROM agency_audithead WHERE id = %s", second.pk)
    assert Fault(second.day, table, "head") in verified()


def test_a_seal_made_to_fit_is_found_by_its_head(sealed):
    """Whoever alters a row and its seal has the head against them, and the published one."""
    tamper("UPDATE agency_readlog SET note = 'x' WHERE id = %s", sealed[3].pk)
    forged = hashlib.sha256(b"forged").hexdigest()
    day = sealed[3].at.date()
    tamper("UPDATE agency_auditseal SET digest = %s WHERE day = %s", forged, day)
    faults = verified()
    head = AuditHead.objects.get(day=day)
    assert Fault(day, "agency_audithead", "head", (head.pk,), 1) in faults
    assert Fault(day, TABLE, "altered", (sealed[3].pk,), 1) in faults


def test_a_new_column_breaks_no_seal_and_a_lost_one_is_named(sealed):
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE agency_readlog ADD COLUMN later text DEFAULT 'x'")
        assert verified() == ()
        cursor.execute("ALTER TABLE agency_readlog RENAME COLUMN note TO words")
    assert verified() == (
        Fault(FIRST, TABLE, "columns"),
        Fault(FIRST + timedelta(2), TABLE, "columns"),
    )


def test_a_new_key_of_accounts_breaks_no_seal():
    """A seal covers what an account is, not the ciphertext of the day."""
    InstitutionFactory(bank_account="6222031415926535897")
    _backdate_the_rest()
    tomorrow = NOW + timedelta(1)
    seal_days(on=tomorrow.date(), at=tomorrow)
    seal = AuditSeal.objects.get(source="institutions_institutionevent")
    assert "~bank_account" in seal.columns
    tamper(
        "UPDATE institutions_institutionevent SET bank_account ="
        " regexp_replace(bank_account, '^enc:[0-9a-f]{8}', %s)",
        "enc:00000000",
    )
    assert verify_days(from_day=TODAY, to_day=TODAY).faults == ()
    tamper(
        "UPDATE institutions_institutionevent SET bank_account = "
        "regexp_replace(bank_account, ':[^:]{22}:', ':AAAAAAAAAAAAAAAAAAAAAA:')"
    )
    assert [each.kind for each in verify_days(from_day=TODAY, to_day=TODAY).faults] == ["altered"]


def test_twenty_thousand_events_are_sealed_and_verified_in_seconds():
    """They never leave the database. (200,000 on a busy machine: 6 s to seal, 4 s to verify.)"""
    reader = read(FIRST).user
    tamper(
        "INSERT INTO agency_readlog"
        " (user_id, at, kind, subject, label, owner, fields, purpose, note)"
        " SELECT %s, %s::timestamptz + (n || ' milliseconds')::interval, 'account',"
        " 'institutions.institution:' || n, '示范医院' || n, '', ARRAY['bank_account'], 'audit',"
        " '核对付款账户 ' || n FROM generate_series(1, 20000) AS n",
        reader.pk,
        datetime(2026, 11, 19, 8, tzinfo=SHANGHAI),
    )
    _backdate_the_rest()
    with time_machine.travel(NOW, tick=True):
        before = datetime.now(SHANGHAI)
        assert seal_days(on=TODAY, at=NOW) == 5
        between = datetime.now(SHANGHAI)
        result = verify_days(from_day=FIRST, to_day=LAST)
        after = datetime.now(SHANGHAI)
    assert (result.faults, result.rows) == ((), 20_001)
    sealing, verifying = (between - before).total_seconds(), (after - between).total_seconds()
    assert sealing < 10 and verifying < 10


# --- checks at the desk --------------------------------------------------------------------------


@pytest.fixture
def auditor() -> User:
    return user_with(Role.AUDIT_ADMINISTRATOR)


@pytest.fixture
def client_of(client):
    def login(user: User) -> Client:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return login


def test_the_audit_administrator_verifies_by_a_button(sealed, auditor, client_of):
    client = client_of(auditor)
    page = client.get(reverse("agency_desk:audit_verify"))
    assert page.context["form"].initial == {"from_day": FIRST, "to_day": LAST}
    answer = client.post(
        reverse("agency_desk:audit_verify"),
        {"from_day": FIRST, "to_day": LAST, "stamp": page.context["stamp"]},
    )
    check = AuditCheck.objects.get()
    assert answer.url == check.get_absolute_url()
    assert (check.status, check.outcome, check.faults) == ("done", CheckOutcome.OK, [])
    assert (check.days_done, check.rows_done, check.requested_by) == (5, 4, auditor)
    assert client.get(answer.url).context["is_ok"]


def test_what_differs_is_recorded_and_shown(sealed, auditor, client_of):
    tamper("UPDATE agency_readlog SET note = 'y' WHERE id = %s", sealed[3].pk)
    check = request_check(from_day=FIRST, to_day=LAST, by=auditor, at=NOW)
    check = run_check(check_id=check.pk)
    assert check.outcome == CheckOutcome.BROKEN
    assert check.faults == [
        {
            "day": "2026-11-17",
            "source": TABLE,
            "kind": "altered",
            "rows": [sealed[3].pk],
            "row_count": 1,
        }
    ]
    text = client_of(auditor).get(check.get_absolute_url()).content.decode()
    assert "2026-11-17" in text and TABLE in text and str(sealed[3].pk) in text
    # A result is final.
    with pytest.raises(Exception, match="Cannot update"):
        AuditCheck.objects.update(outcome=CheckOutcome.OK)


def test_a_long_range_is_a_workers(
    sealed, auditor, client_of, monkeypatch, django_capture_on_commit_callbacks
):
    later = NOW + timedelta(60)
    seal_days(on=later.date(), at=later)
    sent = []
    monkeypatch.setattr("agency.views.audit.verify_history.delay", lambda **job: sent.append(job))
    client = client_of(auditor)
    url = reverse("agency_desk:audit_verify")
    data = {"from_day": FIRST, "to_day": LAST + timedelta(50)}
    stamp = client.get(url).context["stamp"]
    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(url, data | {"stamp": stamp})
    check = AuditCheck.objects.get()
    assert sent == [{"check_id": check.pk}]
    assert check.status == JobStatus.QUEUED
    progress = client.get(reverse("agency_desk:audit_check_progress", args=[check.pk]))
    assert progress.status_code == 200 and b'max="55"' in progress.content
    assert client.get(answer.url).status_code == 200
    assert run_check(check_id=check.pk).outcome == CheckOutcome.OK
    progress = client.get(reverse("agency_desk:audit_check_progress", args=[check.pk]))
    assert (progress.status_code, progress["HX-Refresh"]) == (204, "true")
    # Handed out twice, it is done once.
    assert run_check(check_id=check.pk).finished_at == AuditCheck.objects.get().finished_at


@pytest.mark.parametrize(
    ("days", "code"),
    [
        ((LAST, FIRST), "days_out_of_order"),
        ((FIRST, TODAY), "day_not_sealed"),
        ((FIRST - timedelta(1), LAST), "day_before_first_seal"),
    ],
)
def test_days_that_cannot_be_verified_are_refused(sealed, auditor, days, code):
    with pytest.raises(Refusal) as refusal:
        request_check(from_day=days[0], to_day=days[1], by=auditor, at=NOW)
    assert [each.code for each in refusal.value.obstacles] == [code]
    assert not AuditCheck.objects.exists()


def test_nobody_else_verifies(sealed):
    with pytest.raises(Refusal) as refusal:
        request_check(from_day=FIRST, to_day=LAST, by=user_with(Role.SYSTEM_ADMINISTRATOR), at=NOW)
    assert [each.code for each in refusal.value.obstacles] == ["not_entitled"]
    assert not AuditCheck.objects.exists()


# --- published -----------------------------------------------------------------------------------


def test_heads_are_published_and_compared(sealed, client):
    heads = list(AuditHead.objects.order_by("day"))
    page = client.get(reverse("agency:integrity")).content.decode()
    assert all(each.head in page for each in heads)
    kept = json.loads(client.get(reverse("agency:heads_json")).content)
    assert kept["heads"][0] == {"day": "2026-11-15", "previous": "", "head": heads[0].head}
    text = client.get(reverse("agency:heads_text")).content.decode()
    assert text.splitlines() == [f"{each.day} {each.head}" for each in heads]

    def answer(**query: object) -> str:
        return client.get(reverse("agency:integrity"), query).context["answer"]

    assert answer(day=FIRST, head=heads[0].head.upper()) == "same"
    assert answer(day=FIRST, head=heads[1].head) == "different"
    assert answer(day=TODAY, head=heads[1].head) == "unknown"
    assert answer(day=FIRST, head="nonsense") == ""
