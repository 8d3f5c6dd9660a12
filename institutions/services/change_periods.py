"""By when a change of information is decided."""

from datetime import date
from typing import Any

from agency.lawbook import Office
from agency.workdays import Unit
from institutions.services.change_values import RULE

DECISION_WORKDAYS = "change_decision_wd"


def decision_deadline(region_office: Office, rule: str = RULE) -> tuple[date, dict[str, Any]]:
    """Return by when a filing is decided if the period starts on the office's day."""
    due, basis = region_office.calendar.own.deadline_with_basis(
        rule, region_office.on, Unit.WORKDAY, region_office.number(DECISION_WORKDAYS)
    )
    return due.on, basis.to_json()
