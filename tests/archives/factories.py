"""Ended matters of each kind, made the way the office makes them."""

from datetime import date

from agreements.models import Agreement
from agreements.services import deadlines
from agreements.services.ending import dissolve_agreement
from archives.models import Record
from archives.services import filing
from settlements.models import Statement
from supervision.models import Case
from tests.settlements.statement_factories import Team, paid_order
from tests.supervision import factories as cases
from tests.supervision.factories import Office, agreement_in_force, at

FILED_ON = date(2026, 2, 2)
FILED_AT = at(FILED_ON)


def expired_agreement(office: Office) -> Agreement:
    """In force in 2025 and not renewed."""
    agreement = agreement_in_force(office.institution)
    day = date(2026, 1, 1)
    deadlines.end_and_begin_terms(on=day, at=at(day))
    return Agreement.objects.get(pk=agreement.pk)


def dissolved_agreement(office: Office) -> Agreement:
    agreement = agreement_in_force(office.institution)
    day = date(2025, 5, 12)
    return dissolve_agreement(
        agreement_id=agreement.pk, by=office.head, at=at(day), on=day, ground=7, reason="歇业未报告"
    )


def paid_statement(office: Office, **kwargs) -> Statement:
    order = paid_order(Team(), institution=office.institution, **kwargs)
    return Statement.objects.get(pk=order.statement_id)


def closed_case(office: Office, *kinds: str) -> Case:
    if {"suspend", "dissolve"} & set(kinds):
        assert office.agreement
    return cases.closed(office, *kinds)


def collect() -> list[Record]:
    filing.collect(at=FILED_AT)
    return list(Record.objects.order_by("number"))
