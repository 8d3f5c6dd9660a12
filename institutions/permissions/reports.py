"""Who sees which report of the register; the administration sees them all."""

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.permissions import ADMINISTRATION_STAFF, AGENCY_STAFF, act

SEE_DECISIONS = act(
    "institutions.report_decisions.view",
    _("See who decided what"),
    Role.AGENCY_HEAD,
    Role.AUDIT_OFFICER,
    Role.ARCHIVIST,
    *ADMINISTRATION_STAFF,
)
SEE_PROGRESS = act(
    "institutions.report_progress.view",
    _("See how matters progress"),
    Role.INTAKE_CLERK,
    Role.AGREEMENT_OFFICER,
    Role.AGENCY_HEAD,
    *ADMINISTRATION_STAFF,
)
SEE_REGISTER_LISTS = act(
    "institutions.report_register.view",
    _("See the lists of the register"),
    *AGENCY_STAFF,
    *ADMINISTRATION_STAFF,
)
SEE_ROSTER_GAPS = act(
    "institutions.report_roster.view",
    _("See the gaps of rosters"),
    Role.INTAKE_CLERK,
    Role.AGREEMENT_OFFICER,
    Role.AGENCY_HEAD,
    *ADMINISTRATION_STAFF,
)
