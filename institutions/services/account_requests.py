"""The first visit without paper (C-08): a stranger asks for an account of an institution. One that
nobody knew gets it at once and starts its application the same minute; for one that is known
somebody has to vouch, because the stranger may be anybody.
"""

from dataclasses import dataclass
from datetime import datetime

import pghistory
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.codes import credit_code_fault
from agency.enums import RegionLevel, Role
from agency.models import Attachment, Region, User
from agency.rules import Obstacle, Refusal, refuse_if
from agency.services import asked_accounts
from agency.services.attachments import MEGABYTE, file_limits, store_attachment
from agency.services.calendar import office
from agency.services.numbers import next_number
from agency.workdays import Unit
from institutions.codes import national_code_fault
from institutions.enums.account_requests import AccountRequestState
from institutions.enums.register import Kind
from institutions.models import (
    AccountRequest,
    AccountRequestTransition,
    Institution,
    Membership,
)
from institutions.models.institution import label_of
from institutions.notifications import accounts as notifications
from institutions.permissions.accounts import (
    approval_obstacles,
    rejection_obstacles,
    review_obstacles,
)
from institutions.services.names import spell_names

RULE = "C-08"
DECISION_WORKDAYS = "account_request_wd"
DECISION = ["state", "decided_by", "decided_at", "decision_reason"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a stranger says of the institution and of themselves."""

    institution_name: str
    credit_code: str
    licence_no: str
    kind: Kind
    region: Region
    address: str
    contact_name: str
    phone: str
    username: str
    national_code: str = ""
    email: str = ""


def asked_obstacles(asked: Asked, *, password: str) -> list[Obstacle]:
    """Return what is wrong with a request by itself. Whether the institution is known, or has
    accounts, no stranger learns from it.
    """
    obstacles = []
    for column, value, fault_of in (
        ("credit_code", asked.credit_code, credit_code_fault),
        ("code", asked.national_code, national_code_fault),
    ):
        if (value or column == "credit_code") and (fault := fault_of(value)):
            text = _("%(label)s %(value)s: %(fault)s.")
            facts = {"label": label_of(column), "value": value, "fault": fault}
            remedy = _("Copy it from the certificate again.")
            obstacles.append(Obstacle(f"{column}_faulty", text % facts, "GB 32100", remedy))
    if asked.region.level != RegionLevel.COUNTY:
        text = _("Region %(region)s: institutions belong to a county or district.")
        remedy = _("Choose the county or district of the registered address.")
        obstacles.append(
            Obstacle("region_not_county", text % {"region": asked.region}, "A-13", remedy)
        )
    return [
        *obstacles,
        *asked_accounts.asking_obstacles(
            username=asked.username,
            name=asked.contact_name,
            email=asked.email,
            password=password,
        ),
    ]


def keep_licence(upload: UploadedFile, *, at: datetime) -> Attachment:
    """Take in the scan of a stranger's licence. Refuses a file of another kind, a damaged or
    infected one, and one over the limit of a form.
    """
    limit = file_limits(timezone.localdate(at)).form_megabytes * MEGABYTE
    return store_attachment(upload, by=None, at=at, limit=limit)


@transaction.atomic
def ask_for_account(
    *, asked: Asked, password: str, licence: Attachment, at: datetime
) -> AccountRequest:
    """File a request for an account. Open at once where the register knew nothing of the
    institution: of two who ask for it at the same moment, one opens it and the other waits.

    Refuses faulty codes, a region that is no county, a user name taken, and a weak password.
    """
    refuse_if(asked_obstacles(asked, password=password))
    on = timezone.localdate(at)
    key = f"{asked.region.pk}-{on.year}"
    number = f"REG-{key}-{next_number(f'account_request:{key}'):04}"
    with pghistory.context(act="institutions.ask_for_account", request=number):
        institution, is_new = _institution_of(asked)
        account = asked_accounts.ask_for_account(
            username=asked.username,
            name=asked.contact_name,
            email=asked.email,
            region=asked.region,
            role=Role.INSTITUTION_ADMINISTRATOR,
            password=password,
            at=at,
        )
        if is_new:
            Membership.objects.create(user=account, institution=institution)
            account = asked_accounts.open_asked(
                user_id=account.pk, by=None, at=at, reason=_("Request %s") % number
            )
    here = office(on=on, region=asked.region)
    due, basis = here.calendar.own.deadline_with_basis(
        RULE, on, Unit.WORKDAY, here.number(DECISION_WORKDAYS)
    )
    request = AccountRequest.objects.create(
        number=number,
        state=AccountRequestState.OPENED if is_new else AccountRequestState.WAITING,
        institution=institution,
        account=account,
        institution_name=asked.institution_name,
        credit_code=asked.credit_code,
        national_code=asked.national_code,
        licence_no=asked.licence_no,
        kind=asked.kind,
        region=asked.region,
        address=asked.address,
        contact_name=asked.contact_name,
        phone=asked.phone,
        email=asked.email,
        username=asked.username,
        licence=licence,
        asked_at=at,
        decision_due_on=due.on,
        decision_due_basis=basis.to_json(),
    )
    record_step(request, act="ask", source="", at=at, by=account)
    notifications.account_asked_for(request, at=at)
    return request


def _known(asked: Asked) -> Institution | None:
    """The institution a request means, if the register knows it: by a code, or as an entry of a
    list with the same name and address.
    """
    listed = Q(
        code__isnull=True,
        region=asked.region,
        name=asked.institution_name,
        registered_address=asked.address,
    )
    rows = Institution.objects.filter(Q(credit_code=asked.credit_code) | listed)
    found = list(rows.order_by("pk"))
    by_code = [each for each in found if each.credit_code == asked.credit_code]
    if found:
        return (by_code or found)[0]
    if not asked.national_code:
        return None
    known = Institution.objects.filter(code=asked.national_code).first()
    if known is not None:
        return known
    earlier = AccountRequest.objects.filter(national_code=asked.national_code)
    first = earlier.select_related("institution").order_by("pk").first()
    return first.institution if first else None


def _institution_of(asked: Asked) -> tuple[Institution, bool]:
    """Return the institution, and whether it was entered just now."""
    known = _known(asked)
    if known is not None:
        return known, False
    try:
        with transaction.atomic():
            made = Institution.objects.create(
                credit_code=asked.credit_code,
                name=asked.institution_name,
                licence_no=asked.licence_no,
                kind=asked.kind,
                registered_address=asked.address,
                phone=asked.phone,
                region=asked.region,
            )
    except IntegrityError:
        # Somebody else entered it between our look and our writing.
        known = _known(asked)
        if known is None:
            raise
        return known, False
    spell_names([made.pk])
    return made, True


# --- deciding -------------------------------------------------------------------------------------


@transaction.atomic
def approve_account(*, request_id: int, by: User, at: datetime, reason: str = "") -> AccountRequest:
    """Let the account open: by an administrator of the institution, who knows the person, or by an
    intake clerk, who has looked at the licence.
    """
    request = AccountRequest.objects.locked(request_id)
    refuse_if(approval_obstacles(request, by))
    source = request.state
    request.approve(by=by, at=at, reason=reason)
    request.save(update_fields=DECISION)
    institution = Institution.objects.locked(request.institution_id)
    if by.is_agency_staff and not institution.is_verified and institution.credit_code is None:
        _enter_credit_code(institution, request, by=by)
    with pghistory.context(act="institutions.approve_account", request=request.number, user=by.pk):
        Membership.objects.create(user_id=request.account_id, institution=institution)
    asked_accounts.open_asked(
        user_id=request.account_id, by=by, at=at, reason=reason or _("Request %s") % request.number
    )
    record_step(request, act="approve", source=source, at=at, by=by, reason=reason)
    notifications.account_decided(request, by=by, at=at)
    return request


def _enter_credit_code(institution: Institution, request: AccountRequest, *, by: User) -> None:
    """An entry of a list learns its credit code from the licence the clerk has looked at."""
    if Institution.objects.filter(credit_code=request.credit_code).exists():
        text = _("%(label)s %(value)s belongs to another institution.")
        facts = {"label": label_of("credit_code"), "value": request.credit_code}
        remedy = _("Refuse this request and tell the applicant the right institution.")
        raise Refusal([Obstacle("credit_code_taken", text % facts, remedy=remedy)])
    institution.credit_code = request.credit_code
    with pghistory.context(act="institutions.approve_account", user=by.pk):
        institution.save(update_fields=["credit_code"])


@transaction.atomic
def review_account(*, request_id: int, by: User, at: datetime, reason: str = "") -> AccountRequest:
    """Record that the licence behind an account opened at once has been looked at."""
    request = AccountRequest.objects.locked(request_id)
    refuse_if(review_obstacles(request, by))
    source = request.state
    request.review(by=by, at=at, reason=reason)
    request.save(update_fields=DECISION)
    record_step(request, act="review", source=source, at=at, by=by, reason=reason)
    return request


@transaction.atomic
def reject_account(*, request_id: int, by: User, at: datetime, reason: str) -> AccountRequest:
    """Refuse the account with a reason, or close the one opened at once: nobody logs in with it,
    and its user name is free again. The institution's entry stays.
    """
    request = AccountRequest.objects.locked(request_id)
    obstacles = rejection_obstacles(request, by)
    if not reason.strip():
        obstacles.append(Obstacle("reason_missing", _("A refusal needs its reason.")))
    refuse_if(obstacles)
    source = request.state
    request.reject(by=by, at=at, reason=reason)
    request.save(update_fields=DECISION)
    asked_accounts.refuse_asked(
        user_id=request.account_id, freed_as=request.number, by=by, at=at, reason=reason
    )
    record_step(request, act="reject", source=source, at=at, by=by, reason=reason)
    notifications.account_decided(request, by=by, at=at)
    return request


def record_step(
    request: AccountRequest,
    *,
    act: str,
    source: str,
    at: datetime,
    by: User | None,
    reason: str = "",
) -> None:
    """Write what happened into the request's history."""
    AccountRequestTransition.objects.create(
        subject=request,
        act=act,
        source=source,
        target=request.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=reason,
        rule=RULE,
    )
