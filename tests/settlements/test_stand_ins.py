"""The four posts of a statement and stand-ins: a delegate counts as both (B-02)."""

from datetime import timedelta

import pytest
from django.template import Context, Template
from django.utils import timezone

from agency.enums import Role
from agency.models import StandIn, User
from agency.rules import Refusal
from settlements.services.statements import approve_statement, audit_statement
from tests.agency.factories import user_with
from tests.settlements.statement_factories import Team, audited_statement, declared_statement

pytestmark = pytest.mark.django_db


def stands_in(delegate: User, delegator: User) -> None:
    now = timezone.now()
    StandIn.objects.create(
        delegator=delegator,
        delegate=delegate,
        starts_on=timezone.localdate(now),
        ends_on=timezone.localdate(now) + timedelta(days=5),
        reason="休假",
        granted_by=user_with(Role.SECURITY_ADMINISTRATOR),
        granted_at=now,
    )


def approve(statement, by: User):
    return approve_statement(
        statement_id=statement.pk, by=User.objects.get(pk=by.pk), at=timezone.now()
    )


def test_who_stands_in_for_the_reviewer_does_not_approve():
    team = Team()
    statement = audited_statement(team)
    stands_in(team.settlement_officer, team.reviewer)
    with pytest.raises(Refusal) as refusal:
        approve(statement, team.settlement_officer)
    assert [each.code for each in refusal.value.obstacles] == ["same_person"]
    approve(statement, user_with(Role.SETTLEMENT_OFFICER))


def test_whom_the_reviewer_stood_in_for_does_not_approve_either():
    team = Team()
    stands_in(team.reviewer, team.settlement_officer)
    statement = declared_statement()
    audit_statement(statement_id=statement.pk, by=team.reviewer, at=timezone.now())
    with pytest.raises(Refusal) as refusal:
        approve(statement, team.settlement_officer)
    assert [each.code for each in refusal.value.obstacles] == ["same_person"]
    statement.refresh_from_db()
    assert statement.settlement_officer is None


def test_a_stand_in_may_do_what_the_absent_may_and_the_record_names_both():
    team = Team()
    statement = audited_statement(team)
    archivist = user_with(Role.ARCHIVIST, name="代班人")
    stands_in(archivist, team.settlement_officer)
    approve(statement, archivist)
    statement.refresh_from_db()
    assert statement.settlement_officer == archivist
    drawn = Template("{% load office %}{% history statement %}").render(
        Context({"statement": statement})
    )
    assert "代班人" in drawn and team.settlement_officer.name in drawn
