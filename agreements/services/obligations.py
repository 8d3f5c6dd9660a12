"""Obligations: claims on money that measures leave, and what becomes of them (B-11, art. 38).

The seam for netting: `open_for` says what a statement could net, `enter_settlement` enters what it
did. Nothing else of this module is needed for it.
"""

from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import OfficialLetter, Region, User
from agency.rules import Obstacle, refuse_if
from agency.services.numbers import next_number
from agreements.enums.measures import Direction, EntryKind, ObligationKind
from agreements.models import Agreement, Obligation, ObligationEntry
from agreements.notifications import measures as notifications
from agreements.permissions.measures import (
    ENTER_PAYMENT,
    RELEASE_PAYMENT,
    not_permitted,
)
from agreements.querysets.measures import ObligationQuerySet
from agreements.rules.measures import (
    RULE,
    amount_obstacles,
    entry_obstacles,
    release_obstacles,
    taken_back,
    withdrawal_obstacles,
)
from agreements.services.obligation_periods import record, set_period
from institutions.models import Institution

ARTICLE = "国家医疗保障局令第2号第三十八条"


@transaction.atomic
def oblige(
    *,
    institution: Institution,
    region: Region,
    kind: ObligationKind,
    amount: Decimal,
    ground: str,
    basis: str,
    on: date,
    at: datetime,
    by: User | None,
    basis_item: str = "",
    agreement: Agreement | None = None,
    letter: OfficialLetter | None = None,
    release_when: str = "",
    rule: str = RULE,
    article: str = ARTICLE,
) -> Obligation:
    """Create an obligation of an exact amount. `basis` is the number of the matter that says so.

    With a letter the period to pay runs from the letter's service, without one from `on`. A
    withheld or refused payment has no period: it waits for a statement or its release.
    """
    refuse_if(amount_obstacles(amount))
    obligation = Obligation(
        number=_number(region, on),
        institution=institution,
        agreement=agreement,
        region=region,
        direction=direction_of(kind),
        kind=kind,
        amount=amount,
        ground=ground,
        rule=rule,
        article=article,
        basis=basis,
        basis_item=basis_item,
        release_when=release_when,
        letter=letter,
        arose_on=on,
    )
    if letter is None:
        set_period(obligation, on)
    obligation.save(force_insert=True)
    record(obligation, "oblige", source="", on=on, at=at, by=by, reason=ground, letter=letter)
    if obligation.direction == Direction.TO_INSTITUTION:
        notifications.restored(obligation, at=at)
    return obligation


def direction_of(kind: ObligationKind) -> Direction:
    restored = kind == ObligationKind.RESTORED
    return Direction.TO_INSTITUTION if restored else Direction.TO_FUND


def open_for(institution_id: int, on: date) -> ObligationQuerySet:
    """Return what a statement of the institution could net on the day: open obligations that it
    has been told of, the oldest first.
    """
    return (
        Obligation.objects.open()
        .told()
        .filter(institution=institution_id, arose_on__lte=on)
        .prefetch_related("entries")
        .order_by("arose_on", "pk")
    )


@transaction.atomic
def enter_settlement(
    *,
    obligation_id: int,
    amount: Decimal,
    statement: str,
    on: date,
    at: datetime,
    by: User | None = None,
) -> Obligation:
    """Enter what a statement has netted of an obligation; `statement` is its number. Refuses more
    than is outstanding, and the same statement twice.
    """
    obligation = Obligation.objects.locked(obligation_id)
    return _enter(obligation, EntryKind.NETTED, amount, statement, on=on, at=at, by=by)


@transaction.atomic
def enter_payment(
    *,
    obligation_id: int,
    amount: Decimal,
    voucher: str,
    on: date,
    at: datetime,
    by: User,
    note: str = "",
) -> Obligation:
    """Enter money paid on an obligation by its voucher: in by the institution, or, if it is to be
    paid back, out to it. `on` is the day of the payment, not later than today.
    """
    refuse_if(not_permitted(ENTER_PAYMENT, by))
    obligation = Obligation.objects.locked(obligation_id)
    refuse_if(_day_obstacles(obligation, on, timezone.localdate(at)))
    return _enter(obligation, EntryKind.PAID_IN, amount, voucher, on=on, at=at, by=by, note=note)


@transaction.atomic
def release(*, obligation_id: int, reason: str, by: User, at: datetime) -> Obligation:
    """Release a withheld payment because the reason it was withheld for has ended: the head's act.
    What statements have kept back already becomes an obligation to the institution.
    """
    refuse_if(not_permitted(RELEASE_PAYMENT, by))
    obligation = Obligation.objects.locked(obligation_id)
    on = timezone.localdate(at)
    refuse_if(
        release_obstacles(state=obligation.state, kind=obligation.kind) + _reason_missing(reason)
    )
    netted = taken_back(_entries(obligation))
    rest = obligation.outstanding
    if rest:
        ObligationEntry.objects.create(
            obligation=obligation,
            kind=EntryKind.RELEASED,
            amount=rest,
            on=on,
            note=reason,
            at=at,
            by=by,
        )
    _settle(obligation, "release", on=on, at=at, by=by, reason=reason)
    if netted:
        _restore(obligation, netted, ground=reason, on=on, at=at, by=by)
    return obligation


@transaction.atomic
def withdraw(
    *,
    obligation_id: int,
    reason: str,
    by: User | None,
    at: datetime,
    letter: OfficialLetter | None = None,
) -> Obligation | None:
    """Let an obligation fall away, because its decision has: open or settled. What the fund got of
    it becomes an obligation to the institution, which is returned.
    """
    obligation = Obligation.objects.locked(obligation_id)
    on = timezone.localdate(at)
    refuse_if(
        withdrawal_obstacles(state=obligation.state, kind=obligation.kind) + _reason_missing(reason)
    )
    source = obligation.state
    got = taken_back(_entries(obligation)) if obligation.direction == Direction.TO_FUND else 0
    obligation.withdraw()
    obligation.save(update_fields=["state"])
    record(obligation, "withdraw", source=source, on=on, at=at, by=by, reason=reason, letter=letter)
    notifications.withdrawn(obligation, why=reason, at=at)
    if not got:
        return None
    return _restore(obligation, Decimal(got), ground=reason, on=on, at=at, by=by)


# --- inside -------------------------------------------------------------------------------------


def _number(region: Region, on: date) -> str:
    key = f"{region.pk}-{on.year}"
    return f"OBL-{key}-{next_number(f'obligation:{key}'):04}"


def _entries(obligation: Obligation) -> list[tuple[str, Decimal]]:
    return list(obligation.entries.values_list("kind", "amount"))


def _enter(
    obligation: Obligation,
    kind: EntryKind,
    amount: Decimal,
    reference: str,
    *,
    on: date,
    at: datetime,
    by: User | None,
    note: str = "",
) -> Obligation:
    """Enter a part of an obligation, which the caller has locked; the last part settles it."""
    known = obligation.entries.filter(kind=kind).values_list("reference", flat=True)
    refuse_if(
        entry_obstacles(
            state=obligation.state,
            outstanding=obligation.outstanding,
            amount=amount,
            reference=reference,
            known=list(known),
        )
    )
    entry = ObligationEntry.objects.create(
        obligation=obligation,
        kind=kind,
        amount=amount,
        on=on,
        reference=reference.strip(),
        note=note,
        at=at,
        by=by,
    )
    if obligation.outstanding == 0:
        _settle(obligation, "settle", on=on, at=at, by=by, reason=reference)
    else:
        record(obligation, "enter", obligation.state, on=on, at=at, by=by, reason=reference)
    notifications.entered(obligation, entry, at=at)
    return obligation


def _settle(
    obligation: Obligation, act: str, *, on: date, at: datetime, by: User | None, reason: str
) -> None:
    source = obligation.state
    obligation.settle()
    obligation.save(update_fields=["state"])
    record(obligation, act, source=source, on=on, at=at, by=by, reason=reason)


def _restore(
    obligation: Obligation,
    amount: Decimal,
    *,
    ground: str,
    on: date,
    at: datetime,
    by: User | None,
) -> Obligation:
    return oblige(
        institution=obligation.institution,
        region=obligation.region,
        kind=ObligationKind.RESTORED,
        amount=amount,
        ground=ground,
        basis=obligation.number,
        agreement=obligation.agreement,
        on=on,
        at=at,
        by=by,
        rule="B-19",
    )


def _day_obstacles(obligation: Obligation, paid_on: date, on: date) -> list[Obstacle]:
    if obligation.arose_on <= paid_on <= on:
        return []
    text = _("The day must lie between %(first)s and %(last)s.")
    facts = {"first": obligation.arose_on, "last": on}
    return [Obstacle("day_out_of_order", text % facts, RULE)]


def _reason_missing(reason: str) -> list[Obstacle]:
    if reason.strip():
        return []
    return [Obstacle("reason_missing", _("The reason is missing."), RULE, _("Write it down."))]
