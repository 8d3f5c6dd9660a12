"""Filing a dispute in the portal, or entering one an authority or a court has told of."""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import UploadRef, store_files
from agency.services.calendar import office
from agency.services.numbers import next_number
from institutions.models import Institution
from supervision.enums.disputes import OUTSIDE_ROUTES, DisputeRoute, DisputeSubject
from supervision.models import Dispute
from supervision.notifications import disputes as notifications
from supervision.permissions import disputes as can
from supervision.permissions.cases import not_permitted
from supervision.rules import disputes as rules
from supervision.services.disputes.history import record
from supervision.services.disputes.subjects import Disputable, pending_routes, subject_of


@transaction.atomic
def file_dispute(
    *,
    subject: DisputeSubject,
    pk: int,
    route: DisputeRoute,
    claim: str,
    grounds: str,
    by: User,
    on: date,
    at: datetime,
    filed_on: date | None = None,
    body: str = "",
    body_reference: str = "",
    files: Sequence[UploadedFile | UploadRef] = (),
) -> Dispute:
    """File a dispute. Its period runs from the service of what is disputed; without a service from
    the day the institution shows that it knows of it. A late one is recorded as late.

    Refused while the way is excluded by one that is pending.
    """
    refuse_if(not_permitted(can.ENTER_DISPUTE if by.is_office_staff else can.FILE_DISPUTE, by))
    route, subject = DisputeRoute(route), DisputeSubject(subject)
    what = subject_of(subject, pk)
    if what is None or not _is_theirs(what, by):
        refuse_if([nothing_to_dispute()])
        raise AssertionError
    # Two filings about the same institution wait for each other here: the second then sees the
    # first, and is refused in words instead of by the database.
    Institution.objects.select_for_update(no_key=True).get(pk=what.institution.pk)
    filed_on = filed_on or on
    known_on = what.served_on or filed_on
    refuse_if(
        rules.filing_obstacles(
            route=route,
            pending=pending_routes(what.keys, subject),
            filed_on=filed_on,
            served_on=known_on,
            on=on,
        )
        + _body_obstacles(route, body, by)
    )
    here = office(on=on, region=what.region)
    period = rules.filing_period(route, known_on, here)
    acceptance = rules.acceptance_period(route, filed_on, here)
    until = period[0].on if period else None
    key = f"{what.region.pk}-{on.year}"
    dispute = Dispute.objects.create(
        number=f"DSP-{key}-{next_number(f'dispute:{key}'):04}",
        institution=what.institution,
        region=what.region,
        route=route,
        subject=subject,
        served_on=known_on,
        until=until,
        until_basis=period[1].to_json() if period else {},
        is_late=rules.is_late(filed_on, until),
        filed_on=filed_on,
        filed_at=at,
        filed_by=by,
        claim=claim,
        grounds=grounds,
        body=body,
        body_reference=body_reference,
        acceptance_due_on=acceptance[0].on if acceptance else None,
        acceptance_due_basis=acceptance[1].to_json() if acceptance else {},
        **what.keys,
    )
    dispute.files.set(store_files(files, by=by, at=at))
    record(dispute, "file", source="", on=filed_on, at=at, by=by, reason=claim)
    notifications.dispute_filed(dispute, by=by, at=at)
    return dispute


def nothing_to_dispute() -> Obstacle:
    return Obstacle(
        "nothing_to_dispute",
        _("There is nothing of this kind that can be disputed."),
        rules.RULE,
        _("A suspension or dissolution that a case decided is disputed as that decision."),
    )


def _is_theirs(what: Disputable, by: User) -> bool:
    return by.is_office_staff or what.institution.memberships.filter(user=by).exists()


def _body_obstacles(route: DisputeRoute, body: str, by: User) -> list[Obstacle]:
    if route not in OUTSIDE_ROUTES or body.strip():
        return []
    return [
        Obstacle(
            "no_body",
            _("The authority or the court is missing."),
            rules.RULE,
            _("Name where the application or the action was filed."),
        )
    ]
