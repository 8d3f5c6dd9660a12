"""Disputes, demands and breaches, made the way people make them."""

from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from agency.models import User
from agreements.services import requests
from institutions.models import Institution
from supervision.enums.disputes import DisputeResult, DisputeRoute, DisputeSubject
from supervision.models import AgencyBreach, Case, CorrectionDemand, Dispute
from supervision.services import breaches, demands
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
