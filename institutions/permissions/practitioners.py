"""Who may see rosters and who keeps them: the institution registers its people (D-01); the agency
reads, and shows an identity number for a purpose only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import ADMINISTRATION_STAFF, AGENCY_STAFF, INSTITUTION_STAFF, Act, act
from agency.rules import Obstacle
from institutions.enums.practitioners import ImportState

if TYPE_CHECKING:
    from agency.models import User
    from institutions.models import Department, RosterEntry, RosterImport

VIEW_ROSTERS = act(
    "institutions.rosters.view", _("See the rosters"), *AGENCY_STAFF, *ADMINISTRATION_STAFF
)
VIEW_OWN_ROSTER = act("institutions.own_roster.view", _("See the own roster"), *INSTITUTION_STAFF)
READ_ROSTER = act(
    "institutions.roster_read.view",
    _("Read the roster"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
    *INSTITUTION_STAFF,
)
READ_ID_NUMBER = act(
    "institutions.read_id_number",
    _("Show the identity number"),
    Role.INTAKE_CLERK,
    Role.AUDIT_OFFICER,
    Role.AGENCY_HEAD,
)
READ_OWN_ID_NUMBER = act(
    "institutions.read_own_id_number",
    _("Show the identity number"),
    Role.INSTITUTION_ADMINISTRATOR,
)

_ADMINISTRATOR = Role.INSTITUTION_ADMINISTRATOR
HIRE = act("institutions.hire", _("Enter a person"), _ADMINISTRATOR)
MOVE = act("institutions.move_person", _("Move to another department"), _ADMINISTRATOR)
LEAVE = act("institutions.person_leaves", _("Enter the leaving"), _ADMINISTRATOR)
CORRECT_ENTRY = act("institutions.correct_roster", _("Correct the row"), _ADMINISTRATOR)
STRIKE_ENTRY = act(
    "institutions.strike_roster", _("Make the row void"), _ADMINISTRATOR, irreversible=True
)
AMEND_FILE = act("institutions.amend_practitioner", _("Amend the file"), _ADMINISTRATOR)
OPEN_DEPARTMENT = act("institutions.open_department", _("Open a department"), _ADMINISTRATOR)
AMEND_DEPARTMENT = act("institutions.amend_department", _("Amend the department"), _ADMINISTRATOR)
CLOSE_DEPARTMENT = act("institutions.close_department", _("Close the department"), _ADMINISTRATOR)
PREPARE_COMMITMENT = act(
    "institutions.prepare_commitment", _("Make the commitment for signing"), *INSTITUTION_STAFF
)
CONFIRM_COMMITMENT = act(
    "institutions.confirm_commitment", _("Enter the signed commitment"), _ADMINISTRATOR
)
UPLOAD_ROSTER = act("institutions.upload_roster", _("Upload a roster file"), *INSTITUTION_STAFF)
APPLY_IMPORT = act("institutions.apply_roster_import", _("Apply the import"), _ADMINISTRATOR)
UNDO_IMPORT = act("institutions.undo_roster_import", _("Undo the import"), _ADMINISTRATOR)


def keeping_obstacles(wanted: Act, user: User, institution_id: int) -> list[Obstacle]:
    """Return why the user may not do this to the roster of the institution. One query at most."""
    membership = getattr(user, "membership", None)
    is_own = membership is not None and membership.institution_id == institution_id
    if is_own and wanted.allows(user):
        return []
    text = _("The roster is kept by the institution's own administrators.")
    remedy = _("Ask an administrator of the institution to do it.")
    return [Obstacle("not_entitled", text, "D-01", remedy)]


def entry_obstacles(entry: RosterEntry) -> list[Obstacle]:
    """Return why nothing can be done to a row of the roster any more."""
    if not entry.is_void:
        return []
    text = _("This row is void: it was entered by mistake.")
    return [Obstacle("entry_void", text, "D-01", _("Enter a new row instead."))]


def leaving_obstacles(entry: RosterEntry) -> list[Obstacle]:
    found = entry_obstacles(entry)
    if not found and entry.ends_on is not None:
        text = _("This row ends on %(day)s already.") % {"day": entry.ends_on}
        remedy = _("If that day is wrong, correct the row.")
        found.append(Obstacle("entry_ended", text, "D-01", remedy))
    return found


def closing_obstacles(department: Department) -> list[Obstacle]:
    if department.closed_on is None:
        return []
    text = _("This department is closed from %(day)s.") % {"day": department.closed_on}
    return [Obstacle("department_closed", text, "D-01", _("Open one with another code."))]


def applying_obstacles(run: RosterImport) -> list[Obstacle]:
    """Return why an import cannot be applied now; what its rows say is asked when it is."""
    checks = {
        Obstacle(
            "import_not_previewed",
            _("This import has been applied already."),
            remedy=_("Look at its history."),
        ): run.state != ImportState.PREVIEWED,
        Obstacle(
            "import_has_errors",
            _("Rows of this file have errors; nothing of it is applied by halves."),
            "D-01",
            _("Download the errors, correct the file and upload it again."),
        ): run.error_count > 0,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def undoing_obstacles(run: RosterImport) -> list[Obstacle]:
    if run.state == ImportState.APPLIED:
        return []
    text = _("Only an import that was applied can be undone.")
    return [Obstacle("import_not_applied", text, remedy=_("Look at its history."))]
