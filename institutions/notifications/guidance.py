"""Who is told what of procedures, trainings and inquiries. Decides nothing."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.models import User
from agency.services.notices import holders, tell
from agency.topics import Topic, topic
from institutions.models import (
    FrequentQuestion,
    Inquiry,
    ProcedureVersion,
    TrainingAttendance,
    TrainingEvent,
)
from institutions.notifications.members import members_of

GUIDANCE = topic(
    Topic(
        "guidance",
        _("Procedures, trainings and inquiries"),
        prefixes=("procedure.", "training.", "inquiry.", "faq."),
    )
)
ANSWERERS = (Role.INTAKE_CLERK,)


def _others(*roles: Role, but: User) -> list[User]:
    return [each for each in holders(*roles) if each.pk != but.pk]


def version_drafted(version: ProcedureVersion, *, by: User, at: datetime) -> None:
    """Tell those who may publish the draft; whoever wrote it may not."""
    tell(
        _others(Role.AGREEMENT_OFFICER, Role.AGENCY_HEAD, but=by),
        key=f"procedure.drafted:{version.pk}:{at:%Y%m%d%H%M%S}",
        subject=format_lazy(
            _("A version of “{title}” waits to be published."), title=version.procedure.title
        ),
        body=format_lazy(_("To take effect on {day}."), day=version.effective_from),
        at=at,
        url=version.get_absolute_url(),
    )


def version_published(version: ProcedureVersion, *, at: datetime) -> None:
    tell(
        [version.drafted_by],
        key=f"procedure.published:{version.pk}",
        subject=format_lazy(
            _("Version {number} of “{title}” has been published."),
            number=version.number,
            title=version.procedure.title,
        ),
        at=at,
        url=version.get_absolute_url(),
    )


def training_announced(event: TrainingEvent, members: Iterable[User], *, at: datetime) -> None:
    """Tell the accounts of the institutions that have been invited."""
    tell(
        members,
        key=f"training.invited:{event.pk}",
        subject=format_lazy(_("Training on {day}: {title}."), day=event.held_on, title=event.title),
        body=format_lazy("{mode} {place}", mode=event.get_mode_display(), place=event.place),
        at=at,
        url=event.get_portal_url(),
    )


def training_cancelled(event: TrainingEvent, members: Iterable[User], *, at: datetime) -> None:
    tell(
        members,
        key=f"training.cancelled:{event.pk}",
        subject=format_lazy(
            _("The training of {day} is cancelled: {title}."),
            day=event.held_on,
            title=event.title,
        ),
        at=at,
        url=event.get_portal_url(),
    )


def attendance_confirmed(attendance: TrainingAttendance, *, at: datetime) -> None:
    tell(
        [attendance.event.created_by],
        key=f"training.confirmed:{attendance.pk}",
        subject=format_lazy(
            _("{institution} has confirmed its attendance: {title}."),
            institution=attendance.institution.name,
            title=attendance.event.title,
        ),
        at=at,
        url=attendance.event.get_absolute_url(),
    )


def training_gaps(count: int, year: int, *, url: str, at: datetime) -> None:
    """Tell the agreement officers of the yearly list."""
    tell(
        holders(Role.AGREEMENT_OFFICER),
        key=f"training.gaps:{year}",
        subject=format_lazy(
            _("{count} institutions have no training on record for {year}."),
            count=count,
            year=year,
        ),
        body=_("The list stands in the reports."),
        at=at,
        url=url,
    )


def inquiry_filed(inquiry: Inquiry, *, at: datetime) -> None:
    tell(
        holders(*ANSWERERS),
        key=f"inquiry.filed:{inquiry.number}",
        subject=format_lazy(
            _("Inquiry {number}: {subject}"), number=inquiry.number, subject=inquiry.subject
        ),
        body=format_lazy(_("To be answered by {day}."), day=inquiry.answer_due_on),
        at=at,
        url=inquiry.get_absolute_url(),
    )


def _askers(inquiry: Inquiry) -> list[User]:
    return members_of(inquiry.institution_id) if inquiry.institution_id else []


def asked_back(inquiry: Inquiry, text: str, *, at: datetime) -> None:
    tell(
        _askers(inquiry),
        key=f"inquiry.asked_back:{inquiry.number}:{at:%Y%m%d%H%M%S}",
        subject=format_lazy(
            _("The agency asks something back about inquiry {number}."), number=inquiry.number
        ),
        body=format_lazy(_("{text} Reply by {day}."), text=text, day=inquiry.reply_due_on),
        at=at,
        url=inquiry.get_portal_url(),
    )


def replied(inquiry: Inquiry, *, at: datetime) -> None:
    tell(
        holders(*ANSWERERS),
        key=f"inquiry.replied:{inquiry.number}:{at:%Y%m%d%H%M%S}",
        subject=format_lazy(_("A reply has come to inquiry {number}."), number=inquiry.number),
        body=format_lazy(_("To be answered by {day}."), day=inquiry.answer_due_on),
        at=at,
        url=inquiry.get_absolute_url(),
    )


def answered(inquiry: Inquiry, *, at: datetime) -> None:
    tell(
        _askers(inquiry),
        key=f"inquiry.answered:{inquiry.number}",
        subject=format_lazy(_("Inquiry {number} has been answered."), number=inquiry.number),
        at=at,
        url=inquiry.get_portal_url(),
    )


def closed(inquiry: Inquiry, reason: str, *, at: datetime) -> None:
    tell(
        _askers(inquiry),
        key=f"inquiry.closed:{inquiry.number}",
        subject=format_lazy(
            _("Inquiry {number} has been closed without an answer."), number=inquiry.number
        ),
        body=reason,
        at=at,
        url=inquiry.get_portal_url(),
    )


def withdrawn(inquiry: Inquiry, *, at: datetime) -> None:
    tell(
        holders(*ANSWERERS),
        key=f"inquiry.withdrawn:{inquiry.number}",
        subject=format_lazy(_("Inquiry {number} has been withdrawn."), number=inquiry.number),
        at=at,
        url=inquiry.get_absolute_url(),
    )


def faq_drafted(faq: FrequentQuestion, *, by: User, at: datetime) -> None:
    tell(
        _others(Role.INTAKE_CLERK, Role.AGREEMENT_OFFICER, but=by),
        key=f"faq.drafted:{faq.pk}",
        subject=_("An answer for everybody waits to be read and published."),
        body=faq.question,
        at=at,
        url=faq.get_absolute_url(),
    )
