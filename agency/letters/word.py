"""Word documents as templates: checked, rendered, and read into the blocks of the PDF."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph
from docxtpl import DocxTemplate
from jinja2 import TemplateError, TemplateSyntaxError
from lxml.etree import XMLSyntaxError

from agency.letters.markup import Align, Block, Paragraph, Run, Table
from agency.letters.text import check_source, environment
from agency.rules import Obstacle

LARGEST_UNPACKED = 50 * 1024 * 1024
MOST_PARTS = 500
_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
# What the PDF could not show: better refused than left out unseen.
_UNSHOWN = {
    b"<w:drawing": "picture",
    b"<w:pict": "picture",
    b"<w:object": "embedded object",
    b"<w:numPr>": "automatic numbering",
    b"<w:footnoteReference": "footnote",
    b"<w:altChunk": "embedded document",
}
_ALIGNED = {WD_ALIGN_PARAGRAPH.CENTER: Align.CENTRE, WD_ALIGN_PARAGRAPH.RIGHT: Align.RIGHT}
_BROKEN = (ValueError, KeyError, TypeError, OSError, zipfile.BadZipFile, XMLSyntaxError)


def check_word(content: bytes, *, samples: Mapping[str, Any], language: str) -> list[Obstacle]:
    """Return why the document cannot be kept as a template: no Word document, damaged, with
    macros, with what a letter cannot show, or with unknown variables.
    """
    if obstacles := _check_package(content):
        return obstacles
    try:
        source = _source(content)
        obstacles = check_source(
            source, environment(language, mark_up=False), samples, where=_("Word document")
        )
        if not obstacles:
            render_word(content, samples, language)
    except TemplateSyntaxError as error:
        text = _("Word document: %s")
        return [Obstacle("template_syntax", text % error.message)]
    except TemplateError as error:
        text = _("The template fails with the sample values: %s")
        return [Obstacle("template_fails", text % error)]
    except _BROKEN as error:
        return [_no_document(error)]
    return obstacles


def _no_document(error: object) -> Obstacle:
    return Obstacle(
        "template_not_a_document",
        _("The file is no readable Word document (.docx): %s") % error,
        remedy=_("Save it in Word as “Word document (.docx)” and upload it again."),
    )


def _check_package(content: bytes) -> list[Obstacle]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
            if len(parts) > MOST_PARTS or sum(p.file_size for p in parts) > LARGEST_UNPACKED:
                return [_no_document(_("too large when unpacked"))]
            if (damaged := package.testzip()) is not None:
                return [_no_document(_("“%s” is damaged") % damaged)]
            names = [part.filename for part in parts]
            if any(name.lower().endswith(("vbaproject.bin", ".vba")) for name in names):
                return [
                    Obstacle(
                        "template_macros",
                        _("The document carries macros."),
                        remedy=_("Save it without macros, as .docx, and upload it again."),
                    )
                ]
            if _MAIN.encode() not in package.read("[Content_Types].xml"):
                return [_no_document(_("its content is of another kind"))]
            return _unshown(package, names)
    except (*_BROKEN, RuntimeError, NotImplementedError, EOFError) as error:
        return [_no_document(error)]


def _unshown(package: zipfile.ZipFile, names: list[str]) -> list[Obstacle]:
    for name in names:
        if name.endswith((".xml", ".rels")) and b"<!DOCTYPE" in package.read(name):
            return [_no_document(_("it declares a document type"))]
        if name.endswith("settings.xml.rels") and b"External" in package.read(name):
            return [_no_document(_("it loads a template from elsewhere"))]
    body = package.read("word/document.xml")
    found = sorted({label for mark, label in _UNSHOWN.items() if mark in body})
    if not found:
        return []
    labels = {
        "picture": _("picture"),
        "embedded object": _("embedded object"),
        "automatic numbering": _("automatic numbering"),
        "footnote": _("footnote"),
        "embedded document": _("embedded document"),
    }
    return [
        Obstacle(
            "template_unshown",
            _("The letter could not show what the document has: %s.")
            % ", ".join(labels[each] for each in found),
            remedy=_("Take it out; write numbers of items as text."),
        )
    ]


def _source(content: bytes) -> str:
    """Return the template source in the document's body."""
    template = DocxTemplate(io.BytesIO(content))
    template.init_docx()
    return template.patch_xml(template.get_xml())


def render_word(content: bytes, context: Mapping[str, Any], language: str) -> bytes:
    """Return the document with the values filled in. The same input gives the same bytes."""
    template = DocxTemplate(io.BytesIO(content))
    template.render(dict(context), environment(language, mark_up=False), autoescape=True)
    buffer = io.BytesIO()
    template.save(buffer)
    return _timeless(buffer.getvalue())


def _timeless(content: bytes) -> bytes:
    """Pack the parts again without the moment of packing."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.infolist():
            new.writestr(zipfile.ZipInfo(part.filename), old.read(part), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def read_word(content: bytes) -> list[Block]:
    """Return the paragraphs and tables of a document as blocks."""
    blocks: list[Block] = list(_blocks(content))
    if blocks and isinstance(first := blocks[0], Paragraph) and first.text.endswith(("：", ":")):
        blocks[0] = Paragraph(first.runs, indent=False)
    return blocks


def _blocks(content: bytes) -> Iterator[Block]:
    for each in Document(io.BytesIO(content)).iter_inner_content():
        if isinstance(each, WordTable):
            yield _table(each)
        elif each.text.strip():
            yield _paragraph(each)


def _paragraph(paragraph: WordParagraph) -> Paragraph:
    align = _ALIGNED.get(paragraph.alignment, Align.LEFT)  # type: ignore[arg-type]
    style = (paragraph.style.name or "") if paragraph.style else ""
    heading = style.startswith("Heading")
    return Paragraph(_runs(paragraph), indent=align is Align.LEFT, align=align, heading=heading)


def _runs(paragraph: WordParagraph) -> tuple[Run, ...]:
    # What stands inside a hyperlink is a part of the text, and no run of the paragraph.
    runs = tuple(
        Run(part.text.lstrip("\u3000") if not index else part.text, bool(getattr(part, "bold", 0)))
        for index, part in enumerate(paragraph.iter_inner_content())
    )
    return runs or (Run(""),)


def _table(table: WordTable) -> Table:
    rows = []
    for row in table.rows:
        cells = []
        for cell in row.cells:
            lines = [run for each in cell.paragraphs for run in (*_runs(each), Run("\n"))]
            cells.append(tuple(lines[:-1]) or (Run(""),))
        rows.append(tuple(cells))
    width = max((len(row) for row in rows), default=1)
    return Table(tuple(row + ((Run(""),),) * (width - len(row)) for row in rows))
