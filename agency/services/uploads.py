"""Large files in pieces: begun, continued after a break, taken in once whole."""

import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.enums import UploadState
from agency.file_kinds import PURPOSES
from agency.models import Upload, User
from agency.rules import Obstacle, Refusal
from agency.services.attachments import MEGABYTE, check_size, file_limits, store_attachment
from agency.services.in_force import parameters_on
from agency.services.inspection import refusal

PIECE = 64 * 1024
# What may be different in a minute: the file stays, to be taken in later.
PASSING = {"scanner_unreachable"}


class WrongOffset(Exception):
    """The piece does not begin where the received bytes end."""

    def __init__(self, upload: Upload) -> None:
        self.upload = upload
        super().__init__(f"expected {upload.received}")


def begin(*, user: User, purpose: str, name: str, size: int, at: datetime) -> Upload:
    """Begin an upload. Refuses an unknown purpose, a size over its limit, and more unfinished
    uploads than a person may have.
    """
    on = timezone.localdate(at)
    about = PURPOSES.get(purpose)
    if about is None:
        text = _("There is no field of files called “%s”.") % purpose[:40]
        raise Refusal([Obstacle("unknown_purpose", text)])
    check_size(name, size, file_limits(on, about).megabytes * MEGABYTE)
    values = parameters_on(on)
    unfinished = Upload.objects.filter(user=user, state=UploadState.OPEN, expires_at__gt=at)
    if unfinished.count() >= int(values["upload_max_open"]):
        raise refusal(
            "too_many_uploads",
            _("You have %d unfinished uploads.") % int(values["upload_max_open"]),
            _("Continue or cancel one of them first."),
        )
    return Upload.objects.create(
        user=user,
        purpose=purpose,
        name=name[:200],
        size=size,
        created_at=at,
        expires_at=_expiry(at),
    )


def _expiry(at: datetime) -> datetime:
    values = parameters_on(timezone.localdate(at))
    return at + timedelta(hours=int(values["upload_expiry_hours"]))


@transaction.atomic
def append(
    *, pk: UUID, user: User, offset: int, read: Callable[[int], bytes], at: datetime
) -> Upload:
    """Add the piece at the offset, and take the file in once it is whole. What was received of a
    piece that broke off is kept.

    Raises WrongOffset where the piece does not continue the file; two senders of the same file
    wait for each other, and the second one gets that answer. Refuses more bytes than announced.
    """
    upload = Upload.objects.select_for_update().get(pk=pk, user=user, expires_at__gt=at)
    if upload.state != UploadState.OPEN or offset != upload.received:
        raise WrongOffset(upload)
    received = _write(upload, read)
    if received > upload.size:
        text = _("The file “%s” is larger than was announced.") % upload.name
        return _refused(upload, Refusal([Obstacle("file_too_large", text)]))
    upload.received, upload.expires_at = received, _expiry(at)
    upload.save(update_fields=["received", "expires_at"])
    if received == upload.size:
        return _take_in(upload, at)
    return upload


def _write(upload: Upload, read: Callable[[int], bytes]) -> int:
    """Write what comes behind the received bytes; return where the file then ends."""
    path = part_of(upload)
    path.parent.mkdir(parents=True, exist_ok=True)
    end = upload.received
    with os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o640), "r+b") as part:
        # Bytes of a piece whose transaction failed are not counted: they are written anew.
        part.truncate(upload.received)
        part.seek(upload.received)
        try:
            while end <= upload.size and (piece := read(PIECE)):
                part.write(piece)
                end += len(piece)
        except OSError:
            pass  # the sender is gone: it continues from here
    return end


def _take_in(upload: Upload, at: datetime) -> Upload:
    path = part_of(upload)
    try:
        with path.open("rb") as part, transaction.atomic():
            whole = UploadedFile(File(part, name=upload.name), upload.name, size=upload.size)
            upload.attachment = store_attachment(
                whole,
                by=upload.user,
                at=at,
                types=PURPOSES[upload.purpose].types,
                limit=upload.size,
            )
    except Refusal as error:
        if {each.code for each in error.obstacles} & PASSING:
            upload.refusal = " ".join(str(each) for each in error.obstacles)
            upload.save(update_fields=["refusal"])
            return upload
        return _refused(upload, error)
    upload.state, upload.refusal = UploadState.FINISHED, ""
    upload.save(update_fields=["state", "attachment", "refusal"])
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
    return upload


def _refused(upload: Upload, error: Refusal) -> Upload:
    upload.state = UploadState.REFUSED
    upload.refusal = " ".join(str(each) for each in error.obstacles)
    upload.save(update_fields=["state", "refusal"])
    path = part_of(upload)
    transaction.on_commit(lambda: path.unlink(missing_ok=True))
    return upload


@transaction.atomic
def cancel(*, pk: UUID, user: User) -> None:
    """Forget an upload that no form has used; its file goes with it."""
    upload = Upload.objects.select_for_update(of=("self",)).select_related("attachment")
    found = upload.exclude(state=UploadState.USED).get(pk=pk, user=user)
    _remove(found)


def _remove(upload: Upload) -> None:
    path, attachment = part_of(upload), upload.attachment
    upload.delete()
    stored = None
    if attachment is not None:
        stored = attachment.file
        attachment.delete()

    def clear() -> None:
        path.unlink(missing_ok=True)
        if stored:
            stored.delete(save=False)

    transaction.on_commit(clear)


def remove_expired(*, at: datetime, at_most: int = 1000) -> int:
    """Remove the uploads whose time is over, with their pieces. Files that a form has used stay;
    of those only the record of the upload goes.
    """
    pks = list(
        Upload.objects.filter(expires_at__lt=at)
        .order_by("expires_at")
        .values_list("pk", flat=True)[:at_most]
    )
    for pk in pks:
        with transaction.atomic():
            locked = Upload.objects.select_for_update(of=("self",), skip_locked=True)
            found = locked.select_related("attachment").filter(pk=pk, expires_at__lt=at).first()
            if found is not None and found.state == UploadState.USED:
                found.delete()
            elif found is not None:
                _remove(found)
    return len(pks)


def part_of(upload: Upload) -> Path:
    """Where the received bytes lie."""
    return Path(settings.MEDIA_ROOT) / upload.part_name
