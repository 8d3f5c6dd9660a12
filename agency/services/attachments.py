"""Taking in files: type sniffed, size limited, hashed as received."""

import hashlib
from collections.abc import Collection
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from agency.models import Attachment, User
from agency.rules import Obstacle, Refusal

MEGABYTE = 1024 * 1024
EVIDENCE_LIMIT = 20 * MEGABYTE
EVIDENCE_TYPES = ("application/pdf", "image/png", "image/jpeg")

_SIGNATURES = {
    b"%PDF-": "application/pdf",
    b"\x89PNG\r\n\x1a\n": "image/png",
    b"\xff\xd8\xff": "image/jpeg",
    b"PK\x03\x04": "application/zip",
}
_KINDS = {
    "application/pdf": "PDF",
    "image/png": "PNG",
    "image/jpeg": "JPEG",
    "text/plain": "CSV",
    "application/zip": "XLSX",
}


def sniff(head: bytes) -> str:
    """Return the content type the first bytes show, never the one the name claims."""
    for signature, content_type in _SIGNATURES.items():
        if head.startswith(signature):
            return content_type
    return "text/plain" if b"\x00" not in head else "application/octet-stream"


def store_attachment(
    upload: UploadedFile,
    *,
    by: User | None,
    at: datetime,
    types: Collection[str] = EVIDENCE_TYPES,
    limit: int = EVIDENCE_LIMIT,
) -> Attachment:
    """Store the upload as received and return it. Refuses a wrong type, an empty file, or one
    over `limit` bytes.
    """
    name, size = upload.name or "", upload.size or 0
    head = upload.read(512)
    upload.seek(0)
    content_type = sniff(head)
    if not size:
        raise Refusal([Obstacle("file_empty", _("The file “%s” is empty.") % name)])
    if size > limit:
        text = _("The file “%(name)s” has %(size).1f MB; the limit is %(limit)d MB.")
        facts = {"name": name, "size": size / MEGABYTE, "limit": limit // MEGABYTE}
        raise Refusal([Obstacle("file_too_large", text % facts)])
    if content_type not in types:
        text = _("The file “%(name)s” is not of an accepted kind (%(kinds)s), whatever its name.")
        facts = {"name": name, "kinds": ", ".join(sorted(_KINDS[each] for each in types))}
        raise Refusal([Obstacle("file_wrong_type", text % facts)])
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return Attachment.objects.create(
        file=upload,
        name=name[:200],
        content_type=content_type,
        size=size,
        sha256=digest.hexdigest(),
        uploaded_by=by,
        uploaded_at=at,
    )
