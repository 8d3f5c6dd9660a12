"""Who may be designated: basic conditions, grounds of refusal, a failed assessment, the public
notice (A-03, A-05, A-07, A-08). Pure.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, QuestionError, asked, law, told, when_given, when_true
from agency.reasons import Reason, reason
from agency.time_rules.counting import workday_reasons
from agency.workdays import (
    ONE_DAY,
    Deadline,
    DeadlineBasis,
    Unit,
    add_months,
    banned_through,
    min_duration_met,
)

OPERATING_MONTHS = 3  # Order 2 art. 6(1)
OWN_PHYSICIANS = 1  # Order 2 art. 6(2)
BEDS_WITH_DEPARTMENT = 100  # Order 2 art. 6(3): that number included

REASSESS_AFTER = "reassess_after_months"
SECOND_FAILURE_BAN = "reapply_ban_after_second_fail_years"
PUBLIC_NOTICE = "public_notice_days"

MAX_BEDS = 100_000
MAX_PHYSICIANS = 100_000


class InsuranceStaff(StrEnum):
    """Who manages insurance in the institution."""

    NONE = "none"
    PART = "part"
    FULL = "full"

    @property
    def label(self) -> Promise:
        return INSURANCE_STAFF_LABELS[self]


INSURANCE_STAFF_LABELS = {
    InsuranceStaff.NONE: _("nobody"),
    InsuranceStaff.PART: _("part-time"),
    InsuranceStaff.FULL: _("full-time, in a department of its own"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ConditionsQuestion:
    """The last four are for those who have looked; at the submission they count as met."""

    opened_on: date = asked(_("Operating since"))
    submitted_on: date = asked(_("Application submitted on"))
    beds: int = asked(_("Beds"), minimum=0, maximum=MAX_BEDS)
    insurance_staff: InsuranceStaff = asked(_("Insurance management staff"))
    own_physicians: int = asked(
        _("Physicians first registered here"), minimum=0, maximum=MAX_PHYSICIANS
    )
    principal_in_charge: bool = asked(_("A principal is in charge of insurance"), default=True)
    systems: bool = asked(_("The four management systems exist"), default=True)
    information_system: bool = asked(_("The information system meets the standards"), default=True)
    other_conditions: bool = asked(_("The other conditions of the province are met"), default=True)


@dataclass(frozen=True, kw_only=True, slots=True)
class ConditionsAnswer:
    met: bool = told(_("All conditions met"))
    failed: tuple[str, ...] = told(_("Conditions not met"))
    open_from: date = told(_("Long enough in operation from"))
    because: tuple[Reason, ...]


@law(
    "A-03",
    article=_("Order 2, art. 6"),
    decides=_("Whether the basic conditions of designation are met"),
    question=ConditionsQuestion,
    answer=ConditionsAnswer,
)
def basic_conditions(question: ConditionsQuestion, office: Office) -> ConditionsAnswer:
    """Tell which basic conditions of designation are met on the day of the application.

    A condition not met is a matter of the assessment, not a reason to refuse the application.

    Law: A-03 (Order 2 art. 6).
    """
    checks = list(condition_checks(question))
    failed = tuple(code for code, met, _reason in checks if not met)
    verdict = (
        reason(_("Not met: %(failed)s."), failed=failed)
        if failed
        else reason(_("All basic conditions are met."))
    )
    return ConditionsAnswer(
        met=not failed,
        failed=failed,
        open_from=add_months(question.opened_on, OPERATING_MONTHS),
        because=(*(each for _code, _met, each in checks), verdict),
    )


def condition_checks(question: ConditionsQuestion) -> Iterator[tuple[str, bool, Reason]]:
    """Return each condition: its number, whether it is met, and why."""
    yield (
        "A-03.1",
        min_duration_met(question.opened_on, OPERATING_MONTHS, question.submitted_on),
        reason(
            _("Operating since %(opened)s: %(months)d months are over on %(from)s."),
            opened=question.opened_on,
            months=OPERATING_MONTHS,
            **{"from": add_months(question.opened_on, OPERATING_MONTHS)},
        ),
    )
    yield (
        "A-03.2",
        question.own_physicians >= OWN_PHYSICIANS,
        reason(
            _(
                "Physicians whose first registered place is this institution: %(count)d; at least "
                "%(least)d is needed."
            ),
            count=question.own_physicians,
            least=OWN_PHYSICIANS,
        ),
    )
    large = question.beds >= BEDS_WITH_DEPARTMENT
    enough = (
        question.insurance_staff is InsuranceStaff.FULL
        if large
        else question.insurance_staff is not InsuranceStaff.NONE
    )
    staff = (
        _("%(beds)d beds, from %(limit)d on: a department with full-time staff is needed.")
        if large
        else _("%(beds)d beds, fewer than %(limit)d: part-time insurance management is enough.")
    )
    yield (
        "A-03.3",
        enough and question.principal_in_charge,
        reason(staff, beds=question.beds, limit=BEDS_WITH_DEPARTMENT),
    )
    yield (
        "A-03.4",
        question.systems,
        reason(_("Insurance, finance, statistics and medical quality each need their system.")),
    )
    yield (
        "A-03.5",
        question.information_system,
        reason(_("The information system must be connected and use the national codes.")),
    )
    yield (
        "A-03.6",
        question.other_conditions,
        reason(_("Other conditions of the law and the province.")),
    )


class RefusalGround(StrEnum):
    """Why an application is not accepted; the codes are those of the catalogue."""

    N1 = "N1"
    N2 = "N2"
    N3 = "N3"
    N4 = "N4"
    N5 = "N5"
    N6 = "N6"
    N7 = "N7"
    N8 = "N8"
    N9 = "N9"

    @property
    def label(self) -> Promise:
        return REFUSAL_LABELS[self]


REFUSAL_LABELS = {
    RefusalGround.N1: _("mainly services outside basic care"),
    RefusalGround.N2: _("prices outside the price policy"),
    RefusalGround.N3: _("a penalty has not been performed"),
    RefusalGround.N4: _("applied by fraud"),
    RefusalGround.N5: _("agreement dissolved for breach of law"),
    RefusalGround.N6: _("agreement dissolved for serious breach of agreement"),
    RefusalGround.N7: _("a person in charge caused an earlier dissolution"),
    RefusalGround.N8: _("a person in charge is on the list of dishonest persons"),
    RefusalGround.N9: _("another ground in law"),
}
# How long each ground bars an application; the others last while they exist.
BANS = {
    RefusalGround.N4: "fraud_ban_years",
    RefusalGround.N5: "unlawful_dissolution_ban_years",
    RefusalGround.N6: "breach_dissolution_ban_years",
    RefusalGround.N7: "responsible_person_ban_years",
}
TO_BE_PERFORMED = frozenset({RefusalGround.N5, RefusalGround.N6})


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusalRecord:
    """`performed_on` is when penalty or liability was fully performed; it matters for N5 and N6."""

    ground: RefusalGround = asked(_("Ground"))
    event_on: date = asked(_("Day of the event"))
    performed_on: date | None = asked(_("Fully performed on"), default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class AcceptanceQuestion:
    records: tuple[RefusalRecord, ...] = asked(_("What is known of the applicant"))
    on: date | None = asked(_("On the day"), default=None)


@dataclass(frozen=True, kw_only=True, slots=True)
class AcceptanceAnswer:
    refused: bool = told(_("Not accepted"))
    grounds: tuple[RefusalGround, ...] = told(_("Grounds"))
    free_from: date | None = told(_("Free from"))
    because: tuple[Reason, ...]


@law(
    "A-05",
    article=_("Order 2, art. 12"),
    decides=_("Whether an application is refused at the door, and until when"),
    question=AcceptanceQuestion,
    answer=AcceptanceAnswer,
    parameters=tuple(BANS.values()),
)
def acceptance(question: AcceptanceQuestion, office: Office) -> AcceptanceAnswer:
    """Tell which grounds bar an application on a day, and the first day without any.

    There is no such day while a ground lasts that ends with no date: an unperformed penalty, a
    place on a list, the institution's own purpose.

    Law: A-05 (Order 2 art. 12).
    """
    on = question.on or office.on
    days = [(record, free_day(record, office)) for record in question.records]
    barring = [record for record, free in days if free is None or on < free]
    grounds = tuple(dict.fromkeys(record.ground for record in barring))
    known = [free for _record, free in days if free]
    verdict = (
        reason(_("On %(on)s not to be accepted: %(grounds)s."), on=on, grounds=grounds)
        if grounds
        else reason(_("On %(on)s nothing bars the application."), on=on)
    )
    return AcceptanceAnswer(
        refused=bool(grounds),
        grounds=grounds,
        free_from=max(known, default=None) if len(known) == len(days) else None,
        because=(
            *(each for record, free in days for each in ground_reasons(record, free, office)),
            verdict,
        ),
    )


def free_day(record: RefusalRecord, office: Office) -> date | None:
    """Return the first day on which a record bars nothing any more, if that can be known.

    Law: A-05 (Order 2 art. 12).
    """
    key = BANS.get(record.ground)
    if key is None:
        return None
    free = banned_through(record.event_on, office.number(key)) + ONE_DAY
    if record.ground not in TO_BE_PERFORMED:
        return free
    return max(free, record.performed_on + ONE_DAY) if record.performed_on else None


def ground_reasons(record: RefusalRecord, free: date | None, office: Office) -> Iterator[Reason]:
    key, code = BANS.get(record.ground), record.ground.value
    if key is None:
        yield reason(
            _("%(code)s, %(ground)s: bars the application while it exists."),
            code=code,
            ground=record.ground,
        )
        return
    years = office.number(key)
    yield reason(
        _("%(code)s, %(ground)s, on %(event)s: %(years)d years, through %(last)s."),
        code=code,
        ground=record.ground,
        event=record.event_on,
        years=years,
        last=banned_through(record.event_on, years),
    )
    if record.ground in TO_BE_PERFORMED and record.performed_on is None:
        yield reason(_("Not fully performed: no end can be named."))
    elif record.ground in TO_BE_PERFORMED:
        yield reason(
            _("Fully performed on %(performed)s: free from the day after, %(free)s at the latest."),
            performed=record.performed_on,
            free=free,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class FailureQuestion:
    failed_on: date = asked(_("Failed result served on"))
    second_failed_on: date | None = asked(_("Second failed result served on"), default=None)

    def __post_init__(self) -> None:
        if self.second_failed_on and self.second_failed_on < self.failed_on:
            raise QuestionError(
                "second_failed_on", self.second_failed_on, _("a day not before the first failure")
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class FailureAnswer:
    reassess_from: date = told(_("Assessed again from"))
    banned_through: date | None = when_given(_("No application through"))
    free_from: date | None = when_given(_("Free from"))
    because: tuple[Reason, ...] = ()


@law(
    "A-07",
    article=_("Order 2, art. 9"),
    decides=_("When a failed applicant is assessed again, and what a second failure leads to"),
    question=FailureQuestion,
    answer=FailureAnswer,
    parameters=(REASSESS_AFTER, SECOND_FAILURE_BAN),
)
def failed_assessment(question: FailureQuestion, office: Office) -> FailureAnswer:
    """Return from when an applicant may be assessed again, and the ban after a second failure.

    Law: A-07 (Order 2 art. 9).
    """
    months = office.number(REASSESS_AFTER)
    again = add_months(question.failed_on, months)
    reasons = [
        reason(
            _("%(months)d months after the service on %(served)s: assessed again from %(from)s."),
            months=months,
            served=question.failed_on,
            **{"from": again},
        )
    ]
    through = None
    if question.second_failed_on:
        years = office.number(SECOND_FAILURE_BAN)
        through = banned_through(question.second_failed_on, years)
        reasons.append(
            reason(
                _(
                    "Failed again, served on %(served)s: no application for %(years)d years, "
                    "through %(last)s."
                ),
                served=question.second_failed_on,
                years=years,
                last=through,
            )
        )
    reasons.append(reason(_("A ban is no period to act: it is not moved off a rest day.")))
    return FailureAnswer(
        reassess_from=again,
        banned_through=through,
        free_from=through + ONE_DAY if through else None,
        because=tuple(reasons),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicNoticeQuestion:
    posted_on: date = asked(_("Posted on"))


@dataclass(frozen=True, kw_only=True, slots=True)
class PublicNoticeAnswer:
    ends_on: date = told(_("Last day for objections"))
    earliest_signing_on: date = told(_("To be signed from"))
    provisional: bool = when_true()
    because: tuple[Reason, ...] = ()


def public_notice_basis(posted_on: date, office: Office) -> tuple[Deadline, DeadlineBasis]:
    """Return the last day of a public notice, and what it was computed from.

    Law: A-08 (Order 2 art. 9).
    """
    return office.calendar.deadline_with_basis(
        "A-08", posted_on, Unit.WORKDAY, office.number(PUBLIC_NOTICE)
    )


@law(
    "A-08",
    article=_("Order 2, art. 9"),
    decides=_("How long a result is open to objections, and from when an agreement is signed"),
    question=PublicNoticeQuestion,
    answer=PublicNoticeAnswer,
    parameters=(PUBLIC_NOTICE,),
)
def public_notice(question: PublicNoticeQuestion, office: Office) -> PublicNoticeAnswer:
    """Return the last day of a public notice and the first day to sign.

    An objection on the last day counts; each is decided before anything is signed.

    Law: A-08 (Order 2 art. 9).
    """
    due, basis = public_notice_basis(question.posted_on, office)
    return PublicNoticeAnswer(
        ends_on=due.on,
        earliest_signing_on=due.on + ONE_DAY,
        provisional=due.provisional,
        because=(
            *workday_reasons(office.calendar, question.posted_on, basis.count, due),
            reason(
                _("Objections until the end of %(last)s; signed from the day after, %(first)s."),
                last=due.on,
                first=due.on + ONE_DAY,
            ),
        ),
    )
