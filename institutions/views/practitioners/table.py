"""The columns of a roster as a file."""

from datetime import date

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from agency.reports import Column, Kind, Report, Row, choice_labels
from institutions.enums.practitioners import (
    Category,
    Employment,
    PaymentStatus,
    Qualification,
)
from institutions.models import RosterEntry
from institutions.permissions.practitioners import READ_ROSTER

# Not entered among the reports: whose roster it is stands in the address.
ROSTER = Report(
    code="roster",
    label=_("Roster"),
    description=_("Who worked in an institution on a day."),
    act=READ_ROSTER,
    columns=(
        Column(key="department", label=pgettext_lazy("department", "Department code")),
        Column(key="department_name", label=_("Department")),
        Column(key="name", label=pgettext_lazy("person", "Name")),
        Column(key="staff_code", label=_("National staff code")),
        Column(key="category", label=_("Category"), labels=choice_labels(Category)),
        Column(key="qualification", label=_("Qualification"), labels=choice_labels(Qualification)),
        Column(key="licence_no", label=_("Certificate number")),
        Column(key="position", label=_("Position")),
        Column(key="employment", label=_("Employment"), labels=choice_labels(Employment)),
        Column(key="starts_on", label=_("On the roster from"), kind=Kind.DAY),
        Column(key="ends_on", label=_("On the roster through"), kind=Kind.DAY),
        Column(key="committed", label=_("Commitment signed")),
        Column(key="status", label=_("Payment qualification"), labels=choice_labels(PaymentStatus)),
        Column(key="on", label=_("As at"), kind=Kind.DAY),
    ),
    rows=lambda _params, _user, _on: [],
)


def row_of(entry: RosterEntry, on: date) -> Row:
    """Return a row, annotated for the day, as the file has it."""
    practitioner = entry.practitioner
    return {
        "department": entry.department.code,
        "department_name": entry.department.name,
        "name": practitioner.person.name,
        "staff_code": practitioner.staff_code,
        "category": practitioner.category,
        "qualification": practitioner.qualification,
        "licence_no": practitioner.licence_no,
        "position": entry.position,
        "employment": entry.employment,
        "starts_on": entry.starts_on,
        "ends_on": entry.ends_on,
        "committed": entry.is_committed,  # type: ignore[attr-defined]
        "status": entry.blocked_as or PaymentStatus.NORMAL,  # type: ignore[attr-defined]
        "on": on,
    }
