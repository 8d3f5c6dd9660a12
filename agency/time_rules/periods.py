"""Periods in which something must be done: T-01 to T-04, T-10, T-12."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, asked, law, told, when_true
from agency.reasons import Reason, reason
from agency.time_rules.counting import (
    MAX_DAYS,
    MAX_MONTHS,
    months_reason,
    provisional_reasons,
    rolled_reasons,
    workday_reasons,
)
from agency.workdays import DatePair, DayKind, Deadline, DeadlineBasis, Unit, paused_days

CIVIL_CODE_DAYS = _("Civil Code, arts. 201 and 203")
CIVIL_CODE_MONTHS = _("Civil Code, arts. 202 and 203")


@dataclass(frozen=True, kw_only=True, slots=True)
class DayQuestion:
    day: date = asked(_("Day"))


@dataclass(frozen=True, kw_only=True, slots=True)
class DayAnswer:
    workday: bool = told(_("Working day"))
    kind: DayKind = told(_("Kind of day"))
    provisional: bool = told(_("Provisional"))
    because: tuple[Reason, ...]


@law(
    "T-01",
    article=_("Yearly holiday notices of the State Council"),
    decides=_("Whether a day is a working day"),
    question=DayQuestion,
    answer=DayAnswer,
)
def working_day(question: DayQuestion, office: Office) -> DayAnswer:
    """Tell whether a day is worked, and what kind of day it is.

    Law: rules.md T-01 (yearly notices of the State Council).
    """
    calendar, day = office.calendar, question.day
    return DayAnswer(
        workday=calendar.is_workday(day),
        kind=calendar.kind_of(day),
        provisional=calendar.is_provisional(day, day),
        because=(
            reason(_("%(day)s is a %(kind)s."), day=day, kind=calendar.kind_of(day)),
            *provisional_reasons(calendar, day, day),
        ),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkdaysQuestion:
    start: date = asked(_("Day of the event"))
    workdays: int = asked(_("Working days"), minimum=0, maximum=MAX_DAYS)


@dataclass(frozen=True, kw_only=True, slots=True)
class WorkdaysAnswer:
    on: date = told(_("Last day"))
    provisional: bool = told(_("Provisional"))
    because: tuple[Reason, ...]


@law(
    "T-02",
    article=CIVIL_CODE_DAYS,
    decides=_("The end of a period of working days"),
    question=WorkdaysQuestion,
    answer=WorkdaysAnswer,
)
def workdays_period(question: WorkdaysQuestion, office: Office) -> WorkdaysAnswer:
    """Return the last day of a period of working days.

    Law: rules.md T-02 (Civil Code arts 201, 203).
    """
    deadline = office.calendar.workdays_after(question.start, question.workdays)
    reasons = workday_reasons(office.calendar, question.start, question.workdays, deadline)
    return WorkdaysAnswer(on=deadline.on, provisional=deadline.provisional, because=tuple(reasons))


@dataclass(frozen=True, kw_only=True, slots=True)
class RolledAnswer:
    on: date = told(_("Last day"))
    raw: date = told(_("Before it is moved"))
    provisional: bool = when_true()
    because: tuple[Reason, ...] = ()


def rolled_answer(office: Office, deadline: Deadline, *first: Reason) -> RolledAnswer:
    return RolledAnswer(
        on=deadline.on,
        raw=deadline.raw or deadline.on,
        provisional=deadline.provisional,
        because=(*first, *rolled_reasons(office.calendar, deadline)),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class DaysQuestion:
    start: date = asked(_("Day of the event"))
    days: int = asked(_("Calendar days"), minimum=0, maximum=MAX_DAYS)


@law(
    "T-03",
    article=CIVIL_CODE_DAYS,
    decides=_("The end of a period of calendar days"),
    question=DaysQuestion,
    answer=RolledAnswer,
)
def days_period(question: DaysQuestion, office: Office) -> RolledAnswer:
    """Return the last day of a period of calendar days, moved off a rest day.

    Law: rules.md T-03 (Civil Code arts 201, 203).
    """
    return rolled_answer(
        office,
        office.calendar.days_after(question.start, question.days),
        reason(
            _("The day of the event is not counted: %(start)s + %(days)d days = %(raw)s."),
            start=question.start,
            days=question.days,
            raw=question.start + timedelta(days=question.days),
        ),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class MonthsQuestion:
    start: date = asked(_("Day of the event"))
    months: int = asked(_("Months"), minimum=0, maximum=MAX_MONTHS)


@law(
    "T-04",
    article=CIVIL_CODE_MONTHS,
    decides=_("The end of a period of months"),
    question=MonthsQuestion,
    answer=RolledAnswer,
)
def months_period(question: MonthsQuestion, office: Office) -> RolledAnswer:
    """Return the last day of a period of months, moved off a rest day.

    Law: rules.md T-04 (Civil Code arts 202, 203).
    """
    return rolled_answer(
        office,
        office.calendar.months_after(question.start, question.months),
        months_reason(question.start, question.months),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class PausedQuestion:
    start: date = asked(_("Day of the event"))
    months: int = asked(_("Months"), minimum=0, maximum=MAX_MONTHS)
    pauses: tuple[DatePair, ...] = asked(_("Pauses, each from a day until the day of resumption"))


@dataclass(frozen=True, kw_only=True, slots=True)
class PausedAnswer:
    on: date = told(_("Last day"))
    paused_days: int = told(_("Days paused"))
    raw: date = told(_("Before it is moved"))
    provisional: bool = when_true()
    because: tuple[Reason, ...] = ()


@law(
    "T-10",
    article=_("Order 2, art. 9"),
    decides=_("The end of a period of months whose clock stood still at times"),
    question=PausedQuestion,
    answer=PausedAnswer,
)
def paused_period(question: PausedQuestion, office: Office) -> PausedAnswer:
    """Return the end of a period of months, put off by the days its clock stood still.

    Law: rules.md T-10 (Order 2 art. 9).
    """
    paused = paused_days(question.pauses)
    deadline = office.calendar.deadline(
        question.start, Unit.MONTH, question.months, question.pauses
    )
    return PausedAnswer(
        on=deadline.on,
        paused_days=paused,
        raw=deadline.raw or deadline.on,
        provisional=deadline.provisional,
        because=(
            months_reason(question.start, question.months),
            reason(
                _("The clock stood still for %(paused)d days (the day of resumption counts)."),
                paused=paused,
            ),
            *rolled_reasons(office.calendar, deadline),
        ),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredQuestion:
    start: date = asked(_("Day of the event"))
    unit: Unit = asked(_("Unit"))
    count: int = asked(_("Length"), minimum=0, maximum=MAX_MONTHS)
    pauses: tuple[DatePair, ...] = asked(
        _("Pauses, each from a day until the day of resumption"), default=()
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class StoredAnswer:
    on: date = told(_("Last day"))
    calendar_version: int = told(_("Calendar version"))
    provisional: bool = told(_("Provisional"))
    because: tuple[Reason, ...]


@law(
    "T-12",
    article=_("Office rule T-12, the law being silent"),
    decides=_("A stored deadline, recomputed with today's calendar"),
    question=StoredQuestion,
    answer=StoredAnswer,
)
def recomputed(question: StoredQuestion, office: Office) -> StoredAnswer:
    """Return a stored deadline as the present version of the calendar gives it.

    Law: rules.md T-12.
    """
    calendar = office.calendar
    deadline = calendar.recompute(basis_of(question))
    if question.unit is Unit.WORKDAY and not question.pauses:
        steps = workday_reasons(calendar, question.start, question.count, deadline)
    else:
        steps = rolled_reasons(calendar, deadline)
    return StoredAnswer(
        on=deadline.on,
        calendar_version=calendar.version,
        provisional=deadline.provisional,
        because=(
            reason(_("Calendar version %(version)d."), version=calendar.version),
            *steps,
        ),
    )


def basis_of(question: StoredQuestion) -> DeadlineBasis:
    return DeadlineBasis(
        rule="T-12",
        start=question.start,
        unit=question.unit,
        count=question.count,
        pauses=question.pauses,
    )
