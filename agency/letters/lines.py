"""Breaking runs into lines as Chinese print does: words whole, no closing mark first on a line."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby

from agency.letters.markup import Run

NEVER_FIRST = set("、。，．；：？！）》」』】〕〉”’…％%)]},.;:?!·号")
NEVER_LAST = set("（《「『【〔〈“‘([{￥¥")
Measure = Callable[[str, bool], float]
Piece = tuple[str, bool]


def broken(runs: Iterable[Run], *, width: float, first: float, measure: Measure) -> list[list[Run]]:
    """Return the lines that fit in `width`, the first one in `first`."""
    lines: list[list[Run]] = []
    line: list[Piece] = []
    used, room = 0.0, first
    for text, bold in _atoms(runs, measure, width):
        if text == "\n":
            lines.append(_joined(line))
            line, used, room = [], 0.0, width
            continue
        length = measure(text, bold)
        if line and used + length > room + 0.01:
            carried = _carried(line, text)
            lines.append(_joined(line))
            line, room = carried, width
            used = sum(measure(*piece) for piece in line)
        if text == " " and not line and lines:
            continue
        line.append((text, bold))
        used += length
    lines.append(_joined(line))
    return lines


def _carried(line: list[Piece], following: str) -> list[Piece]:
    """Take off the line's end what must stand with the following atom."""
    carried: list[Piece] = []
    if following in NEVER_FIRST and len(line) > 1:
        carried.insert(0, line.pop())
        while len(line) > 1 and carried[0][0] in NEVER_FIRST:
            carried.insert(0, line.pop())
    while len(line) > 1 and line[-1][0] in NEVER_LAST:
        carried.insert(0, line.pop())
    while len(line) > 1 and line[-1][0] == " ":
        line.pop()
    return carried


def _atoms(runs: Iterable[Run], measure: Measure, width: float) -> Iterator[Piece]:
    """Yield what is never broken: a word of Latin letters and digits, or one character."""
    for run in runs:
        for is_word, group in groupby(run.text, key=_in_word):
            text = "".join(group)
            if is_word and measure(text, run.bold) <= width / 2:
                yield text, run.bold
            else:
                yield from ((character, run.bold) for character in text)


def _in_word(character: str) -> bool:
    return character.isascii() and (character.isalnum() or character in "-_/.,:@&'+#=")


def _joined(line: Iterable[Piece]) -> list[Run]:
    return [
        Run("".join(text for text, _bold in group), bold)
        for bold, group in groupby(line, key=lambda piece: piece[1])
    ]
