"""Kinds of files, told by their first bytes, and what each field of files takes.

Pure: what a file holds inside is looked at in `agency.services.inspection`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PDF = "application/pdf"
PNG = "image/png"
JPEG = "image/jpeg"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ZIP = "application/zip"
TEXT = "text/plain"
PROGRAM = "application/x-executable"
OLD_OFFICE = "application/x-ole-storage"
BINARY = "application/octet-stream"

_SIGNATURES = {
    b"%PDF-": PDF,
    b"\x89PNG\r\n\x1a\n": PNG,
    b"\xff\xd8\xff": JPEG,
    b"PK\x03\x04": ZIP,
    b"PK\x05\x06": ZIP,
    b"MZ": PROGRAM,
    b"\x7fELF": PROGRAM,
    b"#!": PROGRAM,
    b"\xca\xfe\xba\xbe": PROGRAM,
    b"\xcf\xfa\xed\xfe": PROGRAM,
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": OLD_OFFICE,
}
# Content type -> the word people know it by, and the endings a file dialogue offers.
KINDS = {
    PDF: ("PDF", (".pdf",)),
    PNG: ("PNG", (".png",)),
    JPEG: ("JPEG", (".jpg", ".jpeg")),
    DOCX: ("DOCX", (".docx",)),
    XLSX: ("XLSX", (".xlsx",)),
    ZIP: ("ZIP", (".zip",)),
    TEXT: ("CSV", (".csv", ".txt")),
}
EVIDENCE_TYPES = (PDF, PNG, JPEG, DOCX, XLSX, ZIP)
PICTURES = (PNG, JPEG)
PREVIEWED = (PDF, *PICTURES)


def sniff(head: bytes) -> str:
    """Return the content type the first bytes show, never the one the name claims."""
    for signature, content_type in _SIGNATURES.items():
        # "MZ" may begin a table too; a program has NUL bytes in its header.
        if head.startswith(signature) and (signature != b"MZ" or b"\x00" in head):
            return content_type
    return TEXT if b"\x00" not in head else BINARY


def words_of(types: Iterable[str]) -> str:
    """Return the kinds as people call them."""
    return ", ".join(sorted(KINDS[each][0] for each in types))


@dataclass(frozen=True, slots=True)
class FilePurpose:
    """What a field of files takes. Size and count are policy parameters, named here."""

    code: str
    label: str | Promise
    types: tuple[str, ...] = EVIDENCE_TYPES
    megabytes: str = "attachment_max_mb"
    files: str = "attachment_max_files"

    @property
    def accept(self) -> str:
        """The endings for a file dialogue: a convenience, the content decides."""
        return ",".join(ending for each in self.types for ending in KINDS[each][1])


PURPOSES: dict[str, FilePurpose] = {}


def file_purpose(purpose: FilePurpose) -> FilePurpose:
    """Enter what a field of files takes."""
    if purpose.code in PURPOSES:
        raise ValueError(f"file purpose {purpose.code} entered twice")
    PURPOSES[purpose.code] = purpose
    return purpose


EVIDENCE = file_purpose(FilePurpose("evidence", _("Evidence files")))
