"""A version's clauses and variables as rules and pages want them."""

from django.utils.translation import gettext_lazy as _

from agreements.models import TemplateClause, TemplateVariable, TemplateVersion
from agreements.rules.clauses import ClauseText

# What the program itself knows of an agreement and fills in; no version has to declare it.
BUILT_IN = {
    "agency_name": _("Name of the agency"),
    "agency_address": _("Address of the agency"),
    "institution_name": _("Name of the institution"),
    "institution_code": _("National code of the institution"),
    "institution_address": _("Address of the institution"),
    "credit_code": _("Unified social credit code"),
    "legal_representative": _("Legal representative"),
    "internet_hospital_name": _("Name of the internet hospital"),
    "region_name": _("Region"),
    "agreement_number": _("Number of the agreement"),
    "valid_from": _("First day of the term"),
    "valid_to": _("Last day of the term"),
    "year": _("Year of the term"),
}


def clause_text(clause: TemplateClause) -> ClauseText:
    return ClauseText(
        key=clause.key,
        heading=clause.heading,
        body=clause.body,
        damages=clause.damages,
        measures=tuple(clause.measures),
        is_mandatory=clause.is_mandatory,
        is_variable_term=clause.is_variable_term,
    )


def texts_of(version: TemplateVersion | None) -> list[ClauseText]:
    """Return the clauses of a version in their order. One query; none once prefetched."""
    return [clause_text(each) for each in version.clauses.all()] if version else []


def wordings(clauses: list[ClauseText]) -> list[str]:
    """Return every text of the clauses that may hold variables."""
    return [text for each in clauses for text in (each.heading, each.body, each.damages)]


def samples(version: TemplateVersion) -> dict[str, str]:
    """Return a value for each variable, to preview the text with."""
    built_in = {name: f"〔{label}〕" for name, label in BUILT_IN.items()}
    return built_in | {
        each.name: each.sample or each.default or f"〔{each.label}〕"
        for each in version.variables.all()
    }


def known_names(version: TemplateVersion) -> list[str]:
    """Return the names a wording may hold: those declared, and those the program knows."""
    return [*(each.name for each in version.variables.all()), *BUILT_IN]


def write_clauses(version: TemplateVersion, clauses: list[ClauseText]) -> None:
    """Give the version these clauses instead of its own; what differs from the national version
    it refines is marked as the region's.
    """
    national = {each.key: each for each in texts_of(version.refines)}
    version.clauses.all().delete()
    TemplateClause.objects.bulk_create(
        [
            TemplateClause(
                version=version,
                key=each.key,
                position=position,
                heading=each.heading,
                body=each.body,
                damages=each.damages,
                measures=sorted(each.measures),
                is_breach=bool(each.measures),
                is_mandatory=each.is_mandatory,
                is_variable_term=each.is_variable_term,
                is_refinement=is_refinement(version, each, national),
            )
            for position, each in enumerate(clauses, start=1)
        ]
    )


def is_refinement(
    version: TemplateVersion, clause: ClauseText, national: dict[str, ClauseText]
) -> bool:
    if version.refines_id is None:
        return False
    own = national.get(clause.key)
    return own is None or own.words != clause.words


def copy_variables(source: TemplateVersion, target: TemplateVersion) -> None:
    """Give the target the variables of the source that it does not have yet."""
    known = set(target.variables.values_list("name", flat=True))
    TemplateVariable.objects.bulk_create(
        [
            TemplateVariable(
                version=target,
                name=each.name,
                label=each.label,
                type=each.type,
                default=each.default,
                sample=each.sample,
            )
            for each in source.variables.all()
            if each.name not in known
        ]
    )
