"""What waits for whom at the desk: cases, reviews, reports, filings."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.home import Matter, desk_queue
from agency.models import User
from agency.permissions import Act
from agency.reasons import reason
from supervision.clocks.proceedings import LEGAL_REVIEW
from supervision.enums.cases import CaseState
from supervision.models import AdministrationReport, Case, FilingReview, LegalReview
from supervision.permissions import cases as can
from supervision.permissions import proceedings as pro
from supervision.views.acts import next_act

QUEUE_LENGTH = 50


@desk_queue
def cases_of_the_officer(user: User, on: date) -> Iterable[Matter]:
    """The officer's own cases that wait for an act of the agency; grave ones are the head's."""
    if not user.has_role(Role.AUDIT_OFFICER):
        return []
    ready = Q(state=CaseState.DEFENCE, is_grave=False) & ~Q(defence_outcome="")
    lies = Q(state=CaseState.LEGAL_REVIEW)
    grave = Q(state=CaseState.DEFENCE, is_grave=True) & ~Q(defence_outcome="")
    own = [
        CaseState.CLUE,
        CaseState.OPENED,
        CaseState.NOTICE,
        CaseState.DECIDED,
        CaseState.SERVED,
        CaseState.PERFORMED,
        CaseState.RETURNED,
    ]
    cases = (
        Case.objects.filter(Q(state__in=own) | ready | grave | lies, opened_by=user)
        .exclude(lies & ~Q(pk__in=LegalReview.objects.to_be_discussed().values("case")))
        .select_related("institution")
        .order_by("supplement_due_on", "opened_on", "pk")[:QUEUE_LENGTH]
    )
    return [
        matter_of(case, pro.RECORD_DISCUSSION if case.state == CaseState.LEGAL_REVIEW else None)
        for case in cases
    ]


def matter_of(case: Case, act: Act | None = None) -> Matter:
    act = act or next_act(case)
    return Matter(
        title=f"{case.number} · {case.title}",
        plain=case.number,
        institution=case.institution.name,
        state=CaseState(case.state),
        url=case.get_absolute_url(),
        act=act.label,
        due_on=case.supplement_due_on or due_of(case),
    )


def due_of(case: Case) -> date | None:
    """Return by when the next act on a ground found, or on a review, is due."""
    if case.state == CaseState.CLUE:
        return case.verify_due_on
    return case.review_due_on if case.state == CaseState.LEGAL_REVIEW else None


@desk_queue
def grave_cases_of_the_head(user: User, on: date) -> Iterable[Matter]:
    if not user.has_role(Role.AGENCY_HEAD):
        return []
    cases = (
        Case.objects.filter(
            state=CaseState.LEGAL_REVIEW, pk__in=LegalReview.objects.carried().values("case")
        )
        .exclude(opened_by=user)
        .select_related("institution")
        .order_by("defence_due_on", "pk")[:QUEUE_LENGTH]
    )
    return [matter_of(case, can.DECIDE) for case in cases]


@desk_queue
def reports_due(user: User, on: date) -> Iterable[Matter]:
    if not can.SEND_REPORT.allows(user):
        return []
    reports = AdministrationReport.objects.unsent().select_related("case__institution")
    return [
        Matter(
            title=str(
                reason(_("Report to the administration: %(number)s"), number=each.case.number)
            ),
            institution=each.case.institution.name,
            state=CaseState(each.case.state),
            url=each.case.get_absolute_url(),
            act=can.SEND_REPORT.label,
            due_on=each.due_on,
            provisional=each.due_provisional,
        )
        for each in reports.order_by("due_on", "pk")[:QUEUE_LENGTH]
    ]


@desk_queue
def grounds_to_verify(user: User, on: date) -> Iterable[Matter]:
    """What the program has found and nobody keeps yet."""
    if not can.OPEN_CASE.allows(user):
        return []
    cases = Case.objects.filter(state=CaseState.CLUE, opened_by__isnull=True)
    rows = cases.select_related("institution").order_by("verify_due_on", "pk")
    return [matter_of(case, can.OPEN_CASE) for case in rows[:QUEUE_LENGTH]]


@desk_queue
def cases_to_review(user: User, on: date) -> Iterable[Matter]:
    if not pro.REVIEW_LEGALITY.allows(user):
        return []
    rows = LEGAL_REVIEW.open().exclude(opened_by=user).exclude(verified_by=user)
    cases = rows.select_related("institution").order_by("review_due_on", "pk")
    return [matter_of(case, pro.REVIEW_LEGALITY) for case in cases[:QUEUE_LENGTH]]


@desk_queue
def filings_of_the_agency(user: User, on: date) -> Iterable[Matter]:
    """Decisions to be filed, for the officer; corrections that are demanded, for the head."""
    files, corrects = pro.FILE_DECISION.allows(user), pro.CORRECT_DECISION.allows(user)
    if not (files or corrects):
        return []
    rows = FilingReview.objects.unfiled() if files else FilingReview.objects.none()
    if corrects:
        rows = rows | FilingReview.objects.uncorrected()
    found = rows.select_related("case__institution").order_by("due_on", "pk")[:QUEUE_LENGTH]
    return [
        _of_filing(each, pro.CORRECT_DECISION if each.outcome else pro.FILE_DECISION)
        for each in found
    ]


@desk_queue
def filings_to_answer(user: User, on: date) -> Iterable[Matter]:
    if not pro.ANSWER_FILING.allows(user):
        return []
    rows = FilingReview.objects.unanswered().select_related("case__institution")
    return [
        _of_filing(each, pro.ANSWER_FILING)
        for each in rows.order_by("filed_at", "pk")[:QUEUE_LENGTH]
    ]


def _of_filing(filing: FilingReview, act: Act) -> Matter:
    return Matter(
        title=str(reason(_("Filing review: %(number)s"), number=filing.case.number)),
        institution=filing.case.institution.name,
        state=filing.word,
        url=filing.get_absolute_url(),
        act=act.label,
        due_on=filing.correct_due_on or (None if filing.filed_at else filing.due_on),
        provisional=filing.due_provisional,
    )


@desk_queue
def reports_to_acknowledge(user: User, on: date) -> Iterable[Matter]:
    """Reports sent and not acknowledged, for the administration."""
    if not pro.ACKNOWLEDGE_REPORT.allows(user):
        return []
    rows = AdministrationReport.objects.filter(sent_at__isnull=False, acknowledged_at__isnull=True)
    found = rows.select_related("case__institution").prefetch_related("questions")
    return [
        Matter(
            title=str(reason(_("Report of a grave measure: %(number)s"), number=each.case.number)),
            institution=each.case.institution.name,
            state=each.word,
            url=each.case.get_absolute_url(),
            act=pro.ACKNOWLEDGE_REPORT.label,
            due_on=each.acknowledge_due_on,
            provisional=each.acknowledge_due_provisional,
        )
        for each in found.order_by("acknowledge_due_on", "pk")[:QUEUE_LENGTH]
    ]


@desk_queue
def questions_to_answer(user: User, on: date) -> Iterable[Matter]:
    """Questions of the administration about a report."""
    if not pro.ANSWER_QUESTION.allows(user):
        return []
    rows = AdministrationReport.objects.filter(
        questions__isnull=False, questions__answered_at__isnull=True
    ).select_related("case__institution")
    return [
        Matter(
            title=str(reason(_("Question about the report: %(number)s"), number=each.case.number)),
            institution=each.case.institution.name,
            state=CaseState(each.case.state),
            url=each.case.get_absolute_url(),
            act=pro.ANSWER_QUESTION.label,
        )
        for each in rows.order_by("pk")[:QUEUE_LENGTH]
    ]
