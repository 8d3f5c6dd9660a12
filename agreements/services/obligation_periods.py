"""Until when obligations are paid, what their decision's service starts, and their history."""

from collections.abc import Iterable
from datetime import date, datetime

from django.db import transaction

from agency.models import OfficialLetter, User
from agency.services.calendar import office
from agency.services.letters import on_correction, on_service
from agreements.models import Obligation, ObligationTransition, ServiceBlock
from agreements.notifications import measures as notifications
from agreements.rules.measures import has_period, payment_period

DECISION = "handling_decision"
_DUE = ["due_on", "due_basis", "due_provisional", "overdue_told_at"]


def set_period(obligation: Obligation, start: date) -> None:
    """Set until when it is to be paid, counted from a day; nothing for what has no period."""
    if not has_period(obligation.kind):
        return
    due, basis = payment_period(start, office(on=start, region=obligation.region))
    obligation.due_on, obligation.due_provisional = due.on, due.provisional
    obligation.due_basis = basis.to_json()


@on_service(DECISION)
def decision_served(letter: OfficialLetter, *, served_on: date, at: datetime) -> None:
    """Let the periods to pay run when the decision has been served, in whichever way, and tell
    the institution what it owes and who is blocked.
    """
    for obligation in _of_letter(letter):
        if obligation.due_on is None and has_period(obligation.kind):
            set_period(obligation, served_on)
            obligation.save(update_fields=_DUE)
            record(obligation, "begin_period", obligation.state, on=served_on, at=at, by=None)
            notifications.payment_due(obligation, at=at)
    for block in ServiceBlock.objects.with_targets().filter(letter=letter).valid():
        notifications.block_told(block, at=at)


@on_correction
def take_correction(letter: OfficialLetter, *, corrects: OfficialLetter, at: datetime) -> None:
    """Let obligations and blocks point to the letter that has taken the place of the wrong one."""
    Obligation.objects.filter(letter=corrects).update(letter=letter)
    ServiceBlock.objects.filter(letter=corrects).update(letter=letter)


def tell_overdue(*, on: date, at: datetime) -> int:
    """Tell both sides of what is overdue since; return how many."""
    overdue = Obligation.objects.overdue(on=on).filter(overdue_told_at__isnull=True)
    return sum(tell_one_overdue(pk, on=on, at=at) for pk in overdue.values_list("pk", flat=True))


@transaction.atomic
def tell_one_overdue(obligation_id: int, *, on: date, at: datetime) -> bool:
    obligation = Obligation.objects.locked(obligation_id)
    if not obligation.is_overdue(on) or obligation.overdue_told_at:
        return False
    obligation.overdue_told_at = at
    obligation.save(update_fields=["overdue_told_at"])
    notifications.overdue(obligation, at=at)
    return True


def _of_letter(letter: OfficialLetter) -> Iterable[Obligation]:
    rows = Obligation.objects.open().filter(letter=letter)
    return rows.select_for_update(of=("self",), no_key=True).select_related("region")


def record(
    obligation: Obligation,
    act: str,
    source: str,
    *,
    on: date,
    at: datetime,
    by: User | None,
    reason: str = "",
    letter: OfficialLetter | None = None,
) -> None:
    """Write a step into the obligation's history."""
    ObligationTransition.objects.create(
        subject=obligation,
        act=act,
        source=source,
        target=obligation.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=obligation.rule,
        letter=letter,
    )
