"""How a template looks with sample values; nothing is stored."""

from __future__ import annotations

from datetime import date

from django.core.files.uploadedfile import UploadedFile

from agency.enums import TemplateFormat
from agency.letter_kinds import CHINESE, KINDS
from agency.letters import markup
from agency.letters.pdf import UndrawableError, draw
from agency.letters.word import read_word, render_word
from agency.models import LetterHead, LetterTemplate, Region
from agency.models.letters.head import NUMBER_FORMAT
from agency.rules import Refusal, refuse_if
from agency.services.letters.heads import office_of
from agency.services.letters.paper import (
    Facts,
    Rendered,
    paper_of,
    render_letter,
    undrawable_obstacle,
)
from agency.services.letters.templates import text_obstacles


def preview_letter(
    template: LetterTemplate,
    *,
    on: date,
    title: str | None = None,
    body: str = "",
    docx: UploadedFile | None = None,
) -> Rendered:
    """Draw the template with sample values; with `title`, what is being written in its place.

    Refuses what saving would refuse.
    """
    kind, language = KINDS[template.kind], template.language
    samples = {name: each.sample for name, each in kind.all_variables.items()}
    head = LetterHead(
        region=Region(code="360400", name=""),
        actor=office_of(kind.actor),
        office_name=str(samples["office_name"]),
        prefix="九医保",
        number_format=NUMBER_FORMAT,
        address=str(samples["office_address"]),
        phone=str(samples["office_phone"]),
        effective_from=on,
    )
    facts = Facts(
        head=head,
        number=f"九医保{kind.word}〔{on.year}〕1号",
        issued_on=on,
        addressee=str(samples["addressee"]),
        matter=str(samples["matter"]),
        signer=str(samples["signer"]),
        language=language,
        mark="样张" if language == CHINESE else "SAMPLE",
    )
    own = {name: each.sample for name, each in kind.variables.items()}
    if title is None:
        return render_letter(kind, template, own, facts)
    refuse_if(text_obstacles(kind, language, title, body, docx))
    tried = LetterTemplate(kind=template.kind, language=language, title=title, body=body)
    if docx is None:
        return render_letter(kind, tried, own, facts)
    tried.format = TemplateFormat.DOCX
    content = render_word(docx.read(), {**own, **facts.common()}, language)
    blocks = read_word(content)
    try:
        pdf, pages = draw(paper_of(kind, title, blocks, facts))
    except UndrawableError as error:
        raise Refusal([undrawable_obstacle(error)]) from error
    return Rendered(title, markup.plain(blocks), pdf, pages, content)
