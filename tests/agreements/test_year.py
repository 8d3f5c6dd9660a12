"""The night jobs over a whole synthetic year: every night of it, or one night after it, lead to
the same states. With wishes granted, cascades, limits, renewals, holds and a mandatory suspension.
"""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import transaction

from agreements.enums.life import RequestKind
from agreements.models import Agreement, CascadeReceipt, InpatientWarning, Suspension
from agreements.services import cascade_nights, deadlines, requests, suspension
from tests.agreements.cascades import Regions, plain_letters
from tests.agreements.factories import AgreementFactory, at
from tests.institutions.factories import InstitutionFactory, member_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_letters")]

__all__ = ["plain_letters"]

ONE_DAY = timedelta(days=1)
FIRST, LAST = date(2025, 1, 2), date(2026, 1, 2)
# In the order of their times.
JOBS: list[Callable[..., int]] = [
    cascade_nights.join_cascades,
    deadlines.remind_of_renewal,
    deadlines.perform_requests,
    deadlines.warn_of_limit,
    deadlines.mark_terminations_due,
    deadlines.terminate_automatically,
    deadlines.end_and_begin_terms,
    deadlines.lapse_requests,
]


class Undone(Exception):
    """Rolls back what a run did, so that the other begins where this one began."""


def night(on: date) -> None:
    for job in JOBS:
        job(on=on, at=at(on, 0))


def state_of_everything() -> dict[str, list]:
    return {
        "agreements": list(
            Agreement.objects.order_by("pk").values_list("pk", "state", "ended_on", "last_day")
        ),
        "suspensions": sorted(
            Suspension.objects.values_list(
                "agreement", "starts_on", "resumed_on", "kind", "limit_on", "termination_due_on"
            ),
            key=str,
        ),
        "receipts": sorted(
            CascadeReceipt.objects.values_list("kind", "agreement", "outcome", "effective_on"),
            key=str,
        ),
        "boundaries": sorted(InpatientWarning.objects.values_list("agreement", "boundary_on")),
    }


def outcome(nights: list[date]) -> dict[str, list]:
    found: dict[str, list] = {}
    with pytest.raises(Undone), transaction.atomic():
        for on in nights:
            night(on)
        found = state_of_everything()
        raise Undone
    return found


def wish(world: Regions, agreement: Agreement, kind: RequestKind, wanted_on: str) -> None:
    """File and grant a wish at the beginning of the year, for a later day."""
    request = world.filed(agreement, kind, "2025-01-01", wanted_on=wanted_on)
    requests.accept_request(request_id=request.pk, by=world.officer, at=at("2025-01-02"))


def left_with_its_followers() -> None:
    """Suspended at its wish, passes the limit; one follower begins under it, one before."""
    world = Regions(others=("360100", "330400"))
    first = world.followers[0]
    Agreement.objects.filter(pk=first.pk).update(
        valid_to=date(2025, 4, 30), last_day=date(2025, 4, 30)
    )
    world.agreement("360100", state="signed", valid_from=date(2025, 5, 1))
    world.agreement("420100", state="signed", valid_from=date(2025, 8, 1))
    world.agreement("440100", state="signed", valid_from=date(2026, 1, 1))
    wish(world, world.home, RequestKind.SUSPEND, "2025-04-02")


def resumed_at_home() -> None:
    """Suspended and resumed at home; elsewhere only proposed, where the limit then passes."""
    world = Regions(others=("360100",))
    world.agreement("330400", state="signed", valid_from=date(2025, 5, 1))
    world.suspend(world.home, "2025-01-02")
    wish_ = world.filed(world.home, RequestKind.RESUME, "2025-01-10", wanted_on="2025-06-02")
    suspension.record_check(
        agreement_id=world.home.pk,
        rectified=True,
        findings="已整改",
        by=world.officer,
        at=at("2025-01-10"),
    )
    requests.accept_request(request_id=wish_.pk, by=world.officer, at=at("2025-01-10"))


def dissolved_at_home() -> None:
    """Dissolved at its wish; a renewal and one to come are given up everywhere."""
    world = Regions(others=("360100",))
    world.agreement(
        "360100", state="signed", valid_from=date(2026, 1, 1), renewal_of=world.followers[0]
    )
    world.agreement("420100", state="signed", valid_from=date(2025, 9, 1))
    wish(world, world.home, RequestKind.DISSOLVE, "2025-07-01")


def renewed_and_held() -> None:
    """A non-home region suspends for itself; renewals change over; a held limit lets it expire."""
    world = Regions(others=("360100",))
    world.suspend(world.followers[0], "2025-01-02")
    world.agreement(
        world.region, state="signed", valid_from=date(2026, 1, 1), renewal_of=world.home
    )
    held = AgreementFactory(institution=InstitutionFactory(), region=world.region)
    member_of(held.institution)
    row = world.on_leave(held, "2025-01-02").suspensions.get()
    Suspension.objects.filter(pk=row.pk).update(
        held_at=at("2025-01-03"), held_by=world.head, hold_reason="协商"
    )


def test_every_night_of_a_year_or_one_after_it():
    left_with_its_followers()
    resumed_at_home()
    dissolved_at_home()
    renewed_and_held()
    daily = outcome([FIRST + n * ONE_DAY for n in range((LAST - FIRST).days + 1)])
    ended = {state for _pk, state, _ended, _last in daily["agreements"]}
    assert ended == {
        "auto_terminated",
        "cancelled",
        "dissolved",
        "effective",
        "expired",
        "renewed",
        "suspended",
    }
    assert outcome([LAST]) == daily
