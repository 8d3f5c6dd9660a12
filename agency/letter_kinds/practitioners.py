"""Letters about the registration of practitioners (D-01)."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from agency.enums import Role
from agency.letter_kinds.base import letter_kind

letter_kind(
    "practitioner_commitment",
    _("Service commitment of a practitioner"),
    Role.INTAKE_CLERK,
    Role.AGENCY_HEAD,
    word="服承",
    variables={
        "person": (_("Person"), "赵示范"),
        "person_code": (_("Insurance code of the person"), "D360403000001"),
        "institution": (_("Institution"), "浔阳仁和医院（演示）"),
        "qualification": (_("Qualification"), "医师执业证书"),
        "department": (_("Department"), "内科"),
        "starts_on": (_("On the roster from"), date(2026, 9, 1)),
    },
    served=False,
    group="points",
)
