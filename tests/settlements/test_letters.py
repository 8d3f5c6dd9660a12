"""The letter about a payment."""

import pytest

from agency.models import OfficialLetter
from agency.rules import Refusal
from institutions.models import InstitutionLetter
from settlements.models import PaymentOrderTransition
from settlements.services import payments, statements
from tests.institutions.factories import InstitutionFactory, member_of
from tests.settlements.statement_factories import (
    DECLARED_ON,
    Team,
    approved_statement,
    at,
    declared_statement,
    finding,
    verified_statement,
)

pytestmark = pytest.mark.django_db


def test_an_order_issues_its_payment_notice():
    team = Team()
    institution = InstitutionFactory(bank_account="6222777788889999")
    statement = verified_statement(team, institution=institution)
    order = payments.issue_order(
        statement_id=statement.pk, by=team.payment_officer, at=at(DECLARED_ON)
    )
    letter = OfficialLetter.objects.get()
    assert letter.number.endswith("拨〔2025〕1号")
    assert (letter.kind, letter.matter) == ("payment_notice", statement.number)
    assert order.number in letter.body
    assert "10,000.00" in letter.body
    assert "壹万元整" in letter.body
    assert "6222777788889999" not in letter.body
    assert "9999" in letter.body
    assert letter.of_institution.institution == institution
    assert PaymentOrderTransition.objects.get(subject=order).letter == letter


def test_the_deductions_stand_in_it_check_by_check():
    team = Team()
    made = declared_statement()
    finding(made.batch, "240.00")
    statement = _through(made, team)
    payments.issue_order(statement_id=statement.pk, by=team.payment_officer, at=at(DECLARED_ON))
    body = OfficialLetter.objects.get().body
    assert "9,760.00" in body
    assert "240.00" in body


def test_a_refused_order_issues_no_letter():
    team = Team()
    statement = approved_statement(team)
    with pytest.raises(Refusal):
        payments.issue_order(statement_id=statement.pk, by=team.payment_officer, at=at(DECLARED_ON))
    assert not OfficialLetter.objects.exists()


def test_a_foreign_institution_does_not_see_it(client):
    team = Team()
    statement = verified_statement(team)
    payments.issue_order(statement_id=statement.pk, by=team.payment_officer, at=at(DECLARED_ON))
    own = InstitutionLetter.objects.get()
    client.force_login(member_of(statement.institution))
    assert own.letter.number in client.get(statement.get_portal_url()).content.decode()
    client.force_login(member_of(InstitutionFactory()))
    assert client.get(statement.get_portal_url()).status_code == 404
    assert client.get(own.get_portal_url()).status_code == 404


def _through(statement, team):
    facts = {"at": at(DECLARED_ON), "statement_id": statement.pk}
    statements.audit_statement(by=team.reviewer, **facts)
    statements.approve_statement(by=team.settlement_officer, **facts)
    return statements.verify_statement(by=team.audit_officer, **facts)
