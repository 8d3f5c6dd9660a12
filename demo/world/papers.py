"""Invented papers that go with filings: one page each, marked as samples."""

from __future__ import annotations

from io import BytesIO

from django.core.files.uploadedfile import SimpleUploadedFile
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"
TOP, LEFT, STEP = 770, 80, 28


def paper(title: str, *lines: str) -> SimpleUploadedFile:
    """Return a PDF as somebody would hand it in."""
    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    buffer = BytesIO()
    # invariant: the same paper has the same bytes in every load.
    canvas = Canvas(buffer, pagesize=A4, invariant=True)
    canvas.setFont(FONT, 18)
    canvas.drawString(LEFT, TOP, title)
    canvas.setFont(FONT, 11)
    for number, line in enumerate((*lines, "(演示材料,内容均为虚构)"), start=1):
        canvas.drawString(LEFT, TOP - 20 - number * STEP, line)
    canvas.save()
    return SimpleUploadedFile(f"{title}.pdf", buffer.getvalue(), content_type="application/pdf")
