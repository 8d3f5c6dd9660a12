"""What dissolved agreements hold against institutions and persons: set by set (A-05)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import UploadRef, store_files
from agreements.enums.life import AgreementState
from agreements.models import Agreement, LiabilityPerformance
from agreements.permissions.handover import performance_obstacles
from agreements.rules.barring import UNLAWFUL, institution_ground
from agreements.services.history import record_step
from institutions.bars import Bar
from institutions.models import ResponsiblePerson
from institutions.rules.designation import RefusalGround, RefusalRecord

RULE = "A-05"
_HELD = "institution__agreements__"


def bars(institutions: Sequence[int], persons: Sequence[int], on: date) -> Iterator[Bar]:
    """Yield what was on record on the day: N5 and N6 of the institutions, N7 of the persons. Two
    queries.
    """
    yield from _of_institutions(institutions, on)
    yield from _of_persons(persons, on)


def _of_institutions(institutions: Sequence[int], on: date) -> Iterator[Bar]:
    if not institutions:
        return
    rows = Agreement.objects.filter(
        institution__in=institutions, state=AgreementState.DISSOLVED, ended_on__lte=on
    ).select_related("liability_performance")
    for agreement in rows.order_by("ended_on", "pk"):
        ground = institution_ground(agreement.dissolution_ground or 0)
        if ground is None or agreement.ended_on is None:
            continue
        performance = getattr(agreement, "liability_performance", None)
        performed_on = performance.performed_on if performance else None
        yield Bar(
            record=RefusalRecord(
                ground=ground,
                event_on=agreement.ended_on,
                performed_on=performed_on if performed_on and performed_on <= on else None,
            ),
            source=_source(agreement.number, agreement.dissolution_ground),
            url=agreement.get_absolute_url(),
            institution_id=agreement.institution_id,
        )


def _of_persons(persons: Sequence[int], on: date) -> Iterator[Bar]:
    """Those in a post on the day of a dissolution for breach of law."""
    if not persons:
        return
    ended: Any = F(f"{_HELD}ended_on")
    rows = (
        ResponsiblePerson.objects.filter(
            Q(held_to__isnull=True) | Q(held_to__gte=ended),
            person__in=persons,
            held_from__lte=ended,
            **{
                f"{_HELD}state": AgreementState.DISSOLVED,
                f"{_HELD}dissolution_ground__in": UNLAWFUL,
                f"{_HELD}ended_on__lte": on,
            },
        )
        .order_by(f"{_HELD}ended_on", "person")
        .values_list(
            "person",
            f"{_HELD}pk",
            f"{_HELD}number",
            f"{_HELD}ended_on",
            f"{_HELD}dissolution_ground",
        )
        .distinct()
    )
    for person, pk, number, ended_on, ground in rows:
        yield Bar(
            record=RefusalRecord(ground=RefusalGround.N7, event_on=ended_on),
            source=_source(number, ground),
            url=reverse("agreements_desk:detail", args=[pk]),
            person_id=person,
        )


@transaction.atomic
def record_performance(
    *,
    agreement_id: int,
    performed_on: date,
    note: str,
    documents: Sequence[UploadedFile | UploadRef],
    by: User,
    at: datetime,
) -> LiabilityPerformance:
    """Record that everything a dissolved agreement left to be paid or done has been performed:
    from the day after, the ban can run out (A-05 N5, N6).
    """
    agreement = Agreement.objects.locked(agreement_id)
    on = timezone.localdate(at)
    recorded = LiabilityPerformance.objects.filter(agreement=agreement).exists()
    obstacles = performance_obstacles(
        agreement, performed_on=performed_on, on=on, recorded=recorded
    )
    if not note.strip():
        obstacles.append(Obstacle("note_missing", _("Say what was performed."), RULE))
    refuse_if(obstacles)
    performance = LiabilityPerformance.objects.create(
        agreement=agreement,
        performed_on=performed_on,
        note=note.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    performance.documents.set(store_files(documents, by=by, at=at))
    record_step(
        agreement,
        act="record_performance",
        source=agreement.state,
        on=performed_on,
        at=at,
        by=by,
        reason=note.strip(),
        rule=RULE,
    )
    return performance


def _source(number: str | None, ground: int | None) -> str:
    return _("Agreement %(number)s, dissolved on ground %(ground)d") % {
        "number": number,
        "ground": ground or 0,
    }
