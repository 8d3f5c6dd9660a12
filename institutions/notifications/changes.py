"""Who is told what about filings. Decides nothing."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import translation
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.models import User
from agency.privacy import mask_account
from agency.services.notices import holders, tell
from agency.services.outbox import Draft, write
from agency.services.outbox_text import address
from agency.topics import Topic, topic
from institutions.enums.changes import ChangeField, ChangeState, CommitmentState
from institutions.models import AddressCommitment, ChangeRequest
from institutions.notifications.members import members_of

CHANGES = topic(Topic("changes", _("Changes of information"), prefixes=("change.",)))
# Whoever changes an account without right must not be able to keep the others from hearing of it.
ACCOUNT = topic(
    Topic(
        "account_changes",
        _("Changes of the bank account"),
        prefixes=("change.account.",),
        mandatory=True,
        urgent=True,
    )
)

_DECISIONS = {
    ChangeState.APPROVED: _("Change {number} has been approved."),
    ChangeState.EFFECTIVE: _("Change {number} has been approved."),
    ChangeState.REJECTED: _("Change {number} has been rejected."),
}


def change_filed(change: ChangeRequest, *, at: datetime) -> None:
    """Tell the desk of a filing, and the institution if it came late."""
    tell(
        holders(Role.INTAKE_CLERK),
        key=f"change.filed:{change.number}",
        subject=format_lazy(
            _("{institution} has filed change {number}."),
            institution=change.institution.name,
            number=change.number,
        ),
        body=format_lazy(_("To be decided by {day}."), day=change.decision_due_on),
        at=at,
        url=change.get_absolute_url(),
    )
    if change.is_late:
        tell(
            members_of(change.institution_id),
            key=f"change.late:{change.number}",
            subject=format_lazy(
                _("Change {number} was filed late and is accepted with a warning."),
                number=change.number,
            ),
            body=format_lazy(
                _("It had to be filed by {day} (Order 2, art. 40)."), day=change.filing_due_on
            ),
            at=at,
            url=change.get_portal_url(),
        )


def change_checked(change: ChangeRequest, *, at: datetime) -> None:
    """Tell those who decide next: the head of money and decisive fields and of doubts."""
    heads_turn = change.changes_account or change.is_decisive or change.is_left_to_head
    tell(
        holders(Role.AGENCY_HEAD if heads_turn else Role.INTAKE_CLERK),
        key=f"change.checked:{change.number}",
        subject=format_lazy(
            _("Change {number} of {institution} has been checked and waits for the decision."),
            number=change.number,
            institution=change.institution.name,
        ),
        body=format_lazy(_("To be decided by {day}."), day=change.decision_due_on),
        at=at,
        url=change.get_absolute_url(),
    )


def route_chosen(change: ChangeRequest, *, reason: str, at: datetime) -> None:
    tell(
        members_of(change.institution_id),
        key=f"change.route:{change.number}",
        subject=format_lazy(
            _("Change {number}: no new assessment is needed."), number=change.number
        ),
        body=reason,
        at=at,
        url=change.get_portal_url(),
    )


def reassessment_begun(change: ChangeRequest, *, at: datetime) -> None:
    """Tell those who organise the assessment; the institution has its letter."""
    tell(
        holders(Role.AGREEMENT_OFFICER),
        key=f"change.reassessment:{change.number}",
        subject=format_lazy(
            _("Change {number} of {institution} needs a new assessment."),
            number=change.number,
            institution=change.institution.name,
        ),
        at=at,
        url=change.get_absolute_url(),
    )


def reassessment_passed(change: ChangeRequest, *, at: datetime) -> None:
    tell(
        holders(Role.AGENCY_HEAD),
        key=f"change.reassessed:{change.number}",
        subject=format_lazy(
            _("Change {number} of {institution} has passed its new assessment."),
            number=change.number,
            institution=change.institution.name,
        ),
        body=format_lazy(_("To be decided by {day}."), day=change.decision_due_on),
        at=at,
        url=change.get_absolute_url(),
    )


def change_decided(change: ChangeRequest, *, at: datetime) -> None:
    tell(
        members_of(change.institution_id),
        key=f"change.decided:{change.number}",
        subject=format_lazy(_DECISIONS[ChangeState(change.state)], number=change.number),
        body=change.decision_reason,
        at=at,
        url=change.get_portal_url(),
    )


def change_withdrawn(change: ChangeRequest, *, at: datetime) -> None:
    roles = [Role.INTAKE_CLERK]
    if change.checked_by_id is not None and (change.changes_account or change.is_decisive):
        roles.append(Role.AGENCY_HEAD)
    tell(
        holders(*roles),
        key=f"change.withdrawn:{change.number}",
        subject=format_lazy(
            _("{institution} has withdrawn change {number}."),
            institution=change.institution.name,
            number=change.number,
        ),
        at=at,
        url=change.get_absolute_url(),
    )


# --- the bank account ----------------------------------------------------------------------------


def addresses_on_file(change: ChangeRequest) -> list[str]:
    """Return where the institution was reached before the change; call it before it is entered."""
    return [change.institution.email] if change.institution.email else []


def account_waits(change: ChangeRequest, addresses: Iterable[str], *, at: datetime) -> None:
    """Tell the old contact of a new account, the day it takes effect, and how to stop it: every
    account of the institution, and the address on file before the change.
    """
    key = f"change.account.waits:{change.number}"
    with translation.override("zh-hans"):
        subject = str(
            format_lazy(
                _("A new bank account of {institution} takes effect on {day}."),
                institution=change.institution.name,
                day=change.effect_due_on,
            )
        )
        body = str(_waiting_text(change))
    members = members_of(change.institution_id)
    tell(members, key=key, subject=subject, body=body, at=at, url=change.get_portal_url())
    known = {each.email.lower() for each in members if each.email}
    link = address(change.get_portal_url())
    write(
        [
            Draft(address=each, topic=ACCOUNT, key=key, subject=subject, body=f"{body}\n\n{link}")
            for each in addresses
            if each.lower() not in known
        ],
        at=at,
    )


def _waiting_text(change: ChangeRequest) -> object:
    item = next(
        (each for each in change.items.all() if each.field == ChangeField.BANK_ACCOUNT), None
    )
    last = change.effect_due_on - timedelta(1) if change.effect_due_on else None
    return format_lazy(
        _(
            "Change {number} was approved. From {day} on, money goes to {account}; until then to "
            "the account so far. If you did not want this, stop it by {last}: log in to the "
            "portal, open change {number} and choose “Stop the new account”, or call the agency."
        ),
        number=change.number,
        day=change.effect_due_on,
        account=mask_account(item.new_value) if item else _("the new bank"),
        last=last,
    )


def account_in_effect(change: ChangeRequest, *, at: datetime) -> None:
    tell(
        members_of(change.institution_id),
        key=f"change.account.effective:{change.number}",
        subject=format_lazy(
            _("The new bank account of change {number} is in effect."), number=change.number
        ),
        body=_("Money paid from today on goes there."),
        at=at,
        url=change.get_portal_url(),
    )


def change_stopped(change: ChangeRequest, *, at: datetime) -> None:
    """Tell both sides that the new account does not come."""
    subject = format_lazy(
        _("The new bank account of change {number} has been stopped."), number=change.number
    )
    sides: tuple[tuple[list[User], str], ...] = (
        (members_of(change.institution_id), change.get_portal_url()),
        (holders(Role.INTAKE_CLERK, Role.AGENCY_HEAD), change.get_absolute_url()),
    )
    for people, url in sides:
        tell(
            people,
            key=f"change.account.stopped:{change.number}",
            subject=subject,
            body=change.stop_reason,
            at=at,
            url=url,
        )


# --- the commitment ------------------------------------------------------------------------------


def commitment_found(commitment: AddressCommitment, *, at: datetime) -> None:
    """Tell the institution of the finding, and of a false commitment the agency head."""
    change = commitment.change
    is_true = commitment.state == CommitmentState.TRUE
    tell(
        members_of(change.institution_id),
        key=f"change.commitment:{change.number}",
        subject=format_lazy(
            _("The new place was visited: the commitment of change {number} holds.")
            if is_true
            else _("The new place was visited: the commitment of change {number} does not hold."),
            number=change.number,
        ),
        body=commitment.findings,
        at=at,
        url=change.get_portal_url(),
    )
    if not is_true:
        tell(
            holders(Role.AGENCY_HEAD),
            key=f"change.commitment.false:{change.number}",
            subject=format_lazy(
                _("A false commitment of {institution}: change {number}."),
                institution=change.institution.name,
                number=change.number,
            ),
            body=format_lazy(
                _(
                    "{findings}\nTo be considered: a bar on applications (A-05, ground 4), and a "
                    "review for dissolution (Order 2, art. 43, ground 2). Nothing follows by "
                    "itself."
                ),
                findings=commitment.findings,
            ),
            at=at,
            url=change.get_absolute_url(),
        )
