"""Letters for tests: an office, its people, a letter of an example kind."""

import io
from datetime import date, datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document
from reportlab.pdfgen.canvas import Canvas

from agency.enums import Role
from agency.letter_kinds import KINDS
from agency.services.letters import issue_letter
from tests.agency.factories import SHANGHAI, RegionFactory, user_with

ISSUED_ON = date(2026, 11, 20)
CONTEXT = {
    "agreement": "360400-2026-0031",
    "from_on": date(2026, 12, 1),
    "reason": "整改验收合格",
}
# A kind of the administration's own.
ADMINISTRATION_KIND = "hearing_notice"


def moment(on: date, hour: int = 10) -> datetime:
    return datetime(on.year, on.month, on.day, hour, tzinfo=SHANGHAI)


def issued(kind: str = "resumption_decision", *, by=None, on: date = ISSUED_ON, **kwargs):
    """Return a letter issued by the program, or by the person given."""
    given = {
        "context": CONTEXT,
        "addressee": "浔阳仁和医院(演示)",
        "matter": "360400-2026-0031",
        "url": "/desk/",
        "region": kwargs.pop("region", None) or RegionFactory(),
        **kwargs,
    }
    return issue_letter(kind=kind, by=by, at=moment(on), on=on, **given)


def issued_by_administration(**kwargs):
    """Return a letter of the administration, saying what its samples say."""
    variables = KINDS[ADMINISTRATION_KIND].variables
    context = {name: each.sample for name, each in variables.items()}
    return issued(ADMINISTRATION_KIND, context=context, **kwargs)


def officer(role: Role = Role.AGREEMENT_OFFICER):
    return user_with(role)


def receipt(name: str = "回执.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def _pdf() -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    canvas.drawString(100, 700, "signed")
    canvas.save()
    return buffer.getvalue()


PDF = _pdf()


def word_document(*paragraphs: str, table: list[list[str]] | None = None) -> bytes:
    document = Document()
    for text in paragraphs:
        document.add_paragraph(text)
    if table:
        made = document.add_table(rows=0, cols=len(table[0]))
        for row in table:
            cells = made.add_row().cells
            for cell, text in zip(cells, row, strict=True):
                cell.text = text
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def docx_upload(content: bytes, name: str = "template.docx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)
