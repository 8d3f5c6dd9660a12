"""How the stories lay out measures: on a clause of the signed text, on people of the roster."""

from __future__ import annotations

from typing import Any

from demo.world.employees import staff_of
from demo.world.institutions import BY_KEY
from institutions.models import Department, Practitioner
from supervision.enums.cases import Target
from supervision.models import Case
from supervision.services.clauses import breach_clauses


def fitted(case: Case, key: str, facts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts of a measure with the first clause that allows it. `doctor` (a number of
    the institution's staff) and `ward` (a department's code) become whom it stops.
    """
    found = dict(facts)
    doctor, ward = found.pop("doctor", None), found.pop("ward", "")
    if doctor is not None:
        code = staff_of(BY_KEY[key])[doctor].staff_code
        people = Practitioner.objects.select_related("person")
        found |= {"target": Target.PERSON, "practitioner": people.get(staff_code=code)}
    if ward:
        departments = Department.objects.filter(institution=case.institution)
        found |= {"target": Target.DEPARTMENT, "department": departments.get(code=ward)}
    options = breach_clauses(case.agreement_id, found["rung"])
    if options:
        found["text_clause_id"] = options[0].clause.pk
    return found
