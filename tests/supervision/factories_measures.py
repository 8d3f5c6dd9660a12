"""Measures as a case can take them: on a clause of its signed text, on people of the roster."""

from typing import Any

from supervision.models import Case
from supervision.services.clauses import breach_clauses
from tests.agreements.factories_measures import practitioner


def fitted(case: Case, facts: dict[str, Any]) -> dict[str, Any]:
    """Return the facts with the first clause that allows the measure, and whom it stops."""
    found = dict(facts)
    options = breach_clauses(case.agreement_id, facts["rung"])
    if options:
        found["text_clause_id"] = options[0].clause.pk
    if facts["rung"] == 5 and not {"practitioner", "department"} & found.keys():
        found["practitioner"] = practitioner(case.institution)
    return found
