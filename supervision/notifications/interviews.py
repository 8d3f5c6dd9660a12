"""Who is told what about interviews; decides nothing."""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.reasons import reason
from agency.services.notices import tell
from agency.topics import Topic, topic
from institutions.notifications.members import members_of
from supervision.models import Interview, InterviewCommitment
from supervision.notifications.cases import case_officers

INTERVIEWS = topic(Topic("interviews", _("Interviews"), prefixes=("interview.",), mandatory=True))


def to_call(interview: Interview, *, at: datetime) -> None:
    tell(
        case_officers(interview.case),
        key=f"interview.{interview.pk}.to_call",
        subject=reason(_("Interview to be called: %(case)s"), case=interview.case.number),
        url=interview.get_absolute_url(),
        at=at,
    )


def called(interview: Interview, *, at: datetime) -> None:
    tell(
        members_of(interview.case.institution_id),
        key=f"interview.{interview.pk}.called",
        subject=reason(_("Called to an interview: %(case)s"), case=interview.case.number),
        body=reason(
            _("%(time)s, %(place)s."),
            time=f"{timezone.localtime(interview.meets_at):%Y-%m-%d %H:%M}",
            place=interview.place,
        ),
        url=interview.get_portal_url(),
        at=at,
    )


def recorded(interview: Interview, *, at: datetime) -> None:
    tell(
        members_of(interview.case.institution_id),
        key=f"interview.{interview.pk}.recorded",
        subject=reason(_("Record of the interview: %(case)s"), case=interview.case.number),
        url=interview.get_portal_url(),
        at=at,
    )


def missed(interview: Interview, *, last: bool, at: datetime) -> None:
    words = (
        _("Nobody appeared, for the last time: %(case)s")
        if last
        else _("Nobody appeared at the interview: %(case)s")
    )
    subject = reason(words, case=interview.case.number)
    key = f"interview.{interview.pk}.missed"
    tell(
        members_of(interview.case.institution_id),
        key=key,
        subject=subject,
        body=interview.absence,
        url=interview.get_portal_url(),
        at=at,
    )
    if last:
        tell(
            case_officers(interview.case),
            key=key,
            subject=subject,
            body=interview.absence,
            url=interview.get_absolute_url(),
            at=at,
        )


def commitment_overdue(commitment: InterviewCommitment, *, at: datetime) -> None:
    interview = commitment.record.interview
    key = f"interview.{interview.pk}.commitment.{commitment.pk}"
    subject = reason(_("Commitment overdue: %(case)s"), case=interview.case.number)
    body = reason(_("%(text)s (until %(day)s)"), text=commitment.text, day=commitment.due_on)
    tell(
        case_officers(interview.case),
        key=key,
        subject=subject,
        body=body,
        url=interview.get_absolute_url(),
        at=at,
    )
    tell(
        members_of(interview.case.institution_id),
        key=key,
        subject=subject,
        body=body,
        url=interview.get_portal_url(),
        at=at,
    )
