"""The embedded font, and the characters it lacks."""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from pathlib import Path
from threading import Lock

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

OWN_FONT = Path(__file__).resolve().parent.parent / "fonts" / "office-letter.ttf"
NAME = "OfficeLetter"
_LOADING = Lock()


@cache
def font_name(path: str = "") -> str:
    """Return the name under which the font of the path (empty: the program's own) is known to
    the PDF library; loads it once.
    """
    with _LOADING:
        name = NAME if not path else f"{NAME}-{Path(path).stem}"
        pdfmetrics.registerFont(TTFont(name, path or str(OWN_FONT)))
    return name


@cache
def _known(name: str) -> Collection[int]:
    return frozenset(pdfmetrics.getFont(name).face.charToGlyph)


def missing_characters(characters: Collection[str], path: str = "") -> list[str]:
    """Return the characters the font cannot draw."""
    known = _known(font_name(path))
    return sorted(each for each in set(characters) if ord(each) not in known and each != "\n")
