"""Word documents as templates. No database."""

import io
import zipfile

import pytest

from agency.letter_kinds import CHINESE
from agency.letters.markup import Paragraph, Table
from agency.letters.word import check_word, read_word, render_word
from tests.agency.letters import word_document

SAMPLES = {"addressee": "浔阳<仁和>医院", "reason": "整改&验收", "rows": [{"a": "1"}]}


def packed(content: bytes, **changes: bytes | None) -> bytes:
    """Return the document with parts added, replaced, or (None) left out."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            if name not in changes:
                new.writestr(name, old.read(name))
        for name, data in changes.items():
            if data is not None:
                new.writestr(name, data)
    return buffer.getvalue()


GOOD = word_document(
    "{{ addressee }}：",
    "因{{ reason }}，决定如下。",
    table=[["序号", "内容"], ["1", "{{ reason }}"]],
)


def test_a_document_is_filled_in_and_read():
    assert check_word(GOOD, samples=SAMPLES, language=CHINESE) == []
    content = render_word(GOOD, SAMPLES, CHINESE)
    assert render_word(GOOD, SAMPLES, CHINESE) == content
    addressee, text, table = read_word(content)
    assert isinstance(addressee, Paragraph) and addressee.text == "浔阳<仁和>医院："
    assert not addressee.indent
    assert text.text == "因整改&验收，决定如下。"
    assert isinstance(table, Table)
    assert table.rows[1][1][0].text == "整改&验收"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no zip at all", "template_not_a_document"),
        (GOOD[: len(GOOD) // 2], "template_not_a_document"),
        (GOOD[:200] + b"\x00" * 300 + GOOD[500:], "template_not_a_document"),
        (packed(GOOD, **{"word/document.xml": None}), "template_not_a_document"),
        (packed(GOOD, **{"word/document.xml": b"<broken"}), "template_not_a_document"),
        (packed(GOOD, **{"[Content_Types].xml": b"<Types/>"}), "template_not_a_document"),
        (packed(GOOD, **{"word/vbaProject.bin": b"x"}), "template_macros"),
        (
            packed(GOOD, **{"word/x.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'}),
            "template_not_a_document",
        ),
        (
            packed(
                GOOD,
                **{"word/_rels/settings.xml.rels": b'<Relationships TargetMode="External"/>'},
            ),
            "template_not_a_document",
        ),
        (word_document("{{ addresee }}"), "template_unknown_variable"),
        (word_document("{{ addressee"), "template_syntax"),
        (word_document("{% for x in rows %}{{ x.b }}{% endfor %}"), "template_fails"),
        (word_document("{{ reason.upper() }}"), "template_construct"),
    ],
)
def test_bad_documents_are_refused(content, code):
    (obstacle, *_others) = check_word(content, samples=SAMPLES, language=CHINESE)
    assert obstacle.code == code


def test_what_the_letter_could_not_show_is_refused():
    with zipfile.ZipFile(io.BytesIO(GOOD)) as package:
        body = package.read("word/document.xml")
    listed = body.replace(b"<w:p>", b"<w:p><w:pPr><w:numPr></w:numPr></w:pPr>", 1)
    (obstacle,) = check_word(
        packed(GOOD, **{"word/document.xml": listed}), samples=SAMPLES, language=CHINESE
    )
    assert obstacle.code == "template_unshown"
    assert obstacle.remedy
