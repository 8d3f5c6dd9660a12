"""Drawing PDF pages and pictures in a process of its own, with bounds on time and memory: the
files come from outside, and a nasty one may hurt nothing but that process.

The process is `agency.drawing`.
"""

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

PASSWORD_SECONDS = 15
LOCKED = "locked"


class NotDrawn(Exception):
    """The file cannot be drawn: damaged, locked, too heavy, or not of a kind that is drawn."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What was drawn: files `1.png`, `2.png` … of all `total` pages."""

    pages: int
    total: int


def draw(source: Path, out: Path, *, pages: int, width: int, seconds: int) -> Drawn:
    """Draw at most `pages` pages, each `width` pixels wide, into the directory `out`."""
    command = [sys.executable, "-m", "agency.drawing", str(width), str(pages), str(out)]
    with source.open("rb") as stream:
        answer = _run(command, stream, seconds)
    if answer.get("error"):
        raise NotDrawn(answer["error"])
    return Drawn(pages=answer["pages"], total=answer["total"])


def needs_password(file: IO[bytes]) -> bool:
    """Say whether the PDF opens only with a password."""
    file.seek(0)
    with tempfile.TemporaryFile() as copy:
        while piece := file.read(1024 * 1024):
            copy.write(piece)
        copy.seek(0)
        command = [sys.executable, "-m", "agency.drawing", "0", "0", ""]
        return bool(_run(command, copy, PASSWORD_SECONDS).get("error") == LOCKED)


def _run(command: list[str], stream: IO[bytes], seconds: int) -> dict:
    try:
        done = subprocess.run(
            command,
            stdin=stream,
            capture_output=True,
            timeout=seconds,
            check=False,
            cwd=Path(__file__).resolve().parent.parent,
        )
    except subprocess.TimeoutExpired:
        return {"error": "too slow"}
    try:
        return json.loads(done.stdout.decode().splitlines()[-1])
    except (ValueError, IndexError):
        return {"error": "failed"}
