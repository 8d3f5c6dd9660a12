"""What both sides see of a statement."""

from datetime import date
from typing import Any

from django.utils import timezone

from agency.services.calendar import office
from agreements.models import Obligation
from agreements.services.obligations import open_for
from settlements.models import PotentialBreach, Statement
from settlements.rules import PayoutQuestion, payout
from settlements.services.statements import deductions_of

SHOWN_OBLIGATIONS = 20


def money_facts(statement: Statement) -> dict[str, Any]:
    """What both sides see of a statement: the deductions, the deadline explained, the breach."""
    today = timezone.localdate()
    rules = office(on=today, region=statement.institution.region)
    question = PayoutQuestion(
        declared_on=statement.declared_on, today=today, paid_on=statement.paid_on
    )
    answer = payout(question, rules)
    return {
        "deductions": deductions_of(statement.batch),
        "because": answer.because,
        "late_workdays": answer.late_workdays,
        "overdue": statement.is_overdue(today),
        "breach": PotentialBreach.objects.filter(statement=statement).first(),
        "to_net": to_be_netted(statement, today) if statement.is_open else [],
    }


def to_be_netted(statement: Statement, on: date) -> list[Obligation]:
    """Return the open obligations of the statement's institution: the seam for netting. Two
    queries.
    """
    return list(open_for(statement.institution_id, on)[:SHOWN_OBLIGATIONS])


def marked_overdue(context: dict[str, Any]) -> dict[str, Any]:
    today = timezone.localdate()
    for statement in context["object_list"]:
        statement.late_now = statement.is_overdue(today)
    return context
