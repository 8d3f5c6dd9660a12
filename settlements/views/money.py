"""What both sides see of a statement."""

from typing import Any

from django.utils import timezone

from agency.services.calendar import office
from settlements.models import PotentialBreach, Statement
from settlements.rules import PayoutQuestion, payout
from settlements.services.statements import deductions_of


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
    }


def marked_overdue(context: dict[str, Any]) -> dict[str, Any]:
    today = timezone.localdate()
    for statement in context["object_list"]:
        statement.late_now = statement.is_overdue(today)
    return context
