"""Looking into a file before it is taken in: damage, passwords, macros, formulas, ZIP bombs."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any
from xml.parsers import expat

from django.utils.translation import gettext as _

from agency.file_kinds import DOCX, OLD_OFFICE, PDF, XLSX, ZIP, sniff
from agency.rendering import needs_password
from agency.rules import Obstacle, Refusal

MEGABYTE = 1024 * 1024
PIECE = 256 * 1024
HEAD = 512
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
CELLS_NAMED = 5
_FORMULA = re.compile(rb"<(?:\w+:)?f[\s/>]")
_ENCRYPTED_PACKAGE = "EncryptedPackage".encode("utf-16-le")
_OUTSIDE = re.compile(r"(^[/\\])|(^[A-Za-z]:)|(^|[/\\])\.\.([/\\]|$)|\x00")


@dataclass(frozen=True, slots=True)
class ContainerLimits:
    """How much a ZIP archive may hold."""

    entries: int
    ratio: int
    unpacked_mb: int


def refusal(code: str, text: str, remedy: str = "") -> Refusal:
    return Refusal([Obstacle(code, text, remedy=remedy)])


def content_type_of(file: IO[bytes]) -> str:
    """Return the content type by what is in the file: a ZIP may be a document or a spreadsheet."""
    file.seek(0)
    content_type = sniff(file.read(HEAD))
    file.seek(0)
    if content_type != ZIP:
        return content_type
    try:
        with zipfile.ZipFile(file) as archive:
            names = set(archive.namelist())
    except UNREADABLE:
        names = set()
    finally:
        file.seek(0)
    if "[Content_Types].xml" in names:
        if any(each.startswith("word/") for each in names):
            return DOCX
        if any(each.startswith("xl/") for each in names):
            return XLSX
    return ZIP


def inspect(file: IO[bytes], *, name: str, content_type: str, limits: ContainerLimits) -> None:
    """Refuse what nobody could read, or what could do harm when opened. Leaves the file at its
    beginning.
    """
    try:
        if content_type in (ZIP, DOCX, XLSX):
            _inspect_archive(file, name, content_type, limits)
        elif content_type == OLD_OFFICE:
            _inspect_old_office(file, name)
        elif content_type == PDF and _contains(file, b"/Encrypt") and needs_password(file):
            raise _locked(name)
    finally:
        file.seek(0)


def _locked(name: str) -> Refusal:
    return refusal(
        "file_locked",
        _("The file “%s” is protected by a password.") % name,
        _("Save it without the password, then upload it again."),
    )


def _inspect_old_office(file: IO[bytes], name: str) -> None:
    if _contains(file, _ENCRYPTED_PACKAGE):
        raise _locked(name)
    raise refusal(
        "file_wrong_type",
        _("The file “%s” is in an old Office format, which can hide macros.") % name,
        _("Save it as DOCX, XLSX or PDF, then upload it again."),
    )


def _inspect_archive(
    file: IO[bytes], name: str, content_type: str, limits: ContainerLimits
) -> None:
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            _check_entries(archive.infolist(), name, limits)
            if damaged := archive.testzip():
                raise refusal(
                    "archive_damaged",
                    _("The file “%(name)s” is damaged: “%(entry)s” in it cannot be unpacked.")
                    % {"name": name, "entry": damaged[:100]},
                    _("Make it anew, then upload it again."),
                )
            if content_type != ZIP:
                _check_macros(archive, name)
            if content_type == XLSX:
                _check_formulas(archive, name)
    except UNREADABLE as error:
        raise refusal(
            "archive_damaged",
            _("The file “%s” is damaged and cannot be opened.") % name,
            _("Make it anew, then upload it again."),
        ) from error


def _check_entries(entries: list[zipfile.ZipInfo], name: str, limits: ContainerLimits) -> None:
    if any(each.flag_bits & 1 for each in entries):
        raise _locked(name)
    if len(entries) > limits.entries:
        text = _("The file “%(name)s” holds %(n)d files; the limit is %(limit)d.")
        facts: dict[str, Any] = {"name": name, "n": len(entries), "limit": limits.entries}
        raise refusal("archive_too_many_files", text % facts, _("Split it."))
    for each in entries:
        if _OUTSIDE.search(each.orig_filename):
            raise refusal(
                "archive_leaves_folder",
                _("The file “%(name)s” holds “%(entry)s”, which leads out of its folder.")
                % {"name": name, "entry": each.filename[:100]},
                _("Pack the files again, without their folders."),
            )
    unpacked = sum(each.file_size for each in entries)
    packed = sum(each.compress_size for each in entries)
    too_dense = unpacked > MEGABYTE and unpacked > limits.ratio * max(packed, 1)
    if unpacked > limits.unpacked_mb * MEGABYTE or too_dense:
        text = _(
            "The file “%(name)s” unpacks to %(size).0f MB; the limits are %(limit)d MB and"
            " %(ratio)d times its own size."
        )
        facts = {
            "name": name,
            "size": unpacked / MEGABYTE,
            "limit": limits.unpacked_mb,
            "ratio": limits.ratio,
        }
        raise refusal("archive_too_large", text % facts, _("Split it."))


def _check_macros(archive: zipfile.ZipFile, name: str) -> None:
    names = archive.namelist()
    types = archive.read("[Content_Types].xml")
    if (
        any("vbaproject" in each.lower() for each in names)
        or any(each.startswith("xl/macrosheets/") for each in names)
        or b"macroEnabled" in types
    ):
        raise refusal(
            "file_has_macros",
            _("The file “%s” holds macros.") % name,
            _("Save it as DOCX or XLSX without macros, or as PDF, then upload it again."),
        )


def _check_formulas(archive: zipfile.ZipFile, name: str) -> None:
    titles = _sheet_titles(archive)
    cells: list[str] = []
    for entry in archive.namelist():
        if entry.startswith("xl/worksheets/") and entry.endswith(".xml"):
            title = titles.get(entry, entry.removeprefix("xl/worksheets/"))
            cells += [f"{title}!{cell}" for cell in _formula_cells(archive, entry)]
    if not cells:
        return
    shown = "、".join(cells[:CELLS_NAMED]) + ("…" if len(cells) > CELLS_NAMED else "")
    text = _("The spreadsheet “%(name)s” holds formulas in %(n)d cells: %(cells)s.")
    raise refusal(
        "spreadsheet_has_formulas",
        text % {"name": name, "n": len(cells), "cells": shown},
        _("Save only the values (copy, paste as values), then upload it again."),
    )


def _formula_cells(archive: zipfile.ZipFile, entry: str) -> list[str]:
    # Most sheets have none: a search for the tag is many times quicker than reading the XML.
    with archive.open(entry) as stream:
        if stream.read(1) == b"<" and not _matches(stream, _FORMULA):
            return []
    cells: list[str] = []
    place = [""]

    def start(tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if local == "c":
            place[0] = attributes.get("r", "?")
        elif local == "f":
            cells.append(place[0])

    _parse(archive, entry, start)
    return cells


def _sheet_titles(archive: zipfile.ZipFile) -> dict[str, str]:
    """Return entry -> title as the tabs of the spreadsheet show it."""
    targets: dict[str, str] = {}
    titles: dict[str, str] = {}

    def relation(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "Relationship":
            target = attributes.get("Target", "").removeprefix("/xl/")
            targets[attributes.get("Id", "")] = f"xl/{target}"

    def sheet(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "sheet":
            key = next((value for name, value in attributes.items() if name.endswith(":id")), "")
            titles[targets.get(key, "")] = attributes.get("name", "")[:50]

    names = archive.namelist()
    for entry, handler in (("xl/_rels/workbook.xml.rels", relation), ("xl/workbook.xml", sheet)):
        if entry in names:
            _parse(archive, entry, handler)
    return titles


def _parse(archive: zipfile.ZipFile, entry: str, start: Any) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        with archive.open(entry) as stream:
            for piece in _pieces(stream):
                parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise ValueError(entry) from error


def _no_doctype(*_facts: object) -> None:
    # Spreadsheets have none; entities that multiply themselves need one.
    raise ValueError("doctype")


def _contains(file: IO[bytes], wanted: bytes) -> bool:
    file.seek(0)
    return _matches(file, re.compile(re.escape(wanted)))


def _matches(stream: IO[bytes], pattern: re.Pattern[bytes]) -> bool:
    tail = b""
    for piece in _pieces(stream):
        if pattern.search(tail + piece):
            return True
        tail = piece[-64:]
    return False


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    while piece := stream.read(PIECE):
        yield piece
