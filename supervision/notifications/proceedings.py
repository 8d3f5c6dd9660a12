"""Who is told what about a proceeding; decides nothing."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.models import User
from agency.reasons import Reason, reason
from agency.services.notices import holders, tell
from supervision.models import (
    AdministrationReport,
    Case,
    CollectiveDiscussion,
    FilingReview,
    FormalDemand,
    LegalReview,
    ReportQuestion,
)
from supervision.notifications.cases import case_officers, institution_users


def _tell(
    people: list[User], case: Case, key: str, subject: Any, *, at: datetime, body: Any = ""
) -> None:
    tell(
        {each.pk: each for each in people}.values(),
        key=f"case.{case.pk}.{key}",
        subject=reason(subject, number=case.number),
        body=body,
        url=case.get_absolute_url(),
        at=at,
    )


def ground_detected(case: Case, *, at: datetime) -> None:
    body = reason(_("To be verified by %(day)s."), day=case.verify_due_on)
    _tell(
        holders(Role.AUDIT_OFFICER, Role.AGREEMENT_OFFICER),
        case,
        "detected",
        _("A ground was found: %(number)s"),
        at=at,
        body=body,
    )


def ground_named(case: Case, *, by: User, at: datetime) -> None:
    others = [each for each in holders(Role.AUDIT_OFFICER) if each.pk != by.pk]
    _tell(others, case, "named", _("Proceedings opened: %(number)s"), at=at)


def demand_served(demand: FormalDemand, *, at: datetime) -> None:
    case = demand.case
    tell(
        institution_users(case),
        key=f"case.{case.pk}.demand.{demand.pk}",
        subject=reason(_("Formal demand to perform: %(number)s"), number=case.number),
        body=reason(_("Perform by %(day)s."), day=demand.due_on),
        url=case.get_portal_url() if case.noticed_on else "",
        at=at,
    )


def submitted(case: Case, *, at: datetime) -> None:
    _tell(
        holders(Role.LEGAL_REVIEWER),
        case,
        f"submitted.{at:%Y%m%d%H%M%S}",
        _("To be reviewed: %(number)s"),
        at=at,
        body=reason(_("Due on %(day)s."), day=case.review_due_on),
    )


def reviewed(case: Case, review: LegalReview, *, at: datetime) -> None:
    _tell(
        case_officers(case),
        case,
        f"reviewed.{review.pk}",
        _("Legal review: %(number)s"),
        at=at,
        body=_plain(review.get_outcome_display()),
    )


def discussed(case: Case, discussion: CollectiveDiscussion, *, at: datetime) -> None:
    """The head decides what was carried; else the officer goes on."""
    people = holders(Role.AGENCY_HEAD) if discussion.carried else case_officers(case)
    said = (
        _("Ready to be decided: %(number)s")
        if discussion.carried
        else _("Not carried by the discussion: %(number)s")
    )
    _tell(people, case, f"discussed.{discussion.pk}", said, at=at)


def filed(filing: FilingReview, *, at: datetime) -> None:
    _tell(
        holders(Role.LAW_OFFICER, Role.ADMINISTRATION_HEAD),
        filing.case,
        "filed",
        _("Decision filed for review: %(number)s"),
        at=at,
    )


def filing_answered(filing: FilingReview, *, at: datetime) -> None:
    case = filing.case
    _tell(
        [*case_officers(case), *holders(Role.AGENCY_HEAD)],
        case,
        "filing.answered",
        _("Filing review answered: %(number)s"),
        at=at,
        body=_plain(filing.get_outcome_display()),
    )


def corrected(filing: FilingReview, *, at: datetime) -> None:
    _tell(
        holders(Role.LAW_OFFICER, Role.ADMINISTRATION_HEAD),
        filing.case,
        "filing.corrected",
        _("Decision corrected: %(number)s"),
        at=at,
        body=filing.correction_text,
    )


def filing_overdue(filing: FilingReview, *, at: datetime) -> None:
    _tell(
        holders(Role.AUDIT_OFFICER, Role.AGENCY_HEAD),
        filing.case,
        "filing.overdue",
        _("Filing overdue: %(number)s"),
        at=at,
        body=reason(_("It was due on %(day)s."), day=filing.due_on),
    )


def report_acknowledged(report: AdministrationReport, *, at: datetime) -> None:
    _tell(
        case_officers(report.case),
        report.case,
        "report.acknowledged",
        _("Report acknowledged: %(number)s"),
        at=at,
    )


def report_asked(question: ReportQuestion, *, at: datetime) -> None:
    case = question.report.case
    _tell(
        case_officers(case),
        case,
        f"report.question.{question.pk}",
        _("Question about the report: %(number)s"),
        at=at,
        body=question.text,
    )


def question_answered(question: ReportQuestion, case: Case, *, at: datetime) -> None:
    _tell(
        [question.asked_by],
        case,
        f"report.answer.{question.pk}",
        _("Question answered: %(number)s"),
        at=at,
        body=question.answer,
    )


def _plain(label: Any) -> Reason:
    return reason(_("Outcome: %(outcome)s."), outcome=str(label))
