"""The public list of dissolved agreements: entered, published, withdrawn (B-14, C-04)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from agency.models import OfficialLetter, User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from agency.services.letters import on_service
from agency.workdays import Unit
from agreements.enums.cascade import EntryState
from agreements.models import Agreement, DissolvedEntry, DissolvedEntryTransition
from agreements.notifications import cascade as notifications
from agreements.permissions.cascade import (
    PUBLICATION,
    publishing_obstacles,
    withdrawing_obstacles,
)
from agreements.services.signing import reason_obstacles

PUBLICATION_WORKDAYS = "dissolution_publication_wd"
WITHDRAWAL_WORKDAYS = "dissolved_withdrawal_wd"


def list_dissolution(
    agreement: Agreement, *, letter: OfficialLetter | None, by_cascade: bool, at: datetime
) -> DissolvedEntry:
    """Enter a dissolution in the list, to be published; in the transaction that dissolves."""
    institution = agreement.institution
    entry = DissolvedEntry.objects.create(
        agreement=agreement,
        region=agreement.region,
        name=institution.name,
        code=institution.code or "",
        ground=agreement.dissolution_ground,
        by_cascade=by_cascade,
        dissolved_on=agreement.ended_on,
        letter=letter,
    )
    on = timezone.localdate(at)
    record(entry, "list", source="", on=on, at=at, by=None)
    return entry


@on_service("dissolution_decision", "handling_decision")
def decision_served(letter: OfficialLetter, *, served_on: date, at: datetime) -> None:
    """Let the period to publish run from the day on which the decision was served (T-09)."""
    rows = DissolvedEntry.objects.filter(letter=letter, served_on__isnull=True)
    for entry in (
        rows.select_related("region", "agreement")
        .order_by("pk")
        .select_for_update(of=("self",), no_key=True)
    ):
        here = office(on=served_on, region=entry.region)
        due, basis = here.calendar.own.deadline_with_basis(
            PUBLICATION, served_on, Unit.WORKDAY, here.number(PUBLICATION_WORKDAYS)
        )
        entry.served_on, entry.publish_due_on = served_on, due.on
        entry.publish_due_basis = basis.to_json()
        entry.publish_due_provisional = due.provisional
        entry.save(
            update_fields=[
                "served_on",
                "publish_due_on",
                "publish_due_basis",
                "publish_due_provisional",
            ]
        )
        record(entry, "serve", source=entry.state, on=served_on, at=at, by=None, letter=letter)
        notifications.to_be_published(entry, at=at)


@transaction.atomic
def publish_entry(*, entry_id: int, by: User, at: datetime) -> DissolvedEntry:
    """Put an entry on the public page, once its decision has been served."""
    entry = DissolvedEntry.objects.locked(entry_id)
    on = timezone.localdate(at)
    refuse_if(publishing_obstacles(entry, on=on))
    source = entry.state
    entry.publish(by=by, on=on, at=at)
    entry.save(update_fields=["state", "published_by", "published_on", "published_at"])
    record(entry, "publish", source=source, on=on, at=at, by=by)
    notifications.entry_published(entry, at=at)
    return entry


@transaction.atomic
def withdraw_entry(*, entry_id: int, by: User, at: datetime, explanation: str) -> DissolvedEntry:
    """Take an annulled entry off the page; the explanation stands in its place."""
    entry = DissolvedEntry.objects.locked(entry_id)
    obstacles: list[Obstacle] = withdrawing_obstacles(entry) + reason_obstacles(explanation)
    refuse_if(obstacles)
    on = timezone.localdate(at)
    source = entry.state
    entry.withdraw(by=by, on=on, at=at, explanation=explanation.strip())
    entry.save(
        update_fields=["state", "withdrawn_by", "withdrawn_on", "withdrawn_at", "explanation"]
    )
    record(entry, "withdraw", source=source, on=on, at=at, by=by, reason=explanation)
    notifications.entry_withdrawn(entry, at=at)
    return entry


def annul_entry(agreement: Agreement, *, on: date, at: datetime, by: User, reason: str) -> None:
    """Call an entry back whose dissolution was annulled: published, it is to be withdrawn within
    the period; unpublished, it never is.
    """
    row = DissolvedEntry.objects.filter(agreement=agreement, annulled_on__isnull=True)
    pk = row.values_list("pk", flat=True).first()
    if pk is None:
        return
    entry = DissolvedEntry.objects.locked(pk)
    source = entry.state
    if entry.state == EntryState.PENDING:
        entry.void(on=on)
        entry.save(update_fields=["state", "annulled_on"])
    else:
        here = office(on=on, region=entry.region)
        due, basis = here.calendar.own.deadline_with_basis(
            PUBLICATION, on, Unit.WORKDAY, here.number(WITHDRAWAL_WORKDAYS)
        )
        entry.call_back(on=on)
        entry.withdraw_due_on, entry.withdraw_due_basis = due.on, basis.to_json()
        entry.withdraw_due_provisional = due.provisional
        entry.save(
            update_fields=[
                "state",
                "annulled_on",
                "withdraw_due_on",
                "withdraw_due_basis",
                "withdraw_due_provisional",
            ]
        )
        notifications.to_be_withdrawn(entry, at=at)
    record(entry, "annul", source=source, on=on, at=at, by=by, reason=reason, rule="B-19")


def record(
    entry: DissolvedEntry,
    act: str,
    *,
    source: str,
    on: date,
    at: datetime,
    by: User | None,
    reason: str = "",
    rule: str = PUBLICATION,
    letter: OfficialLetter | None = None,
) -> None:
    DissolvedEntryTransition.objects.create(
        subject=entry,
        act=act,
        source=source,
        target=entry.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=rule,
        letter=letter,
    )
