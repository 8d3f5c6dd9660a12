"""Who may apply to be designated, and what happens at the door: the resource plan, the types that
may apply, the one notice of missing material (A-01, A-02, A-04, A-06). Pure.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, QuestionError, asked, law, told, when_given, when_true
from agency.reasons import Reason, reason
from agency.time_rules.counting import workday_reasons
from agency.workdays import DatePair, Deadline, DeadlineBasis, Unit
from institutions.enums.designation import LicenceKind, NotAcceptedGround
from institutions.enums.register import Kind

NOTICE = "supplement_notice_wd"
DELIVERY = "supplement_delivery_wd"
ASSESSMENT = "assessment_months"

MAX_COUNT = 1_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanQuestion:
    cap: int = asked(_("Planned number"), minimum=0, maximum=MAX_COUNT)
    current: int = asked(_("Designated already"), minimum=0, maximum=MAX_COUNT)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanAnswer:
    over_plan: bool = told(_("Over the plan"))
    because: tuple[Reason, ...]


@law(
    "A-01",
    article=_("Order 2, art. 4"),
    decides=_("Whether one more institution would be over the resource plan"),
    question=PlanQuestion,
    answer=PlanAnswer,
)
def resource_plan(question: PlanQuestion, office: Office) -> PlanAnswer:
    """Tell whether one more institution of the type would be over the plan of its region.

    A warning to whoever assesses; Order 2 art. 12 names no such ground of refusal.

    Law: A-01 (Order 2 art. 4).
    """
    over = question.current >= question.cap
    text = (
        _("Planned %(cap)d, designated %(current)d: one more is over the plan. No refusal.")
        if over
        else _("Planned %(cap)d, designated %(current)d: there is room for one more.")
    )
    return PlanAnswer(
        over_plan=over, because=(reason(text, cap=question.cap, current=question.current),)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class EligibilityQuestion:
    licence_kind: LicenceKind | None = asked(_("Licence"))
    kind: Kind | None = asked(_("Type"))
    internet_hospital: bool = asked(_("An internet hospital"), default=False)
    has_parent: bool = asked(_("It belongs to a physical institution"), default=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class EligibilityAnswer:
    eligible: bool = told(_("May apply"))
    reason: str | None = told(_("Reason"))
    agreement: str = told(_("Agreement"))
    because: tuple[Reason, ...]


@law(
    "A-02",
    article=_("Order 2, art. 5"),
    decides=_("Whether an institution of a type may apply to be designated"),
    question=EligibilityQuestion,
    answer=EligibilityAnswer,
)
def eligibility(question: EligibilityQuestion, office: Office) -> EligibilityAnswer:
    """Tell whether an applicant is of a type that may be designated, and by which agreement.

    An internet hospital has a supplementary agreement to that of its physical institution, which
    is paid for it; without one it is not accepted.

    Law: A-02 (Order 2 art. 5).
    """
    agreement = "supplementary" if question.internet_hospital else "own"
    if question.licence_kind is None or question.kind is None:
        return EligibilityAnswer(
            eligible=False,
            reason=NotAcceptedGround.NOT_ELIGIBLE.value,
            agreement=agreement,
            because=(
                reason(_("A licence and one of the types of Order 2 art. 5 are needed to apply.")),
            ),
        )
    licensed = reason(
        _("%(kind)s with: %(licence)s."), kind=question.kind, licence=question.licence_kind
    )
    if not question.internet_hospital:
        return EligibilityAnswer(
            eligible=True, reason=None, agreement=agreement, because=(licensed,)
        )
    if not question.has_parent:
        return EligibilityAnswer(
            eligible=False,
            reason=NotAcceptedGround.NO_PARENT.value,
            agreement=agreement,
            because=(
                licensed,
                reason(_("An internet hospital cannot apply without its physical institution.")),
            ),
        )
    return EligibilityAnswer(
        eligible=True,
        reason=None,
        agreement=agreement,
        because=(
            licensed,
            reason(
                _(
                    "An internet hospital has a supplementary agreement; payments go to its "
                    "physical institution."
                )
            ),
        ),
    )


class Admission(StrEnum):
    """What becomes of an application at the door."""

    ACCEPTED = "accepted"
    DEEMED = "deemed"
    SUPPLEMENT = "supplement"
    OPEN = "open"

    @property
    def label(self) -> Promise:
        return ADMISSION_LABELS[self]


ADMISSION_LABELS = {
    Admission.ACCEPTED: _("accepted on the day of submission"),
    Admission.DEEMED: _("accepted by silence as of the day of submission"),
    Admission.SUPPLEMENT: _("waiting for the supplement"),
    Admission.OPEN: _("waiting for the agency"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class AdmissionQuestion:
    submitted_on: date = asked(_("Submitted on"))
    complete: bool = asked(_("Complete and in due form"), default=False)
    noticed_on: date | None = asked(_("What is missing was told on"), default=None)
    today: date | None = asked(_("Today"), default=None)

    def __post_init__(self) -> None:
        if self.noticed_on and self.noticed_on < self.submitted_on:
            raise QuestionError("noticed_on", self.noticed_on, _("a day not before the submission"))


@dataclass(frozen=True, kw_only=True, slots=True)
class AdmissionAnswer:
    outcome: Admission = told(_("Outcome"))
    notice_due_on: date = told(_("Notice due on"))
    accepted_on: date | None = when_given(_("Accepted on"))
    provisional: bool = when_true()
    because: tuple[Reason, ...] = ()


def notice_basis(submitted_on: date, office: Office) -> tuple[Deadline, DeadlineBasis]:
    """Return the last day for the one notice of missing material, and what it was computed from.

    Law: A-04 (Order 2 art. 8).
    """
    return office.calendar.own.deadline_with_basis(
        "A-04", submitted_on, Unit.WORKDAY, office.number(NOTICE)
    )


def delivery_basis(requested_on: date, office: Office) -> tuple[Deadline, DeadlineBasis]:
    """Return the last day to deliver what was asked for, and what it was computed from.

    Law: A-04 (Order 2 art. 8).
    """
    return office.calendar.deadline_with_basis(
        "A-04", requested_on, Unit.WORKDAY, office.number(DELIVERY)
    )


@law(
    "A-04",
    article=_("Order 2, arts 7–8"),
    decides=_("Until when the agency says what is missing, and what its silence means"),
    question=AdmissionQuestion,
    answer=AdmissionAnswer,
    parameters=(NOTICE,),
)
def admission(question: AdmissionQuestion, office: Office) -> AdmissionAnswer:
    """Tell what becomes of an application at the door.

    A complete one is accepted at once. For another the agency tells everything missing in one
    notice; without it in time the application counts as accepted from its submission, and a
    notice that comes later changes nothing.

    Law: A-04 (Order 2 arts 7–8).
    """
    due, basis = notice_basis(question.submitted_on, office)
    today = question.today or office.on
    in_time = question.noticed_on is not None and question.noticed_on <= due.on
    if question.complete:
        outcome, verdict = (
            Admission.ACCEPTED,
            reason(_("Complete and in due form: accepted on the day of submission.")),
        )
    elif in_time:
        outcome, verdict = (
            Admission.SUPPLEMENT,
            reason(
                _("Told on %(noticed)s, in time: the applicant supplements."),
                noticed=question.noticed_on,
            ),
        )
    elif today > due.on or question.noticed_on is not None:
        outcome, verdict = (
            Admission.DEEMED,
            reason(
                _("Nothing was said by %(due)s: accepted as of %(submitted)s."),
                due=due.on,
                submitted=question.submitted_on,
            ),
        )
    else:
        outcome, verdict = (
            Admission.OPEN,
            reason(_("One notice, listing everything missing, by %(due)s."), due=due.on),
        )
    accepted = outcome in (Admission.ACCEPTED, Admission.DEEMED)
    return AdmissionAnswer(
        outcome=outcome,
        notice_due_on=due.on,
        accepted_on=question.submitted_on if accepted else None,
        provisional=due.provisional,
        because=(
            *workday_reasons(office.calendar, question.submitted_on, basis.count, due),
            verdict,
        ),
    )


def assessment_basis(
    accepted_on: date, office: Office, pauses: Iterable[DatePair] = ()
) -> tuple[Deadline, DeadlineBasis]:
    """Return the last day of the assessment, and what it was computed from. The time in which the
    applicant supplements does not count (T-10).

    Law: A-06 (Order 2 art. 9).
    """
    return office.calendar.own.deadline_with_basis(
        "A-06", accepted_on, Unit.MONTH, office.number(ASSESSMENT), pauses
    )
