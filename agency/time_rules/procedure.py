"""Periods of administrative procedure and of service: T-08, T-09."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, asked, law, told, when_true
from agency.reasons import Reason, reason
from agency.time_rules.counting import provisional_reasons
from agency.workdays import Unit


class StatutoryPeriod(StrEnum):
    """Periods whose unit is fixed by the act and may not be guessed from the number."""

    HEARING_REQUEST = "hearing_request"
    HEARING_NOTICE = "hearing_notice"
    DECISION_SERVICE = "decision_service"
    PUBLISHED_DECISION_WITHDRAWAL = "published_decision_withdrawal"
    DECISION_AFTER_FILING = "decision_after_filing"
    FINE_PAYMENT = "fine_payment"
    RECONSIDERATION_REQUEST = "reconsideration_request"
    RECONSIDERATION_ACCEPTANCE = "reconsideration_acceptance"
    RECONSIDERATION_DECISION = "reconsideration_decision"
    LITIGATION = "litigation"


STATUTORY_PERIODS: Mapping[StatutoryPeriod, tuple[int, Unit]] = {
    StatutoryPeriod.HEARING_REQUEST: (5, Unit.WORKDAY),  # Penalty Law arts 64(1), 85
    StatutoryPeriod.HEARING_NOTICE: (7, Unit.WORKDAY),  # Penalty Law arts 64(2), 85
    StatutoryPeriod.DECISION_SERVICE: (7, Unit.WORKDAY),  # Penalty Law arts 61, 85
    StatutoryPeriod.PUBLISHED_DECISION_WITHDRAWAL: (3, Unit.WORKDAY),  # Penalty Law arts 48, 85
    StatutoryPeriod.DECISION_AFTER_FILING: (90, Unit.DAY),  # Penalty Law art. 60
    StatutoryPeriod.FINE_PAYMENT: (15, Unit.DAY),  # Penalty Law art. 67
    StatutoryPeriod.RECONSIDERATION_REQUEST: (60, Unit.DAY),  # Reconsideration Law art. 20
    StatutoryPeriod.RECONSIDERATION_ACCEPTANCE: (5, Unit.WORKDAY),  # ibid. arts 30, 88
    StatutoryPeriod.RECONSIDERATION_DECISION: (60, Unit.DAY),  # ibid. art. 62
    StatutoryPeriod.LITIGATION: (6, Unit.MONTH),  # Administrative Litigation Law art. 46
}

BACKWARD = frozenset({StatutoryPeriod.HEARING_NOTICE})


@dataclass(frozen=True, kw_only=True, slots=True)
class StatutoryQuestion:
    period: StatutoryPeriod = asked(_("Period"))
    start: date = asked(_("Day of the event"))


@dataclass(frozen=True, kw_only=True, slots=True)
class StatutoryAnswer:
    length: int = told(_("Length"))
    unit: Unit = told(_("Unit"))
    on: date = told(_("Last day"))
    provisional: bool = when_true()
    because: tuple[Reason, ...] = ()


@law(
    "T-08",
    article=_("Administrative Penalty Law, art. 85; Administrative Reconsideration Law, art. 88"),
    decides=_("Length and unit of a period of administrative procedure, and its end"),
    question=StatutoryQuestion,
    answer=StatutoryAnswer,
)
def statutory_period(question: StatutoryQuestion, office: Office) -> StatutoryAnswer:
    """Return the end of a period of procedure in the unit its act fixes.

    Law: rules.md T-08 (Administrative Penalty Law art. 85, Reconsideration Law art. 88).
    """
    length, unit = STATUTORY_PERIODS[question.period]
    calendar = office.calendar
    message = UNIT_REASONS[unit]
    if question.period in BACKWARD:
        deadline = calendar.workdays_before(question.start, length)
        message = _("At least %(length)d working days before %(start)s: by %(on)s.")
    else:
        deadline = calendar.deadline(question.start, unit, length)
    return StatutoryAnswer(
        length=length,
        unit=unit,
        on=deadline.on,
        provisional=deadline.provisional,
        because=(
            reason(message, length=length, start=question.start, on=deadline.on),
            *provisional_reasons(
                calendar, min(question.start, deadline.on), max(question.start, deadline.on)
            ),
        ),
    )


UNIT_REASONS = {
    Unit.WORKDAY: _("%(length)d working days from %(start)s: until %(on)s."),
    Unit.DAY: _("%(length)d calendar days from %(start)s, moved off a rest day: until %(on)s."),
    Unit.MONTH: _("%(length)d months from %(start)s, moved off a rest day: until %(on)s."),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceQuestion:
    document_on: date = asked(_("Date of the document"))
    served_on: date = asked(_("Served on"))


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceAnswer:
    starts_on: date = told(_("Runs from"))
    because: tuple[Reason, ...]


@law(
    "T-09",
    article=_("Administrative Penalty Law, art. 61"),
    decides=_("From which day a period after service runs"),
    question=ServiceQuestion,
    answer=ServiceAnswer,
)
def period_from_service(question: ServiceQuestion, office: Office) -> ServiceAnswer:
    """Return the day a period "from receipt" runs from: that of service, not of the document.

    Law: rules.md T-09 (Administrative Penalty Law art. 61).
    """
    return ServiceAnswer(
        starts_on=question.served_on,
        because=(
            reason(
                _("Dated %(dated)s, served on %(served)s: the period runs from service."),
                dated=question.document_on,
                served=question.served_on,
            ),
        ),
    )
