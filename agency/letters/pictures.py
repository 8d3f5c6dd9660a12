"""Pages of our own letters as pictures, for browsers."""

from __future__ import annotations

import base64
import io
from threading import Lock

import pypdfium2

SCALE = 1.5
_DRAWING = Lock()  # the library is not safe between threads


def page_picture(pdf: bytes, page: int, scale: float = SCALE) -> bytes:
    """Return the page, counted from 1, as PNG."""
    return pictures(pdf, [page], scale)[0]


def pictures(pdf: bytes, pages: list[int], scale: float = SCALE) -> list[bytes]:
    """Return pages, counted from 1, as PNG."""
    found = []
    with _DRAWING, pypdfium2.PdfDocument(pdf) as document:
        for page in pages:
            buffer = io.BytesIO()
            image = document[page - 1].render(scale=scale).to_pil()
            image.quantize(64).save(buffer, "PNG")
            found.append(buffer.getvalue())
    return found


def inline_pictures(pdf: bytes, pages: int, *, most: int = 6) -> list[str]:
    """Return the first pages as addresses that hold the picture themselves."""
    drawn = pictures(pdf, list(range(1, min(pages, most) + 1)), 1.2)
    return [f"data:image/png;base64,{base64.b64encode(each).decode()}" for each in drawn]
