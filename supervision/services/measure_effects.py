"""What imposed measures do beyond the agreement: interviews, obligations, blocks (B-11, B-18).

Called in the transaction of the case's decision, and, when that falls, in that of the annulment.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from agency.models import OfficialLetter, User
from agency.rules import refuse_if
from agreements.enums.measures import ObligationKind, ObligationState
from agreements.models import Obligation, ServiceBlock
from agreements.services.blocks import annul_block, block
from agreements.services.obligations import oblige, withdraw
from supervision.enums.cases import Rung
from supervision.enums.interviews import MoneyAct
from supervision.models import Case, CaseMeasure, Interview
from supervision.rules import measures as rules
from supervision.services.interviews import annul_interview, order_interview

Days = tuple[date, date | None]

_KINDS = {
    MoneyAct.WITHHOLD: ObligationKind.WITHHELD,
    MoneyAct.REFUSE_PAYMENT: ObligationKind.REFUSED,
    MoneyAct.REFUSE_FEES: ObligationKind.REFUSED,
    MoneyAct.RECOVER: ObligationKind.RECOVERY,
}
# Of measures laid out before the act on the money was asked for.
_PLAIN = {
    Rung.WITHHOLD: ObligationKind.REFUSED,
    Rung.REFUSE: ObligationKind.RECOVERY,
    Rung.DAMAGES: ObligationKind.DAMAGES,
}


def take_effect(
    case: Case,
    measures: Sequence[CaseMeasure],
    *,
    by: User,
    at: datetime,
    letter: OfficialLetter | None,
) -> None:
    """Let the imposed measures of a case take effect: an interview to be called, obligations of
    the amounts, blocks of persons and departments. A refusal goes through, so that the caller's
    transaction leaves nothing behind.
    """
    for measure in measures:
        if measure.rung == Rung.INTERVIEW:
            wanted = Interview(case=case, measure=measure)
            order_interview(wanted, attempt=1, on=timezone.localdate(at), at=at, by=by)
        elif measure.amount is not None:
            _oblige(case, measure, by=by, at=at, letter=letter)
        elif measure.rung == Rung.PERSON:
            _block(case, measure, by=by, at=at, letter=letter)


@transaction.atomic
def undo(
    case: Case, *, reason: str, by: User, at: datetime, letter: OfficialLetter | None = None
) -> list[Days]:
    """Take back what the decision of a case has done: its interviews under way fall away, its
    obligations are withdrawn (what the fund got becomes an obligation to the institution), its
    blocks annulled from their beginning. Returns the days whose services became payable.
    """
    for pk in Interview.objects.filter(case=case).under_way().values_list("pk", flat=True):
        annul_interview(interview_id=pk, reason=reason, by=by, at=at)
    for pk in _standing(case):
        withdraw(obligation_id=pk, reason=reason, by=by, at=at, letter=letter)
    blocks = ServiceBlock.objects.valid().filter(basis=case.number).order_by("pk")
    return [
        annul_block(block_id=pk, reason=reason, by=by, at=at)
        for pk in blocks.values_list("pk", flat=True)
    ]


def kind_of(measure: CaseMeasure) -> ObligationKind:
    """Return the kind of obligation a measure with an amount becomes."""
    if measure.money_act:
        return _KINDS[MoneyAct(measure.money_act)]
    return _PLAIN[Rung(measure.rung)]


def _oblige(
    case: Case, measure: CaseMeasure, *, by: User, at: datetime, letter: OfficialLetter | None
) -> None:
    assert measure.amount is not None, "asked by the caller"  # noqa: S101
    oblige(
        institution=case.institution,
        region=case.region,
        kind=kind_of(measure),
        amount=measure.amount,
        ground=f"{measure.wording} · {measure.clause}",
        basis=case.number,
        basis_item=str(measure.pk),
        agreement=case.agreement,
        letter=letter,
        release_when=measure.release_when,
        on=timezone.localdate(at),
        at=at,
        by=by,
    )


def _block(
    case: Case, measure: CaseMeasure, *, by: User, at: datetime, letter: OfficialLetter | None
) -> None:
    target = measure.practitioner or measure.department
    refuse_if(rules.target_obstacles(rung=measure.rung, has_target=target is not None))
    assert measure.starts_on is not None, "the database has it"  # noqa: S101
    block(
        institution=case.institution,
        region=case.region,
        agreement=case.agreement,
        practitioner=measure.practitioner,
        department=measure.department,
        first_day=measure.starts_on,
        last_day=measure.ends_on,
        ground=measure.clause,
        basis=case.number,
        basis_item=str(measure.pk),
        letter=letter,
        by=by,
        at=at,
    )


def _standing(case: Case) -> list[int]:
    rows = Obligation.objects.filter(basis=case.number).exclude(state=ObligationState.WITHDRAWN)
    return list(rows.order_by("pk").values_list("pk", flat=True))
