"""An agreement's text on paper: title, parties, clauses, signatures, numbered pages, and on each
page the digest of what is signed. The same input gives the same bytes.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Spacer,
)

from agency.letters.flowables import Style, TextBlock, title_flowables
from agency.letters.font import font_name, missing_characters
from agency.letters.markup import Run
from agency.letters.pdf import BOTTOM, LEFT, RIGHT, TOP, WIDTH, UndrawableError
from agreements.rules.snapshots import chinese_day, paragraphs

SIZE, LEADING = 12.0, 21.0
SMALL = 8.0
NO_DAY = "＿＿＿＿年＿＿月＿＿日"


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature as it is printed."""

    party: str
    name: str
    position: str
    at: datetime | None
    how: str


@dataclass(frozen=True, slots=True)
class AgreementPaper:
    """Everything that is printed. `mark` is drawn across each page: what is not signed yet."""

    snapshot: Mapping[str, Any]
    number: str
    sha256: str
    signatures: Sequence[Signed]
    code: str = ""
    mark: str = ""
    notes: Sequence[str] = ()


def draw_agreement(paper: AgreementPaper) -> tuple[bytes, int]:
    """Return the PDF and its number of pages. Raises `UndrawableError` rather than draw boxes."""
    name = font_name()
    lines = list(_lines(paper))
    if missing := missing_characters(set("".join([*lines, paper.mark]))):
        raise UndrawableError(missing)
    buffer = io.BytesIO()
    pages: list[int] = []

    def canvas(*args: Any, **kwargs: Any) -> _PagedCanvas:
        return _PagedCanvas(*args, paper=paper, font=name, pages=pages, **kwargs)

    document = BaseDocTemplate(
        buffer,
        pagesize=A4,
        title=f"{paper.snapshot['title']} {paper.number}".strip(),
        author=paper.snapshot["parties"]["agency"]["name"],
        subject=paper.sha256,
        creator="",
        producer="",
        lang="zh-CN",
        invariant=1,
        leftMargin=LEFT,
        rightMargin=RIGHT,
        topMargin=TOP,
        bottomMargin=BOTTOM,
    )
    frame = Frame(
        LEFT,
        BOTTOM,
        WIDTH,
        A4[1] - TOP - BOTTOM,
        leftPadding=0,
        rightPadding=0,
        topPadding=0,
        bottomPadding=0,
    )
    document.addPageTemplates([PageTemplate(id="page", frames=[frame])])
    document.build(list(_story(paper, name)), canvasmaker=canvas)
    return buffer.getvalue(), pages[0]


def _story(paper: AgreementPaper, font: str) -> Iterator[Flowable]:
    plain = Style(font, SIZE, LEADING)
    indented = Style(font, SIZE, LEADING, indent=2 * SIZE)
    data = paper.snapshot
    yield from title_flowables(data["title"], font, WIDTH)
    for line in _head(paper):
        yield TextBlock([Run(line)], plain)
    yield Spacer(WIDTH, 4 * mm)
    for each in data["clauses"]:
        heading = TextBlock([Run(each["heading"], True)], plain)
        heading.keepWithNext = True
        yield heading
        for line in paragraphs(each["body"]):
            yield TextBlock([Run(line)], indented)
        if each.get("damages"):
            yield TextBlock([Run(f"违约金：{each['damages']}")], indented)
        yield Spacer(WIDTH, 2 * mm)
    yield Spacer(WIDTH, 6 * mm)
    for signed in paper.signatures:
        block = [TextBlock([Run(line)], plain) for line in _signature(signed)]
        yield KeepTogether([*block, Spacer(WIDTH, 8 * mm)])
    for note in paper.notes:
        yield TextBlock([Run(note)], Style(font, 9, 14))


def _head(paper: AgreementPaper) -> list[str]:
    data = paper.snapshot
    agency, institution = data["parties"]["agency"], data["parties"]["institution"]
    first, last = (date.fromisoformat(data["term"][end]) for end in ("from", "to"))
    return [
        f"协议编号：{paper.number or '签订后编号'}",
        f"甲方：{agency['name']}",
        f"乙方：{institution['name']}（{institution['code']}）",
        f"乙方法定代表人：{institution['legal_representative']}",
        f"有效期：{chinese_day(first)}至{chinese_day(last)}",
    ]


def _signature(signed: Signed) -> list[str]:
    at = f"{timezone.localtime(signed.at):%Y-%m-%d %H:%M}" if signed.at else NO_DAY
    return [
        f"{signed.party}（{signed.how}）",
        f"签署人：{signed.name or '＿＿＿＿＿＿＿＿'}　职务：{signed.position or '＿＿＿＿＿＿'}",
        f"签署时间：{at}",
    ]


def _lines(paper: AgreementPaper) -> Iterator[str]:
    yield paper.snapshot["title"]
    yield from _head(paper)
    for each in paper.snapshot["clauses"]:
        yield each["heading"]
        yield from paragraphs(each["body"])
        yield each.get("damages", "")
    for signed in paper.signatures:
        yield from _signature(signed)
    yield from paper.notes


class _PagedCanvas(Canvas):
    """Numbers the pages once it is known how many there are, with the digest beneath each."""

    def __init__(
        self, *args: Any, paper: AgreementPaper, font: str, pages: list[int], **kwargs: Any
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
        middle = A4[0] / 2
        self.setFillGray(0)
        self.setFont(self._font, 10.5)
        self.drawCentredString(middle, 18 * mm, f"第 {page} 页 共 {pages} 页")
        self.setFillGray(0.35)
        self.setFont(self._font, SMALL)
        if self._paper.sha256:
            self.drawCentredString(middle, 13 * mm, f"SHA-256 {self._paper.sha256}")
        if self._paper.code:
            self.drawCentredString(middle, 9 * mm, f"核验码 {self._paper.code}")
        if self._paper.mark:
            self.saveState()
            self.setFont(self._font, 54)
            self.setFillGray(0.5, alpha=0.18)
            self.translate(middle, A4[1] / 2)
            self.rotate(45)
            self.drawCentredString(0, 0, self._paper.mark)
            self.restoreState()
