"""The filing of a grave decision for review, its answer and the correction (C-05)."""

from datetime import date, datetime

from django.db import transaction

from agency.models import User
from agency.rules import refuse_if
from agency.services.calendar import office
from supervision import rules
from supervision.enums.proceedings import Correction, FilingOutcome
from supervision.models import Case, FilingReview
from supervision.notifications import proceedings as notifications
from supervision.permissions import proceedings as permissions
from supervision.permissions.cases import not_permitted
from supervision.services.history import record
from supervision.services.legal import carried_review
from supervision.services.proceeding_letters import answer_letter, filing_letter

RULE = "C-05"


def owe_filing(case: Case, *, on: date) -> FilingReview:
    """Note by when the decision is to be filed; with the decision itself."""
    due, basis = rules.filing_period(on, office(on=on, region=case.region))
    return FilingReview.objects.create(
        case=case, due_on=due.on, due_basis=basis.to_json(), due_provisional=due.provisional
    )


@transaction.atomic
def file_decision(*, case_id: int, text: str, by: User, on: date, at: datetime) -> FilingReview:
    """File the decision with the administration; once."""
    refuse_if(not_permitted(permissions.FILE_DECISION, by))
    case = Case.objects.locked(case_id)
    filing = FilingReview.objects.locked(case_id)
    refuse_if(rules.filing_obstacles(owed=filing is not None and filing.filed_at is None))
    if filing is None:
        raise AssertionError("refused above")
    filing.text, filing.filed_by, filing.filed_at = text, by, at
    filing.letter = filing_letter(case, carried_review(case), text, by=by, at=at)
    filing.save(update_fields=["text", "filed_by", "filed_at", "letter"])
    letter = filing.letter
    record(
        case,
        "file_for_review",
        source=case.state,
        on=on,
        at=at,
        by=by,
        reason=text,
        rule=RULE,
        letter=letter,
    )
    notifications.filed(filing, at=at)
    return filing


@transaction.atomic
def answer_filing(
    *, case_id: int, outcome: FilingOutcome, reasons: str, by: User, on: date, at: datetime
) -> FilingReview:
    """Answer the filing: in order, or to be corrected, with reasons."""
    refuse_if(not_permitted(permissions.ANSWER_FILING, by))
    case = Case.objects.locked(case_id)
    filing = FilingReview.objects.locked(case_id)
    correction = outcome == FilingOutcome.REVIEW_CORRECTION
    refuse_if(
        rules.filing_answer_obstacles(
            filed=filing is not None and filing.filed_at is not None,
            answered=filing is not None and filing.answered_at is not None,
            correction=correction,
            reasons=reasons,
        )
    )
    if filing is None:
        raise AssertionError("refused above")
    filing.outcome, filing.reasons = outcome, reasons
    filing.answered_by, filing.answered_at = by, at
    if correction:
        due, basis = rules.correction_period(on, office(on=on, region=case.region))
        filing.correct_due_on, filing.correct_due_basis = due.on, basis.to_json()
        filing.correct_due_provisional = due.provisional
    filing.save(
        update_fields=[
            "outcome",
            "reasons",
            "answered_by",
            "answered_at",
            "correct_due_on",
            "correct_due_basis",
            "correct_due_provisional",
        ]
    )
    letter = answer_letter(filing, by=by, at=at)
    record(
        case,
        "demand_correction" if correction else "pass_review",
        source=case.state,
        on=on,
        at=at,
        by=by,
        reason=reasons,
        rule=RULE,
        letter=letter,
    )
    notifications.filing_answered(filing, at=at)
    return filing


@transaction.atomic
def record_correction(
    *, case_id: int, correction: Correction, text: str, by: User, on: date, at: datetime
) -> FilingReview:
    """Record how the decision was corrected: annulled or changed."""
    refuse_if(not_permitted(permissions.CORRECT_DECISION, by))
    case = Case.objects.locked(case_id)
    filing = FilingReview.objects.locked(case_id)
    demanded = (
        filing is not None
        and filing.outcome == FilingOutcome.REVIEW_CORRECTION
        and filing.corrected_at is None
    )
    refuse_if(rules.correction_obstacles(demanded=demanded, text=text))
    if filing is None:
        raise AssertionError("refused above")
    filing.correction, filing.correction_text = correction, text
    filing.corrected_by, filing.corrected_at = by, at
    filing.save(update_fields=["correction", "correction_text", "corrected_by", "corrected_at"])
    record(case, "correct_decision", source=case.state, on=on, at=at, by=by, reason=text, rule=RULE)
    notifications.corrected(filing, at=at)
    return filing


@transaction.atomic
def remind_unfiled(*, on: date, at: datetime) -> int:
    """Tell, once each, of decisions that were not filed in time; return how many."""
    count = 0
    for filing in FilingReview.objects.overdue(on=on).select_related("case"):
        mine = FilingReview.objects.filter(pk=filing.pk, overdue_told_at=None)
        if mine.update(overdue_told_at=at):
            notifications.filing_overdue(filing, at=at)
            count += 1
    return count
