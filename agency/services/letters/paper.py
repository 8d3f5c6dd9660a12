"""From template and facts to the finished paper; nothing is stored here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from agency.enums import Actor, TemplateFormat
from agency.letter_kinds import CHINESE, LetterKind
from agency.letters import markup
from agency.letters.pdf import Paper, UndrawableError, draw
from agency.letters.text import render_text
from agency.letters.word import read_word, render_word
from agency.letters.wording import written_day
from agency.models import LetterHead, LetterTemplate, OfficialLetter
from agency.rules import Obstacle, Refusal
from agency.services.attachments import MEGABYTE

SEAL_LIMIT = MEGABYTE


@dataclass(frozen=True, slots=True)
class Rendered:
    title: str
    body: str
    pdf: bytes
    pages: int
    docx: bytes | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What a letter says beside its own variables."""

    head: LetterHead
    number: str
    issued_on: date
    addressee: str
    matter: str
    signer: str
    language: str = CHINESE
    sender: str = ""
    code: str = ""
    enclosures: Sequence[str] = ()
    corrects: OfficialLetter | None = None
    reason: str = ""
    mark: str = ""

    def common(self) -> dict[str, Any]:
        return {
            "office_name": self.sender or self.head.office_name,
            "office_address": self.head.address,
            "office_phone": self.head.phone,
            "number": self.number,
            "issued_on": self.issued_on,
            "addressee": self.addressee,
            "matter": self.matter,
            "signer": self.signer,
        }


def render_letter(
    kind: LetterKind, template: LetterTemplate, context: Mapping[str, Any], facts: Facts
) -> Rendered:
    """Return the letter written, laid out and drawn. Refuses characters the font lacks."""
    language = facts.language
    with translation.override(language):
        values = {**context, **facts.common()}
        docx = None
        title, body = render_text(template.title, template.body, values, language)
        if template.format == TemplateFormat.DOCX and template.docx is not None:
            with template.docx.file.open("rb") as source:
                docx = render_word(source.read(), values, language)
            blocks = read_word(docx)
            body = markup.plain(blocks)
        else:
            blocks = markup.read(body)
    if facts.corrects is not None:
        title += "（更正）" if language == CHINESE else " (correction)"
        blocks = _with_correction(blocks, facts.corrects, facts)
    try:
        pdf, pages = draw(paper_of(kind, title, blocks, facts), font=settings.LETTER_FONT)
    except UndrawableError as error:
        raise Refusal([undrawable_obstacle(error)]) from error
    return Rendered(title, body, pdf, pages, docx)


def _with_correction(
    blocks: list[markup.Block], wrong: OfficialLetter, facts: Facts
) -> list[markup.Block]:
    """Say, after the addressee, which letter is put right and why."""
    day = written_day(wrong.issued_on, facts.language)
    if facts.language == CHINESE:
        text = (
            f"本文书更正{day}发出的{wrong.number}文书，原文书内容以本文书为准。"
            f"更正理由：{facts.reason}"
        )
    else:
        text = (
            f"This letter corrects {wrong.number} of {day} and takes its place. "
            f"Reason: {facts.reason}"
        )
    said = markup.Paragraph((markup.Run(text),))
    first = blocks[0] if blocks else None
    at = 1 if isinstance(first, markup.Paragraph) and not first.indent else 0
    return [*blocks[:at], said, *blocks[at:]]


def paper_of(kind: LetterKind, title: str, blocks: Sequence[markup.Block], facts: Facts) -> Paper:
    own = kind.actor == Actor.INSTITUTION
    code = facts.code
    return Paper(
        office_name=facts.sender or facts.head.office_name,
        number=facts.number,
        title=title,
        blocks=blocks,
        issued_on=facts.issued_on,
        language=facts.language,
        enclosures=list(facts.enclosures),
        seal=None if own else seal_of(facts.head),
        verify_url=f"{settings.PUBLIC_URL}/verify/{code}/" if code else "",
        code=code,
        office_address="" if own else facts.head.address,
        office_phone="" if own else facts.head.phone,
        mark=facts.mark,
    )


def seal_of(head: LetterHead) -> bytes | None:
    """Return the picture of the office's seal, None without one."""
    if head.seal is None:
        return None
    with head.seal.file.open("rb") as source:
        return source.read(SEAL_LIMIT)


def undrawable_obstacle(error: UndrawableError) -> Obstacle:
    shown = "".join(error.characters[:20])
    codes = ", ".join(f"U+{ord(each):04X}" for each in error.characters[:20])
    return Obstacle(
        "letter_characters_missing",
        _("The letters' font cannot draw: %(characters)s (%(codes)s).")
        % {"characters": shown, "codes": codes},
        remedy=_(
            "Write them another way, or have the system administrator name a fuller font "
            "(setting LETTER_FONT)."
        ),
    )
