"""Who may answer a cascade, publish the dissolved list and say how inpatients were warned, and why
not now.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import act
from agency.rules import Obstacle
from agreements.enums.cascade import CascadeState, EntryState
from agreements.enums.life import AgreementState, SuspensionKind

if TYPE_CHECKING:
    from agency.models import User
    from agreements.models import (
        Agreement,
        CascadeReceipt,
        DissolvedEntry,
        InpatientWarning,
        Suspension,
    )

CASCADE = "B-17"
PUBLICATION = "B-14"
INPATIENTS = "B-13"
ANNULMENT = "B-19"

ACKNOWLEDGE_CASCADE = act(
    "agreements.acknowledge_cascade", _("Acknowledge the cascade"), Role.AGREEMENT_OFFICER
)
ACCEPT_PROPOSAL = act(
    "agreements.accept_proposal", _("Resume as proposed"), Role.AGREEMENT_OFFICER, Role.AGENCY_HEAD
)
DECLINE_PROPOSAL = act(
    "agreements.decline_proposal",
    _("Decline the proposal"),
    Role.AGREEMENT_OFFICER,
    Role.AGENCY_HEAD,
)
CHECK_RECTIFICATION = act(
    "agreements.check_rectification", _("Record the check"), Role.AGREEMENT_OFFICER
)
PUBLISH_DISSOLVED = act(
    "agreements.publish_dissolved",
    _("Publish the dissolution"),
    Role.AGREEMENT_OFFICER,
    irreversible=True,
)
WITHDRAW_DISSOLVED = act(
    "agreements.withdraw_dissolved",
    _("Withdraw the entry"),
    Role.AGREEMENT_OFFICER,
    irreversible=True,
)
ANSWER_INPATIENTS = act(
    "agreements.answer_inpatients",
    _("Say how inpatients were warned"),
    Role.INSTITUTION_ADMINISTRATOR,
    Role.INSTITUTION_CLERK,
)


_NOT_OFFICE = Obstacle("not_entitled", _("Only the offices act under the agreement."))


def _applying(checks: Mapping[Obstacle, bool]) -> list[Obstacle]:
    return [obstacle for obstacle, applies in checks.items() if applies]


def _not_this_region(receipt: CascadeReceipt) -> Obstacle:
    return Obstacle(
        "other_region",
        gettext("It is for the agency of %(region)s to answer.") % {"region": receipt.region},
        CASCADE,
        _("Leave it to that agency's agreement officer."),
    )


def _of_the_region(receipt: CascadeReceipt, user: User) -> bool:
    """An officer of that region, or of the office as a whole."""
    return user.region_id in (None, receipt.region_id)


def acknowledging_obstacles(receipt: CascadeReceipt, user: User) -> list[Obstacle]:
    done = Obstacle(
        "receipt_not_open",
        gettext("Receipt %(number)s is “%(state)s”: there is nothing to acknowledge.")
        % {"number": receipt, "state": receipt.get_state_display()},
        CASCADE,
    )
    return _applying(
        {
            done: receipt.state != CascadeState.DELIVERED,
            _not_this_region(receipt): not _of_the_region(receipt, user),
        }
    )


def answering_obstacles(receipt: CascadeReceipt, user: User) -> list[Obstacle]:
    """Return why a proposal to resume can be neither accepted nor declined."""
    return _applying(
        {
            Obstacle(
                "no_proposal", _("Only a proposal to resume is accepted or declined."), CASCADE
            ): not receipt.is_proposal,
            Obstacle(
                "receipt_not_open",
                gettext("Receipt %(number)s is “%(state)s”: it has been answered.")
                % {"number": receipt, "state": receipt.get_state_display()},
                CASCADE,
            ): receipt.is_proposal and not receipt.awaits_answer,
            _not_this_region(receipt): not _of_the_region(receipt, user),
        }
    )


def check_obstacles(
    agreement: Agreement, suspension: Suspension | None, user: User
) -> list[Obstacle]:
    """Return why no check of a rectification can be recorded: no mandatory suspension lasts."""
    mandatory = suspension is not None and suspension.kind == SuspensionKind.MANDATORY
    return _applying(
        {
            Obstacle(
                "no_mandatory_suspension",
                _("Only while a mandatory suspension lasts its rectification is checked."),
                INPATIENTS,
            ): agreement.state != AgreementState.SUSPENDED or not mandatory,
            Obstacle(
                "not_entitled", _("Only the agency acts under the agreement.")
            ): not user.is_agency_staff,
        }
    )


def unrectified_obstacles(suspension: Suspension) -> list[Obstacle]:
    """Return why a mandatory suspension does not end yet (B-13): rectification first."""
    mandatory = suspension.kind == SuspensionKind.MANDATORY
    return _applying(
        {
            Obstacle(
                "rectification_unchecked",
                _("The rectification has not been checked: a mandatory suspension ends after it."),
                INPATIENTS,
                _("Record what the check found."),
            ): mandatory and suspension.rectified is None,
            Obstacle(
                "not_rectified",
                _("The check found it not rectified: the agreement stays suspended."),
                INPATIENTS,
                _("Check again after the rectification, or let the case of ground 1 decide."),
            ): mandatory and suspension.rectified is False,
        }
    )


def annulling_suspension_obstacles(suspension: Suspension, user: User) -> list[Obstacle]:
    """Return why a suspension cannot be annulled."""
    cascade = suspension.cascade
    return _applying(
        {
            Obstacle(
                "annulled_already",
                gettext("It was annulled on %(day)s.") % {"day": suspension.annulled_on},
                ANNULMENT,
            ): suspension.annulled_on is not None,
            _follows(cascade): cascade is not None and suspension.annulled_on is None,
            _NOT_OFFICE: not user.is_office_staff,
        }
    )


def annulling_dissolution_obstacles(
    agreement: Agreement, cascade: CascadeReceipt | None, user: User
) -> list[Obstacle]:
    """Return why a dissolution cannot be annulled. `cascade` is the receipt it follows."""
    return _applying(
        {
            Obstacle(
                "not_dissolved",
                gettext("The agreement is “%(state)s”: there is no dissolution to annul.")
                % {"state": AgreementState(agreement.state).label},
                ANNULMENT,
            ): agreement.state != AgreementState.DISSOLVED,
            _follows(cascade): cascade is not None,
            _NOT_OFFICE: not user.is_office_staff,
        }
    )


def _follows(cascade: CascadeReceipt | None) -> Obstacle:
    facts = {"number": cascade, "region": cascade.home.region if cascade else ""}
    return Obstacle(
        "follows_the_home_region",
        gettext("It follows the decision of %(region)s, %(number)s.") % facts,
        CASCADE,
        _("Annul the decision of the home region: what followed it is undone with it."),
    )


def publishing_obstacles(entry: DissolvedEntry, *, on: date) -> list[Obstacle]:
    return _applying(
        {
            Obstacle(
                "entry_not_pending",
                gettext("The entry is “%(state)s”.") % {"state": entry.get_state_display()},
                PUBLICATION,
            ): entry.state != EntryState.PENDING,
            Obstacle(
                "decision_not_served",
                _("The decision has not been served yet; it is published after its service."),
                PUBLICATION,
                _("Record the service of the decision first."),
            ): entry.letter_id is not None and entry.served_on is None,
            Obstacle(
                "dissolution_to_come",
                gettext("The agreement is dissolved from %(day)s only.")
                % {"day": entry.dissolved_on},
                PUBLICATION,
            ): entry.dissolved_on > on,
        }
    )


def withdrawing_obstacles(entry: DissolvedEntry) -> list[Obstacle]:
    return _applying(
        {
            Obstacle(
                "entry_stands",
                _("The dissolution has not been annulled: its entry stands."),
                PUBLICATION,
                _("An entry is withdrawn only after its dissolution was annulled."),
            ): entry.state in (EntryState.PENDING, EntryState.PUBLISHED),
            Obstacle(
                "entry_withdrawn",
                gettext("The entry is “%(state)s”.") % {"state": entry.get_state_display()},
                PUBLICATION,
            ): entry.state in (EntryState.WITHDRAWN, EntryState.VOID),
        }
    )


def inpatient_obstacles(
    warning: InpatientWarning, *, inpatients: int, told_on: date | None, on: date
) -> list[Obstacle]:
    """Return why the answer about inpatients does not hold together."""
    return _applying(
        {
            Obstacle(
                "warning_answered", _("It has been answered, or fell away."), INPATIENTS
            ): not warning.is_open,
            Obstacle(
                "told_on_missing",
                _("Patients told on: say on which day the patients were told."),
                INPATIENTS,
            ): inpatients > 0 and told_on is None,
            Obstacle(
                "told_nobody",
                _("Patients told on: without inpatients nobody was told; leave it empty."),
                INPATIENTS,
            ): inpatients == 0 and told_on is not None,
            Obstacle(
                "told_on_to_come",
                gettext("Patients told on: %(day)s has not come yet.") % {"day": told_on},
                INPATIENTS,
            ): told_on is not None and told_on > on,
        }
    )
