"""The letter on paper: laid out like an official document (公文), the font embedded.

The same input gives the same bytes, so that a letter's digest can be reproduced.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from reportlab import rl_config
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    NextPageTemplate,
    PageTemplate,
)

from agency.letter_kinds import CHINESE
from agency.letters.flowables import EndBlock, RedHead, blocks_flowables, title_flowables
from agency.letters.font import font_name, missing_characters
from agency.letters.markup import Block, characters

# Files are carried whole: without its text encoding they are smaller and drawn in half the time.
rl_config.useA85 = 0

LEFT, RIGHT, TOP, BOTTOM = 28 * mm, 26 * mm, 32 * mm, 30 * mm
WIDTH = A4[0] - LEFT - RIGHT
PAGE_NUMBER_SIZE = 10.5


@dataclass(frozen=True, slots=True)
class Paper:
    """Everything that stands on a letter."""

    office_name: str
    number: str
    title: str
    blocks: Sequence[Block]
    issued_on: date
    language: str = CHINESE
    enclosures: Sequence[str] = ()
    seal: bytes | None = None
    has_seal_place: bool = True
    verify_url: str = ""
    code: str = ""
    office_address: str = ""
    office_phone: str = ""
    mark: str = ""  # drawn across the page: what is no letter yet


class UndrawableError(ValueError):
    """The font lacks characters of the letter."""

    def __init__(self, characters: list[str]) -> None:
        self.characters = characters
        super().__init__("".join(characters))


def undrawable(paper: Paper, font: str = "") -> list[str]:
    """Return the characters of the letter that the font lacks."""
    shown = set(
        paper.office_name
        + paper.number
        + paper.title
        + paper.office_address
        + paper.office_phone
        + paper.mark
        + "".join(paper.enclosures)
    )
    return missing_characters(shown | characters(paper.blocks), font)


def draw(paper: Paper, *, font: str = "") -> tuple[bytes, int]:
    """Return the PDF and its number of pages. Raises `UndrawableError` rather than draw boxes."""
    if missing := undrawable(paper, font):
        raise UndrawableError(missing)
    name = font_name(font)
    buffer = io.BytesIO()
    pages: list[int] = []

    def canvas(*args: Any, **kwargs: Any) -> NumberedCanvas:
        return NumberedCanvas(*args, paper=paper, font=name, pages=pages, **kwargs)

    document = BaseDocTemplate(
        buffer, pagesize=A4, title=f"{paper.number} {paper.title}", author=paper.office_name,
        subject=paper.number, creator="", producer="", lang="zh-CN" if _zh(paper) else "en",
        invariant=1, leftMargin=LEFT, rightMargin=RIGHT, topMargin=TOP, bottomMargin=BOTTOM,
    )  # fmt: skip
    frame = Frame(
        LEFT, BOTTOM, WIDTH, A4[1] - TOP - BOTTOM,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip

    def behind(canvas: Canvas, _document: BaseDocTemplate) -> None:
        _draw_mark(canvas, paper.mark, name)

    document.addPageTemplates([PageTemplate(id="page", frames=[frame], onPage=behind)])
    document.build(list(_story(paper, name)), canvasmaker=canvas)
    return buffer.getvalue(), pages[0]


def _zh(paper: Paper) -> bool:
    return paper.language == CHINESE


def _story(paper: Paper, font: str) -> Iterable[Flowable]:
    yield NextPageTemplate("page")
    yield RedHead(paper.office_name, paper.number, font, WIDTH)
    yield from title_flowables(paper.title, font, WIDTH)
    yield from blocks_flowables(
        paper.blocks, font, WIDTH, enclosures=paper.enclosures, language=paper.language
    )
    yield EndBlock(
        font,
        WIDTH,
        office_name=paper.office_name,
        day=paper.issued_on,
        language=paper.language,
        seal=paper.seal,
        has_seal_place=paper.has_seal_place,
        verify_url=paper.verify_url,
        code=paper.code,
        contact="  ".join(filter(None, [paper.office_address, paper.office_phone])),
    )


def _draw_mark(canvas: Canvas, mark: str, font: str) -> None:
    """Say across the page, behind its text, that it is no letter."""
    if not mark:
        return
    canvas.saveState()
    canvas.setFont(font, 60)
    canvas.setFillGray(0.9)
    canvas.translate(A4[0] / 2, A4[1] / 2)
    canvas.rotate(45)
    canvas.drawCentredString(0, 0, mark)
    canvas.restoreState()


class NumberedCanvas(Canvas):
    """Numbers the pages once it is known how many there are."""

    def __init__(
        self, *args: Any, paper: Paper, font: str, pages: list[int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._paper, self._font, self._count = paper, font, pages
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - the library's name
        self._kept.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        self._count.append(len(self._kept))
        for state in self._kept:
            self.__dict__.update(state)
            self._furniture(self._pageNumber, len(self._kept))
            Canvas.showPage(self)
        Canvas.save(self)

    def _furniture(self, page: int, pages: int) -> None:
        text = f"第 {page} 页 共 {pages} 页" if _zh(self._paper) else f"Page {page} of {pages}"
        self.setFont(self._font, PAGE_NUMBER_SIZE)
        self.setFillGray(0)
        self.drawCentredString(A4[0] / 2, 17 * mm, text)
