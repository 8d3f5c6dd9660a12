"""The periods of a proceeding besides the hearing: verification, demand, legal review, filing,
acknowledgement, correction, performance (B-11, B-14, B-20, C-05). Pure.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, asked, law, when_true
from agency.reasons import Reason, reason
from agency.time_rules.counting import rolled_reasons
from agency.workdays import Deadline, DeadlineBasis, Unit
from supervision.rules.periods import counted, order_period

VERIFY_WORKDAYS = "ground_verify_wd"
DEMAND_WORKDAYS = "formal_demand_wd"
REVIEW_WORKDAYS = "legal_review_wd"
FILING_DAYS = "penalty_filing_days"
ACKNOWLEDGE_WORKDAYS = "adm_report_ack_wd"
PERFORM_DAYS = "decision_perform_days"
MEMBERS = "discussion_members"
NO_CLAIMS_DAYS = "no_claims_days"

Period = tuple[Deadline, DeadlineBasis]


def verify_period(detected_on: date, office: Office) -> Period:
    """Return the day by which a ground the program has found is verified or dismissed.

    Law: B-14, B-20 (Order 2 arts. 43, 47).
    """
    return counted(office.calendar.own, office, "B-14", detected_on, VERIFY_WORKDAYS)


def demand_period(served_on: date, office: Office) -> Period:
    """Return the last day to perform after a formal demand was served.

    Law: B-11 (Order 7 art. 6).
    """
    return counted(office.calendar, office, "B-11", served_on, DEMAND_WORKDAYS)


def review_period(submitted_on: date, office: Office) -> Period:
    """Return the day by which the legal review is due.

    Law: C-05 (Administrative Penalty Law art. 58).
    """
    return counted(office.calendar.own, office, "C-05", submitted_on, REVIEW_WORKDAYS)


def filing_period(decided_on: date, office: Office) -> Period:
    """Return the day by which a grave decision is filed for review: calendar days, rolled.

    Law: C-05, T-03 (Jiujiang measures of 2025, no. 5).
    """
    return office.calendar.deadline_with_basis(
        "C-05", decided_on, Unit.DAY, office.number(FILING_DAYS)
    )


def acknowledge_period(sent_on: date, office: Office) -> Period:
    """Return the day by which the administration acknowledges a report.

    Law: B-20 (Order 2 art. 47).
    """
    return counted(office.calendar.own, office, "B-20", sent_on, ACKNOWLEDGE_WORKDAYS)


def correction_period(answered_on: date, office: Office) -> Period:
    """Return the day by which a demanded correction is made: it is an order of the administration.

    Law: C-05, B-20 (Order 2 arts. 47, 49).
    """
    return order_period(answered_on, office)


def perform_period(served_on: date, office: Office) -> Period:
    """Return the last day to perform a decision on handling: calendar days, rolled.

    Law: B-11, T-03 (Order 2 art. 38).
    """
    return office.calendar.deadline_with_basis(
        "B-11", served_on, Unit.DAY, office.number(PERFORM_DAYS)
    )


def last_whole_month(on: date, days: int) -> date:
    """Return the first day of the last month that ended at least so many days before a day.

    Law: B-14, ground 7 (Order 2 art. 43(7)).
    """
    ended_by = on - timedelta(days=days)
    last_day = (ended_by + timedelta(days=1)).replace(day=1) - timedelta(days=1)
    return last_day.replace(day=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class FilingQuestion:
    decided_on: date = asked(_("Day of the decision"))


@dataclass(frozen=True, kw_only=True, slots=True)
class FilingAnswer:
    file_by: date
    provisional: bool = when_true()
    because: tuple[Reason, ...] = ()


@law(
    "C-05",
    article=_("Jiujiang measures of 2025, no. 5"),
    decides=_("By when a grave decision is filed for review"),
    question=FilingQuestion,
    answer=FilingAnswer,
    parameters=(FILING_DAYS,),
)
def filing(question: FilingQuestion, office: Office) -> FilingAnswer:
    """Return the day by which the agency files a suspension, a dissolution or another grave
    decision with the legal side of the administration.

    Law: C-05 (Jiujiang measures of 2025, no. 5).
    """
    due, _basis = filing_period(question.decided_on, office)
    first = reason(
        _("%(days)d calendar days after the decision on %(start)s: %(raw)s."),
        days=office.number(FILING_DAYS),
        start=question.decided_on,
        raw=due.raw,
    )
    return FilingAnswer(
        file_by=due.on,
        provisional=due.provisional,
        because=(first, *rolled_reasons(office.calendar, due)),
    )
