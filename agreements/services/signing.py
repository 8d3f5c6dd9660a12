"""From a draft to an agreement in force (A-09, Order 2 art. 10)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.lawbook import Office
from agency.models import Region, User
from agency.periods import term_end
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from agency.services.numbers import next_number
from agreements.enums.life import AgreementState, RequestKind, RequestState
from agreements.enums.templates import TextKind
from agreements.models import Agreement, AgreementRequest
from agreements.notifications import agreements as notifications
from agreements.permissions.agreements import cancelling_obstacles, signing_obstacles
from agreements.rules import RenewalQuestion
from agreements.rules import renewal as renewal_law
from agreements.services.conclusion import conclude, signing_barred
from agreements.services.filings import open_filing
from agreements.services.history import record_request_step, record_step
from agreements.services.texts.drafting import write_text
from agreements.services.texts.signatures import (
    Files,
    head_obstacles_locked,
    lock_text,
    sign_for_agency,
)
from agreements.services.texts.voiding import void_texts_of
from institutions.models import DesignationApplication, Institution
from institutions.services.registry import unverified_obstacles

TERM_MONTHS = "term_months"
RULE = "A-09"


@transaction.atomic
def draft_agreement(
    *,
    institution_id: int,
    region_code: str,
    valid_from: date,
    by: User,
    at: datetime,
    months: int | None = None,
    renewal_of: Agreement | None = None,
    kind: TextKind = TextKind.MAIN,
) -> Agreement:
    """Draw up an agreement and its text; without `months` for the usual term of the region.

    Refuses an institution whose national code is not known, a term in which it has an agreement
    with the region already, and a region for which no text is published.
    """
    institution = Institution.objects.locked(institution_id)
    region = Region.objects.get(code=region_code)
    region_office = office(on=timezone.localdate(at), region=region)
    valid_to = term_end(valid_from, months or region_office.number(TERM_MONTHS))
    refuse_if(
        _drafting_obstacles(institution, by)
        + overlap_obstacles(institution.pk, region.pk, valid_from, valid_to)
    )
    agreement = Agreement.objects.create(
        institution=institution,
        region=region,
        valid_from=valid_from,
        valid_to=valid_to,
        last_day=valid_to,
        renewal_of=renewal_of,
        **renewal_days(valid_to, region_office),
    )
    record_step(
        agreement,
        act="draft",
        source="",
        on=timezone.localdate(at),
        at=at,
        by=by,
        rule="B-15" if renewal_of else RULE,
    )
    write_text(agreement, None, kind=kind, variables=None, by=by, at=at)
    return agreement


@transaction.atomic
def sign_agreement(*, agreement_id: int, by: User, at: datetime, scan: Files = ()) -> Agreement:
    """Sign for the agency, as the last: the agreement gets its number, and is in force at once if
    its first day has come. Refuses without a text that both sides agreed to and the institution
    has signed; signed on paper, `scan` shows both signatures.
    """
    agreement = Agreement.objects.locked(agreement_id)
    # Serialises the signing of one institution's agreements, so that the check below holds.
    Institution.objects.locked(agreement.institution_id)
    application = _application_of(agreement)
    text = lock_text(agreement)
    on = timezone.localdate(at)
    refuse_if(
        (signing_obstacles(agreement, by) or head_obstacles_locked(text, by, scan=scan))
        + (signing_barred(application, on=on) if application else [])
        + _renewal_obstacles(agreement)
        + overlap_obstacles(
            agreement.institution_id, agreement.region_id, agreement.valid_from, agreement.valid_to
        )
    )
    if text is None:
        raise AssertionError("refused above")
    sign_for_agency(text, by=by, at=at, scan=scan)
    source = agreement.state
    agreement.sign(on=on, number=_new_number(agreement))
    agreement.save(update_fields=["state", "signed_on", "number"])
    record_step(agreement, act="sign", source=source, on=on, at=at, by=by, rule=RULE)
    if application is not None:
        conclude(application, agreement=str(agreement), on=on, at=at, by=by)
    _perform_renewal_request(agreement, on=on, at=at, by=by)
    if agreement.valid_from <= on and agreement.renewal_of_id is None:
        source = agreement.state
        agreement.take_effect()
        agreement.save(update_fields=["state"])
        first_day = agreement.valid_from
        record_step(
            agreement, act="take_effect", source=source, on=first_day, at=at, by=None, rule=RULE
        )
    open_filing(agreement, at=at)
    notifications.agreement_signed(agreement, at=at)
    return agreement


@transaction.atomic
def cancel_agreement(*, agreement_id: int, by: User | None, at: datetime, reason: str) -> Agreement:
    """Give up a draft, or a signed agreement that is not yet in force."""
    agreement = Agreement.objects.locked(agreement_id)
    if by is not None:
        refuse_if(cancelling_obstacles(agreement, by) + reason_obstacles(reason))
    source, was_signed = agreement.state, agreement.signed_on is not None
    void_texts_of(agreement, by=by, at=at, reason=reason)
    agreement.cancel()
    if not was_signed:
        # The application is still negotiated: another draft may follow.
        agreement.application = None
    agreement.save(update_fields=["state", "last_day", "application"])
    on = timezone.localdate(at)
    record_step(
        agreement, act="cancel", source=source, on=on, at=at, by=by, reason=reason, rule=RULE
    )
    if was_signed:
        notifications.agreement_cancelled(agreement, reason=reason, at=at)
    return agreement


def _application_of(agreement: Agreement) -> DesignationApplication | None:
    """Lock the application the agreement was negotiated on; the institution is locked before."""
    if agreement.application_id is None:
        return None
    return DesignationApplication.objects.locked(agreement.application_id)


def renewal_days(valid_to: date, region_office: Office) -> dict[str, date]:
    """Return the days of rule B-15 that an agreement carries."""
    answer = renewal_law(RenewalQuestion(valid_to=valid_to), region_office)
    return {"renewal_apply_by": answer.apply_by, "renewal_remind_on": answer.remind_on}


def reason_obstacles(reason: str) -> list[Obstacle]:
    return [] if reason.strip() else [Obstacle("reason_missing", _("The reason is missing."))]


def overlap_obstacles(
    institution_id: int, region_code: str, first: date, last: date
) -> list[Obstacle]:
    """Return why no agreement can be in force in the term: another one is. One query."""
    other = Agreement.objects.filter(
        institution=institution_id,
        region=region_code,
        signed_on__isnull=False,
        valid_from__lte=last,
        last_day__gte=first,
    ).exclude(state=AgreementState.CANCELLED)
    return [
        Obstacle(
            "term_overlaps",
            _("In that term the institution has agreement %(number)s, to %(last)s.")
            % {"number": each.number, "last": each.last_day},
            rule="A-09",
            remedy=_("Let the new one begin after its last day."),
        )
        for each in other
    ]


def _drafting_obstacles(institution: Institution, by: User) -> list[Obstacle]:
    obstacles = []
    if not by.is_agency_staff:
        obstacles.append(Obstacle("not_entitled", _("Only the agency draws up agreements.")))
    return obstacles + unverified_obstacles(institution)


def _renewal_obstacles(agreement: Agreement) -> list[Obstacle]:
    old = agreement.renewal_of
    if old is None or old.is_running:
        return []
    text = _("The agreement it renews, %(number)s, has ended.") % {"number": old.number}
    remedy = _("Cancel this draft and draw up a new agreement.")
    return [Obstacle("renewed_has_ended", text, "B-15", remedy)]


def _new_number(agreement: Agreement) -> str:
    key = f"{agreement.region_id}-{agreement.valid_from.year}"
    return f"{key}-{next_number(f'agreement:{key}'):04}"


def _perform_renewal_request(agreement: Agreement, *, on: date, at: datetime, by: User) -> None:
    if agreement.renewal_of_id is None:
        return
    for request in AgreementRequest.objects.select_for_update().filter(
        agreement=agreement.renewal_of_id, kind=RequestKind.RENEW, state=RequestState.ACCEPTED
    ):
        source = request.state
        request.perform()
        request.save(update_fields=["state"])
        record_request_step(request, act="perform", source=source, on=on, at=at, by=by, rule="B-15")
