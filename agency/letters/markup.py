"""The light mark-up of letters, read into blocks.

- An empty line ends a paragraph. A paragraph begins with two empty characters; the first one, if
  it ends with a colon, is the addressee and begins at the margin.
- `## ` begins a heading.
- A line that begins with `1. `, `（一）`, `(1)` or `一、` begins a paragraph of its own.
- `| a | b |` is a row of a table; the first row is its head.
- `**bold**`; `{-}` alone on a line begins a new page.
- A backslash takes the next character as it stands; backslash and n begin a new paragraph, in a
  table a new line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum

_ITEM = re.compile(
    r"^(\d+[.、．]\s*|（[一二三四五六七八九十\d]+）|\(\d+\)\s*|[一二三四五六七八九十]+、)"
)
_SPECIAL = re.compile(r"([\\*|#{])")


class Align(Enum):
    LEFT = "left"
    CENTRE = "centre"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Run:
    text: str
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    runs: tuple[Run, ...]
    indent: bool = True
    align: Align = Align.LEFT
    heading: bool = False

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; the first row is repeated on every page."""

    rows: tuple[tuple[tuple[Run, ...], ...], ...]


@dataclass(frozen=True, slots=True)
class PageBreak:
    pass


Block = Paragraph | Table | PageBreak


def protected(text: str) -> str:
    """Return the text such that the mark-up reads it as it stands."""
    return _SPECIAL.sub(r"\\\1", text).replace("\r\n", "\n").replace("\n", "\\n")


def read(body: str) -> list[Block]:
    """Return the blocks of a body."""
    blocks: list[Block] = []
    for chunk in re.split(r"\n[ \t\u3000]*\n", body.replace("\r\n", "\n").strip("\n")):
        blocks.extend(_chunk(chunk))
    if blocks and isinstance(first := blocks[0], Paragraph) and first.text.endswith(("：", ":")):
        blocks[0] = Paragraph(first.runs, indent=False)
    return blocks


def _chunk(chunk: str) -> Iterator[Block]:
    lines: list[str] = []
    rows: list[str] = []
    for line in filter(None, (each.strip(" \t\u3000") for each in chunk.split("\n"))):
        alone = line.startswith(("|", "## ")) or line == "{-}"
        if lines and (alone or _ITEM.match(line)):
            yield from _paragraphs(lines)
            lines = []
        if rows and not line.startswith("|"):
            yield _table(rows)
            rows = []
        if line.startswith("|"):
            rows.append(line)
        elif line == "{-}":
            yield PageBreak()
        elif line.startswith("## "):
            yield Paragraph(runs_of(line[3:]), heading=True)
        else:
            lines.append(line)
    if lines:
        yield from _paragraphs(lines)
    if rows:
        yield _table(rows)


def _paragraphs(lines: list[str]) -> Iterator[Paragraph]:
    """Join the lines; a line break in a value begins a paragraph."""
    text = lines[0]
    for line in lines[1:]:
        latin = text[-1:].isascii() and line[:1].isascii()
        text += f" {line}" if latin else line
    current: list[Run] = []
    for run in runs_of(text):
        first, *others = run.text.split("\n")
        current.append(Run(first, run.bold))
        for each in others:
            yield from _unless_empty(current)
            current = [Run(each, run.bold)]
    yield from _unless_empty(current)


def _unless_empty(runs: list[Run]) -> Iterator[Paragraph]:
    if any(run.text.strip() for run in runs):
        yield Paragraph(tuple(runs))


def _table(lines: Iterable[str]) -> Table:
    rows = [_cells(line) for line in lines]
    width = max(len(row) for row in rows)
    return Table(tuple(tuple(row) + ((Run(""),),) * (width - len(row)) for row in rows))


def _cells(line: str) -> list[tuple[Run, ...]]:
    cells = re.split(r"(?<!\\)\|", line.strip().removeprefix("|"))
    if not cells[-1].strip():
        cells.pop()
    return [runs_of(cell.strip()) for cell in cells] or [(Run(""),)]


def runs_of(text: str) -> tuple[Run, ...]:
    """Return the runs of a line: bold between pairs of `**`, escapes taken out."""
    runs: list[Run] = []
    buffer, bold, position = "", False, 0
    while position < len(text):
        character = text[position]
        if character == "\\" and position + 1 < len(text):
            following = text[position + 1]
            buffer += "\n" if following == "n" else following
            position += 2
        elif text.startswith("**", position):
            if buffer:
                runs.append(Run(buffer, bold))
            buffer, bold = "", not bold
            position += 2
        else:
            buffer += character
            position += 1
    if buffer or not runs:
        runs.append(Run(buffer, bold))
    return tuple(runs)


def characters(blocks: Iterable[Block]) -> set[str]:
    """Return every character the blocks show."""
    found: set[str] = set()
    for block in blocks:
        if isinstance(block, Paragraph):
            found.update(block.text)
        elif isinstance(block, Table):
            for row in block.rows:
                for cell in row:
                    for run in cell:
                        found.update(run.text)
    return found - {"\n"}


def plain(blocks: Iterable[Block]) -> str:
    """Return the blocks as text without mark-up, a line for each paragraph or row."""
    lines = []
    for block in blocks:
        if isinstance(block, Paragraph):
            lines.append(block.text)
        elif isinstance(block, Table):
            lines.extend(
                " | ".join("".join(run.text for run in cell) for cell in row) for row in block.rows
            )
    return "\n".join(lines)
