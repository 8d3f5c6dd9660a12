"""Bank accounts at rest: no table shows one, keys rotate, and nobody alters one unseen."""

import base64
from argparse import Namespace
from datetime import date, timedelta
from importlib import import_module
from io import StringIO

import pgtrigger
import pytest
from django.apps import apps
from django.core.exceptions import FieldError, ImproperlyConfigured
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from agency.crypto import KeyRing, UnreadableSecret, is_encrypted, ring
from agency.enums import Role
from agency.models import EncryptedCharField
from agency.services.keys import encrypted_columns
from institutions.enums.changes import ChangeField
from institutions.models import ChangeItem, Institution, InstitutionFact
from institutions.services.change_effects import take_due_into_effect
from institutions.services.change_values import FieldChange
from institutions.services.changes import approve_change
from institutions.services.filing import file_change
from institutions.services.registry import Account, account_on
from settlements.models import PaymentOrder
from tests.agency.factories import NOW, user_with
from tests.institutions.factories import InstitutionFactory, member_of
from tests.institutions.factories_changes import checked
from tests.settlements.statement_factories import Team, paid_order

ACCOUNT, NEW_ACCOUNT = "6222031415926535897", "6222027182818284590"


def key(letter: str) -> str:
    return base64.urlsafe_b64encode(letter.encode() * 32).decode().rstrip("=")


def tables_that_hold(text: str) -> list[str]:
    """Return every table one of whose rows, as text, has the text anywhere."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            name = connection.ops.quote_name(table)
            cursor.execute(
                f"SELECT count(*) FROM {name} AS line WHERE line::text LIKE %s", [f"%{text}%"]
            )
            if cursor.fetchone()[0]:
                found.append(table)
    return found


# --- the ring ------------------------------------------------------------------------------------


def test_the_first_key_encrypts_and_all_decrypt():
    old, both = KeyRing([key("a")], key("f")), KeyRing([key("b"), key("a")], key("f"))
    stored = old.encrypt(ACCOUNT)
    assert is_encrypted(stored) and ACCOUNT not in stored
    assert both.decrypt(stored) == ACCOUNT
    assert (old.is_current(stored), both.is_current(stored)) == (True, False)
    assert both.encrypt(ACCOUNT) != stored
    # The fingerprint is the same under every key: seals stay valid.
    assert both.encrypt(ACCOUNT).split(":")[2] == stored.split(":")[2]
    assert old.encrypt("") == "" and old.decrypt("plain") == "plain"


def test_a_lost_key_and_an_altered_value_are_told():
    stored = KeyRing([key("a")], key("f")).encrypt(ACCOUNT)
    with pytest.raises(UnreadableSecret, match="no key"):
        KeyRing([key("b")], key("f")).decrypt(stored)
    with pytest.raises(UnreadableSecret, match="fingerprint"):
        KeyRing([key("a")], key("g")).decrypt(stored)
    other = KeyRing([key("a")], key("f")).encrypt(NEW_ACCOUNT)
    mixed = ":".join([*stored.split(":")[:3], other.split(":")[3]])
    with pytest.raises(UnreadableSecret, match="altered"):
        KeyRing([key("a")], key("f")).decrypt(mixed)


@pytest.mark.parametrize("keys", [[], ["short"], [key("a"), "!"]])
def test_a_faulty_ring_is_refused(keys):
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS"):
        KeyRing(keys, key("f"))


# --- the columns ---------------------------------------------------------------------------------


@pytest.mark.django_db
def test_no_table_shows_an_account():
    institution = InstitutionFactory(bank_account=ACCOUNT, bank_name="示范银行")
    head, member = user_with(Role.AGENCY_HEAD), member_of(institution)
    order = paid_order(Team(), institution=institution)
    change = file_change(
        institution_id=institution.pk,
        changes=[FieldChange(ChangeField.BANK_ACCOUNT, NEW_ACCOUNT, date(2026, 11, 2))],
        by=member,
        at=NOW,
    )
    approve_change(change_id=checked(change).pk, by=head, at=NOW)
    take_due_into_effect(on=NOW.date() + timedelta(3), at=NOW + timedelta(3))

    assert tables_that_hold("示范银行")  # the search finds what is there
    assert tables_that_hold(ACCOUNT) == tables_that_hold(NEW_ACCOUNT) == []
    # Python reads them everywhere they are kept.
    stored = Institution.objects.get(pk=institution.pk)
    assert stored.bank_account == NEW_ACCOUNT
    assert PaymentOrder.objects.get(pk=order.pk).payee_account == ACCOUNT
    assert {each.bank_account for each in stored.events.all()} == {ACCOUNT, NEW_ACCOUNT}
    item = ChangeItem.objects.get()
    assert (item.old_value, item.new_value) == (ACCOUNT, NEW_ACCOUNT)
    facts = InstitutionFact.objects.filter(field="bank_account").order_by("effective_from")
    assert [each.value for each in facts] == [ACCOUNT, NEW_ACCOUNT]
    assert account_on(stored, date(2026, 11, 19)) == Account("示范银行", ACCOUNT)
    # And shows none of them by accident.
    assert "7182818284590" not in f"{item} {facts[1]} {item.new_shown} {facts[1].shown}"
    assert item.new_shown == stored.masked_account == "**** 4590"


@pytest.mark.django_db
def test_every_column_named_like_an_account_is_encrypted():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = current_schema() AND column_name LIKE '%account'"
            " AND data_type <> 'boolean'"
        )
        named = set(cursor.fetchall())
    encrypted = {(each.table, each.column) for each in encrypted_columns()}
    assert named - encrypted == set()
    assert ("settlements_paymentorderevent", "payee_account") in named
    assert ("institutions_institutionfactevent", "value") in encrypted


@pytest.mark.django_db
def test_other_fields_of_a_mixed_column_stay_readable():
    institution = InstitutionFactory()
    fact = InstitutionFact(
        institution=institution, field="name", value="旧名", effective_from=date(2020, 1, 1)
    )
    fact.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM institutions_institutionfact")
        assert cursor.fetchall() == [("旧名",)]
    assert InstitutionFact.objects.get().value == "旧名"


@pytest.mark.django_db
def test_the_same_account_is_no_change_of_it():
    institution = InstitutionFactory(bank_account=ACCOUNT)
    change = file_change(
        institution_id=institution.pk,
        changes=[FieldChange(ChangeField.PHONE, "0792-1", date(2026, 11, 2))],
        by=member_of(institution),
        at=NOW,
    )
    with (
        pytest.raises(IntegrityError, match="changeitem_changes_something"),
        transaction.atomic(),
    ):
        ChangeItem.objects.create(
            request=change,
            field=ChangeField.BANK_ACCOUNT,
            old_value=ACCOUNT,
            new_value=ACCOUNT,
            approved_on=date(2026, 11, 2),
        )


@pytest.mark.django_db
def test_an_account_is_found_whole_and_not_in_part():
    institution = InstitutionFactory(bank_account=ACCOUNT)
    assert Institution.objects.get(bank_account=ACCOUNT) == institution
    with pytest.raises(FieldError, match="encrypted"):
        Institution.objects.filter(bank_account__contains="6222").exists()


@pytest.mark.django_db
def test_setting_the_same_account_again_writes_no_history():
    institution = InstitutionFactory(bank_account=ACCOUNT)
    institution.save()
    assert institution.events.count() == 1


def test_a_longer_text_than_its_column_allows_is_refused():
    field = Institution._meta.get_field("bank_account")
    assert isinstance(field, EncryptedCharField) and field.max_length == 40
    assert field.clean("9" * 40, None) == "9" * 40
    with pytest.raises(Exception, match="40"):
        field.clean("9" * 41, None)


def store_plain(text: str) -> None:
    """Have the register hold an account as it did before accounts were encrypted."""
    with pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute("UPDATE institutions_institution SET bank_account = %s", [text])


@pytest.mark.django_db
def test_what_was_stored_in_plain_text_is_encrypted_by_the_migration():
    migration = import_module("institutions.migrations.0004_encrypt_accounts")
    institution = InstitutionFactory(bank_account="")
    store_plain(ACCOUNT)
    assert tables_that_hold(ACCOUNT) == ["institutions_institution"]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # a migration begins without pending ones

    migration.encrypt(apps, Namespace(connection=connection))

    assert tables_that_hold(ACCOUNT) == []
    assert Institution.objects.get().bank_account == ACCOUNT
    assert institution.events.count() == 1


# --- rotation ------------------------------------------------------------------------------------


def command(*arguments: str) -> str:
    out = StringIO()
    call_command("rotate_field_keys", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.django_db
def test_keys_rotate_without_history_and_the_old_one_may_go(settings):
    institution = InstitutionFactory(bank_account=ACCOUNT)
    paid_order(Team(), institution=institution)
    events = institution.events.count()
    old = settings.FIELD_KEYS
    settings.FIELD_KEYS = [key("n"), *old]
    # One written before encryption is taken along.
    store_plain(f"{ACCOUNT}0")
    assert "institutions_institution.bank_account: 0 encrypted anew, 1 remain" in command("--check")

    out = command()

    assert "institutions_institution.bank_account: 1 encrypted anew, 0 remain" in out
    assert "settlements_paymentorder.payee_account: 1 encrypted anew, 0 remain" in out
    assert "Every value is under the first key; older keys may be taken out." in out
    settings.FIELD_KEYS = [key("n")]
    assert Institution.objects.get().bank_account == f"{ACCOUNT}0"
    assert PaymentOrder.objects.get().payee_account == ACCOUNT
    assert institution.events.count() == events
    assert "0 encrypted anew, 0 remain" in command()


def test_a_new_key_is_printed():
    made = command("--new-key").strip()
    assert KeyRing([made], made).decrypt(KeyRing([made], made).encrypt(ACCOUNT)) == ACCOUNT
    assert ring().current
