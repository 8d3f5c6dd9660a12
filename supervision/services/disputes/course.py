"""The way to a result: taken up or not, invitations, proposals, answers, records."""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE
from agency.models import OfficialLetter, User
from agency.permissions import Act
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import UploadRef, store_files
from agency.services.calendar import office
from institutions.services.letters import issue_to_institution
from supervision.enums.disputes import (
    OPEN_DISPUTE_STATES,
    DisputeRoute,
    DisputeState,
    StepKind,
)
from supervision.models import Dispute, DisputeStep
from supervision.notifications import disputes as notifications
from supervision.permissions import disputes as can
from supervision.permissions.cases import not_permitted
from supervision.rules import disputes as rules
from supervision.services.disputes.history import record

Files = Sequence[UploadedFile | UploadRef]
_WALKING = (DisputeState.ACCEPTED, DisputeState.UNDER_WAY)


def acceptance_act(dispute: Dispute) -> Act:
    """Return the act that takes the dispute up: the administration's where it coordinates."""
    coordinated = dispute.route == DisputeRoute.COORDINATION
    return can.ACCEPT_COORDINATION if coordinated else can.ACCEPT_DISPUTE


def non_acceptance_act(dispute: Dispute) -> Act:
    coordinated = dispute.route == DisputeRoute.COORDINATION
    return can.NOT_ACCEPT_COORDINATION if coordinated else can.NOT_ACCEPT_DISPUTE


@transaction.atomic
def accept_dispute(
    *,
    dispute_id: int,
    accepted_on: date,
    by: User,
    on: date,
    at: datetime,
    body_reference: str = "",
    note: str = "",
) -> Dispute:
    """Record that the dispute is taken up: by the agency that negotiates, by the administration
    that coordinates, by the authority or court as it has told the agency. Its own clock begins.
    """
    dispute = Dispute.objects.locked(dispute_id)
    refuse_if(not_permitted(acceptance_act(dispute), by))
    refuse_if(rules.step_obstacles(state=dispute.state, allowed=[DisputeState.FILED]))
    refuse_if(_day_obstacles(dispute, accepted_on, on))
    source = dispute.state
    dispute.accept(by=by, on=accepted_on)
    dispute.body_reference = body_reference or dispute.body_reference
    period = rules.decision_period(
        DisputeRoute(dispute.route), accepted_on, office(on=on, region=dispute.region)
    )
    if period:
        dispute.decision_due_on, dispute.decision_due_basis = period[0].on, period[1].to_json()
    dispute.save(
        update_fields=[
            "state",
            "accepted_on",
            "accepted_by",
            "body_reference",
            "decision_due_on",
            "decision_due_basis",
        ]
    )
    record(dispute, "accept", source=source, on=accepted_on, at=at, by=by, reason=note)
    notifications.dispute_moved(dispute, by=by, at=at)
    return dispute


@transaction.atomic
def not_accept_dispute(
    *, dispute_id: int, reason: str, by: User, on: date, at: datetime
) -> Dispute:
    """Record that the dispute is not taken up, and why; other ways stay open."""
    dispute = Dispute.objects.locked(dispute_id)
    refuse_if(not_permitted(non_acceptance_act(dispute), by))
    refuse_if(rules.step_obstacles(state=dispute.state, allowed=[DisputeState.FILED]))
    source = dispute.state
    dispute.not_accept(reason=reason)
    dispute.save(update_fields=["state", "refusal_reason"])
    record(dispute, "not_accept", source=source, on=on, at=at, by=by, reason=reason)
    notifications.dispute_moved(dispute, by=by, at=at)
    return dispute


@transaction.atomic
def invite_sides(
    *,
    dispute_id: int,
    meets_at: datetime,
    place: str,
    text: str,
    by: User,
    on: date,
    at: datetime,
) -> DisputeStep:
    """Invite both sides to a coordination: the institution by letter, the agency by notice."""
    refuse_if(not_permitted(can.INVITE_SIDES, by))
    dispute = _coordination(dispute_id)
    if meets_at <= at:
        text_of = _("The meeting, %(when)s, lies in the past.")
        when = timezone.localtime(meets_at).strftime("%Y-%m-%d %H:%M")
        refuse_if([Obstacle("meeting_in_past", text_of % {"when": when}, rules.RULE)])
    letter = _invitation(dispute, meets_at=meets_at, place=place, text=text, by=by, at=at)
    return _step(
        dispute,
        StepKind.INVITATION,
        text=text,
        by=by,
        on=on,
        at=at,
        letter=letter,
        meets_at=meets_at,
        place=place,
    )


def _invitation(
    dispute: Dispute, *, meets_at: datetime, place: str, text: str, by: User, at: datetime
) -> OfficialLetter:
    local = timezone.localtime(meets_at)
    with translation.override(CHINESE):
        when = f"{local.year}年{local.month}月{local.day}日{local:%H}时{local:%M}分"
        return issue_to_institution(
            kind="coordination_invitation",
            institution=dispute.institution,
            context={
                "dispute": dispute.number,
                "claim": dispute.claim,
                "meets_at": when,
                "place": place,
                "text": text,
            },
            matter=dispute.number,
            url=dispute.get_absolute_url(),
            portal_url=dispute.get_portal_url(),
            by=by,
            at=at,
            region=dispute.region,
        )


@transaction.atomic
def propose(
    *, dispute_id: int, text: str, by: User, on: date, at: datetime, files: Files = ()
) -> DisputeStep:
    """Record what the administration proposes to both sides."""
    refuse_if(not_permitted(can.PROPOSE, by))
    dispute = _coordination(dispute_id)
    return _step(dispute, StepKind.PROPOSAL, text=text, by=by, on=on, at=at, files=files)


@transaction.atomic
def answer_proposal(
    *, dispute_id: int, agrees: bool, text: str, by: User, on: date, at: datetime
) -> DisputeStep:
    """Answer the last proposal, for the agency or for the institution."""
    refuse_if(not_permitted(can.AGENCY_ANSWER if by.is_office_staff else can.ANSWER_PROPOSAL, by))
    dispute = Dispute.objects.visible_to(by).locked(dispute_id)
    refuse_if(answering_obstacles(dispute))
    return _step(dispute, StepKind.ANSWER, text=text, by=by, on=on, at=at, agrees=agrees)


def answering_obstacles(dispute: Dispute) -> list[Obstacle]:
    """Return why there is nothing to answer."""
    obstacles = rules.step_obstacles(state=dispute.state, allowed=_WALKING)
    if not obstacles and not dispute.steps.filter(kind=StepKind.PROPOSAL).exists():
        obstacles.append(Obstacle("no_proposal", _("Nothing has been proposed yet."), rules.RULE))
    return obstacles


@transaction.atomic
def record_step(
    *,
    dispute_id: int,
    kind: StepKind,
    text: str,
    by: User,
    on: date,
    at: datetime,
    files: Files = (),
) -> DisputeStep:
    """Record a document, a proposal or a meeting: of the agency, or a document the institution
    adds. In a coordination proposals are the administration's.
    """
    refuse_if(not_permitted(can.RECORD_STEP if by.is_office_staff else can.ADD_TO_DISPUTE, by))
    dispute = Dispute.objects.visible_to(by).locked(dispute_id)
    refuse_if(rules.step_obstacles(state=dispute.state, allowed=OPEN_DISPUTE_STATES))
    refuse_if(_kind_obstacles(dispute, kind, by))
    return _step(dispute, kind, text=text, by=by, on=on, at=at, files=files)


def kinds_for(dispute: Dispute, by: User) -> list[StepKind]:
    """Return what this person may record as a step."""
    if not by.is_office_staff:
        return [StepKind.DOCUMENT]
    own = [StepKind.RECORD, StepKind.DOCUMENT]
    return [StepKind.PROPOSAL, *own] if dispute.route == DisputeRoute.NEGOTIATION else own


def _kind_obstacles(dispute: Dispute, kind: StepKind, by: User) -> list[Obstacle]:
    if kind in kinds_for(dispute, by):
        return []
    text = _("“%(kind)s” is not recorded here.") % {"kind": StepKind(kind).label}
    return [Obstacle("wrong_step", text, rules.RULE)]


def _coordination(dispute_id: int) -> Dispute:
    dispute = Dispute.objects.locked(dispute_id)
    obstacles = rules.step_obstacles(state=dispute.state, allowed=_WALKING)
    if dispute.route != DisputeRoute.COORDINATION:
        text = _("This dispute is not coordinated by the administration.")
        obstacles.append(Obstacle("not_coordinated", text, rules.RULE))
    refuse_if(obstacles)
    return dispute


def _step(
    dispute: Dispute,
    kind: StepKind,
    *,
    text: str,
    by: User,
    on: date,
    at: datetime,
    files: Files = (),
    letter: OfficialLetter | None = None,
    meets_at: datetime | None = None,
    place: str = "",
    agrees: bool | None = None,
) -> DisputeStep:
    """Write the step; the first one after the acceptance gets the dispute under way."""
    source = dispute.state
    if dispute.state == DisputeState.ACCEPTED:
        dispute.get_under_way()
        dispute.save(update_fields=["state"])
    step = DisputeStep.objects.create(
        dispute=dispute,
        kind=kind,
        text=text,
        meets_at=meets_at,
        place=place,
        agrees=agrees,
        at=at,
        by=by,
        letter=letter,
    )
    step.files.set(store_files(files, by=by, at=at))
    record(dispute, kind.value, source=source, on=on, at=at, by=by, reason=text, letter=letter)
    notifications.step_recorded(dispute, step, by=by, at=at)
    return step


def _day_obstacles(dispute: Dispute, accepted_on: date, on: date) -> list[Obstacle]:
    if dispute.filed_on <= accepted_on <= on:
        return []
    text = _("The day of the acceptance, %(day)s, lies before the filing or after today.")
    return [Obstacle("acceptance_day", text % {"day": accepted_on}, rules.RULE)]
