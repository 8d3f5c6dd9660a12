"""Who is told how a negotiation ended. Decides nothing."""

from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.services.notices import holders, tell
from agreements.models import Agreement
from institutions.models import DesignationApplication
from institutions.notifications.members import members_of


def no_agreement(application: DesignationApplication, *, reason: str, at: datetime) -> None:
    """Tell both sides."""
    subject = format_lazy(
        _("No agreement was reached on application {number}."), number=application.number or ""
    )
    key = f"negotiation.ended:{application.number}"
    tell(
        members_of(application.institution_id),
        key=key,
        subject=subject,
        body=reason,
        at=at,
        url=application.get_portal_url(),
    )
    tell(
        holders(Role.AGREEMENT_OFFICER),
        key=key,
        subject=subject,
        body=reason,
        at=at,
        url=application.get_absolute_url(),
    )


def attached(application: DesignationApplication, parent: Agreement, *, at: datetime) -> None:
    subject = format_lazy(
        _("Application {number} is concluded under agreement {agreement}."),
        number=application.number or "",
        agreement=parent.number or "",
    )
    key = f"negotiation.attached:{application.number}"
    tell(
        members_of(application.institution_id),
        key=key,
        subject=subject,
        at=at,
        url=application.get_portal_url(),
    )
    tell(
        members_of(parent.institution_id),
        key=key,
        subject=subject,
        at=at,
        url=parent.get_portal_url(),
    )
