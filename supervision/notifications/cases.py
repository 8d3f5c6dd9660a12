"""Who is told what about a case; decides nothing."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.models import User
from agency.reasons import reason
from agency.services.notices import holders, tell
from agency.topics import Topic, topic
from supervision.models import AdministrationReport, Case

READY = _("Ready to be decided: %(number)s")
CASES = topic(Topic("cases", _("Cases and orders"), prefixes=("case.", "order."), mandatory=True))


def institution_users(case: Case) -> list[User]:
    return list(
        User.objects.filter(membership__institution=case.institution_id, is_active=True).order_by(
            "pk"
        )
    )


def case_officers(case: Case) -> list[User]:
    """The officer who keeps the case, or the other audit officers once that one has left."""
    officer = case.opened_by
    return [officer] if officer and officer.is_active else holders(Role.AUDIT_OFFICER)


def notice_served(case: Case, *, at: datetime) -> None:
    tell(
        institution_users(case),
        key=f"case.{case.pk}.notice",
        subject=reason(_("Notice of intended measures: %(number)s"), number=case.number),
        body=reason(_("You may state and defend until %(day)s."), day=case.defence_due_on),
        url=case.get_portal_url(),
        at=at,
    )


def statement_given(case: Case, *, statement: int, at: datetime) -> None:
    tell(
        case_officers(case),
        key=f"case.{case.pk}.statement.{statement}",
        subject=reason(_("Statement received: %(number)s"), number=case.number),
        url=case.get_absolute_url(),
        at=at,
    )


def ready_to_decide(case: Case, *, at: datetime) -> None:
    said = _("Heard, to be reviewed: %(number)s") if case.is_grave else READY
    tell(
        case_officers(case),
        key=f"case.{case.pk}.ready",
        subject=reason(said, number=case.number),
        url=case.get_absolute_url(),
        at=at,
    )


def decided(case: Case, *, at: datetime) -> None:
    """Grave measures at once to the administration; the rest is said by the report."""
    if case.is_grave:
        tell(
            holders(Role.SUPERVISOR),
            key=f"case.{case.pk}.decided",
            subject=reason(_("Grave measure decided: %(number)s"), number=case.number),
            url=case.get_absolute_url(),
            at=at,
        )


def decision_served(case: Case, *, at: datetime) -> None:
    tell(
        institution_users(case),
        key=f"case.{case.pk}.decision",
        subject=reason(_("Decision on measures: %(number)s"), number=case.number),
        body=reason(
            _("It can be disputed until %(day)s by administrative reconsideration."),
            day=case.reconsideration_until,
        ),
        url=case.get_portal_url(),
        at=at,
    )


def dismissed(case: Case, *, at: datetime) -> None:
    if case.noticed_on:
        tell(
            institution_users(case),
            key=f"case.{case.pk}.dismissed",
            subject=reason(_("Case dismissed: %(number)s"), number=case.number),
            url=case.get_portal_url(),
            at=at,
        )


def report_sent(report: AdministrationReport, *, at: datetime) -> None:
    tell(
        holders(Role.SUPERVISOR),
        key=f"case.{report.case_id}.report",
        subject=reason(_("Report of a grave measure: %(number)s"), number=report.case.number),
        url=report.case.get_absolute_url(),
        at=at,
    )


def returned(case: Case, *, review: int, at: datetime) -> None:
    tell(
        case_officers(case),
        key=f"case.{case.pk}.returned.{review}",
        subject=reason(_("Returned for supplement: %(number)s"), number=case.number),
        url=case.get_absolute_url(),
        at=at,
    )


def supplemented(case: Case, *, at: datetime) -> None:
    tell(
        holders(Role.SUPERVISOR),
        key=f"case.{case.pk}.supplemented.{at:%Y%m%d%H%M%S}",
        subject=reason(_("Case supplemented: %(number)s"), number=case.number),
        url=case.get_absolute_url(),
        at=at,
    )


def report_overdue(report: AdministrationReport, *, at: datetime) -> None:
    tell(
        holders(Role.AUDIT_OFFICER, Role.AGENCY_HEAD),
        key=f"case.{report.case_id}.report.overdue",
        subject=reason(_("Report overdue: %(number)s"), number=report.case.number),
        body=reason(_("It was due on %(day)s."), day=report.due_on),
        url=report.case.get_absolute_url(),
        at=at,
    )


def supplement_overdue(case: Case, *, at: datetime) -> None:
    tell(
        [*case_officers(case), *holders(Role.AGENCY_HEAD)],
        key=f"case.{case.pk}.supplement.overdue.{case.supplement_due_on}",
        subject=reason(_("Supplement overdue: %(number)s"), number=case.number),
        body=reason(_("It was due on %(day)s."), day=case.supplement_due_on),
        url=case.get_absolute_url(),
        at=at,
    )
