"""The documents of a text: a print to read or to sign by hand, and the signed one."""

import hashlib
import io
from datetime import datetime

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers

from agency.file_kinds import PDF
from agency.letter_kinds import CHINESE
from agency.letters.pdf import UndrawableError
from agency.models import Attachment
from agency.rules import Obstacle, Refusal
from agreements.enums.texts import Side, SigningMethod, TextState
from agreements.models import Agreement, AgreementText, Signature, Supplement
from agreements.services.texts.certificates import has_certificate, is_test, signer
from agreements.services.texts.freezing import frozen
from agreements.services.texts.in_force import current_text
from agreements.services.texts.paper import AgreementPaper, Signed, draw_agreement

FIELD = "Agency"
_MARKS = {TextState.DRAFT: "草稿", TextState.NEGOTIATING: "协商稿", TextState.VOID: "作废"}
_SIDES = {Side.AGENCY: "甲方", Side.INSTITUTION: "乙方"}


def print_of(text: AgreementText, *, at: datetime) -> bytes:
    """Return the text as a PDF to read, or once agreed to sign by hand."""
    return _drawn(text, at=at)[0]


def document_of(text_id: int, *, at: datetime) -> Attachment:
    """Return the signed document: the scan of the paper, or the PDF with the agency's electronic
    signature, made when it is first asked for. Refuses what is not signed by both.
    """
    text = AgreementText.objects.with_parts().select_related("document").get(pk=text_id)
    return text.document or seal(text_id, at=at)


@transaction.atomic
def seal(text_id: int, *, at: datetime) -> Attachment:
    """Draw the document of a text that both sides signed electronically, put the agency's
    electronic signature on it and keep it. Made once.
    """
    text = AgreementText.objects.locked(text_id)
    if text.document is not None:
        return text.document
    if text.state != TextState.SIGNED:
        said = _("Both sides have not signed yet: there is no signed document.")
        raise Refusal([Obstacle("not_signed", said, "A-09", _("Print the text instead."))])
    data = signed_pdf(_drawn(text, at=at)[0], reason=text.sha256)
    stored = Attachment(
        name=f"{number_of(text) or text.pk}.pdf",
        content_type=PDF,
        size=len(data),
        sha256=hashlib.sha256(data).hexdigest(),
        uploaded_at=at,
    )
    stored.file.save(stored.name, ContentFile(data), save=False)
    try:
        stored.save()
        text.document = stored
        text.save(update_fields=["document"])
    except BaseException:
        stored.file.delete(save=False)
        raise
    return stored


def seal_if_possible(matter: Agreement | Supplement, *, at: datetime) -> None:
    """Make the signed document at once where there is a certificate; else it waits for one."""
    text = current_text(matter)
    if text is not None and text.document_id is None and has_certificate():
        seal(text.pk, at=at)


def signed_pdf(data: bytes, *, reason: str) -> bytes:
    """Put the agency's electronic signature on a PDF, as an addition that alters nothing in it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD,
        reason=f"SHA-256 {reason}",
        subfilter=fields.SigSeedSubFilter.PADES,
        md_algorithm="sha256",
    )
    result = signers.sign_pdf(writer, metadata, signer=signer())
    return bytes(result.getbuffer())


def number_of(text: AgreementText) -> str:
    matter = text.matter
    return matter.number or ""


def _drawn(text: AgreementText, *, at: datetime) -> tuple[bytes, int]:
    with translation.override(CHINESE):
        try:
            return draw_agreement(_paper(text, at=at))
        except UndrawableError as error:
            said = _("These characters cannot be printed: %(characters)s.")
            shown = {"characters": " ".join(error.characters)}
            raise Refusal([Obstacle("wording_undrawable", said % shown)]) from error


def _paper(text: AgreementText, *, at: datetime) -> AgreementPaper:
    data = text.snapshot or frozen(text, on=timezone.localdate(at))[0]
    given = {each.side: each for each in Signature.objects.standing().filter(text=text)}
    notes = []
    if text.state == TextState.SIGNED and text.method == SigningMethod.ELECTRONIC and is_test():
        notes.append("本文件由测试证书签署，仅供演示，不具有法律效力。")
    return AgreementPaper(
        snapshot=data,
        number=number_of(text) if text.supplement_id or _is_numbered(text.agreement) else "",
        sha256=text.sha256,
        signatures=[_signed(side, data, given.get(side)) for side in Side],
        code=text.code or "",
        mark=_MARKS.get(TextState(text.state), ""),
        notes=notes,
    )


def _is_numbered(agreement: Agreement | None) -> bool:
    return agreement is not None and bool(agreement.number)


def _signed(side: Side, data: dict, signature: Signature | None) -> Signed:
    party = f"{_SIDES[side]}：{data['parties'][side.value]['name']}"
    if signature is None or signature.method == SigningMethod.PAPER:
        return Signed(party, "", "", None, "签章")
    how = "电子签署，一次性验证码确认" if signature.second_factor else "电子签署"
    return Signed(party, signature.name, signature.position, signature.signed_at, how)
