"""What the administration makes of a report: acknowledged, or asked back (Order 2 art. 47)."""

from datetime import date, datetime

from django.db import transaction

from agency.models import User
from agency.rules import refuse_if
from supervision import rules
from supervision.models import AdministrationReport, Case, ReportQuestion
from supervision.notifications import proceedings as notifications
from supervision.permissions import proceedings as permissions
from supervision.permissions.cases import not_permitted
from supervision.services.history import record

RULE = "B-20"


@transaction.atomic
def acknowledge_report(
    *, case_id: int, by: User, on: date, at: datetime, text: str = ""
) -> AdministrationReport:
    """Acknowledge the report of a grave measure; once."""
    refuse_if(not_permitted(permissions.ACKNOWLEDGE_REPORT, by))
    case = Case.objects.locked(case_id)
    report = _open(case)
    report.acknowledged_by, report.acknowledged_at = by, at
    report.save(update_fields=["acknowledged_by", "acknowledged_at"])
    record(case, "acknowledge", source=case.state, on=on, at=at, by=by, reason=text, rule=RULE)
    notifications.report_acknowledged(report, at=at)
    return report


@transaction.atomic
def ask_about_report(
    *, case_id: int, text: str, by: User, on: date, at: datetime
) -> ReportQuestion:
    """Ask back about the report before it is acknowledged."""
    refuse_if(not_permitted(permissions.ASK_ABOUT_REPORT, by))
    case = Case.objects.locked(case_id)
    question = ReportQuestion.objects.create(
        report=_open(case), text=text, asked_at=at, asked_by=by
    )
    record(case, "ask_about_report", source=case.state, on=on, at=at, by=by, reason=text, rule=RULE)
    notifications.report_asked(question, at=at)
    return question


def _open(case: Case) -> AdministrationReport:
    report = AdministrationReport.objects.select_for_update(of=("self",)).filter(case=case).first()
    refuse_if(
        rules.acknowledgement_obstacles(
            sent=report is not None and report.sent_at is not None,
            acknowledged=report is not None and report.acknowledged_at is not None,
            question_open=report is not None
            and report.questions.filter(answered_at__isnull=True).exists(),
        )
    )
    if report is None:
        raise AssertionError("refused above")
    return report


@transaction.atomic
def answer_question(
    *, case_id: int, answer: str, by: User, on: date, at: datetime
) -> ReportQuestion:
    """Answer the open question about the report."""
    refuse_if(not_permitted(permissions.ANSWER_QUESTION, by))
    case = Case.objects.locked(case_id)
    rows = ReportQuestion.objects.select_for_update(of=("self",)).select_related("asked_by")
    question = rows.filter(report__case=case, answered_at__isnull=True).first()
    refuse_if(rules.no_question_obstacles(asked=question is not None))
    if question is None:
        raise AssertionError("refused above")
    question.answer, question.answered_by, question.answered_at = answer, by, at
    question.save(update_fields=["answer", "answered_by", "answered_at"])
    record(
        case, "answer_question", source=case.state, on=on, at=at, by=by, reason=answer, rule=RULE
    )
    notifications.question_answered(question, case, at=at)
    return question
