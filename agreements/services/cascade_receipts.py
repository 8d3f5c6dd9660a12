"""The receipts of a cascade: what another region's agency is told, with its letter (B-17)."""

from datetime import date, datetime

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.enums import Actor, Role
from agency.letter_kinds import CHINESE, Value
from agency.models import OfficialLetter, Region, User
from agency.services.calendar import office
from agency.services.letters import issue_letter
from agency.services.letters.heads import head_in_force
from agency.services.notices import holders
from agency.services.numbers import next_number
from agency.workdays import Unit
from agreements.enums.cascade import CascadeKind
from agreements.models import (
    Agreement,
    CascadeReceipt,
    CascadeReceiptTransition,
    Suspension,
)
from agreements.notifications import cascade as notifications
from agreements.permissions.cascade import CASCADE
from agreements.rules.following import ACKNOWLEDGEMENT, PROPOSAL, Following


def deliver(
    home: Agreement,
    follower: Agreement,
    verdict: Following,
    *,
    kind: CascadeKind,
    by: User | None,
    at: datetime,
    cause: Suspension | None = None,
    reason: str = "",
    decision: OfficialLetter | None = None,
) -> CascadeReceipt:
    """Write and deliver what another region's agency is told, with its letter."""
    on = timezone.localdate(at)
    here = office(on=on, region=follower.region)
    days = here.number(PROPOSAL if kind == CascadeKind.PROPOSAL else ACKNOWLEDGEMENT)
    due, basis = here.calendar.own.deadline_with_basis(CASCADE, on, Unit.WORKDAY, days)
    key = f"{home.region_id}-{on.year}"
    receipt = CascadeReceipt.objects.create(
        number=f"CSC-{key}-{next_number(f'cascade:{key}'):04}",
        kind=kind,
        outcome=verdict.outcome,
        home=home,
        cause=cause,
        agreement=follower,
        region=follower.region,
        effective_on=verdict.on,
        reason=reason,
        delivered_at=at,
        due_on=due.on,
        due_basis=basis.to_json(),
        due_provisional=due.provisional,
    )
    receipt.letter = _notice(receipt, decision=decision, at=at)
    receipt.save(update_fields=["letter"])
    record(receipt, "deliver", source="", on=on, at=at, by=by, reason=reason, letter=receipt.letter)
    notifications.delivered(receipt, holders(Role.AGREEMENT_OFFICER), at=at)
    return receipt


def _notice(
    receipt: CascadeReceipt, *, decision: OfficialLetter | None, at: datetime
) -> OfficialLetter:
    """Issue the letter to the other region's agency, with the decision enclosed. It follows from
    the decision, whoever took that.
    """
    on = timezone.localdate(at)
    home, institution = receipt.home, receipt.home.institution
    region: Region = receipt.region
    with translation.override(CHINESE):
        measures = {
            CascadeKind.SUSPEND: _("suspended"),
            CascadeKind.DISSOLVE: _("dissolved"),
            CascadeKind.PROPOSAL: _("resumed"),
        }
        context: dict[str, Value] = {
            "institution": institution.name,
            "institution_code": institution.code or "",
            "agreement": home.number or "",
            "effective_on": receipt.effective_on,
            "measure": measures[CascadeKind(receipt.kind)],
            "reason": receipt.reason or _("none"),
        }
        proposal = receipt.kind == CascadeKind.PROPOSAL
        return issue_letter(
            kind="resumption_proposal" if proposal else "cascade_notice",
            context=context,
            addressee=head_in_force(region, Actor.AGENCY, on).office_name,
            matter=receipt.number,
            url=receipt.get_absolute_url(),
            by=None,
            at=at,
            on=on,
            region=home.region,
            enclosures=[str(decision)] if decision else [],
        )


def record(
    receipt: CascadeReceipt,
    act: str,
    *,
    source: str,
    on: date,
    at: datetime,
    by: User | None,
    reason: str = "",
    letter: OfficialLetter | None = None,
) -> None:
    CascadeReceiptTransition.objects.create(
        subject=receipt,
        act=act,
        source=source,
        target=receipt.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=CASCADE,
        letter=letter,
    )
