"""Who is told what about assessments. Decides nothing, and never says what an opinion holds."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.models import User
from agency.services.notices import holders, tell
from agency.topics import Topic, topic
from institutions.enums.assessment import RecusalState, Verdict
from institutions.models import (
    Assessment,
    AssessmentDelay,
    AssessmentMember,
    DesignationApplication,
    RecusalRequest,
)
from institutions.notifications.members import members_of

ASSESSMENTS = topic(Topic("assessments", _("Assessments"), prefixes=("assessment.",)))

_RESULTS = {
    Verdict.QUALIFIED: _("Assessment {number}: qualified."),
    Verdict.NOT_QUALIFIED: _("Assessment {number}: not qualified."),
}
_ANSWERS = {
    RecusalState.GRANTED: _("Your objection to an expert ({number}) has been granted."),
    RecusalState.REFUSED: _("Your objection to an expert ({number}) has been refused."),
}


def assessment_opened(assessment: Assessment, *, at: datetime) -> None:
    tell(
        members_of(assessment.institution_id),
        key=f"assessment.opened:{assessment.number}",
        subject=format_lazy(_("Assessment {number} has been opened."), number=assessment.number),
        body=_("You may object to an expert before the work begins."),
        at=at,
        url=assessment.get_portal_url(),
    )


def experts_drawn(
    assessment: Assessment, members: Iterable[AssessmentMember], *, at: datetime
) -> None:
    """Tell each expert that they were drawn, and to say so if they are not free to judge."""
    for member in members:
        account = member.expert.account
        if account is not None:
            tell(
                [account],
                key=f"assessment.drawn:{assessment.number}:{member.pk}",
                subject=format_lazy(
                    _("You have been drawn for assessment {number}: {institution}."),
                    number=assessment.number,
                    institution=assessment.institution.name,
                ),
                body=_("If anything ties you to the institution, tell the agency at once."),
                at=at,
                url=assessment.get_room_url(),
            )


def member_excused(assessment: Assessment, member: AssessmentMember, *, at: datetime) -> None:
    if member.expert.account is not None:
        tell(
            [member.expert.account],
            key=f"assessment.excused:{assessment.number}:{member.pk}",
            subject=format_lazy(
                _("You have been excused from assessment {number}."), number=assessment.number
            ),
            at=at,
        )


def work_begun(assessment: Assessment, *, at: datetime) -> None:
    tell(
        _experts(assessment),
        key=f"assessment.begun:{assessment.number}",
        subject=format_lazy(
            _("Assessment {number} has begun: write and sign your opinion."),
            number=assessment.number,
        ),
        body=_("Nobody sees it before the whole group has signed."),
        at=at,
        url=assessment.get_room_url(),
    )
    tell(
        members_of(assessment.institution_id),
        key=f"assessment.begun:{assessment.number}",
        subject=format_lazy(_("Assessment {number} has begun."), number=assessment.number),
        at=at,
        url=assessment.get_portal_url(),
    )


def opinions_complete(assessment: Assessment, *, at: datetime) -> None:
    tell(
        [*holders(Role.AGENCY_HEAD), assessment.opened_by],
        key=f"assessment.complete:{assessment.number}",
        subject=format_lazy(
            _("Assessment {number} of {institution}: the result is to be decided."),
            number=assessment.number,
            institution=assessment.institution.name,
        ),
        at=at,
        url=assessment.get_absolute_url(),
    )


def broken_off(assessment: Assessment, *, reason: str, at: datetime) -> None:
    subject = format_lazy(_("Assessment {number} has been broken off."), number=assessment.number)
    key = f"assessment.broken_off:{assessment.number}"
    tell(_experts(assessment), key=key, subject=subject, at=at)
    members = members_of(assessment.institution_id)
    tell(members, key=key, subject=subject, body=reason, at=at, url=assessment.get_portal_url())


def result_decided(assessment: Assessment, *, at: datetime) -> None:
    """Tell the institution and the organiser."""
    subject = format_lazy(_RESULTS[Verdict(assessment.result)], number=assessment.number)
    key = f"assessment.decided:{assessment.number}"
    tell(
        members_of(assessment.institution_id),
        key=key,
        subject=subject,
        body=assessment.reasons,
        at=at,
        url=assessment.get_portal_url(),
    )
    url = assessment.get_absolute_url()
    tell([assessment.opened_by], key=key, subject=subject, at=at, url=url)


def waiting_begun(
    assessment: Assessment, application: DesignationApplication, *, at: datetime
) -> None:
    """Tell the institution from when it may be assessed again, or through when it may not apply."""
    if application.banned_through:
        body = format_lazy(_("No application through {day}."), day=application.banned_through)
    else:
        body = format_lazy(_("Assessed again from {day} on."), day=application.reassess_from)
    tell(
        members_of(assessment.institution_id),
        key=f"assessment.waiting:{assessment.number}",
        subject=format_lazy(
            _("Assessment {number}: what follows from the result."), number=assessment.number
        ),
        body=body,
        at=at,
        url=assessment.get_portal_url(),
    )


def reassessment_asked(application: DesignationApplication, *, at: datetime) -> None:
    tell(
        holders(Role.AGREEMENT_OFFICER),
        key=f"assessment.asked_again:{application.number}",
        subject=format_lazy(
            _("{institution} asks to be assessed again ({number})."),
            institution=application.institution.name,
            number=application.number,
        ),
        body=format_lazy(_("To be assessed by {day}."), day=application.assessment_due_on),
        at=at,
        url=application.get_absolute_url(),
    )


def expert_objected_to(request: RecusalRequest, *, at: datetime) -> None:
    assessment = request.assessment
    tell(
        [assessment.opened_by, *holders(Role.AGREEMENT_OFFICER)],
        key=f"assessment.objection:{request.pk}",
        subject=format_lazy(
            _("Assessment {number}: the institution objects to an expert."),
            number=assessment.number,
        ),
        body=_("Decide it before the work begins."),
        at=at,
        url=assessment.get_absolute_url(),
    )


def objection_decided(request: RecusalRequest, *, at: datetime) -> None:
    tell(
        members_of(request.assessment.institution_id),
        key=f"assessment.objection_decided:{request.pk}",
        subject=format_lazy(
            _ANSWERS[RecusalState(request.state)], number=request.assessment.number
        ),
        body=request.decision_reason,
        at=at,
        url=request.get_portal_url(),
    )


def assessment_overdue(delay: AssessmentDelay, *, at: datetime) -> None:
    """The alarm of a missed deadline: to the head, who answers for it, and the organisers."""
    application = delay.application
    tell(
        holders(Role.AGENCY_HEAD, Role.AGREEMENT_OFFICER),
        key=f"assessment.overdue:{application.number}:{delay.due_on}",
        subject=format_lazy(
            _("Application {number} has not been assessed in time."), number=application.number
        ),
        body=format_lazy(
            _("{institution}: due on {day}. It is entered in the list the administration sees."),
            institution=application.institution.name,
            day=delay.due_on,
        ),
        at=at,
        url=application.get_absolute_url(),
    )


def _experts(assessment: Assessment) -> list[User]:
    members = assessment.members.active().select_related("expert__account")
    return [each.expert.account for each in members if each.expert.account is not None]
