"""The clauses of a signed text a measure may rest on (B-11): what they say of a breach."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from agency.rules import refuse_if
from agreements.enums.texts import TextState
from agreements.models import AgreementText, TemplateClause, TextClause
from agreements.rules.clauses import filled
from agreements.rules.measures import proposed_damages
from supervision.models import Case
from supervision.rules.measures import clause_obstacles, target_obstacles


@dataclass(frozen=True, slots=True)
class BreachClause:
    """A clause of a signed text with what it says about a breach."""

    clause: TextClause
    measures: tuple[int, ...]
    damages: str

    @property
    def wording(self) -> str:
        return f"{self.clause.text.title} {self.clause.heading}"[:120]

    def proposes(self, base: Decimal) -> Decimal | None:
        return proposed_damages(self.damages, base) if self.damages else None


def signed_texts(agreement_id: int) -> list[AgreementText]:
    """Return the signed text of an agreement and those of its supplements. One query."""
    rows = AgreementText.objects.filter(state=TextState.SIGNED).select_related("version")
    return [
        *rows.filter(agreement=agreement_id),
        *rows.filter(supplement__agreement=agreement_id),
    ]


def breach_clauses(agreement_id: int | None, rung: int | None = None) -> list[BreachClause]:
    """Return the clauses of the signed texts that allow a measure, in their order: all of them,
    or those that name `rung`. Four queries.
    """
    texts = {each.pk: each for each in signed_texts(agreement_id)} if agreement_id else {}
    if not texts:
        return []
    versions = {each.version_id for each in texts.values()}
    sayings = {
        (each.version_id, each.key): each
        for each in TemplateClause.objects.filter(version__in=versions, is_breach=True)
        if rung is None or rung in each.measures
    }
    found = []
    for clause in TextClause.objects.filter(text__in=texts).order_by("text", "position", "pk"):
        text = texts[clause.text_id]
        saying = sayings.get((text.version_id, clause.key))
        if saying is not None:
            clause.text = text
            words = filled(saying.damages, text.variables) if saying.damages else ""
            found.append(BreachClause(clause, tuple(saying.measures), words))
    return found


def on_its_clause(case: Case, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a measure with the clause it rests on, in words too. Refuses a clause
    that does not name the measure, and none where the signed text has some. An agreement signed
    before its text was kept here, or an act the law itself allows, has the clause in words only.
    """
    chosen = facts.get("text_clause_id")
    allowing = {each.clause.pk: each for each in breach_clauses(case.agreement_id, facts["rung"])}
    has_text = bool(allowing) or bool(case.agreement_id and signed_texts(case.agreement_id))
    refuse_if(
        clause_obstacles(
            rung=facts["rung"], has_text=has_text, allowing=list(allowing), chosen=chosen
        )
    )
    if chosen is not None:
        return {**facts, "clause": allowing[chosen].wording}
    note = _("No clause of the signed text names it; the law itself allows it.")
    before = _("Signed before its text was kept here.")
    return {**facts, "clause_note": note if has_text else before}


def on_the_roster(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts of a measure with the name of whom it stops. Refuses the fifth measure
    without a person or a department of the roster.
    """
    person, department = facts.get("practitioner"), facts.get("department")
    refuse_if(target_obstacles(rung=facts["rung"], has_target=bool(person or department)))
    if person:
        return {**facts, "target_name": f"{person.person.name} {person.staff_code or ''}".strip()}
    if department:
        return {**facts, "target_name": str(department)}
    return dict(facts)
