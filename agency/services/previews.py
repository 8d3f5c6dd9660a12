"""Pages of a file as pictures, drawn once per content and kept outside the web root."""

import fcntl
import json
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from agency.file_kinds import PREVIEWED
from agency.models import Attachment
from agency.rendering import NotDrawn, draw

FACTS = "facts.json"


@dataclass(frozen=True, slots=True)
class Preview:
    """The pages that can be shown of a file's `total`; none, and why, where it cannot be drawn."""

    pages: int
    total: int = 0
    error: str = ""


def preview_of(attachment: Attachment, *, pages: int) -> Preview:
    """Return the preview, drawing at most `pages` pages if nobody did so before."""
    if attachment.content_type not in PREVIEWED:
        return Preview(0)
    folder = _folder(attachment)
    found = _read(folder)
    if found is not None:
        return found
    folder.parent.mkdir(parents=True, exist_ok=True)
    with Path(f"{folder}.lock").open("w") as lock:
        # Two readers at once draw it once.
        fcntl.flock(lock, fcntl.LOCK_EX)
        return _read(folder) or _draw(attachment, folder, pages)


def page_file(attachment: Attachment, page: int) -> Path | None:
    """Return the picture of a page that was drawn, or None."""
    path = _folder(attachment) / f"{page}.png"
    return path if path.is_file() else None


def _draw(attachment: Attachment, folder: Path, pages: int) -> Preview:
    drawn = Path(tempfile.mkdtemp(dir=folder.parent))
    try:
        done = draw(
            Path(attachment.file.path),
            drawn,
            pages=pages,
            width=settings.PREVIEW_WIDTH,
            seconds=settings.PREVIEW_TIMEOUT_S,
        )
        preview = Preview(done.pages, done.total)
    except (NotDrawn, OSError) as error:
        preview = Preview(0, error=str(error)[:100])
    facts = {"pages": preview.pages, "total": preview.total, "error": preview.error}
    (drawn / FACTS).write_text(json.dumps(facts))
    try:
        drawn.rename(folder)
    except OSError:
        shutil.rmtree(drawn, ignore_errors=True)
    return preview


def _read(folder: Path) -> Preview | None:
    facts = folder / FACTS
    try:
        found = Preview(**json.loads(facts.read_text()))
        facts.touch()
    except (OSError, ValueError, TypeError):
        return None
    return found


def _folder(attachment: Attachment) -> Path:
    # By content: the same file filed twice is drawn once.
    root = Path(settings.MEDIA_ROOT) / "previews" / attachment.sha256[:2]
    return root / attachment.sha256


def remove_unused(*, before: datetime) -> int:
    """Remove the previews that nobody has opened since the instant."""
    removed = 0
    for facts in (Path(settings.MEDIA_ROOT) / "previews").glob(f"*/*/{FACTS}"):
        if facts.stat().st_mtime < before.timestamp():
            shutil.rmtree(facts.parent, ignore_errors=True)
            Path(f"{facts.parent}.lock").unlink(missing_ok=True)
            removed += 1
    return removed
