"""The parts a letter is laid out of."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

import segno
from reportlab.lib.colors import Color, black
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable, PageBreak, Spacer
from reportlab.platypus import Table as PdfTable

from agency.letter_kinds import CHINESE
from agency.letters.lines import broken
from agency.letters.markup import Align, Block, Paragraph, Run, Table
from agency.letters.markup import PageBreak as Break
from agency.letters.wording import signed_day

RED = Color(0.8, 0, 0)
GREY = Color(0.45, 0.45, 0.45)
BODY_SIZE, BODY_LEADING = 16.0, 28.0
TITLE_SIZE, HEAD_SIZE, NUMBER_SIZE = 22.0, 30.0, 14.0
TABLE_SIZE, TABLE_LEADING = 11.0, 16.0
SEAL_SIZE, QR_SIZE = 42 * mm, 22 * mm


@dataclass(frozen=True, slots=True)
class Style:
    font: str
    size: float = BODY_SIZE
    leading: float = BODY_LEADING
    align: Align = Align.LEFT
    indent: float = 0
    colour: Color = black

    def measure(self, text: str, bold: bool) -> float:
        return stringWidth(text, self.font, self.size)


class TextBlock(Flowable):
    """A paragraph. Its lines are broken by our own rules, which know Chinese punctuation; it
    splits between lines but leaves no single line behind.
    """

    def __init__(
        self, runs: Sequence[Run], style: Style, lines: list[list[Run]] | None = None
    ) -> None:
        super().__init__()
        self.runs, self.style, self.given = runs, style, lines
        self.lines: list[list[Run]] = lines or []
        self.indent = 0.0 if lines is not None else style.indent

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        if self.given is None:
            self.lines = broken(
                self.runs, width=width, first=width - self.indent, measure=self.style.measure
            )
        self.width = width
        self.height = len(self.lines) * self.style.leading
        return width, self.height

    def split(self, width: float, height: float) -> list[Flowable]:
        self.wrap(width, height)
        fit = int((height + 0.01) // self.style.leading)
        if len(self.lines) - fit == 1:
            fit -= 1
        if (fit < 2 and len(self.lines) > 2) or fit < 1:
            return []
        head = TextBlock(self.runs, self.style, self.lines[:fit])
        head.indent = self.indent
        return [head, TextBlock(self.runs, self.style, self.lines[fit:])]

    def draw(self) -> None:
        style, y = self.style, self.height
        # The line's middle on the leading's middle.
        drop = (style.leading + style.size * 0.72) / 2
        for index, line in enumerate(self.lines):
            length = sum(style.measure(run.text, run.bold) for run in line)
            left = self.indent if index == 0 else 0.0
            spare = self.width - left - length
            if style.align is Align.CENTRE:
                left += spare / 2
            elif style.align is Align.RIGHT:
                left += spare
            draw_runs(self.canv, line, left, y - drop, style)
            y -= style.leading


def draw_runs(canvas: Any, runs: Sequence[Run], x: float, y: float, style: Style) -> None:
    """Draw a line. Bold is the same outline with a stroke: the font has one weight."""
    text = canvas.beginText(x, y)
    text.setFont(style.font, style.size)
    text.setFillColor(style.colour)
    for run in runs:
        if run.bold:
            canvas.setLineWidth(style.size / 40)
            canvas.setStrokeColor(style.colour)
        text.setTextRenderMode(2 if run.bold else 0)
        text.textOut(run.text)
    text.setTextRenderMode(0)
    canvas.drawText(text)


class RedHead(Flowable):
    """The office's name in red, the number, the red line."""

    def __init__(self, name: str, number: str, font: str, width: float) -> None:
        super().__init__()
        self.width = width
        self.name = TextBlock([Run(name, True)], _head_style(name, font, width))
        self.number = TextBlock([Run(number)], Style(font, NUMBER_SIZE, 24, Align.CENTRE))

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self.name_height = self.name.wrap(self.width, height)[1]
        self.number_height = self.number.wrap(self.width, height)[1]
        self.height = self.name_height + self.number_height + 14 + 4 * mm
        return self.width, self.height

    def draw(self) -> None:
        line = 4 * mm
        self.number.drawOn(self.canv, 0, line + 4)
        self.name.drawOn(self.canv, 0, line + 14 + self.number_height)
        self.canv.setStrokeColor(RED)
        self.canv.setLineWidth(1.5)
        self.canv.line(0, line, self.width, line)


def _head_style(name: str, font: str, width: float) -> Style:
    """A long name gets smaller before it gets a second line."""
    size = HEAD_SIZE
    while size > 20 and stringWidth(name, font, size) > width:
        size -= 1
    return Style(font, size, size * 1.35, Align.CENTRE, colour=RED)


def title_flowables(title: str, font: str, width: float) -> Iterator[Flowable]:
    yield Spacer(width, 6 * mm)
    yield TextBlock([Run(title, True)], Style(font, TITLE_SIZE, 32, Align.CENTRE))
    yield Spacer(width, 6 * mm)


def blocks_flowables(
    blocks: Sequence[Block], font: str, width: float, *, enclosures: Sequence[str], language: str
) -> Iterator[Flowable]:
    indent = 2 * BODY_SIZE if language == CHINESE else 0.0
    for block in blocks:
        if isinstance(block, Break):
            yield PageBreak()
        elif isinstance(block, Table):
            yield _table(block, font, width)
            yield Spacer(width, 3 * mm)
        else:
            yield _paragraph(block, font, indent)
            if language != CHINESE:
                yield Spacer(width, 2 * mm)
    if enclosures:
        yield Spacer(width, 5 * mm)
        yield from _enclosures(enclosures, font, indent, language)


def _paragraph(block: Paragraph, font: str, indent: float) -> Flowable:
    indented = block.indent and block.align is Align.LEFT
    style = Style(font, align=block.align, indent=indent if indented else 0)
    runs = [Run(run.text, True) for run in block.runs] if block.heading else list(block.runs)
    paragraph = TextBlock(runs, style)
    paragraph.keepWithNext = block.heading
    return paragraph


def _enclosures(
    names: Sequence[str], font: str, indent: float, language: str
) -> Iterator[Flowable]:
    label = "附件：" if language == CHINESE else "Enclosures: "
    style = Style(font, indent=indent)
    for number, name in enumerate(names, start=1):
        text = f"{number}. {name}" if len(names) > 1 else name
        hanging = indent + stringWidth(label, font, BODY_SIZE)
        if number == 1:
            yield TextBlock([Run(label + text)], style)
        else:
            yield TextBlock([Run(text)], Style(font, indent=hanging))


def _table(block: Table, font: str, width: float) -> Flowable:
    style = Style(font, TABLE_SIZE, TABLE_LEADING)
    cells = [
        [TextBlock([Run(run.text, run.bold or not index) for run in cell], style) for cell in row]
        for index, row in enumerate(block.rows)
    ]
    return PdfTable(
        cells,
        colWidths=_column_widths(block, style, width),
        repeatRows=1 if len(cells) > 1 else 0,
        splitInRow=1,
        hAlign="LEFT",
        style=[
            ("GRID", (0, 0), (-1, -1), 0.5, black),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("LEFTPADDING", (0, 0), (-1, -1), 4),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
            ("TOPPADDING", (0, 0), (-1, -1), 3),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
        ],
    )


def _column_widths(block: Table, style: Style, width: float) -> list[float]:
    """Share the width by what the columns hold; the narrowest keeps room for four characters."""
    columns = len(block.rows[0])
    least = min(4 * style.size + 8, width / columns)
    wanted = [
        max(
            least,
            *(
                style.measure("".join(run.text for run in row[column]), False) + 10
                for row in block.rows
            ),
        )
        for column in range(columns)
    ]
    spare = width - least * columns
    extra = sum(each - least for each in wanted)
    if not extra:
        return [width / columns] * columns
    return [least + (each - least) * spare / extra for each in wanted]


class EndBlock(Flowable):
    """Signature, day, place of the seal, and the code to verify the letter: never torn apart."""

    def __init__(
        self,
        font: str,
        width: float,
        *,
        office_name: str,
        day: date,
        language: str,
        seal: bytes | None,
        has_seal_place: bool,
        verify_url: str,
        code: str,
        contact: str,
    ) -> None:
        super().__init__()
        self.font, self.width, self.language = font, width, language
        self.seal, self.has_seal_place = seal, has_seal_place
        self.verify_url, self.code = verify_url, code
        self.day = signed_day(day, language)
        half = width * 0.62
        self.name = TextBlock([Run(office_name)], Style(font, align=Align.CENTRE))
        self.half = half
        self.contact = TextBlock([Run(contact)], Style(font, 10, 15)) if contact else None

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self.name_height = self.name.wrap(self.half, height)[1]
        self.contact_height = self.contact.wrap(self.width, height)[1] + 4 if self.contact else 0
        self.height = max(SEAL_SIZE + 9 * mm, self.name_height + BODY_LEADING + 22 * mm)
        self.height += self.contact_height
        return self.width, self.height

    def draw(self) -> None:
        left = self.width - self.half
        middle = left + self.half / 2
        base = self.contact_height + 13 * mm
        if self.has_seal_place:
            self._seal(middle, base + BODY_LEADING * 0.9)
        self.name.drawOn(self.canv, left, base + BODY_LEADING)
        self.canv.setFont(self.font, BODY_SIZE)
        self.canv.setFillColor(black)
        self.canv.drawCentredString(middle, base + 8, self.day)
        if self.verify_url:
            self._qr(0, base)
        if self.contact:
            self.canv.setStrokeColor(GREY)
            self.canv.setLineWidth(0.4)
            self.canv.line(0, self.contact_height, self.width, self.contact_height)
            self.contact.drawOn(self.canv, 0, 0)

    def _seal(self, x: float, y: float) -> None:
        if self.seal:
            picture = ImageReader(io.BytesIO(self.seal))
            self.canv.drawImage(
                picture, x - SEAL_SIZE / 2, y - SEAL_SIZE / 2, SEAL_SIZE, SEAL_SIZE,
                mask="auto", preserveAspectRatio=True,
            )  # fmt: skip
            return
        self.canv.saveState()
        self.canv.setDash(3, 3)
        self.canv.setLineWidth(0.6)
        self.canv.setStrokeColor(GREY)
        self.canv.circle(x, y, SEAL_SIZE / 2 - 2)
        self.canv.setFont(self.font, 10)
        self.canv.setFillColor(GREY)
        text = "（印章）" if self.language == CHINESE else "(seal)"
        self.canv.drawCentredString(x, y + SEAL_SIZE / 2 - 16, text)
        self.canv.restoreState()

    def _qr(self, x: float, y: float) -> None:
        # Trying all masks takes a quarter of a letter's time; any one can be read.
        matrix = segno.make(self.verify_url, error="m", micro=False, mask=0).matrix
        cell = QR_SIZE / len(matrix)
        self.canv.setFillColor(black)
        for row, line in enumerate(matrix):
            column = 0
            for dark, group in groupby(line, key=bool):
                length = sum(1 for _module in group)
                if dark:
                    left, bottom = x + column * cell, y + QR_SIZE - (row + 1) * cell
                    self.canv.rect(left, bottom, length * cell, cell, stroke=0, fill=1)
                column += length
        self.canv.setFont(self.font, 8)
        label = "验证码" if self.language == CHINESE else "Code"
        self.canv.drawString(x, y - 10, f"{label} {self.code}")
