"""Whether a change of information leads to a new assessment (C-09). Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from agency.lawbook import Office, Quantity, QuestionError, asked, law, told
from agency.reasons import Reason, reason
from institutions.rules.changes import MAJOR_FIELDS, field_labels

ADDRESS = "registered_address"
# Jiujiang measure 9: while these stay the same nothing is assessed anew.
DECISIVE_FIELDS = frozenset(
    {"legal_representative", "principal", "actual_controller", ADDRESS, "nature"}
)
# Jiujiang measure 10: within these districts a mere move needs no more than a commitment.
COMMITMENT_DISTRICTS = ("浔阳区", "濂溪区", "开发区", "八里湖新区")

MAX_STAFF = 1_000_000


class AddressCase(StrEnum):
    """Why a registered address changes."""

    RENUMBERED = "RENUMBERED"
    AREA_CHANGE = "AREA_CHANGE"
    GOV_DEMOLITION = "GOV_DEMOLITION"
    RELOCATION = "RELOCATION"

    @property
    def label(self) -> Promise:
        return ADDRESS_CASE_LABELS[self]


ADDRESS_CASE_LABELS = {
    AddressCase.RENUMBERED: _("street or door number changed, the place is the same"),
    AddressCase.AREA_CHANGE: _("grown or shrunk at the same place"),
    AddressCase.GOV_DEMOLITION: _("moved because of a demolition by the government"),
    AddressCase.RELOCATION: _("moved"),
}


class Route(StrEnum):
    """What a change leads to; the filing of the change itself (B-13a) is always needed."""

    NO_REEVAL = "NO_REEVAL"
    NO_REEVAL_WITH_COMMITMENT = "NO_REEVAL_WITH_COMMITMENT"
    MANUAL_REVIEW = "MANUAL_REVIEW"
    REEVAL = "REEVAL"

    @property
    def label(self) -> Promise:
        return ROUTE_LABELS[self]


ROUTE_LABELS = {
    Route.NO_REEVAL: _("no new assessment"),
    Route.NO_REEVAL_WITH_COMMITMENT: _("no new assessment, with a commitment for the new place"),
    Route.MANUAL_REVIEW: _("decided by a person"),
    Route.REEVAL: _("new assessment"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ReevaluationQuestion:
    """Area, staff and scale are compared for a demolition only; what is not known counts as not
    shown. Scale is compared where it is given.
    """

    fields: tuple[str, ...] = asked(_("Changed fields"))
    address_case: AddressCase | None = asked(_("Why the address changes"), default=None)
    from_district: str | None = asked(_("From the district"), default=None)
    to_district: str | None = asked(_("To the district"), default=None)
    area_before: Quantity | None = asked(_("Area before"), default=None)
    area_after: Quantity | None = asked(_("Area after"), default=None)
    staff_before: int | None = asked(_("Staff before"), default=None, minimum=0, maximum=MAX_STAFF)
    staff_after: int | None = asked(_("Staff after"), default=None, minimum=0, maximum=MAX_STAFF)
    scale_before: int | None = asked(_("Beds before"), default=None, minimum=0, maximum=MAX_STAFF)
    scale_after: int | None = asked(_("Beds after"), default=None, minimum=0, maximum=MAX_STAFF)
    demolition_document: bool = asked(_("The demolition document is there"), default=False)

    def __post_init__(self) -> None:
        if not self.fields:
            raise QuestionError("fields", [], _("at least one changed field"))


@dataclass(frozen=True, kw_only=True, slots=True)
class ReevaluationAnswer:
    """`exempt_by` is the row that leaves the address out of account; `proposal` is what the person
    who decides is advised.
    """

    route: Route = told(_("Route"))
    row: str = told(_("Row of the table"))
    exempt_by: str | None = told(_("Address exempt by row"))
    proposal: Route | None = told(_("Proposal"))
    because: tuple[Reason, ...]


@law(
    "C-09",
    article=_("Jiujiang measures of 2025, nos. 9 and 10"),
    decides=_("Whether a change of information leads to a new assessment"),
    question=ReevaluationQuestion,
    answer=ReevaluationAnswer,
)
def reevaluation(question: ReevaluationQuestion, office: Office) -> ReevaluationAnswer:
    """Return the route of a change by the decision table, its row, and why.

    The rows are tried in order. R2 to R4 only leave the address out of account; what then remains
    decides between R6 and R7. A general field, such as a telephone, never leads to R8.

    Law: C-09 (Jiujiang measures of 2025 nos. 9 and 10).
    """
    changed = frozenset(question.fields)
    decisive = changed & DECISIVE_FIELDS
    if not decisive:
        return ReevaluationAnswer(
            route=Route.NO_REEVAL,
            row="R1",
            exempt_by=None,
            proposal=None,
            because=(
                reason(_("Changed: %(fields)s."), fields=field_labels(question.fields)),
                reason(
                    _(
                        "R1: legal representative, principal, actual controller, registered "
                        "address and nature stay the same: no new assessment."
                    )
                ),
                filing_reason(),
            ),
        )
    others = decisive - {ADDRESS}
    exempt_by = address_exemption(question) if ADDRESS in changed else None
    moves_within = (
        changed == {ADDRESS}
        and question.address_case is AddressCase.RELOCATION
        and question.from_district in COMMITMENT_DISTRICTS
        and question.to_district in COMMITMENT_DISTRICTS
    )
    proposal = None
    if moves_within:
        row, route = "R5", Route.NO_REEVAL_WITH_COMMITMENT
    elif exempt_by and changed == {ADDRESS}:
        row, route = "R6", Route.NO_REEVAL
    elif exempt_by and not others:
        row, route, proposal = "R7", Route.MANUAL_REVIEW, Route.NO_REEVAL
    else:
        row, route = "R8", Route.REEVAL
    return ReevaluationAnswer(
        route=route,
        row=row,
        exempt_by=exempt_by,
        proposal=proposal,
        because=(
            reason(_("Changed: %(fields)s."), fields=field_labels(question.fields)),
            *(address_reasons(question, exempt_by) if ADDRESS in changed else ()),
            *row_reasons(row, others),
            filing_reason(),
        ),
    )


def address_exemption(question: ReevaluationQuestion) -> str | None:
    """Return the row by which a change of address is left out of account, if one does.

    Law: C-09 (Jiujiang measures of 2025 no. 9).
    """
    if question.address_case is AddressCase.RENUMBERED:
        return "R2"
    if question.address_case is AddressCase.AREA_CHANGE:
        return "R3"
    if question.address_case is AddressCase.GOV_DEMOLITION and not demolition_gaps(question):
        return "R4"
    return None


def demolition_gaps(question: ReevaluationQuestion) -> list[Reason]:
    """Return what keeps a move after a demolition from being exempt: anything worse than before,
    and anything that is not shown.

    Law: C-09 (Jiujiang measures of 2025 no. 9).
    """
    gaps = []
    pairs: list[tuple[Promise, Decimal | int | None, Decimal | int | None, bool]] = [
        (_("area"), question.area_before, question.area_after, True),
        (_("staff"), question.staff_before, question.staff_after, True),
        (_("beds"), question.scale_before, question.scale_after, False),
    ]
    for name, before, after, needed in pairs:
        if before is None or after is None:
            if needed:
                gaps.append(reason(_("Not shown: %(name)s before and after."), name=name))
        elif after < before:
            text = _("Smaller than before: %(name)s, from %(before)s to %(after)s.")
            gaps.append(reason(text, name=name, before=str(before), after=str(after)))
    if not question.demolition_document:
        gaps.append(reason(_("The document of the demolition is missing.")))
    return gaps


def address_reasons(question: ReevaluationQuestion, exempt_by: str | None) -> Iterator[Reason]:
    case = question.address_case
    if case is None:
        yield reason(_("The address changes, but it is not said why."))
        return
    yield reason(_("The address changes: %(case)s."), case=case)
    if exempt_by:
        yield reason(_("%(row)s leaves the address out of account."), row=exempt_by)
    elif case is AddressCase.GOV_DEMOLITION:
        yield from demolition_gaps(question)
    elif case is AddressCase.RELOCATION:
        yield reason(
            _("From %(old)s to %(new)s; a commitment is enough within %(districts)s."),
            old=question.from_district or "—",
            new=question.to_district or "—",
            districts=COMMITMENT_DISTRICTS,
        )


def row_reasons(row: str, others: frozenset[str]) -> Iterator[Reason]:
    if others:
        names = [name for name in MAJOR_FIELDS if name in others]
        yield reason(_("Decisive for the designation: %(fields)s."), fields=field_labels(names))
    yield reason(ROW_REASONS[row])


ROW_REASONS = {
    "R5": _(
        "R5: nothing but the address changes, within the named districts: no new assessment, but "
        "a commitment that the new place complies."
    ),
    "R6": _("R6: nothing changes but an address that is exempt: no new assessment."),
    "R7": _(
        "R7: more changes than an address that is exempt: a person decides; proposed is no new "
        "assessment."
    ),
    "R8": _("R8: no other row fits: a new assessment."),
}


def filing_reason() -> Reason:
    return reason(_("The change has to be filed in any case (B-13a)."))
