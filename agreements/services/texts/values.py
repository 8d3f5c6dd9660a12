"""What is filled into a text: what the register knows, what the template presumes, what the
officer enters. The later goes before the earlier; an institution's facts are as of today.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from agency.enums import Actor
from agency.models import Region
from agency.services.letters.heads import head_in_force
from agreements.models import (
    Agreement,
    AgreementText,
    Supplement,
    TemplateClause,
    TemplateVersion,
    TextClause,
)
from agreements.rules.clauses import filled, missing_values
from agreements.rules.snapshots import chinese_day, with_gaps
from institutions.services.persons import legal_representative_of


def parties(agreement: Agreement, *, on: date) -> dict[str, dict[str, str]]:
    """Return the two parties as they stand in the text."""
    institution, head = agreement.institution, office_head(agreement.region, on=on)
    return {
        "agency": {
            "name": head.office_name,
            "address": head.address,
            "region": agreement.region_id,
        },
        "institution": {
            "name": institution.name,
            "code": institution.code or "",
            "credit_code": institution.credit_code or "",
            "address": institution.registered_address,
            "legal_representative": legal_representative_of(institution, on=on),
        },
    }


def office_head(region: Region, *, on: date) -> Any:
    return head_in_force(region, Actor.AGENCY, on)


def known_values(
    agreement: Agreement, supplement: Supplement | None, *, on: date
) -> dict[str, str]:
    """Return the values the program knows by itself, under the names templates use."""
    sides = parties(agreement, on=on)
    first, last = term_of(agreement, supplement)
    inst = sides["institution"]
    hospital = supplement.institution if supplement else None
    return {
        "agency": sides["agency"]["name"],
        "agency_name": sides["agency"]["name"],
        "agency_address": sides["agency"]["address"],
        "institution": inst["name"],
        "institution_name": inst["name"],
        "institution_code": inst["code"],
        "institution_address": inst["address"],
        "credit_code": inst["credit_code"],
        "legal_representative": inst["legal_representative"],
        "internet_hospital": hospital.name if hospital else "",
        "internet_hospital_name": hospital.name if hospital else "",
        "region": str(agreement.region),
        "region_name": str(agreement.region),
        "agreement": agreement.number or "",
        "agreement_number": agreement.number or "",
        "parent_number": agreement.number or "",
        "valid_from": chinese_day(first),
        "valid_to": chinese_day(last),
        "year": str(supplement.year if supplement and supplement.year else first.year),
    }


def term_of(agreement: Agreement, supplement: Supplement | None) -> tuple[date, date]:
    matter = supplement or agreement
    return matter.valid_from, matter.valid_to


def presumed_values(version: TemplateVersion) -> dict[str, str]:
    """Return what the template presumes where nobody says otherwise. One query."""
    return {
        each.name: each.default or "" for each in version.variables.all() if each.default.strip()
    }


def clauses_of(
    text: AgreementText, clauses: list[TemplateClause], values: Mapping[str, Any]
) -> list[TextClause]:
    """Return the clauses of a text, filled in as far as values are known; not stored."""

    def fill(wording: str) -> str:
        return filled(wording, with_gaps(values, wording))

    return [
        TextClause(
            text=text,
            key=each.key,
            position=each.position,
            heading=fill(each.heading),
            body=fill(each.body),
            is_breach=each.is_breach,
            measures=each.measures,
            damages=fill(each.damages),
        )
        for each in clauses
    ]


def values_missing(text: AgreementText) -> list[str]:
    """Return the labels of values the text names and nobody gave. Two queries."""
    clauses = text.version.clauses.values_list("heading", "body", "damages")
    wordings = [part for clause in clauses for part in clause]
    labels = {each.name: each.label for each in text.version.variables.all()}
    return [labels.get(name) or name for name in missing_values(wordings, text.variables)]
