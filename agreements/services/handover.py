"""From an application that passed to an agreement, or to none (A-09, A-11, Order 2 art. 10)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE
from agency.models import OfficialLetter, User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from agency.workdays import add_months
from agreements.enums.life import AgreementState
from agreements.enums.templates import TextKind
from agreements.models import Agreement
from agreements.notifications import handover as notifications
from agreements.permissions.handover import (
    DECLINE_AGREEMENT,
    END_NEGOTIATION,
    attaching_obstacles,
    drafting_obstacles,
    ending_obstacles,
)
from agreements.services.conclusion import conclude, signing_barred
from agreements.services.history import record_step as record_agreement_step
from agreements.services.signing import cancel_agreement, draft_agreement, reason_obstacles
from agreements.services.texts.drafting import draw_up_supplement
from institutions.models import DesignationApplication, Institution
from institutions.services.designation.history import record_step
from institutions.services.letters import issue_to_institution
from institutions.services.registry import unverified_obstacles

RULE = "A-09"
GUIDANCE_MONTHS = "guidance_months"


def agreement_on(application: DesignationApplication) -> Agreement | None:
    """Return the agreement drawn up on the application, if any. One query."""
    return Agreement.objects.filter(application=application).first()


def parent_agreement(application: DesignationApplication, on: date) -> Agreement | None:
    """Return the agreement in force of an internet hospital's physical institution. One query."""
    if application.parent_id is None:
        return None
    rows = Agreement.objects.in_force_on(on).filter(institution=application.parent_id)
    return rows.order_by("-valid_from").first()


def handover_obstacles(application: DesignationApplication, by: User) -> list[Obstacle]:
    """Return why no agreement can be drawn up on the application now."""
    agreement = agreement_on(application)
    return drafting_obstacles(application, agreement, by) + unverified_obstacles(
        application.institution
    )


@transaction.atomic
def draft_from_application(
    *,
    application_id: int,
    valid_from: date,
    by: User,
    at: datetime,
    months: int | None = None,
) -> Agreement:
    """Draw up the agreement negotiated on an application, with its time of policy guidance."""
    application = _locked(application_id)
    refuse_if(handover_obstacles(application, by))
    agreement = draft_agreement(
        institution_id=application.institution_id,
        region_code=application.region_id,
        valid_from=valid_from,
        by=by,
        at=at,
        months=months,
    )
    agreement.application = application
    agreement.guidance_until = _guidance_until(agreement, on=timezone.localdate(at))
    agreement.save(update_fields=["application", "guidance_until"])
    record_step(
        application,
        act="draft_agreement",
        source=application.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        rule=RULE,
    )
    return agreement


@transaction.atomic
def attach_to_parent(*, application_id: int, by: User, at: datetime) -> DesignationApplication:
    """Conclude an internet hospital's application under the agreement of its physical
    institution, to which money goes: it has no agreement of its own (A-02). The supplement that
    says how is drawn up, to be negotiated and signed with that institution.
    """
    on = timezone.localdate(at)
    application = DesignationApplication.objects.locked(application_id)
    found = parent_agreement(application, on)
    # Locked in the order of every act on an agreement: that first, then the application.
    parent = Agreement.objects.locked(found.pk) if found else None
    refuse_if(attaching_obstacles(application, parent, by) + signing_barred(application, on=on))
    if parent is not None:
        draw_up_supplement(
            parent.pk,
            kind=TextKind.SUPPLEMENTARY_INTERNET,
            valid_from=max(on, parent.valid_from),
            valid_to=parent.valid_to,
            institution=application.institution,
            application=application,
            by=by,
            at=at,
        )
        record_agreement_step(
            parent,
            act="attach_internet_hospital",
            source=parent.state,
            on=on,
            at=at,
            by=by,
            reason=_("Application %(number)s of %(name)s")
            % {"number": application.number, "name": application.institution.name},
            rule="A-02",
        )
        conclude(application, agreement=str(parent), on=on, at=at, by=by)
        notifications.attached(application, parent, at=at)
    return application


@transaction.atomic
def end_negotiation(
    *, application_id: int, by: User, at: datetime, reason: str
) -> DesignationApplication:
    """End a negotiation without an agreement, with the reason; a draft is given up."""
    application = _without_draft(application_id, by=by, at=at, reason=reason)
    obstacles = [] if END_NEGOTIATION.allows(by) else [_not_entitled()]
    return _end(application, obstacles, by=by, at=at, reason=reason)


@transaction.atomic
def decline_agreement(
    *, application_id: int, by: User, at: datetime, reason: str
) -> DesignationApplication:
    """Let the institution decline what is negotiated; it may apply anew at any time."""
    own = DesignationApplication.objects.visible_to(by).filter(pk=application_id).exists()
    obstacles = [] if own and DECLINE_AGREEMENT.allows(by) else [_not_entitled()]
    refuse_if(obstacles)
    application = _without_draft(application_id, by=by, at=at, reason=reason)
    return _end(application, [], by=by, at=at, reason=reason)


def _end(
    application: DesignationApplication,
    obstacles: list[Obstacle],
    *,
    by: User,
    at: datetime,
    reason: str,
) -> DesignationApplication:
    refuse_if(obstacles + ending_obstacles(application) + reason_obstacles(reason))
    on, source = timezone.localdate(at), application.state
    application.end_without_agreement()
    application.save(update_fields=["state"])
    record_step(
        application,
        act="end_without_agreement",
        source=source,
        on=on,
        at=at,
        by=by,
        reason=reason.strip(),
        rule=RULE,
        letter=_letter(application, on=on, at=at, by=by, reason=reason.strip()),
    )
    notifications.no_agreement(application, reason=reason.strip(), at=at)
    return application


def _without_draft(
    application_id: int, *, by: User, at: datetime, reason: str
) -> DesignationApplication:
    """Give up the draft on the application, if there is one, and return the application locked.
    All is undone if the end is refused after all.
    """
    draft = Agreement.objects.filter(application=application_id, state=AgreementState.DRAFT).first()
    if draft is not None:
        cancel_agreement(agreement_id=draft.pk, by=None, at=at, reason=reason)
    return DesignationApplication.objects.locked(application_id)


def _locked(application_id: int) -> DesignationApplication:
    """Lock the institution, then the application: the order in which signing locks them."""
    institution = DesignationApplication.objects.values_list("institution", flat=True).get(
        pk=application_id
    )
    Institution.objects.locked(institution)
    return DesignationApplication.objects.locked(application_id)


def _guidance_until(agreement: Agreement, *, on: date) -> date | None:
    months = office(on=on, region=agreement.region).number(GUIDANCE_MONTHS)
    return add_months(agreement.valid_from, months) if months else None


def _letter(
    application: DesignationApplication, *, on: date, at: datetime, by: User, reason: str
) -> OfficialLetter:
    with translation.override(CHINESE):
        return issue_to_institution(
            kind="no_agreement",
            institution=application.institution,
            context={"application": application.number or "", "reason": reason, "ended_on": on},
            matter=application.number or "",
            url=application.get_absolute_url(),
            portal_url=application.get_portal_url(),
            by=by if by.is_agency_staff else None,
            at=at,
            region=application.region,
        )


def _not_entitled() -> Obstacle:
    return Obstacle("not_entitled", _("You may not end this negotiation."))
