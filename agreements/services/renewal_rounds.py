"""Central rounds of renewal (B-15): one act instead of an application of each institution."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from agency.models import Region, User
from agency.rules import refuse_if
from agency.services.numbers import next_number
from agreements.enums.life import AgreementState
from agreements.models import (
    Agreement,
    RenewalDecision,
    RenewalMember,
    RenewalRound,
    RenewalRoundTransition,
)
from agreements.notifications import renewals as notifications
from agreements.permissions.renewals import closing_round_obstacles
from agreements.rules import round_obstacles

CHUNK = 1000


def renewable(
    region: Region, *, ends_from: date, ends_to: date, kinds: Sequence[str] = ()
) -> QuerySet[Agreement]:
    """Return the agreements a round can renew: running, ending in the window, not renewed, not
    decided against, and in no other round.
    """
    rows = Agreement.objects.running().filter(
        region=region, valid_to__gte=ends_from, valid_to__lte=ends_to
    )
    if kinds:
        rows = rows.filter(institution__kind__in=kinds)
    renewed = Agreement.objects.filter(renewal_of=OuterRef("pk")).exclude(
        state=AgreementState.CANCELLED
    )
    refused = RenewalDecision.objects.standing().filter(agreement=OuterRef("pk"))
    member = RenewalMember.objects.filter(agreement=OuterRef("pk"))
    return rows.exclude(Exists(renewed)).exclude(Exists(refused)).exclude(Exists(member))


@transaction.atomic
def open_round(
    *,
    region: Region,
    title: str,
    ends_from: date,
    ends_to: date,
    by: User,
    at: datetime,
    kinds: Sequence[str] = (),
    note: str = "",
) -> RenewalRound:
    """Open a round and take in every agreement it can renew; their institutions are told that
    they need not apply.
    """
    on = timezone.localdate(at)
    found = renewable(region, ends_from=ends_from, ends_to=ends_to, kinds=kinds)
    pks = list(found.order_by("pk").values_list("pk", flat=True))
    refuse_if(round_obstacles(ends_from=ends_from, ends_to=ends_to, on=on, members=len(pks)))
    key = f"{region.pk}-{on.year}"
    made = RenewalRound.objects.create(
        number=f"RNW-{key}-{next_number(f'renewal_round:{key}'):04}",
        region=region,
        title=title,
        ends_from=ends_from,
        ends_to=ends_to,
        kinds=list(kinds),
        note=note,
        opened_on=on,
        opened_at=at,
        opened_by=by,
    )
    _step(made, "open_round", source="", on=on, at=at, by=by, reason=note)
    _take_in(made, pks, by=by, at=at)
    return made


@transaction.atomic
def include(
    *, round_id: int, agreement_ids: Iterable[int], by: User, at: datetime
) -> tuple[RenewalRound, int]:
    """Take more agreements into an open round, as far as it can renew them; return how many."""
    made = RenewalRound.objects.locked(round_id)
    refuse_if(closing_round_obstacles(made, by))
    found = renewable(made.region, ends_from=made.ends_from, ends_to=made.ends_to, kinds=made.kinds)
    pks = list(found.filter(pk__in=list(agreement_ids)).order_by("pk").values_list("pk", flat=True))
    if pks:
        on = timezone.localdate(at)
        _step(made, "include", source=made.state, on=on, at=at, by=by, reason=str(len(pks)))
        _take_in(made, pks, by=by, at=at)
    return made, len(pks)


@transaction.atomic
def close_round(*, round_id: int, by: User, at: datetime, reason: str = "") -> RenewalRound:
    """Close a round. What it drew up goes on; the others apply one by one, or expire."""
    made = RenewalRound.objects.locked(round_id)
    refuse_if(closing_round_obstacles(made, by))
    on = timezone.localdate(at)
    source = made.state
    made.close(by=by, on=on)
    made.save(update_fields=["state", "closed_by", "closed_on"])
    _step(made, "close_round", source=source, on=on, at=at, by=by, reason=reason)
    return made


def _take_in(made: RenewalRound, pks: Sequence[int], *, by: User, at: datetime) -> None:
    """The members of a round, and one notice to each of their people: set-based."""
    RenewalMember.objects.bulk_create(
        [RenewalMember(round=made, agreement_id=pk, added_at=at, added_by=by) for pk in pks],
        batch_size=CHUNK,
    )
    notifications.taken_into_round(made, pks, at=at)


def _step(
    made: RenewalRound,
    act: str,
    *,
    source: str,
    on: date,
    at: datetime,
    by: User,
    reason: str = "",
) -> None:
    RenewalRoundTransition.objects.create(
        subject=made,
        act=act,
        source=source,
        target=made.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule="B-15",
    )
