"""Disputes, demands and breaches, made the way people make them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from agency.models import User
from agency.periods import ONE_DAY
from agreements.models import AgreementRequest
from agreements.services import requests
from institutions.models import Institution
from supervision.enums.disputes import (
    AgencyMeasureKind,
    DisputeResult,
    DisputeRoute,
    DisputeSubject,
)
from supervision.models import AgencyBreach, AgencyMeasure, Case, CorrectionDemand, Dispute
from supervision.services import agency_measures, breaches, demands
from supervision.services.disputes import course, filing, result
from tests.supervision import factories as cases
from tests.supervision.factories import Office, at, pdf

FILED_ON = date(2025, 5, 20)
ACCEPTED_ON = date(2025, 5, 22)
RESULT_ON = date(2025, 6, 20)
BODY = "市人民政府行政复议机构"


def paper() -> SimpleUploadedFile:
    return pdf("决定书.pdf")


def served(office: Office, *kinds: str) -> Case:
    """A case served about an agreement that is in force."""
    office.agreement  # noqa: B018 - made before the case looks for it
    return cases.served(office, *kinds)


def filed(
    case: Case,
    by: User,
    route: DisputeRoute = DisputeRoute.RECONSIDERATION,
    on: date = FILED_ON,
    **facts: Any,
) -> Dispute:
    given = {"claim": "撤销处理决定", "grounds": "认定事实不清", "body": BODY, **facts}
    return filing.file_dispute(
        subject=DisputeSubject.CASE, pk=case.pk, route=route, by=by, on=on, at=at(on), **given
    )


def accepted(dispute: Dispute, by: User, on: date = ACCEPTED_ON) -> Dispute:
    return course.accept_dispute(dispute_id=dispute.pk, accepted_on=on, by=by, on=on, at=at(on))


def decided(
    dispute: Dispute, by: User, what: DisputeResult, on: date = RESULT_ON, **facts: Any
) -> Dispute:
    return result.record_result(
        dispute_id=dispute.pk,
        result=what,
        text="复议决定主文",
        decided_on=on,
        files=[paper()],
        by=by,
        on=on,
        at=at(on),
        **facts,
    )


def overdue_request(office: Office, on: date = date(2025, 5, 12)) -> Any:
    """A request about the agreement, due ten working days later."""
    return requests.file_request(
        agreement_id=office.agreement.pk,
        kind=requests.RequestKind.RENEW,
        by=office.member,
        at=at(on),
        reason="续签",
    )


def breach_of(office: Office, on: date = date(2025, 6, 3)) -> AgencyBreach:
    """A breach the nightly job has found: the request was not decided in time."""
    overdue_request(office)
    breaches.record_breaches(on=on, at=at(on))
    return AgencyBreach.objects.get()


def demand_of(
    institution: Institution, by: User, breach: AgencyBreach | None = None, on: date = FILED_ON
) -> CorrectionDemand:
    return demands.file_demand(
        institution=institution,
        text="请尽快作出决定",
        breach_id=breach.pk if breach else None,
        by=by,
        on=on,
        at=at(on),
    )


@dataclass(frozen=True, slots=True)
class Left:
    """One of each: what the tests of all pages look at."""

    breach: AgencyBreach
    demand: CorrectionDemand
    measure: AgencyMeasure
    dispute: Dispute


def left_about(request: AgreementRequest, *, member: User, supervisor: User, on: date) -> Left:
    """Leave a breach about a request, a demand, a coordination and a measure about the breach."""
    institution = request.agreement.institution
    breach = AgencyBreach.objects.create(
        number=f"BRE-360400-2025-{9000 + request.pk}",
        institution=institution,
        region=institution.region,
        clock="agreements.request_decision",
        row_id=request.pk,
        matter=request.number,
        due_on=on - ONE_DAY,
        began_on=on,
        found_at=at(on),
    )
    demand = demand_of(institution, member, breach, on=on)
    measure = agency_measures.take_measure(
        kind=AgencyMeasureKind.RECTIFICATION,
        text="限期整改",
        breach_id=breach.pk,
        by=supervisor,
        on=on,
        at=at(on),
    )
    dispute = filing.file_dispute(
        subject=DisputeSubject.BREACH,
        pk=breach.pk,
        route=DisputeRoute.COORDINATION,
        claim="督促经办机构办理",
        grounds="逾期未办",
        by=member,
        on=on,
        at=at(on),
        files=[pdf("申请书.pdf")],
    )
    return Left(breach, demand, measure, dispute)
