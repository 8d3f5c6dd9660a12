"""Whether a record still is what was filed."""

import hashlib
from datetime import datetime
from typing import Any

from django.db import transaction

from agency.models import User
from agency.rules import refuse_if
from archives import permissions
from archives.models import Record, RecordCheck, RecordFile


@transaction.atomic
def verify_record(*, record_id: int, by: User, at: datetime) -> RecordCheck:
    """Compare every file of the record with its digest and record the result; refuses those who
    may not. A file that is missing or was altered is named; nothing is repaired.
    """
    refuse_if(permissions.not_permitted(permissions.VERIFY_RECORD, by))
    record = Record.objects.get(pk=record_id)
    findings = [finding_of(each) for each in record.files.all()]
    matches = bool(findings) and all(each["matches"] for each in findings)
    matches = matches and digests_agree(record, findings)
    return RecordCheck.objects.create(
        record=record, at=at, by=by, matches=matches, findings=findings
    )


def finding_of(row: RecordFile) -> dict[str, Any]:
    found = digest_of(row)
    return {
        "name": row.name,
        "expected": row.sha256,
        "found": found,
        "matches": found == row.sha256,
    }


def digest_of(row: RecordFile) -> str | None:
    """Return the digest of the stored file, None when it is gone."""
    digest = hashlib.sha256()
    try:
        with row.file.open("rb") as stored:
            for chunk in stored.chunks():
                digest.update(chunk)
    except FileNotFoundError:
        return None
    return digest.hexdigest()


def digests_agree(record: Record, findings: list[dict[str, Any]]) -> bool:
    """The record's own metadata names the same digests: a file cannot be exchanged with its row."""
    return record.metadata["digests"] == {each["name"]: each["expected"] for each in findings}
