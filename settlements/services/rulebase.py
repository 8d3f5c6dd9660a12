"""Importing and releasing the knowledge base (claims.md §4)."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.models import User
from agency.rules import Obstacle, Refusal, refuse_if
from agency.services.numbers import next_number
from settlements.enums import KnowledgeState
from settlements.knowledge_files import Base, read_folder
from settlements.models import KnowledgeRow, KnowledgeVersion, KnowledgeVersionTransition
from settlements.permissions import release_obstacles

OPERATOR = "operator"


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did: the version, whether it is new, and what the files contained."""

    version: KnowledgeVersion
    is_new: bool
    base: Base


def import_rulebase(*, folder: Path, source: str, at: datetime, by: User | None = None) -> Imported:
    """Store the folder's files as a new version, a draft until it is released. The same contents
    again return the version they made before.

    Refuses a folder with wrong rows or missing files: half a knowledge base finds half the faults.
    """
    base = read_folder(folder)
    if base.errors:
        raise Refusal(
            [
                Obstacle(
                    "rulebase_row",
                    _("%(file)s, row %(row)s: %(text)s")
                    % {"file": each.file, "row": each.row or "–", "text": each.text},
                )
                for each in base.errors
            ]
        )
    existing = KnowledgeVersion.objects.filter(source_hash=base.content_hash).first()
    if existing:
        return Imported(existing, is_new=False, base=base)
    with transaction.atomic():
        version = KnowledgeVersion.objects.create(
            number=next_number("knowledge-version"),
            source=source,
            source_hash=base.content_hash,
            imported_at=at,
            imported_by=by,
            row_counts=base.counts,
        )
        KnowledgeRow.objects.bulk_create(
            (KnowledgeRow(version=version, **asdict(each)) for each in base.rows), batch_size=2000
        )
        _record(version, "import", "", at, by, reason=OPERATOR if by is None else "")
    return Imported(version, is_new=True, base=base)


@transaction.atomic
def release_rulebase(*, version_id: int, by: User, at: datetime) -> KnowledgeVersion:
    """Put a version into use from today on. Refuses whoever imported it: it takes two."""
    version = KnowledgeVersion.objects.locked(version_id)
    refuse_if(release_obstacles(version, by))
    return _release(version, at, by)


@transaction.atomic
def release_as_operator(*, version_id: int, at: datetime) -> KnowledgeVersion:
    """Put a version into use from the command line, recorded as the operator's act. A version in
    use stays as it is.
    """
    version = KnowledgeVersion.objects.locked(version_id)
    if version.state == KnowledgeState.RELEASED:
        return version
    return _release(version, at, None)


def _release(version: KnowledgeVersion, at: datetime, by: User | None) -> KnowledgeVersion:
    source = version.state
    version.release(by=by, on=timezone.localdate(at), at=at)
    version.save(update_fields=["state", "released_by", "released_on", "released_at"])
    _record(version, "release", source, at, by, reason=OPERATOR if by is None else "")
    return version


def _record(
    version: KnowledgeVersion, act: str, source: str, at: datetime, by: User | None, reason: str
) -> None:
    KnowledgeVersionTransition.objects.create(
        subject=version,
        act=act,
        source=source,
        target=version.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=reason,
        rule="B-03",
    )
