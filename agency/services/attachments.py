"""Taking in files: told by their content, looked into, scanned, limited, hashed as received."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.enums import ScanResult, UploadState
from agency.file_kinds import EVIDENCE, EVIDENCE_TYPES, OLD_OFFICE, FilePurpose, sniff, words_of
from agency.models import Attachment, Upload, User
from agency.rules import Obstacle, Refusal
from agency.services.in_force import parameters_on
from agency.services.inspection import (
    HEAD,
    MEGABYTE,
    ContainerLimits,
    content_type_of,
    inspect,
    refusal,
)
from agency.services.scanning import Suspect, scan

__all__ = ["MEGABYTE", "FileLimits", "file_limits", "sniff", "store_attachment", "store_files"]


@dataclass(frozen=True, slots=True)
class FileLimits:
    """What may be uploaded, as the policy parameters of a day say."""

    megabytes: int
    files: int
    form_megabytes: int
    container: ContainerLimits


@dataclass(frozen=True, slots=True)
class UploadRef:
    """A file that arrived in pieces before the form was sent."""

    pk: UUID


def file_limits(on: date, purpose: FilePurpose = EVIDENCE) -> FileLimits:
    """Return the limits of a purpose on a day. One query."""
    values = parameters_on(on)
    megabytes = int(values[purpose.megabytes])
    return FileLimits(
        megabytes=megabytes,
        files=int(values[purpose.files]),
        form_megabytes=min(megabytes, int(values["attachment_form_mb"])),
        container=ContainerLimits(
            entries=int(values["archive_max_files"]),
            ratio=int(values["archive_max_ratio"]),
            unpacked_mb=int(values["archive_max_unpacked_mb"]),
        ),
    )


def store_attachment(
    upload: UploadedFile,
    *,
    by: User | None,
    at: datetime,
    types: Collection[str] = EVIDENCE_TYPES,
    limit: int | None = None,
    look_inside: bool = True,
    scanned: bool = True,
) -> Attachment:
    """Store the upload as received and return it. Refuses a wrong type, an empty file, one over
    `limit` bytes, a damaged, locked or dangerous one, and what the virus scanner finds infected.

    `look_inside` is false where the reader of the file checks it anyway, row by row; `scanned` is
    false for what the program wrote itself.
    """
    limits = file_limits(timezone.localdate(at)) if look_inside else None
    if limit is None:
        limit = (limits or file_limits(timezone.localdate(at))).megabytes * MEGABYTE
    name, size = upload.name or "", upload.size or 0
    check_size(name, size, limit)
    content_type = _type_of(upload, look_inside)
    # An old Office format is named as such, rather than by the list of kinds.
    if limits and (content_type in types or content_type == OLD_OFFICE):
        inspect(upload, name=name, content_type=content_type, limits=limits.container)
    if content_type not in types:
        text = _("The file “%(name)s” is not of an accepted kind (%(kinds)s), whatever its name.")
        raise refusal("file_wrong_type", text % {"name": name, "kinds": words_of(types)})
    sha256 = _digest(upload)
    result = ScanResult.OFF
    if scanned:
        suspect = Suspect(name, size, sha256, by.username if by else "")
        result = scan(upload, suspect, at=at)
    return Attachment.objects.create(
        file=upload,
        name=name[:200],
        content_type=content_type,
        size=size,
        sha256=sha256,
        uploaded_by=by,
        uploaded_at=at,
        scan_result=result,
        scanned_at=at if result == ScanResult.CLEAN else None,
    )


def store_files(
    files: Iterable[UploadedFile | UploadRef],
    *,
    by: User | None,
    at: datetime,
    purpose: FilePurpose = EVIDENCE,
) -> list[Attachment]:
    """Take in the files of a form, those that arrived in pieces before it too, and return them in
    their order. Refuses more than the purpose allows; if one is refused, none stays on the disk.
    """
    given = list(files)
    if not given:
        return []
    limits = file_limits(timezone.localdate(at), purpose)
    refuse_too_many(len(given), limits.files)
    stored: list[Attachment] = []
    with ExitStack() as undo:
        for each in given:
            if isinstance(each, UploadRef):
                stored.append(_use(each, by=by, purpose=purpose))
                continue
            kept = store_attachment(
                each, by=by, at=at, types=purpose.types, limit=limits.megabytes * MEGABYTE
            )
            undo.callback(kept.file.delete, save=False)
            stored.append(kept)
        undo.pop_all()
    return stored


def _use(ref: UploadRef, *, by: User | None, purpose: FilePurpose) -> Attachment:
    """Take the finished upload of a person; if the caller's act is rolled back it is free again."""
    found = (
        Upload.objects.select_for_update(of=("self",))
        .select_related("attachment")
        .filter(
            pk=ref.pk,
            user=by,
            user__isnull=False,
            purpose=purpose.code,
            state=UploadState.FINISHED,
        )
        .first()
    )
    if found is None or found.attachment is None:
        raise refusal(
            "upload_gone",
            _("A file that was uploaded before is not there any more, or was filed already."),
            _("Choose it again."),
        )
    found.state = UploadState.USED
    found.save(update_fields=["state"])
    return found.attachment


def check_size(name: str, size: int, limit: int) -> None:
    """Refuse an empty file and one over the limit, both in bytes."""
    if size < 1:
        raise refusal("file_empty", _("The file “%s” is empty.") % name)
    if size > limit:
        text = _("The file “%(name)s” has %(size).1f MB; the limit is %(limit)d MB.")
        facts = {"name": name, "size": size / MEGABYTE, "limit": limit // MEGABYTE}
        raise refusal("file_too_large", text % facts)


def refuse_too_many(files: int, limit: int) -> None:
    if files > limit:
        text = _("At most %(limit)d files can be sent at a time; these are %(n)d.")
        remedy = _("Pack some of them into a ZIP archive, or send them in two steps.")
        raise Refusal(
            [Obstacle("too_many_files", text % {"limit": limit, "n": files}, remedy=remedy)]
        )


def _type_of(upload: UploadedFile, look_inside: bool) -> str:
    if look_inside:
        return content_type_of(upload)
    head = upload.read(HEAD)
    upload.seek(0)
    return sniff(head)


def _digest(upload: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()


# --- files that belong to nothing -------------------------------------------------------------


def belongings() -> Sequence[tuple[type[models.Model], str]]:
    """Return every (model, field) through which something may hold an attachment: keys as well as
    the tables of many-to-many fields, found from the models, so that none is forgotten.
    """
    found = []
    for relation in Attachment._meta.get_fields(include_hidden=True):
        if relation.auto_created and (relation.one_to_many or relation.one_to_one):
            model, field = relation.related_model, relation.field.name  # type: ignore[union-attr]
            if model is not Upload:
                found.append((model, field))
    return found  # type: ignore[return-value]


def orphans(before: datetime) -> models.QuerySet[Attachment]:
    """Return the attachments, received before the instant, that nothing holds."""
    free = Attachment.objects.filter(uploaded_at__lt=before)
    for model, field in belongings():
        free = free.exclude(Exists(model._default_manager.filter(**{field: OuterRef("pk")})))
    return free


def remove_orphans(*, before: datetime, at_most: int = 1000) -> int:
    """Remove the files that nothing holds and that were received before the instant."""
    removed = 0
    for attachment in orphans(before).order_by("pk")[:at_most]:
        with transaction.atomic():
            locked = orphans(before).select_for_update(of=("self",), skip_locked=True)
            found = locked.filter(pk=attachment.pk).first()
            if found is None:
                continue
            stored = found.file
            Upload.objects.filter(attachment=found, state=UploadState.FINISHED).delete()
            found.delete()
            transaction.on_commit(partial(stored.delete, save=False))
            removed += 1
    return removed
