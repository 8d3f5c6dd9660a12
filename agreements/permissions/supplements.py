"""Who may draw up and sign supplementary agreements, file signed agreements with the
administration, and why not now (A-09, B-15).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import ADMINISTRATION_STAFF, AGENCY_STAFF, act
from agency.rules import Obstacle
from agreements.enums.life import AgreementState
from agreements.enums.templates import TextKind
from agreements.enums.texts import UNFILED, FilingState, SupplementState

if TYPE_CHECKING:
    from agency.models import User
    from agreements.models import Agreement, AgreementFiling, Supplement

DRAW_UP_SUPPLEMENT = act(
    "agreements.draw_up_supplement", _("Draw up a supplement"), Role.AGREEMENT_OFFICER
)
CANCEL_SUPPLEMENT = act(
    "agreements.cancel_supplement",
    pgettext_lazy("supplement", "Cancel"),
    Role.AGREEMENT_OFFICER,
    irreversible=True,
)
SIGN_SUPPLEMENT = act("agreements.sign_supplement", _("Sign the supplement"), Role.AGENCY_HEAD)

VIEW_FILINGS = act(
    "agreements.filings.view",
    _("See the filings of agreements"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
)
FILE_AGREEMENTS = act(
    "agreements.file_agreements", _("File with the administration"), Role.AGREEMENT_OFFICER
)
ACKNOWLEDGE_FILING = act(
    "agreements.acknowledge_filing",
    pgettext_lazy("filing", "Acknowledge"),
    Role.SUPERVISOR,
    Role.LAW_OFFICER,
)
RETURN_FILING = act(
    "agreements.return_filing",
    pgettext_lazy("filing", "Send back"),
    Role.SUPERVISOR,
    Role.LAW_OFFICER,
)

_LIVING = (AgreementState.SIGNED, AgreementState.EFFECTIVE, AgreementState.SUSPENDED)


def _applying(checks: Mapping[Obstacle, bool]) -> list[Obstacle]:
    return [obstacle for obstacle, applies in checks.items() if applies]


def supplementing_obstacles(
    agreement: Agreement, kind: TextKind, user: User, *, first: date, last: date, is_fixed: bool
) -> list[Obstacle]:
    """Return why no supplement can be drawn up. `is_fixed`: the agreement is a fixed one."""
    label = AgreementState(agreement.state).label
    return _applying(
        {
            Obstacle(
                "wrong_state",
                gettext("The agreement is “%(state)s”: that does not allow it.") % {"state": label},
            ): agreement.state not in _LIVING,
            Obstacle(
                "not_a_supplement",
                _("Such a text stands by itself; it is no supplement."),
                rule="B-15",
            ): kind in (TextKind.MAIN, TextKind.FIXED),
            Obstacle(
                "not_a_fixed_agreement",
                _("A yearly agreement belongs to a fixed agreement; this one is whole."),
                rule="B-15",
                remedy=_("Amend the agreement instead."),
            ): kind == TextKind.YEARLY and not is_fixed,
            Obstacle(
                "outside_term",
                gettext("Its term, %(first)s to %(last)s, is not within %(begin)s to %(end)s.")
                % {
                    "first": first,
                    "last": last,
                    "begin": agreement.valid_from,
                    "end": agreement.valid_to,
                },
                rule="T-07",
                remedy=_("Choose days within the term of the agreement."),
            ): not agreement.valid_from <= first <= last <= agreement.valid_to,
            Obstacle(
                "not_entitled", _("Only the agency draws up agreements.")
            ): not DRAW_UP_SUPPLEMENT.allows(user),
        }
    )


def supplement_obstacles(supplement: Supplement, user: User) -> list[Obstacle]:
    """Return why a supplement can be neither signed nor cancelled: it is no draft any more."""
    label = SupplementState(supplement.state).label
    return _applying(
        {
            Obstacle(
                "supplement_wrong_state",
                gettext("The supplement is “%(state)s”: that does not allow it.")
                % {"state": label},
            ): supplement.state != SupplementState.DRAFT,
            Obstacle(
                "not_entitled", _("Only the agency acts under the agreement.")
            ): not user.is_agency_staff,
        }
    )


def parent_obstacles(agreement: Agreement) -> list[Obstacle]:
    """Return why nothing can be signed under the agreement: it binds nobody."""
    if agreement.state in _LIVING:
        return []
    text = gettext("The agreement it belongs to is “%(state)s”.")
    said = text % {"state": AgreementState(agreement.state).label}
    return [Obstacle("parent_not_in_force", said, "B-15", _("Cancel the supplement."))]


def filing_obstacles(filing: AgreementFiling, user: User) -> list[Obstacle]:
    """Return why the agreement cannot be filed now."""
    return _applying(
        {
            _filing_state(filing): filing.state not in UNFILED,
            Obstacle(
                "not_entitled", _("The agency's agreement officer files agreements.")
            ): not FILE_AGREEMENTS.allows(user),
        }
    )


def answering_filing_obstacles(filing: AgreementFiling, user: User) -> list[Obstacle]:
    """Return why the administration cannot answer the filing now."""
    return _applying(
        {
            _filing_state(filing): filing.state != FilingState.FILED,
            Obstacle(
                "not_entitled", _("The administration answers a filing.")
            ): not ACKNOWLEDGE_FILING.allows(user),
        }
    )


def _filing_state(filing: AgreementFiling) -> Obstacle:
    return Obstacle(
        "filing_wrong_state",
        gettext("Filing %(number)s is “%(state)s”: that does not allow it.")
        % {"number": filing.number, "state": FilingState(filing.state).label},
        remedy=_("Look at its history."),
    )
