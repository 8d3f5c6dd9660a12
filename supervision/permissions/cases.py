"""Who may do what with a case. The agency handles and decides, the administration supervises:
no act is shared, except looking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import ADMINISTRATION_STAFF, INSTITUTION_STAFF, Act, act
from agency.rules import Obstacle
from supervision.enums.cases import CaseState
from supervision.rules import GRAVE_RUNGS

if TYPE_CHECKING:
    from collections.abc import Collection

    from agency.models import User
    from supervision.models import Case

VIEW_CASES = act(
    "supervision.cases.view",
    _("Cases"),
    Role.AUDIT_OFFICER,
    Role.AGENCY_HEAD,
    Role.AGREEMENT_OFFICER,
    Role.LEGAL_REVIEWER,
    Role.ARCHIVIST,
    *ADMINISTRATION_STAFF,
)
READ_CASES = act(
    "supervision.cases_read.view",
    _("Read cases"),
    Role.AUDIT_OFFICER,
    Role.AGENCY_HEAD,
    Role.AGREEMENT_OFFICER,
    Role.LEGAL_REVIEWER,
    Role.ARCHIVIST,
    *ADMINISTRATION_STAFF,
    *INSTITUTION_STAFF,
)
VIEW_OWN_CASES = act("supervision.own_cases.view", _("Cases"), *INSTITUTION_STAFF)

REGISTER_CLUE = act("supervision.register_clue", _("Register a clue"), Role.AUDIT_OFFICER)
OPEN_CASE = act("supervision.open_case", _("Open the case"), Role.AUDIT_OFFICER)
ADD_MEASURE = act("supervision.add_measure", _("Add a measure"), Role.AUDIT_OFFICER)
REMOVE_MEASURE = act("supervision.remove_measure", _("Take the measure out"), Role.AUDIT_OFFICER)
GIVE_NOTICE = act("supervision.give_notice", _("Issue the notice"), Role.AUDIT_OFFICER)
SERVE_NOTICE = act("supervision.serve_notice", _("Record service of notice"), Role.AUDIT_OFFICER)
EXTEND_DEFENCE = act(
    "supervision.extend_defence",
    _("Extend the period"),
    Role.AUDIT_OFFICER,
    Role.AGENCY_HEAD,
)
DECIDE = act(
    "supervision.decide",
    _("Decide the case"),
    Role.AUDIT_OFFICER,
    Role.AGENCY_HEAD,
    irreversible=True,
)
SERVE_DECISION = act(
    "supervision.serve_decision", _("Record service of decision"), Role.AUDIT_OFFICER
)
RECORD_PERFORMANCE = act(
    "supervision.record_performance", _("Record performance"), Role.AUDIT_OFFICER
)
CLOSE_CASE = act("supervision.close_case", _("Close the case"), Role.AUDIT_OFFICER)
DISMISS_CASE = act(
    "supervision.dismiss_case",
    _("Dismiss the case"),
    Role.AUDIT_OFFICER,
    Role.AGENCY_HEAD,
    irreversible=True,
)
SUPPLEMENT_CASE = act("supervision.supplement_case", _("Supplement"), Role.AUDIT_OFFICER)
SEND_REPORT = act("supervision.send_report", _("Report to administration"), Role.AUDIT_OFFICER)

GIVE_STATEMENT = act("supervision.give_statement", _("Give a statement"), *INSTITUTION_STAFF)

TAKE_NOTE = act(
    "supervision.take_note",
    _("Take note"),
    Role.SUPERVISOR,
    Role.LAW_OFFICER,
    Role.ADMINISTRATION_HEAD,
)
RETURN_CASE = act(
    "supervision.return_case",
    _("Return for supplement"),
    Role.SUPERVISOR,
    Role.ADMINISTRATION_HEAD,
)


# From the notice on a second person dismisses.
HEARD = (CaseState.DEFENCE, CaseState.LEGAL_REVIEW)


def not_permitted(wanted: Act, user: User) -> list[Obstacle]:
    """Return the obstacle that the user's roles do not permit the act, if they do not."""
    if wanted.allows(user):
        return []
    return [Obstacle("not_permitted", _("Your roles do not permit this act."))]


def may_decide(case: Case, user: User, rungs: Collection[int]) -> bool:
    """The audit officer or the head; grave measures only the head, and never the opener."""
    if not DECIDE.allows(user):
        return False
    if GRAVE_RUNGS.isdisjoint(rungs):
        return True
    return user.has_role(Role.AGENCY_HEAD) and not user.is_one_with(
        case.opened_by_id, case.opened_on
    )


def can_dismiss(case: Case, user: User) -> bool:
    heard = case.state in HEARD
    return DISMISS_CASE.allows(user) and not (
        heard and user.is_one_with(case.opened_by_id, case.opened_on)
    )


def can_give_statement(case: Case, user: User) -> bool:
    return (
        GIVE_STATEMENT.allows(user)
        and case.state == CaseState.DEFENCE
        and case.institution.memberships.filter(user=user).exists()
    )
