"""Asking the decision table of C-09 about a filing."""

from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from agency.law_json import encode, encode_value
from agency.lawbook import Office
from agency.letter_kinds import CHINESE
from agency.models import Region
from institutions.enums.changes import ChangeField
from institutions.models import Institution
from institutions.rules.reevaluation import (
    COMMITMENT_DISTRICTS,
    AddressCase,
    ReevaluationAnswer,
    ReevaluationQuestion,
    Route,
    reevaluation,
)

RULE = "C-09"


@dataclass(frozen=True, kw_only=True, slots=True)
class RouteContext:
    """What the table must know of a move besides the changed fields."""

    address_case: AddressCase | None = None
    from_district: str | None = None
    to_district: str | None = None
    area_before: Decimal | None = None
    area_after: Decimal | None = None
    staff_before: int | None = None
    staff_after: int | None = None
    scale_before: int | None = None
    scale_after: int | None = None
    demolition_document: bool = False


NO_CONTEXT = RouteContext()


def question_of(
    institution: Institution, values: dict[ChangeField, Any], context: RouteContext
) -> ReevaluationQuestion:
    """Return the question of the table about new values of an institution's fields.

    What the filing says of area and beds fills what the context leaves open. The floor area is
    no field of its own beside an address: the table compares it as part of the move.
    """
    names = list(dict.fromkeys(each.law_field for each in values))
    moves = ChangeField.REGISTERED_ADDRESS in values
    if not moves:
        return ReevaluationQuestion(fields=tuple(names))
    names = [each for each in names if each != ChangeField.FLOOR_AREA]
    known = asdict(context)
    if ChangeField.FLOOR_AREA in values:
        known["area_before"] = known["area_before"] or institution.floor_area
        known["area_after"] = known["area_after"] or values[ChangeField.FLOOR_AREA]
    if ChangeField.SCALE in values:
        known["scale_before"] = institution.beds
        known["scale_after"] = values[ChangeField.SCALE]
    return ReevaluationQuestion(fields=tuple(names), **known)


def route_of(
    institution: Institution,
    values: dict[ChangeField, Any],
    context: RouteContext,
    region_office: Office,
) -> tuple[ReevaluationQuestion, ReevaluationAnswer]:
    """Return what the table is asked about a filing, and its answer."""
    question = question_of(institution, values, context)
    return question, reevaluation(question, region_office)


def basis_of(
    question: ReevaluationQuestion, answer: ReevaluationAnswer, region_office: Office
) -> dict[str, Any]:
    """Return what is kept of the table's answer with a filing, in the office's language."""
    with translation.override(CHINESE):
        because = [str(each) for each in answer.because]
    return {
        "rule": RULE,
        "on": region_office.on.isoformat(),
        "question": encode(question),
        "exempt_by": answer.exempt_by,
        "proposal": encode_value(answer.proposal),
        "because": because,
    }


def districts_of(region: Region) -> list[str]:
    """Return the districts an institution of a region may move between: the counties of its
    prefecture, and what else the table names there. One query.
    """
    prefix = region.code[:4]
    names = list(
        Region.objects.filter(code__startswith=prefix)
        .exclude(code__endswith="00")
        .order_by("code")
        .values_list("name", flat=True)
    )
    if set(names) & set(COMMITMENT_DISTRICTS):
        names += [each for each in COMMITMENT_DISTRICTS if each not in names]
    return names


def consequence_of(route: Route) -> str:
    """Return what a route means for whoever files, in a sentence."""
    return {
        Route.NO_REEVAL: _("The agency checks the filing and decides; nothing else is needed."),
        Route.NO_REEVAL_WITH_COMMITMENT: _(
            "You sign a commitment that the new place complies; it is verified on site afterwards."
        ),
        Route.MANUAL_REVIEW: _(
            "The agency head decides whether a new assessment is needed, and tells you why."
        ),
        Route.REEVAL: _(
            "After the check, a new assessment takes place; only once it is passed can the change "
            "be approved."
        ),
    }[route]
