"""Who is told what about cascades, the dissolved list, inpatients and annulments."""

from collections.abc import Iterable
from datetime import datetime

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.models import User
from agency.services.notices import holders, tell
from agency.topics import Topic, topic
from agreements.enums.cascade import CascadeKind, CascadeState
from agreements.models import Agreement, CascadeReceipt, DissolvedEntry, InpatientWarning
from institutions.notifications.members import members_of

CASCADES = topic(
    Topic(
        "cascades",
        _("Cascades, dissolved agreements, inpatients"),
        prefixes=("cascade.", "dissolved.", "inpatients.", "annulment."),
    )
)

_SUBJECTS = {
    CascadeKind.SUSPEND: _("{institution}: suspended with {home} from {on}, {number}."),
    CascadeKind.DISSOLVE: _("{institution}: dissolved with {home} from {on}, {number}."),
    CascadeKind.PROPOSAL: _("{institution}: {home} resumed on {on}; consider it, {number}."),
}
_ANSWERS = {
    CascadeState.ACKNOWLEDGED: _("{region} has acknowledged {number}."),
    CascadeState.ACCEPTED: _("{region} resumes its agreement as proposed, {number}."),
    CascadeState.DECLINED: _("{region} does not resume its agreement, {number}."),
}


def of_region(region_id: str, users: Iterable[User]) -> list[User]:
    """Leave the people of a region's agency, and those of no region."""
    return [each for each in users if each.region_id in (None, region_id)]


def delivered(receipt: CascadeReceipt, officers: Iterable[User], *, at: datetime) -> None:
    tell(
        of_region(receipt.region_id, officers),
        key=f"cascade.delivered:{receipt.number}",
        subject=format_lazy(
            _SUBJECTS[CascadeKind(receipt.kind)],
            institution=receipt.agreement.institution.name,
            home=receipt.home.region.name,
            on=receipt.effective_on,
            number=receipt.number,
        ),
        body=format_lazy(
            _("{outcome}. To be answered by {day}. {reason}"),
            outcome=receipt.get_outcome_display(),
            day=receipt.due_on,
            reason=receipt.reason,
        ),
        at=at,
        url=receipt.get_absolute_url(),
    )


def answered(receipt: CascadeReceipt, *, at: datetime) -> None:
    """Tell the home region's officers."""
    tell(
        of_region(receipt.home.region_id, holders(Role.AGREEMENT_OFFICER)),
        key=f"cascade.{receipt.state}:{receipt.number}",
        subject=format_lazy(
            _ANSWERS[CascadeState(receipt.state)],
            region=receipt.region.name,
            number=receipt.number,
        ),
        body=receipt.answer,
        at=at,
        url=receipt.get_absolute_url(),
    )


def undone(receipt: CascadeReceipt, *, at: datetime) -> None:
    tell(
        of_region(receipt.region_id, holders(Role.AGREEMENT_OFFICER)),
        key=f"cascade.undone:{receipt.number}",
        subject=format_lazy(
            _("{number} is undone: the decision of {home} was annulled."),
            number=receipt.number,
            home=receipt.home.region.name,
        ),
        at=at,
        url=receipt.get_absolute_url(),
    )


def to_be_published(entry: DissolvedEntry, *, at: datetime) -> None:
    tell(
        of_region(entry.region_id, holders(Role.AGREEMENT_OFFICER)),
        key=f"dissolved.due:{entry.pk}",
        subject=format_lazy(
            _("The dissolution of {name} is to be published by {day}."),
            name=entry.name,
            day=entry.publish_due_on,
        ),
        at=at,
        url=entry.get_absolute_url(),
    )


def to_be_withdrawn(entry: DissolvedEntry, *, at: datetime) -> None:
    tell(
        of_region(entry.region_id, holders(Role.AGREEMENT_OFFICER)),
        key=f"dissolved.annulled:{entry.pk}",
        subject=format_lazy(
            _("The dissolution of {name} was annulled: withdraw its entry by {day}."),
            name=entry.name,
            day=entry.withdraw_due_on,
        ),
        at=at,
        url=entry.get_absolute_url(),
    )


def entry_published(entry: DissolvedEntry, *, at: datetime) -> None:
    tell(
        members_of(entry.agreement.institution_id),
        key=f"dissolved.published:{entry.pk}",
        subject=format_lazy(
            _("The dissolution of agreement {number} has been published."),
            number=entry.agreement.number or "",
        ),
        at=at,
        url=entry.agreement.get_portal_url(),
    )


def entry_withdrawn(entry: DissolvedEntry, *, at: datetime) -> None:
    tell(
        members_of(entry.agreement.institution_id),
        key=f"dissolved.withdrawn:{entry.pk}",
        subject=format_lazy(
            _("The entry of agreement {number} in the list of dissolved ones is withdrawn."),
            number=entry.agreement.number or "",
        ),
        body=entry.explanation,
        at=at,
        url=entry.agreement.get_portal_url(),
    )


def inpatients_asked(warning: InpatientWarning, *, at: datetime) -> None:
    tell(
        members_of(warning.agreement.institution_id),
        key=f"inpatients.asked:{warning.pk}",
        subject=format_lazy(
            _("Warn your inpatients: nothing from {on} is settled under agreement {number}."),
            on=warning.boundary_on,
            number=warning.agreement.number or "",
        ),
        body=format_lazy(
            _("Say by {day} how many stay over that day and when they were told."),
            day=warning.due_on,
        ),
        at=at,
        url=warning.get_portal_url(),
    )


def inpatients_answered(warning: InpatientWarning, *, at: datetime) -> None:
    agreement = warning.agreement
    tell(
        of_region(agreement.region_id, holders(Role.AGREEMENT_OFFICER)),
        key=f"inpatients.answered:{warning.pk}",
        subject=format_lazy(
            _("{institution}: {count} inpatients over {on}, agreement {number}."),
            institution=agreement.institution.name,
            count=warning.inpatients or 0,
            on=warning.boundary_on,
            number=agreement.number or "",
        ),
        body=warning.note,
        at=at,
        url=warning.get_absolute_url(),
    )


def annulled(agreement: Agreement, what: str, *, reason: str, at: datetime) -> None:
    """Tell the institution, the administration and the region's officers. `what` is the act."""
    subject = (
        _("The dissolution of agreement {number} is annulled.")
        if what == "annul_dissolution"
        else _("A suspension of agreement {number} is annulled.")
    )
    text = format_lazy(subject, number=agreement.number or "")
    key = f"annulment.{what}:{agreement.pk}:{at:%Y%m%d%H%M%S}"
    tell(
        members_of(agreement.institution_id),
        key=key,
        subject=text,
        body=reason,
        at=at,
        url=agreement.get_portal_url(),
    )
    tell(
        [
            *holders(Role.SUPERVISOR),
            *of_region(agreement.region_id, holders(Role.AGREEMENT_OFFICER)),
        ],
        key=key,
        subject=text,
        body=reason,
        at=at,
        url=agreement.get_absolute_url(),
    )
