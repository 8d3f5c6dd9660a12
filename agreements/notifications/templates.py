"""Who is told about texts of agreements and consultations on them. Decides nothing."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.models import User
from agency.services.notices import Message, holders, tell, tell_each
from agency.topics import Topic, topic
from agreements.models import Consultation, ConsultationComment, TemplateVersion
from institutions.notifications.members import members_of

TEXTS = topic(
    Topic("agreement_texts", _("Texts of agreements"), prefixes=("text.", "consultation."))
)


def parties_of(consultation: Consultation) -> Iterable[User]:
    """The active accounts of all institutions asked. One query."""
    return User.objects.filter(
        is_active=True, membership__institution__consultation_parts__consultation=consultation
    ).order_by("pk")


def consultation_opened(consultation: Consultation, *, at: datetime) -> None:
    with translation.override("zh-hans"):
        subject = now("You are asked about “%(title)s” until %(day)s.") % {
            "title": consultation.version.title,
            "day": consultation.comments_due_on,
        }
        body = consultation.explanation or now(
            "Say clause by clause what you think of it, or that you have no objection."
        )
    _tell_parties(consultation, "opened", subject, body, at=at)
    tell(
        holders(Role.AGENCY_HEAD),
        key=f"consultation.opened:{consultation.pk}",
        subject=subject,
        at=at,
        url=consultation.get_absolute_url(),
    )


def consultation_closed(consultation: Consultation, *, unanswered: int, at: datetime) -> None:
    tell(
        holders(Role.AGREEMENT_OFFICER),
        key=f"consultation.closed:{consultation.pk}",
        subject=format_lazy(
            _("The consultation on “{title}” is closed; comments to answer: {count}."),
            title=consultation.version.title,
            count=unanswered,
        ),
        at=at,
        url=consultation.get_absolute_url(),
    )


def consultation_withdrawn(consultation: Consultation, *, reason: str, at: datetime) -> None:
    with translation.override("zh-hans"):
        subject = now("The consultation on “%(title)s” was ended: the text goes back to draft.") % {
            "title": consultation.version.title
        }
    _tell_parties(consultation, "withdrawn", subject, reason, at=at)


def comment_answered(comment: ConsultationComment, *, at: datetime) -> None:
    tell(
        members_of(comment.institution_id),
        key=f"consultation.answered:{comment.pk}:{at:%Y%m%d%H%M%S}",
        subject=format_lazy(
            _("Your comment on “{title}” was answered: {outcome}."),
            title=comment.consultation.version.title,
            outcome=comment.get_outcome_display(),
        ),
        body=comment.answer,
        at=at,
        url=comment.consultation.get_portal_url(),
    )


def version_published(
    version: TemplateVersion, consultation: Consultation | None, *, at: datetime
) -> None:
    with translation.override("zh-hans"):
        subject = now("“%(title)s”, version %(number)d, is published; effective from %(day)s.") % {
            "title": version.title,
            "number": version.number,
            "day": version.effective_from,
        }
    if consultation:
        _tell_parties(consultation, "published", subject, "", at=at)
    tell(
        holders(Role.AGREEMENT_OFFICER, Role.SUPERVISOR),
        key=f"text.published:{version.pk}",
        subject=subject,
        at=at,
        url=version.get_absolute_url(),
    )


def _tell_parties(
    consultation: Consultation, what: str, subject: str, body: str, *, at: datetime
) -> None:
    key, url = f"consultation.{what}:{consultation.pk}", consultation.get_portal_url()
    tell_each([Message(each, key, subject, body, url) for each in parties_of(consultation)], at=at)
