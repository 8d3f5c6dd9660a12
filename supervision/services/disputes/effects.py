"""What a result changes back, within the transaction that records it (B-19, Order 2 art. 46).

Annulled: suspension, dissolution and measures count as if they had never been, letters and
publications are withdrawn, claims of the days that became payable are decided anew. Changed: the
same for the days and the amount that fall away. Every effect is written down with its amount.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Sum
from django.utils.translation import gettext as _

from agency.models import OfficialLetter, User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from agency.services.letters import withdraw_letter
from agency.services.letters.obstacles import withdrawing_obstacles
from agreements.enums.cascade import EntryState
from agreements.enums.measures import Direction, ObligationKind, ObligationState
from agreements.models import (
    AgreementRequestTransition,
    AgreementTransition,
    DissolvedEntry,
    Obligation,
    Suspension,
)
from agreements.services.annulment import PayableDays, annul_dissolution, annul_suspension
from agreements.services.dissolved import withdraw_entry
from agreements.services.obligations import oblige, withdraw
from agreements.services.shortening import last_day_of, shorten_suspension
from institutions.models import ChangeTransition
from settlements.models import ReopenedStatement
from settlements.services.reopening import reopen
from supervision.enums.cases import AgreementAct
from supervision.enums.disputes import DisputeSubject, EffectKind
from supervision.models import Case, CaseMeasure, Dispute, DisputeEffect
from supervision.notifications import disputes as notifications
from supervision.rules import disputes as rules
from supervision.services import measure_effects

REFERENCE = 80


@dataclass(slots=True)
class Undoing:
    """One undoing: who, when, why, and what it has done so far."""

    dispute: Dispute
    by: User
    on: date
    at: datetime
    reason: str
    effects: list[DisputeEffect] = field(default_factory=list)
    days: list[PayableDays] = field(default_factory=list)

    @property
    def person(self) -> dict[str, Any]:
        return {"by": self.by, "at": self.at, "reason": self.reason}

    def note(self, kind: EffectKind, reference: object = "", **facts: Any) -> None:
        self.effects.append(
            DisputeEffect(
                dispute=self.dispute,
                kind=kind,
                reference=str(reference)[:REFERENCE],
                at=self.at,
                **facts,
            )
        )


def annul(dispute: Dispute, *, by: User, on: date, at: datetime, reason: str) -> Undoing:
    """Undo what is disputed as if it had never been."""
    undoing = Undoing(dispute, by, on, at, reason)
    _ANNUL[DisputeSubject(dispute.subject)](undoing)
    _reopen(undoing)
    DisputeEffect.objects.bulk_create(undoing.effects)
    return undoing


def change(dispute: Dispute, *, by: User, on: date, at: datetime, reason: str) -> Undoing:
    """Undo the part that was changed: the days after the suspension's new end, the amount above
    the new one. The dispute already says both.
    """
    undoing = Undoing(dispute, by, on, at, reason)
    suspension = suspension_of(dispute)
    if dispute.new_end_on and suspension:
        days = shorten_suspension(
            suspension_id=suspension.pk, last_day=dispute.new_end_on, on=on, **undoing.person
        )
        undoing.days += days
        undoing.note(
            EffectKind.SUSPENSION_SHORTENED,
            suspension.agreement,
            first_day=suspension.starts_on,
            last_day=dispute.new_end_on,
        )
    if dispute.new_amount is not None and dispute.new_measure:
        _change_amount(undoing, dispute.new_measure, dispute.new_amount)
    _reopen(undoing)
    DisputeEffect.objects.bulk_create(undoing.effects)
    return undoing


def suspension_of(dispute: Dispute) -> Suspension | None:
    """Return the suspension that is disputed, directly or as the measure of a case."""
    if dispute.suspension:
        return dispute.suspension
    return _imposed_suspension(dispute.case) if dispute.case else None


def span_of(dispute: Dispute) -> tuple[date | None, date | None]:
    """Return the first and the last day of the disputed suspension."""
    suspension = suspension_of(dispute)
    return (suspension.starts_on, last_day_of(suspension)) if suspension else (None, None)


# --- annulling by subject -------------------------------------------------------------------------


def _annul_case(undoing: Undoing) -> None:
    case: Any = undoing.dispute.case
    for measure in case.measures.filter(imposed=True).exclude(agreement_act=""):
        if measure.agreement_act == AgreementAct.SUSPEND:
            _annul_suspension(undoing, _imposed_suspension(case))
        else:
            _annul_dissolution(undoing, case.agreement)
    standing = Obligation.objects.filter(basis=case.number).exclude(state=ObligationState.WITHDRAWN)
    taken_back = standing.aggregate(sum=Sum("amount"))["sum"]
    _withdraw_changed(undoing, case)
    blocked = measure_effects.undo(
        case, reason=undoing.reason, by=undoing.by, at=undoing.at, letter=None
    )
    undoing.days += [
        PayableDays(
            case.agreement_id or 0,
            case.institution_id,
            case.region_id,
            first,
            min(last or undoing.on, undoing.on),
        )
        for first, last in blocked
        if first <= undoing.on
    ]
    undoing.note(EffectKind.MEASURES, case.number, count=len(blocked) or None, amount=taken_back)
    _withdraw_letter(undoing, case.decision_letter)


def _withdraw_changed(undoing: Undoing, case: Case) -> None:
    """Withdraw what an earlier result had put in the place of the case's amounts."""
    earlier = Dispute.objects.filter(case=case).values("number")
    rows = Obligation.objects.filter(basis__in=earlier, direction=Direction.TO_FUND).exclude(
        state=ObligationState.WITHDRAWN
    )
    for pk in rows.order_by("pk").values_list("pk", flat=True):
        withdraw(obligation_id=pk, **undoing.person)


def _annul_suspended(undoing: Undoing) -> None:
    suspension: Any = undoing.dispute.suspension
    _annul_suspension(undoing, suspension)
    _withdraw_step(undoing, suspension.agreement_id, "suspend", suspension.starts_on)


def _annul_dissolved(undoing: Undoing) -> None:
    agreement: Any = undoing.dispute.agreement
    ended_on = agreement.ended_on
    _annul_dissolution(undoing, agreement)
    _withdraw_step(undoing, agreement.pk, "dissolve", ended_on)


def _annul_request(undoing: Undoing) -> None:
    request: Any = undoing.dispute.request
    step = AgreementRequestTransition.objects.filter(subject=request, act="refuse").last()
    _anew(undoing, request, step)


def _annul_change(undoing: Undoing) -> None:
    change_request: Any = undoing.dispute.change
    step = ChangeTransition.objects.filter(subject=change_request, act="reject").last()
    _anew(undoing, change_request, step)


def _annul_assessment(undoing: Undoing) -> None:
    assessment: Any = undoing.dispute.assessment
    _withdraw_letter(undoing, assessment.letter)
    undoing.note(EffectKind.REQUEST, assessment.number)
    notifications.to_decide_anew(
        undoing.dispute,
        matter=assessment.number,
        url=assessment.get_absolute_url(),
        at=undoing.at,
    )


def _annul_nothing(undoing: Undoing) -> None:
    """Nothing falls away: the agency does what it failed to do, and records it there."""
    undoing.note(EffectKind.REQUEST, undoing.dispute.matter)


_ANNUL = {
    DisputeSubject.CASE: _annul_case,
    DisputeSubject.SUSPENSION: _annul_suspended,
    DisputeSubject.DISSOLUTION: _annul_dissolved,
    DisputeSubject.REQUEST: _annul_request,
    DisputeSubject.CHANGE: _annul_change,
    DisputeSubject.ASSESSMENT: _annul_assessment,
    DisputeSubject.NEGOTIATION: _annul_nothing,
    DisputeSubject.BREACH: _annul_nothing,
}


def _imposed_suspension(case: Case) -> Suspension | None:
    imposed = CaseMeasure.objects.filter(
        case=case, imposed=True, agreement_act=AgreementAct.SUSPEND
    )
    return (
        Suspension.objects.standing()
        .filter(agreement=case.agreement, starts_on__in=imposed.values("starts_on"))
        .select_related("agreement")
        .first()
    )


def _annul_suspension(undoing: Undoing, suspension: Suspension | None) -> None:
    if suspension is None:
        return
    undoing.days += annul_suspension(suspension_id=suspension.pk, on=undoing.on, **undoing.person)
    undoing.note(
        EffectKind.SUSPENSION,
        suspension.agreement,
        first_day=suspension.starts_on,
        last_day=last_day_of(suspension),
    )


def _annul_dissolution(undoing: Undoing, agreement: Any) -> None:
    """Annul it, and take the publications of this agreement and of those that followed it off the
    public page at once.
    """
    first_day = agreement.ended_on
    undoing.days += annul_dissolution(agreement_id=agreement.pk, on=undoing.on, **undoing.person)
    undoing.note(EffectKind.DISSOLUTION, agreement, first_day=first_day)
    called_back = DissolvedEntry.objects.filter(
        agreement__institution=agreement.institution_id,
        state=EntryState.TO_WITHDRAW,
        annulled_on=undoing.on,
    )
    for entry in called_back.select_related("agreement").order_by("pk"):
        withdraw_entry(entry_id=entry.pk, by=undoing.by, at=undoing.at, explanation=undoing.reason)
        undoing.note(EffectKind.PUBLICATION, entry.agreement)
    if any(each.kind == EffectKind.PUBLICATION for each in undoing.effects):
        dispute = undoing.dispute
        due, basis = rules.withdrawal_period(
            dispute.decided_on or undoing.on, office(on=undoing.on, region=dispute.region)
        )
        dispute.withdrawal_due_on, dispute.withdrawal_due_basis = due.on, basis.to_json()
        dispute.withdrawn_on = undoing.on


# --- letters, amounts, claims ---------------------------------------------------------------------


def _withdraw_letter(undoing: Undoing, letter: OfficialLetter | None) -> None:
    """Withdraw a letter that still stands; one withdrawn or corrected since is left alone."""
    if letter is None or withdrawing_obstacles(letter, undoing.by):
        return
    withdraw_letter(letter_id=letter.pk, on=undoing.on, **undoing.person)
    undoing.note(EffectKind.LETTER, letter.number)


def _withdraw_step(undoing: Undoing, agreement_id: int, act: str, on: Any) -> None:
    step = (
        AgreementTransition.objects.filter(subject=agreement_id, act=act, on=on)
        .select_related("letter")
        .last()
    )
    _withdraw_letter(undoing, step.letter if step else None)


def _anew(undoing: Undoing, matter: Any, step: Any) -> None:
    """A refusal fell: its letter is withdrawn, and the agency is told to decide anew."""
    _withdraw_letter(undoing, step.letter if step else None)
    undoing.note(EffectKind.REQUEST, matter.number)
    notifications.to_decide_anew(
        undoing.dispute, matter=matter.number, url=matter.get_absolute_url(), at=undoing.at
    )


def _change_amount(undoing: Undoing, measure: CaseMeasure, amount: Decimal) -> None:
    """Put the new amount in the place of the old one: what the fund got goes back, what remains is
    owed anew.
    """
    case = measure.case
    old = (
        Obligation.objects.filter(basis=case.number, basis_item=str(measure.pk))
        .exclude(state=ObligationState.WITHDRAWN)
        .first()
    )
    if old is None:
        text = _("Measure %(measure)s has no obligation that stands.") % {"measure": measure}
        refuse_if([Obstacle("no_obligation", text, rules.RULE)])
        return
    if amount >= old.amount:
        text = _("The new amount, %(new)s CNY, is not less than the old one, %(old)s CNY.")
        facts = {"new": f"{amount:,.2f}", "old": f"{old.amount:,.2f}"}
        refuse_if([Obstacle("amount_not_less", text % facts, rules.RULE)])
    withdraw(obligation_id=old.pk, **undoing.person)
    if amount > 0:
        oblige(
            institution=case.institution,
            region=case.region,
            kind=ObligationKind(old.kind),
            amount=amount,
            ground=old.ground,
            basis=undoing.dispute.number,
            basis_item=str(measure.pk),
            agreement=old.agreement,
            release_when=old.release_when,
            on=undoing.on,
            at=undoing.at,
            by=undoing.by,
            rule=rules.RULE,
        )
    undoing.note(
        EffectKind.AMOUNT,
        old.number,
        amount=amount,
        text=_("%(old)s CNY becomes %(new)s CNY")
        % {"old": f"{old.amount:,.2f}", "new": f"{amount:,.2f}"},
    )


def _reopen(undoing: Undoing) -> None:
    """Have the claims of the days that became payable decided anew."""
    for days in _merged(undoing.days):
        reopening = reopen(
            institution_id=days.institution_id,
            region_code=days.region_code,
            first=days.first,
            last=days.last,
            **undoing.person,
        )
        if reopening is None:
            continue
        amount = ReopenedStatement.objects.filter(reopening=reopening).aggregate(sum=Sum("amount"))[
            "sum"
        ]
        undoing.note(
            EffectKind.CLAIMS,
            days.region_code,
            first_day=days.first,
            last_day=days.last,
            count=reopening.finding_count,
            amount=amount,
        )


def _merged(days: Iterable[PayableDays]) -> Sequence[PayableDays]:
    """Return each range once: agreements of several regions often name the same days."""
    return list({(each.region_code, each.first, each.last): each for each in days}.values())
