"""Is this the document that was signed? By its bytes, its electronic signature, its number."""

import hashlib
import io
from dataclasses import dataclass
from datetime import datetime

from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from agency.models import User
from agreements.enums.texts import TextState
from agreements.models import AgreementText
from agreements.querysets.texts import AgreementTextQuerySet
from agreements.services.texts.certificates import TEST_NAME
from agreements.services.texts.freezing import is_intact

# Whether it is ours is told by the digest of the file; here only whether it is whole.
_NOBODY_TRUSTED = ValidationContext(trust_roots=[], allow_fetching=False)


@dataclass(frozen=True, slots=True)
class PdfSignature:
    """The electronic signature found in a file: who, when, and whether the file is as signed."""

    subject: str
    at: datetime | None
    is_intact: bool
    is_test: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known: the text that was found, whether what is stored is what was signed, and of an
    uploaded file whether it is the very document, and what signature it bears.
    """

    text: AgreementText | None
    stored_is_intact: bool = False
    file_given: bool = False
    is_same_file: bool = False
    signature: PdfSignature | None = None

    @property
    def is_genuine(self) -> bool:
        """The record is whole, and the file, if one was given, is the very document."""
        return (
            self.text is not None
            and self.stored_is_intact
            and (self.is_same_file or not self.file_given)
        )


def by_code(code: str) -> AgreementText | None:
    """Return the signed text with that verification code."""
    return _rows().filter(code=code).first()


def by_number(number: str, user: User) -> AgreementText | None:
    """Return the signed text of an agreement or supplement, of those the user may see."""
    given = number.strip()
    rows = _rows().visible_to(user)
    return (
        rows.filter(agreement__number=given).first()
        or rows.filter(supplement__number__iexact=given).first()
        or rows.filter(code=given.upper()).first()
        or rows.filter(sha256=given.lower()).first()
    )


def verify(text: AgreementText | None, data: bytes | None) -> Verdict:
    """Compare a file, if one is given, with what was signed. Without a text it is found by the
    digest of the file.
    """
    if data is None:
        return Verdict(text, stored_is_intact=text is not None and is_intact(text))
    sha256 = hashlib.sha256(data).hexdigest()
    signature = signature_in(data)
    if text is None:
        text = _rows().filter(document__sha256=sha256).first()
    same = text is not None and text.document is not None and text.document.sha256 == sha256
    return Verdict(
        text,
        stored_is_intact=text is not None and is_intact(text),
        file_given=True,
        is_same_file=same,
        signature=signature,
    )


def signature_in(data: bytes) -> PdfSignature | None:
    """Return the first electronic signature of a PDF, if it has one."""
    try:
        found = PdfFileReader(io.BytesIO(data)).embedded_signatures
        if not found:
            return None
        status = validate_pdf_signature(found[0], _NOBODY_TRUSTED)
    except (PdfError, SigningError, SignatureValidationError, ValueError, KeyError, TypeError):
        return None
    subject = status.signing_cert.subject.native.get("common_name", "")
    whole = status.intact and status.valid
    return PdfSignature(
        subject=str(subject),
        at=status.signer_reported_dt,
        # What was added after the signature is not covered by it.
        is_intact=bool(whole) and status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        is_test=subject == TEST_NAME,
    )


def _rows() -> AgreementTextQuerySet:
    return (
        AgreementText.objects.with_parts().select_related("document").filter(state=TextState.SIGNED)
    )
