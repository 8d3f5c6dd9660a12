"""Receiving a batch: files stored as they came, the same files only once."""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
import zlib
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePosixPath

from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.file_kinds import TEXT, XLSX, ZIP
from agency.models import User
from agency.rules import Obstacle, Refusal
from agency.services.attachments import MEGABYTE, sniff, store_attachment
from agency.services.numbers import next_number
from institutions.models import Institution
from settlements.enums import BatchState, FileKind
from settlements.models import BatchFile, BatchTransition, ClaimBatch

UPLOAD_LIMIT = 150 * MEGABYTE
UNPACKED_LIMIT = 2048 * MEGABYTE
CLAIM_FILE_TYPES = (TEXT, XLSX, ZIP)
SUBMISSION_LOCK = 0x5E772
COPY_BYTES = 1024 * 1024
# Cut short, damaged, encrypted, or packed by a method nobody here knows.
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Submission:
    """The answer to a submission: its batch, and whether these files made it."""

    batch: ClaimBatch
    is_new: bool


def refusal(code: str, text: str, remedy: str = "") -> Refusal:
    return Refusal([Obstacle(code, text, remedy=remedy)])


def submit_batch(
    *,
    institution: Institution,
    files: Mapping[FileKind, File],
    by: User | None,
    at: datetime,
    month: date | None = None,
    limit: int = UPLOAD_LIMIT,
) -> Submission:
    """Store the two files and open a batch for the worker; identical files return the batch they
    made before, unless that was rejected. `month` is found in the files when it is not given.

    Refuses a missing, empty, oversized or binary file. Nothing is read beyond its bytes.
    """
    for kind in FileKind:
        if kind not in files:
            raise refusal("file_missing", _("The file %s is missing.") % f"{kind.value}.csv")
    fingerprint = hashlib.sha256(
        "".join(_digest(files[kind]) for kind in FileKind).encode()
    ).hexdigest()
    with ExitStack() as undo, transaction.atomic():
        with connection.cursor() as cursor:
            # Two uploads of the same files at once: the second waits and then finds the first.
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s, %s)", [SUBMISSION_LOCK, institution.pk % 2**31]
            )
        existing = (
            ClaimBatch.objects.filter(institution=institution, fingerprint=fingerprint)
            .exclude(state=BatchState.REJECTED)
            .first()
        )
        if existing:
            return Submission(existing, is_new=False)
        batch = _create_batch(institution, fingerprint, month, by, at)
        for kind in FileKind:
            attachment = store_attachment(
                UploadedFile(files[kind], files[kind].name, size=files[kind].size),
                by=by,
                at=at,
                types=CLAIM_FILE_TYPES,
                limit=limit,
                look_inside=False,
            )
            undo.callback(attachment.file.delete, save=False)
            BatchFile.objects.create(batch=batch, kind=kind, attachment=attachment)
        undo.pop_all()
    return Submission(batch, is_new=True)


def _create_batch(
    institution: Institution, fingerprint: str, month: date | None, by: User | None, at: datetime
) -> ClaimBatch:
    on = timezone.localdate(at)
    batch = ClaimBatch.objects.create(
        number=f"B{on.year}-{next_number(f'claim-batch.{on.year}'):06}",
        institution=institution,
        month=month,
        fingerprint=fingerprint,
        submitted_at=at,
        submitted_by=by,
    )
    BatchTransition.objects.create(
        subject=batch, act="submit", target=batch.state, on=on, at=at, by=by, rule="B-04"
    )
    return batch


def _digest(file: File) -> str:
    digest = hashlib.sha256()
    for chunk in file.chunks(COPY_BYTES):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def unpack_archive(archive: UploadedFile, stack: ExitStack) -> dict[FileKind, File]:
    """Return the claim files of a ZIP, unpacked into temporary files that live as long as `stack`.

    Refuses an archive that is none, is encrypted, lacks a file, or unpacks to too much.
    """
    if sniff(archive.read(512)) != "application/zip":
        raise refusal("archive_unreadable", _("The file “%s” is no ZIP archive.") % archive.name)
    archive.seek(0)
    try:
        with zipfile.ZipFile(archive) as opened:
            members = {kind: _member(opened, kind) for kind in FileKind}
            return {kind: _unpack(opened, member, stack) for kind, member in members.items()}
    except UNREADABLE as error:
        raise refusal(
            "archive_unreadable",
            _("The archive cannot be unpacked: it is damaged or encrypted."),
            _("Pack both files again, without a password."),
        ) from error


def _member(opened: zipfile.ZipFile, kind: FileKind) -> zipfile.ZipInfo:
    found = [
        each
        for each in opened.infolist()
        if PurePosixPath(each.filename).name.lower().startswith(f"{kind.value}.")
    ]
    if len(found) != 1:
        text = _("The archive must hold one file %s, not %d.")
        raise refusal("archive_incomplete", text % (f"{kind.value}.csv", len(found)))
    return found[0]


def _unpack(opened: zipfile.ZipFile, member: zipfile.ZipInfo, stack: ExitStack) -> File:
    target = stack.enter_context(tempfile.TemporaryFile(prefix="claims-"))  # noqa: SIM115
    size = 0
    with opened.open(member) as source:
        while block := source.read(COPY_BYTES):
            size += len(block)
            # Counted while unpacking: what the archive says of itself may be untrue.
            if size > UNPACKED_LIMIT:
                raise refusal("archive_too_large", _("The archive unpacks to more than 2 GB."))
            target.write(block)
    target.flush()
    target.seek(0)
    return File(target, name=PurePosixPath(member.filename).name)
