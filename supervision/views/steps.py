"""The way of a case as a line of steps: which one it is at, who must act, by when, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agency.enums import Actor, Role
from agency.models import User
from agreements.models import DissolvedEntry
from supervision.enums.cases import AgreementAct, CaseState, Origin
from supervision.enums.proceedings import FilingOutcome, LegalOutcome
from supervision.models import AdministrationReport, Case, FilingReview

Text = str | Promise
_ORDER = list(CaseState)
_AFTER = [CaseState.DECIDED, CaseState.SERVED, CaseState.PERFORMED, CaseState.CLOSED]
OFFICER, HEAD = Role.AUDIT_OFFICER.label, Role.AGENCY_HEAD.label


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `status` is done, now, to_come or left_out; `row` and `clock` explain `due_on`."""

    label: Text
    who: Text | User
    status: str
    why: Text = ""
    on: date | None = None
    due_on: date | None = None
    provisional: bool = False
    basis: dict[str, Any] | None = None
    clock: str = ""
    row: Any = None

    @property
    def status_label(self) -> Text:
        return STATUS[self.status]


STATUS: dict[str, Text] = {
    "done": _("done"),
    "now": _("now"),
    "to_come": _("to come"),
    "left_out": _("not needed"),
}


def line(case: Case) -> list[Step]:
    """Return the steps of the case for the office. At most five queries."""
    return [*_before_the_decision(case), *_after_the_decision(case)]


def line_for_institution(case: Case) -> list[Step]:
    """Return the steps the institution may know of: from the notice on, without what the office
    does among itself and what is not served yet.
    """
    reached, served = _reached(case), case.decision_served_on is not None
    stated = case.defence_outcome != ""
    return [
        Step(pgettext_lazy("case", "Notice"), Actor.AGENCY.label, "done", on=case.noticed_on),
        Step(
            _("Statement and defence"),
            _("Your institution"),
            "done" if stated or served else _status(reached, CaseState.DEFENCE),
            _("What you state is considered, and never makes the measures heavier."),
            on=case.notice_served_on,
            due_on=None if stated else case.defence_due_on,
            provisional=case.defence_due_provisional,
            basis=case.defence_due_basis,
            clock="supervision.defence",
            row=case,
        ),
        Step(
            _("Decision"),
            Actor.AGENCY.label,
            "done" if served else ("now" if stated else "to_come"),
            on=case.decided_on if served else None,
        ),
        Step(
            pgettext_lazy("case", "Performance"),
            _("Your institution"),
            "done" if case.performed_on else ("now" if served else "to_come"),
            on=case.performed_on,
            due_on=None if case.performed_on else case.perform_due_on,
            provisional=case.perform_due_provisional,
            basis=case.perform_due_basis,
            clock="supervision.performance",
            row=case,
        ),
    ]


def _reached(case: Case) -> CaseState:
    """Return the state that says how far the case has come, wherever it lies now."""
    if case.state == CaseState.RETURNED:
        return CaseState(case.returned_from)
    if case.state != CaseState.DISMISSED:
        return CaseState(case.state)
    if case.defence_due_on:
        return CaseState.DEFENCE
    return CaseState.OPENED if case.verified_on else CaseState.CLUE


def _status(reached: CaseState, at: CaseState) -> str:
    """Return how a step stands that is done once the case has left the state `at`."""
    if _ORDER.index(reached) > _ORDER.index(at):
        return "done"
    return "now" if reached == at else "to_come"


def _before_the_decision(case: Case) -> Iterator[Step]:
    reached = _reached(case)
    yield Step(
        _("Ground") if case.origin == Origin.GROUND else _("Clue"),
        case.opened_by or _("the program"),
        "done",
        case.get_ground_display(),
        on=case.opened_on,
    )
    yield Step(
        _("Verification"),
        case.verified_by or OFFICER,
        _status(reached, CaseState.CLUE),
        _("Nothing goes on before the facts are verified."),
        on=case.verified_on,
        due_on=case.verify_due_on if reached == CaseState.CLUE else None,
        provisional=case.verify_due_provisional,
        basis=case.verify_due_basis,
        clock="supervision.verification",
        row=case,
    )
    noticed = "now" if reached in (CaseState.OPENED, CaseState.NOTICE) else ""
    yield Step(
        _("Notice and its service"),
        OFFICER,
        noticed or _status(reached, CaseState.NOTICE),
        _("Facts and intended measures are told before anything is decided."),
        on=case.notice_served_on,
    )
    stated = case.defence_outcome != ""
    yield Step(
        _("Statement and defence"),
        Actor.INSTITUTION.label,
        "done" if stated else _status(reached, CaseState.DEFENCE),
        case.get_defence_outcome_display() or _("The period runs from the service."),
        due_on=None if stated else case.defence_due_on,
        provisional=case.defence_due_provisional,
        basis=case.defence_due_basis,
        clock="supervision.defence",
        row=case,
    )
    yield from _review_and_discussion(case, reached)
    waits = reached in (CaseState.DEFENCE, CaseState.LEGAL_REVIEW) and _may_be_decided(case)
    yield Step(
        _("Decision"),
        case.decided_by or (HEAD if case.is_grave else OFFICER),
        "done" if case.decided_on else ("now" if waits else "to_come"),
        _("A grave measure is decided by the head, never by who opened the case.")
        if case.is_grave
        else "",
        on=case.decided_on,
    )


def _review_and_discussion(case: Case, reached: CaseState) -> Iterator[Step]:
    review = _last(case.legal_reviews.all())
    approved = review if review and review.outcome == LegalOutcome.APPROVED else None
    discussion = getattr(approved, "discussion", None)
    carried = discussion if discussion and discussion.carried else None
    lies = reached == CaseState.LEGAL_REVIEW
    left = "left_out" if not case.is_grave else ""
    waiting = lies and (approved is None or (discussion is not None and carried is None))
    reviewed = approved is not None and not waiting
    mend = case.is_grave and reached == CaseState.DEFENCE and bool(case.defence_outcome)
    yield Step(
        _("Legal review"),
        review.reviewed_by if review and reviewed else Role.LEGAL_REVIEWER.label,
        left or ("now" if waiting or mend else "done" if reviewed else "to_come"),
        review.opinion if review else _("By somebody who neither opened nor decides the case."),
        on=review.reviewed_on if review and reviewed else None,
        due_on=case.review_due_on if waiting else None,
        provisional=case.review_due_provisional,
        basis=case.review_due_basis,
        clock="supervision.legal_review",
        row=case,
    )
    yield Step(
        _("Collective discussion"),
        _("at least three members"),
        left or ("done" if carried else "now" if lies and reviewed else "to_come"),
        _("%(in_favour)d of %(members)d in favour")
        % {"in_favour": discussion.in_favour, "members": discussion.members}
        if discussion
        else "",
        on=discussion.held_on if discussion else None,
    )


def _may_be_decided(case: Case) -> bool:
    if not case.is_grave:
        return bool(case.defence_outcome)
    review = _last(case.legal_reviews.all())
    return bool(getattr(getattr(review, "discussion", None), "carried", False))


def _after_the_decision(case: Case) -> Iterator[Step]:
    reached = _reached(case)
    yield Step(
        _("Service"), OFFICER, _status(reached, CaseState.DECIDED), on=case.decision_served_on
    )
    if case.is_grave:
        yield from _told_to_the_administration(case)
    if any(each.agreement_act == AgreementAct.DISSOLVE for each in case.measures.all()):
        yield _publication(case)
    yield Step(
        pgettext_lazy("case", "Performance"),
        Actor.INSTITUTION.label,
        _status(reached, CaseState.SERVED),
        on=case.performed_on,
        due_on=None if case.performed_on else case.perform_due_on,
        provisional=case.perform_due_provisional,
        basis=case.perform_due_basis,
        clock="supervision.performance",
        row=case,
    )
    yield Step(
        _("End of the case"),
        OFFICER,
        "done" if case.closed_on else _status(reached, CaseState.PERFORMED),
        on=case.closed_on,
    )


def _told_to_the_administration(case: Case) -> Iterator[Step]:
    report = AdministrationReport.objects.filter(case=case).first()
    filing = FilingReview.objects.filter(case=case).first()
    sent = bool(report and report.sent_at)
    acknowledged = bool(report and report.acknowledged_at)
    yield Step(
        _("Report to the administration"),
        Actor.ADMINISTRATION.label if sent else OFFICER,
        "done" if acknowledged else ("now" if report else "to_come"),
        _("Sent; the administration acknowledges it.") if sent else "",
        on=report.acknowledged_at.date() if report and report.acknowledged_at else None,
        due_on=None
        if report is None or acknowledged
        else (report.acknowledge_due_on if sent else report.due_on),
        provisional=bool(report and report.due_provisional),
        basis=(report.acknowledge_due_basis if sent else report.due_basis) if report else None,
        clock="supervision.acknowledgement" if sent else "supervision.report",
        row=report,
    )
    yield _filing(case, filing)


def _filing(case: Case, filing: FilingReview | None) -> Step:
    label = _("Filing review")
    if filing is None:
        status = "left_out" if case.state in _AFTER else "to_come"
        return Step(label, OFFICER, status)
    correction = filing.outcome == FilingOutcome.REVIEW_CORRECTION
    if filing.filed_at is None:
        facts: tuple[Any, ...] = (OFFICER, "now", filing.due_on, filing.due_basis)
    elif not filing.outcome:
        facts = (Role.LAW_OFFICER.label, "now", None, None)
    elif correction and filing.corrected_at is None:
        facts = (HEAD, "now", filing.correct_due_on, filing.correct_due_basis)
    else:
        facts = (Role.LAW_OFFICER.label, "done", None, None)
    who, status, due_on, basis = facts
    return Step(
        label,
        who,
        status,
        filing.word.label,
        on=filing.answered_at.date() if filing.answered_at else None,
        due_on=due_on,
        provisional=filing.due_provisional,
        basis=basis,
        clock="supervision.correction" if correction else "supervision.filing",
        row=filing,
    )


def _publication(case: Case) -> Step:
    rows = DissolvedEntry.objects.filter(agreement=case.agreement_id)
    entry = rows.filter(letter=case.decision_letter_id).first() if case.decided_on else None
    published = entry.published_on if entry else None
    return Step(
        _("Publication"),
        Role.AGREEMENT_OFFICER.label,
        "done" if published else ("now" if entry and entry.served_on else "to_come"),
        _("Name, code, day and ground go on the public list."),
        on=published,
        due_on=entry.publish_due_on if entry and not published else None,
        provisional=bool(entry and entry.publish_due_provisional),
        basis=entry.publish_due_basis if entry else None,
        clock="agreements.dissolved_publication",
        row=entry,
    )


def _last(rows: Any) -> Any:
    found = list(rows)
    return found[-1] if found else None
