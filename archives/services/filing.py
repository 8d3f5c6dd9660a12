"""Filing: an ended matter becomes a record, once."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.files.base import ContentFile
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.models import Region
from agency.rules import Obstacle, refuse_if
from agency.services.numbers import next_number
from agreements.enums.life import AgreementState
from agreements.models import Agreement
from archives import rules
from archives.enums import Category, Retention
from archives.models import Fonds, Record, RecordFile
from archives.services import snapshots
from archives.services.contents import Content, contents_of
from archives.services.snapshots import Snapshot
from settlements.enums import StatementState
from settlements.models import Statement
from supervision.enums.cases import CaseState
from supervision.models import Case

SYSTEM = "office"
OFFICE_LANGUAGE = "zh-hans"
# Contracts, settlements and cases are the office's professional business (H-11); the data sets
# themselves would be SJ, the vouchers of the accounts KU.
CATEGORY = Category.ZY


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of subject that becomes a record: which are ended, and how they are read."""

    field: str
    model: Any
    ended: Q
    snapshot: Callable[[Any], Snapshot]


SOURCES = (
    Source(
        "agreement",
        Agreement,
        Q(
            state__in=[
                AgreementState.EXPIRED,
                AgreementState.RENEWED,
                AgreementState.DISSOLVED,
                AgreementState.AUTO_TERMINATED,
            ]
        ),
        snapshots.of_agreement,
    ),
    Source(
        "statement",
        Statement,
        Q(state__in=[StatementState.PAID, StatementState.CLOSED]),
        snapshots.of_statement,
    ),
    Source("case", Case, Q(state=CaseState.CLOSED), snapshots.of_case),
)
BATCH = 200


def collect(*, at: datetime, batch: int = BATCH) -> int:
    """File every ended matter that is not a record yet; return how many were filed.

    Works in batches until nothing is left, so that it also catches up after missed days.
    """
    return sum(collect_source(source, at=at, batch=batch) for source in SOURCES)


def collect_source(source: Source, *, at: datetime, batch: int) -> int:
    filed, last = 0, 0
    while True:
        waiting = source.model.objects.filter(source.ended, record__isnull=True, pk__gt=last)
        keys = list(waiting.order_by("pk").values_list("pk", flat=True)[:batch])
        if not keys:
            return filed
        filed += sum(file_subject(source, pk, at=at) is not None for pk in keys)
        last = keys[-1]


@transaction.atomic
def file_subject(source: Source, pk: int, *, at: datetime) -> Record | None:
    """File one ended matter; None when another worker was faster. Its row is locked meanwhile."""
    subject = (
        source.model.objects.select_for_update(of=("self",)).filter(source.ended, pk=pk).first()
    )
    if subject is None or Record.objects.filter(**{source.field: pk}).exists():
        return None
    # The record is the office's document: it is written in its language, whoever runs the job.
    with translation.override(OFFICE_LANGUAGE):
        return file_snapshot(source.snapshot(subject), subject={source.field: subject}, at=at)


def file_snapshot(snapshot: Snapshot, *, subject: dict[str, Any], at: datetime) -> Record:
    fonds = fonds_of(snapshot.region)
    period = rules.RETENTION_OF[snapshot.matter]
    year = snapshot.formed_on.year
    item = next_number(f"record.{fonds.pk}.{CATEGORY}.{year}.{period}")
    refuse_if(class_obstacles(item))
    number = rules.number_of(
        fonds=fonds.pk, category=CATEGORY, year=year, retention=period, item=item
    )
    metadata = metadata_of(snapshot, number=number, fonds=fonds, period=period, at=at)
    contents = contents_of(snapshot, metadata)
    record = Record.objects.create(
        number=number,
        fonds=fonds,
        category=CATEGORY,
        year=year,
        retention=period,
        item=item,
        matter=snapshot.matter,
        title=snapshot.title,
        document_number=snapshot.document_number,
        responsible=fonds.name,
        formed_on=snapshot.formed_on,
        retained_until=rules.retained_until(snapshot.formed_on, period),
        metadata={**metadata, "digests": {each.name: each.sha256 for each in contents}},
        filed_at=at,
        **subject,
    )
    for content in contents:
        store(record, content)
    return record


def store(record: Record, content: Content) -> RecordFile:
    """Write one file of the record; if the transaction fails later, the file lies unreferenced."""
    place = f"records/{record.fonds_id}/{record.category}/{record.year}/{record.retention}"
    row = RecordFile(
        record=record,
        role=content.role,
        name=content.name,
        content_type=content.content_type,
        size=len(content.body),
        sha256=content.sha256,
    )
    row.file.save(f"{place}/{record.item:04d}/{content.name}", ContentFile(content.body), save=True)
    return row


def class_obstacles(item: int) -> list[Obstacle]:
    """Return that a class has used up its four digits (H-15)."""
    if item <= rules.LAST_ITEM:
        return []
    return [
        Obstacle(
            "class_is_full",
            _("This class of records has used up its four-digit numbers."),
            "H-15",
            _("Divide the class by department first."),
        )
    ]


def fonds_of(region: Region) -> Fonds:
    """Return the fonds of the region's agency: its own, that of a region above it, or the one
    for the rest.
    """
    above: Region | None = region
    while above is not None:
        if own := Fonds.objects.filter(region=above).first():
            return own
        above = above.parent
    return Fonds.objects.get(region__isnull=True)


def metadata_of(
    snapshot: Snapshot, *, number: str, fonds: Fonds, period: Retention, at: datetime
) -> dict[str, Any]:
    """Return the least that must be known of an electronic record (H-18), as plain JSON."""
    metadata = {
        "archive_number": number,
        "title": snapshot.title,
        "document_number": snapshot.document_number,
        "responsible": fonds.name,
        "formed_on": snapshot.formed_on,
        "institution": snapshot.institution,
        "retention": period.value,
        "retained_until": rules.retained_until(snapshot.formed_on, period),
        "security": _("not classified"),
        "pages": 1,
        "formats": ["JSON", "HTML"],
        "system": SYSTEM,
        "process": snapshot.process,
        "filed_by": _("by the program"),
        "filed_at": timezone.localtime(at),
    }
    return json.loads(json.dumps(metadata, cls=DjangoJSONEncoder))
