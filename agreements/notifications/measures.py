"""Who is told what about obligations and blocks. Decides nothing."""

from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.reasons import reason
from agency.services.notices import holders, tell
from agency.topics import Topic, topic
from agreements.enums.measures import Direction
from agreements.models import Obligation, ObligationEntry, ServiceBlock
from institutions.notifications.members import members_of

MEASURES = topic(Topic("measures", _("Obligations and blocks"), prefixes=("obligation.", "block.")))


def payment_due(obligation: Obligation, *, at: datetime) -> None:
    """The period to pay has begun to run."""
    tell(
        members_of(obligation.institution_id),
        key=f"obligation.{obligation.pk}.due",
        subject=reason(_("To be paid: %(number)s"), number=obligation.number),
        body=reason(_("Pay or have it netted until %(day)s."), day=obligation.due_on),
        url=obligation.get_portal_url(),
        at=at,
    )


def restored(obligation: Obligation, *, at: datetime) -> None:
    """The institution gets back what it had paid; the agency must pay it."""
    subject = reason(_("To be paid back: %(number)s"), number=obligation.number)
    key = f"obligation.{obligation.pk}.restored"
    tell(
        members_of(obligation.institution_id),
        key=key,
        subject=subject,
        url=obligation.get_portal_url(),
        at=at,
    )
    tell(
        holders(Role.SETTLEMENT_OFFICER, Role.PAYMENT_OFFICER),
        key=key,
        subject=subject,
        body=reason(_("Due on %(day)s."), day=obligation.due_on),
        url=obligation.get_absolute_url(),
        at=at,
    )


def entered(obligation: Obligation, entry: ObligationEntry, *, at: datetime) -> None:
    tell(
        members_of(obligation.institution_id),
        key=f"obligation.{obligation.pk}.entry.{entry.pk}",
        subject=reason(_("Entered: %(number)s"), number=obligation.number),
        body=reason(
            _("%(kind)s: %(amount)s yuan."),
            kind=entry.get_kind_display(),
            amount=f"{entry.amount:,.2f}",
        ),
        url=obligation.get_portal_url(),
        at=at,
    )


def withdrawn(obligation: Obligation, *, why: str, at: datetime) -> None:
    key = f"obligation.{obligation.pk}.withdrawn"
    subject = reason(_("Withdrawn: %(number)s"), number=obligation.number)
    tell(
        members_of(obligation.institution_id),
        key=key,
        subject=subject,
        body=why,
        url=obligation.get_portal_url(),
        at=at,
    )
    tell(
        holders(Role.SETTLEMENT_OFFICER),
        key=key,
        subject=subject,
        body=why,
        url=obligation.get_absolute_url(),
        at=at,
    )


def overdue(obligation: Obligation, *, at: datetime) -> None:
    key = f"obligation.{obligation.pk}.overdue"
    subject = reason(_("Payment overdue: %(number)s"), number=obligation.number)
    body = reason(_("It was due on %(day)s."), day=obligation.due_on)
    ours = obligation.direction == Direction.TO_INSTITUTION
    officers = (
        holders(Role.PAYMENT_OFFICER, Role.AGENCY_HEAD) if ours else holders(Role.AUDIT_OFFICER)
    )
    tell(officers, key=key, subject=subject, body=body, url=obligation.get_absolute_url(), at=at)
    tell(
        members_of(obligation.institution_id),
        key=key,
        subject=subject,
        body=body,
        url=obligation.get_portal_url(),
        at=at,
    )


def block_told(block: ServiceBlock, *, at: datetime) -> None:
    """The institution learns of a block when its letter is served."""
    tell(
        members_of(block.institution_id),
        key=f"block.{block.pk}.begun",
        subject=reason(_("Settlement stopped: %(whom)s"), whom=str(block.whom)),
        body=reason(_("From %(day)s; emergency and rescue excepted."), day=block.first_day),
        url=block.get_portal_url(),
        at=at,
    )


def block_ended(block: ServiceBlock, *, at: datetime) -> None:
    tell(
        members_of(block.institution_id),
        key=f"block.{block.pk}.ended.{block.last_day}",
        subject=reason(_("Block ends early: %(whom)s"), whom=str(block.whom)),
        body=reason(_("The last day is %(day)s."), day=block.last_day),
        url=block.get_portal_url(),
        at=at,
    )


def block_annulled(block: ServiceBlock, *, on: date, at: datetime) -> None:
    key = f"block.{block.pk}.annulled"
    subject = reason(_("Block annulled: %(whom)s"), whom=str(block.whom))
    body = reason(
        _("Annulled on %(day)s with effect from its beginning: %(first)s."),
        day=on,
        first=block.first_day,
    )
    tell(
        members_of(block.institution_id),
        key=key,
        subject=subject,
        body=body,
        url=block.get_portal_url(),
        at=at,
    )
    tell(
        holders(Role.CLAIM_REVIEWER),
        key=key,
        subject=subject,
        body=body,
        url=block.get_absolute_url(),
        at=at,
    )
