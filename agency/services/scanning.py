"""The virus scanner: clamd, by socket or TCP, when `CLAMAV_ADDRESS` names it."""

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any

import structlog
from clamav_client import get_scanner
from clamav_client.clamd import BufferTooLongError, ClamdError
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from agency.enums import ScanResult
from agency.models import InfectedFile
from agency.rules import Obstacle, Refusal

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Suspect:
    """The file to be scanned, as the record of an infection needs it."""

    name: str
    size: int
    sha256: str
    username: str


def scan(file: IO[bytes], suspect: Suspect, *, at: datetime) -> ScanResult:
    """Have the file scanned and return the result. Refuses an infected file, and keeps a record of
    it whatever becomes of the caller's transaction; refuses any file while the scanner does not
    answer, unless the settings say that files are then taken in unscanned.
    """
    if not settings.CLAMAV_ADDRESS:
        return ScanResult.OFF
    try:
        state, signature = _ask(file)
    except BufferTooLongError as error:
        log.warning("scanner_limit", file=suspect.name, size=suspect.size)
        text = _("The file “%s” is larger than the virus scanner takes.") % suspect.name
        remedy = _("Split it, or ask the system administrator to raise the scanner's limit.")
        raise Refusal([Obstacle("scanner_limit", text, remedy=remedy)]) from error
    except (ClamdError, OSError, ValueError) as error:
        log.warning("scanner_unreachable", file=suspect.name, error=str(error)[:200])
        return _unscanned(suspect, error)
    if state == "FOUND":
        _record(suspect, signature, at)
        log.warning("file_infected", file=suspect.name, sha256=suspect.sha256, found=signature)
        text = _("The file “%(name)s” is infected (%(signature)s). It was not kept.")
        facts = {"name": suspect.name, "signature": signature}
        remedy = _("Clean the computer it comes from, then send a clean copy.")
        raise Refusal([Obstacle("file_infected", text % facts, remedy=remedy)])
    if state != "OK":
        return _unscanned(suspect, None)
    return ScanResult.CLEAN


def _ask(file: IO[bytes]) -> tuple[str, str]:
    config: Any = {
        "backend": "clamd",
        "address": settings.CLAMAV_ADDRESS,
        "timeout": float(settings.CLAMAV_TIMEOUT_S),
        "stream": True,
    }
    file.seek(0)
    try:
        answer = get_scanner(config).client.instream(file)  # type: ignore[attr-defined]
    finally:
        file.seek(0)
    state, signature = answer.get("stream", ("ERROR", ""))
    return str(state), str(signature or "")


def _unscanned(suspect: Suspect, error: Exception | None) -> ScanResult:
    if settings.CLAMAV_REQUIRED:
        text = _("The file “%s” cannot be checked for viruses at the moment. It was not kept.")
        remedy = _("Try again in a few minutes; if it lasts, tell the system administrator.")
        raise Refusal(
            [Obstacle("scanner_unreachable", text % suspect.name, remedy=remedy)]
        ) from error
    return ScanResult.OFF


def _record(suspect: Suspect, signature: str, at: datetime) -> None:
    # On a connection of its own: the caller's transaction is about to be rolled back.
    own: Any = connection.copy()
    table = connection.ops.quote_name(InfectedFile._meta.db_table)
    with closing(own), own.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {table} (name, size, sha256, signature, username, at)"  # noqa: S608
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [
                suspect.name[:200],
                suspect.size,
                suspect.sha256,
                signature[:200],
                suspect.username,
                at,
            ],
        )
