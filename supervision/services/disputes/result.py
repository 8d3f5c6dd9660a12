"""The result of a dispute, and that it is carried out in the same transaction (B-19)."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE
from agency.models import OfficialLetter, User
from agency.permissions import Act
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import UploadRef, store_files
from institutions.services.letters import issue_to_institution
from supervision.enums.disputes import DisputeResult, DisputeRoute, DisputeState
from supervision.models import CaseMeasure, Dispute
from supervision.notifications import disputes as notifications
from supervision.permissions import disputes as can
from supervision.permissions.cases import not_permitted
from supervision.rules import disputes as rules
from supervision.services.disputes import effects
from supervision.services.disputes.history import record

Files = Sequence[UploadedFile | UploadRef]
_RESULT = [
    "state",
    "result",
    "result_text",
    "decided_on",
    "result_served_on",
    "result_by",
    "new_end_on",
    "new_measure",
    "new_amount",
    "carried_out_at",
    "carried_out_by",
    "withdrawal_due_on",
    "withdrawal_due_basis",
    "withdrawn_on",
]


def result_act(dispute: Dispute) -> Act:
    """Return the act that records the result: the administration's where it coordinates."""
    coordinated = dispute.route == DisputeRoute.COORDINATION
    return can.CONCLUDE if coordinated else can.RECORD_RESULT


@transaction.atomic
def record_result(
    *,
    dispute_id: int,
    result: DisputeResult,
    text: str,
    decided_on: date,
    by: User,
    on: date,
    at: datetime,
    result_served_on: date | None = None,
    new_end_on: date | None = None,
    new_measure_id: int | None = None,
    new_amount: Decimal | None = None,
    files: Files = (),
) -> Dispute:
    """Record the result. Annulled or changed, it is carried out at once and wholly: if anything of
    it is refused, nothing is recorded. What was settled is carried out by an act of its own.
    """
    result = DisputeResult(result)
    dispute = Dispute.objects.locked(dispute_id)
    refuse_if(not_permitted(result_act(dispute), by))
    refuse_if(
        rules.result_obstacles(
            route=DisputeRoute(dispute.route),
            state=DisputeState(dispute.state),
            result=result,
            decided_on=decided_on,
            filed_on=dispute.filed_on,
            on=on,
            has_document=bool(files),
        )
    )
    source = dispute.state
    dispute.decide(by=by, on=decided_on, result=result, text=text)
    dispute.result_served_on = result_served_on
    if result == DisputeResult.CHANGED:
        _set_change(dispute, new_end_on, new_measure_id, new_amount)
    letter = None
    if result in (DisputeResult.ANNULLED, DisputeResult.CHANGED):
        letter = _carry_out(dispute, annuls=result == DisputeResult.ANNULLED, by=by, on=on, at=at)
    elif dispute.route == DisputeRoute.COORDINATION and result != DisputeResult.WITHDRAWN:
        letter = _coordination_letter(dispute, by=by, at=at)
    dispute.save(update_fields=_RESULT)
    dispute.result_files.set(store_files(files, by=by, at=at))
    record(
        dispute, "decide", source=source, on=decided_on, at=at, by=by, reason=text, letter=letter
    )
    notifications.dispute_moved(dispute, by=by, at=at)
    return dispute


@transaction.atomic
def carry_out(
    *,
    dispute_id: int,
    annuls: bool,
    reason: str,
    by: User,
    on: date,
    at: datetime,
    new_end_on: date | None = None,
    new_measure_id: int | None = None,
    new_amount: Decimal | None = None,
) -> Dispute:
    """Carry out what was settled: the agency annuls its act, changes it, or neither, and says how
    the settlement is done.
    """
    refuse_if(not_permitted(can.CARRY_OUT, by))
    dispute = Dispute.objects.locked(dispute_id)
    refuse_if(carrying_out_obstacles(dispute))
    changes = new_end_on is not None or new_amount is not None
    letter = None
    if annuls:
        letter = _carry_out(dispute, annuls=True, by=by, on=on, at=at, reason=reason)
    elif changes:
        _set_change(dispute, new_end_on, new_measure_id, new_amount)
        letter = _carry_out(dispute, annuls=False, by=by, on=on, at=at, reason=reason)
    else:
        dispute.carry_out(by=by, at=at)
    dispute.save(update_fields=_RESULT)
    record(
        dispute,
        "carry_out",
        source=dispute.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        letter=letter,
    )
    notifications.dispute_moved(dispute, by=by, at=at)
    return dispute


def carrying_out_obstacles(dispute: Dispute) -> list[Obstacle]:
    """Return why there is nothing to carry out."""
    if dispute.result != DisputeResult.SETTLED:
        return [Obstacle("not_settled", _("Nothing was settled here."), rules.RULE)]
    if dispute.carried_out_at:
        return [Obstacle("carried_out", _("It has been carried out already."), rules.RULE)]
    return []


@transaction.atomic
def withdraw_dispute(*, dispute_id: int, reason: str, by: User, on: date, at: datetime) -> Dispute:
    """The institution takes its dispute back; the act stays as it is."""
    refuse_if(not_permitted(can.WITHDRAW_DISPUTE, by))
    dispute = Dispute.objects.visible_to(by).locked(dispute_id)
    refuse_if(withdrawing_obstacles(dispute))
    source = dispute.state
    text = reason.strip() or _("Withdrawn by the institution.")
    dispute.decide(by=by, on=on, result=DisputeResult.WITHDRAWN, text=text)
    dispute.save(update_fields=_RESULT)
    record(dispute, "withdraw", source=source, on=on, at=at, by=by, reason=text)
    notifications.dispute_moved(dispute, by=by, at=at)
    return dispute


def withdrawing_obstacles(dispute: Dispute) -> list[Obstacle]:
    """Return that the dispute has ended already."""
    allowed = (DisputeState.FILED, DisputeState.ACCEPTED, DisputeState.UNDER_WAY)
    return rules.step_obstacles(state=DisputeState(dispute.state), allowed=allowed)


def _set_change(
    dispute: Dispute,
    new_end_on: date | None,
    new_measure_id: int | None,
    new_amount: Decimal | None,
) -> None:
    first, last = effects.span_of(dispute)
    refuse_if(
        rules.change_obstacles(
            subject=dispute.subject,  # type: ignore[arg-type]
            changes_end=new_end_on is not None,
            changes_amount=new_amount is not None,
            suspended_from=first,
            suspended_to=last,
            new_end_on=new_end_on,
        )
    )
    dispute.new_end_on = new_end_on
    if new_amount is None:
        return
    measure = CaseMeasure.objects.filter(
        pk=new_measure_id or 0, case=dispute.case_id, imposed=True, amount__isnull=False
    ).first()
    if measure is None:
        text = _("Name the measure whose amount is changed.")
        refuse_if([Obstacle("measure_missing", text, rules.RULE)])
    dispute.new_measure, dispute.new_amount = measure, new_amount


def _carry_out(
    dispute: Dispute, *, annuls: bool, by: User, on: date, at: datetime, reason: str = ""
) -> OfficialLetter:
    """Undo what fell and say so in a letter, which lists what was changed back."""
    with translation.override(CHINESE):
        why = _("Dispute %(number)s: %(text)s") % {
            "number": dispute.number,
            "text": reason or dispute.result_text,
        }
        undo = effects.annul if annuls else effects.change
        undoing = undo(dispute, by=by, on=on, at=at, reason=why)
        dispute.carry_out(by=by, at=at)
        lines = [effect_line(each) for each in undoing.effects] or [_("Nothing else was changed.")]
        return issue_to_institution(
            kind="dispute_result",
            institution=dispute.institution,
            context={
                "dispute": dispute.number,
                "body": dispute.body or dispute.get_route_display(),
                "result": dispute.get_result_display(),
                "decided_on": dispute.decided_on or on,
                "text": dispute.result_text,
                "effects": "\n".join(f"{n}. {line}" for n, line in enumerate(lines, start=1)),
            },
            matter=dispute.number,
            url=dispute.get_absolute_url(),
            portal_url=dispute.get_portal_url(),
            by=by,
            at=at,
            region=dispute.region,
        )


def effect_line(effect: effects.DisputeEffect) -> str:
    """Return one effect as a line of a letter or a page."""
    words = [str(effect.get_kind_display()), effect.reference, effect.text]
    if effect.first_day:
        last = f" – {effect.last_day}" if effect.last_day else ""
        words.append(f"{effect.first_day}{last}")
    if effect.count:
        words.append(_("%(n)d entries") % {"n": effect.count})
    if effect.amount is not None:
        words.append(_("%(amount)s CNY") % {"amount": f"{effect.amount:,.2f}"})
    return "，".join(each for each in words if each)


def _coordination_letter(dispute: Dispute, *, by: User, at: datetime) -> OfficialLetter:
    with translation.override(CHINESE):
        return issue_to_institution(
            kind="coordination_result",
            institution=dispute.institution,
            context={
                "dispute": dispute.number,
                "claim": dispute.claim,
                "result": dispute.get_result_display(),
                "text": dispute.result_text,
            },
            matter=dispute.number,
            url=dispute.get_absolute_url(),
            portal_url=dispute.get_portal_url(),
            by=by,
            at=at,
            region=dispute.region,
        )
