"""Who calls and records interviews: the officers of the cases."""

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import act

CALL_INTERVIEW = act("supervision.call_interview", _("Call to the interview"), Role.AUDIT_OFFICER)
RECORD_INTERVIEW = act(
    "supervision.record_interview", _("Record the interview"), Role.AUDIT_OFFICER
)
RECORD_ABSENCE = act("supervision.record_absence", _("Nobody appeared"), Role.AUDIT_OFFICER)
CHECK_COMMITMENT = act(
    "supervision.check_commitment", _("Check the commitment off"), Role.AUDIT_OFFICER
)
