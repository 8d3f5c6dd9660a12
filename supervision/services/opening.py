"""From the clue to the case: registering, opening, and laying out the intended measures."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from agency.models import Region, User
from agency.rules import refuse_if
from agency.services.attachments import UploadRef, store_files
from agency.services.numbers import next_number
from agreements.models import Agreement
from institutions.models import Institution
from settlements.models import Finding
from supervision import rules
from supervision.enums.cases import CaseState, Origin
from supervision.models import AdministrationOrder, Case, CaseMeasure
from supervision.permissions import cases as permissions
from supervision.services.clauses import on_its_clause, on_the_roster
from supervision.services.history import record


@transaction.atomic
def register_clue(
    *,
    institution: Institution,
    title: str,
    clue: str,
    by: User,
    on: date,
    at: datetime,
    finding: Finding | None = None,
    order: AdministrationOrder | None = None,
    agreement: Agreement | None = None,
    files: Iterable[UploadedFile | UploadRef] = (),
) -> Case:
    """Register a clue and return its case, numbered. Refuses a finding that is not confirmed, and
    a clue that says nothing.
    """
    refuse_if(permissions.not_permitted(permissions.REGISTER_CLUE, by))
    if finding:
        finding = Finding.objects.select_for_update(of=("self",)).get(
            pk=finding.pk, batch__institution=institution
        )
    if order:
        order = AdministrationOrder.objects.filter(institution=institution).locked(order.pk)
    refuse_if(
        rules.opening_obstacles(
            finding_state=finding.status if finding else None,
            has_report=bool(order or clue.strip()),
            finding_in_case=bool(
                finding and finding.cases.exclude(state=CaseState.DISMISSED).exists()
            ),
            order_in_case=bool(order and order.case_id),
        )
    )
    agreement = agreement or agreement_of(institution, on)
    region = agreement.region if agreement else by.region or institution.region
    case = Case.objects.create(
        number=case_number(region, on),
        institution=institution,
        agreement=agreement,
        region=region,
        origin=origin_of(finding, order),
        finding=finding,
        title=title,
        clue=clue,
        opened_by=by,
        opened_on=on,
    )
    case.evidence.set(store_files(files, by=by, at=at))
    if order:
        order.case = case
        order.save(update_fields=["case"])
    record(case, "register_clue", source="", on=on, at=at, by=by)
    return case


def origin_of(finding: Finding | None, order: AdministrationOrder | None) -> Origin:
    if finding:
        return Origin.FINDING
    return Origin.ORDER if order else Origin.REPORT


def agreement_of(institution: Institution, on: date) -> Agreement | None:
    """Return the institution's agreement of that day, or else its latest."""
    agreements = Agreement.objects.filter(institution=institution).select_related("region")
    running = agreements.in_term_on(on).order_by("-valid_from").first()
    return running or agreements.order_by("-valid_from").first()


def case_number(region: Region, on: date) -> str:
    key = f"case.{region.pk}.{on.year}"
    return f"CASE-{region.pk}-{on.year}-{next_number(key):04d}"


@transaction.atomic
def open_case(
    *,
    case_id: int,
    facts: str,
    by: User,
    on: date,
    at: datetime,
    visited_on: date | None = None,
) -> Case:
    """Open the case with the facts as verified so far. Who verifies what the program found keeps
    the case from then on; that an institution has closed is verified by a visit.
    """
    refuse_if(permissions.not_permitted(permissions.OPEN_CASE, by))
    case = Case.objects.locked(case_id)
    refuse_if(rules.state_obstacles(state=case.state, allowed=[CaseState.CLUE]))
    refuse_if(rules.verification_obstacles(ground=case.ground, visited_on=visited_on, on=on))
    source = case.state
    case.open(facts=facts, by=by, on=on, visited_on=visited_on)
    case.save(
        update_fields=["state", "facts", "opened_by", "verified_by", "verified_on", "visited_on"]
    )
    record(case, "open_case", source=source, on=on, at=at, by=by, reason=facts)
    return case


@transaction.atomic
def add_measure(
    *,
    case_id: int,
    facts: Mapping[str, Any],
    by: User,
    at: datetime,
    files: Iterable[UploadedFile | UploadRef] = (),
) -> CaseMeasure:
    """Add an intended measure to an opened case; `facts` are fields of the measure. After the
    notice nothing is added any more: the institution answers to what it was told.
    """
    refuse_if(permissions.not_permitted(permissions.ADD_MEASURE, by))
    case = Case.objects.locked(case_id)
    refuse_if(rules.state_obstacles(state=case.state, allowed=[CaseState.OPENED]))
    refuse_if(
        rules.measure_obstacles(
            rung=facts["rung"],
            rungs=[each.rung for each in case.measures.all()],
            has_agreement=case.agreement_id is not None,
        )
    )
    facts = on_the_roster(on_its_clause(case, facts))
    measure = CaseMeasure.objects.create(case=case, **facts)
    measure.files.set(store_files(files, by=by, at=at))
    return measure


@transaction.atomic
def remove_measure(*, case_id: int, measure_id: int, by: User) -> Case:
    """Take an intended measure out again, before the notice."""
    refuse_if(permissions.not_permitted(permissions.REMOVE_MEASURE, by))
    case = Case.objects.locked(case_id)
    refuse_if(rules.state_obstacles(state=case.state, allowed=[CaseState.OPENED]))
    case.measures.get(pk=measure_id).delete()
    return case
