"""Who is told what about filings of results, public notices and objections. Decides nothing."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.services.notices import holders, tell
from agency.topics import Topic, topic
from institutions.enums.notices import ObjectionState
from institutions.models import (
    DesignationApplication,
    Objection,
    PublicNotice,
    ResultFiling,
)
from institutions.notifications.members import members_of

NOTICES = topic(
    Topic(
        "notices",
        _("Public notices and objections"),
        prefixes=("result_filing.", "public_notice.", "objection.", "negotiation."),
    )
)

_DECISIONS = {
    ObjectionState.UPHELD: _("The objection {number} has been upheld."),
    ObjectionState.REJECTED: _("The objection {number} has been rejected."),
    ObjectionState.INADMISSIBLE: _("The objection {number} is inadmissible."),
}


def results_filed(filing: ResultFiling, *, count: int, at: datetime) -> None:
    """Tell the administration."""
    tell(
        holders(Role.SUPERVISOR),
        key=f"result_filing.filed:{filing.pk}",
        subject=format_lazy(
            _("Assessment results filed for record: {number}."), number=filing.number
        ),
        body=format_lazy(_("Results in the filing: {count}."), count=count),
        at=at,
        url=filing.get_absolute_url(),
    )


def filing_acknowledged(filing: ResultFiling, *, at: datetime) -> None:
    tell(
        holders(Role.AGREEMENT_OFFICER),
        key=f"result_filing.acknowledged:{filing.pk}",
        subject=format_lazy(
            _("The administration has acknowledged filing {number}."), number=filing.number
        ),
        body=filing.remark,
        at=at,
        url=filing.get_absolute_url(),
    )


def notice_posted(
    notice: PublicNotice, applications: Iterable[DesignationApplication], *, at: datetime
) -> None:
    """Tell each applicant that it stands in a public notice, and until when."""
    for each in applications:
        tell(
            members_of(each.institution_id),
            key=f"public_notice.posted:{notice.pk}:{each.pk}",
            subject=format_lazy(
                _("Application {number} is in public notice {notice}."),
                number=each.number or "",
                notice=notice.number,
            ),
            body=format_lazy(_("Anybody may object until the end of {day}."), day=notice.ends_on),
            at=at,
            url=each.get_portal_url(),
        )


def objection_received(objection: Objection, *, at: datetime) -> None:
    """Tell who decides, and the applicant, who may comment."""
    application = objection.entry.application
    subject = format_lazy(
        _("An objection to {institution} was received: {number}."),
        institution=objection.entry.name,
        number=objection.number,
    )
    tell(
        holders(Role.AGENCY_HEAD, Role.AGREEMENT_OFFICER),
        key=f"objection.received:{objection.number}",
        subject=subject,
        body=format_lazy(_("To be decided by {day}."), day=objection.decision_due_on),
        at=at,
        url=objection.get_absolute_url(),
    )
    tell(
        members_of(application.institution_id),
        key=f"objection.received:{objection.number}",
        subject=subject,
        body=_("You may comment on it until it is decided."),
        at=at,
        url=objection.get_portal_url(),
    )


def objection_commented(objection: Objection, *, at: datetime) -> None:
    tell(
        holders(Role.AGENCY_HEAD),
        key=f"objection.commented:{objection.number}",
        subject=format_lazy(
            _("{institution} has commented on objection {number}."),
            institution=objection.entry.name,
            number=objection.number,
        ),
        at=at,
        url=objection.get_absolute_url(),
    )


def objection_decided(objection: Objection, *, at: datetime) -> None:
    subject = format_lazy(_DECISIONS[ObjectionState(objection.state)], number=objection.number)
    tell(
        members_of(objection.entry.application.institution_id),
        key=f"objection.decided:{objection.number}",
        subject=subject,
        body=objection.decision_reason,
        at=at,
        url=objection.get_portal_url(),
    )
    tell(
        holders(Role.AGREEMENT_OFFICER),
        key=f"objection.decided:{objection.number}",
        subject=subject,
        body=objection.decision_reason,
        at=at,
        url=objection.get_absolute_url(),
    )


def negotiation_opened(application: DesignationApplication, *, at: datetime) -> None:
    """Tell both sides that the agreement can be negotiated."""
    subject = format_lazy(
        _("The public notice of application {number} is over: the agreement is negotiated."),
        number=application.number or "",
    )
    key = f"negotiation.opened:{application.pk}:{at:%Y%m%d}"
    tell(
        members_of(application.institution_id),
        key=key,
        subject=subject,
        at=at,
        url=application.get_portal_url(),
    )
    tell(
        holders(Role.AGREEMENT_OFFICER),
        key=key,
        subject=subject,
        at=at,
        url=application.get_absolute_url(),
    )
