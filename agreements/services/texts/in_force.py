"""Which text binds the parties of an agreement."""

from agreements.enums.texts import Side, TextState
from agreements.models import Agreement, AgreementText, Signature, Supplement


def text_of(agreement_id: int) -> AgreementText | None:
    """Return the text of the agreement that both sides signed, if any. One query."""
    return (
        AgreementText.objects.filter(agreement=agreement_id, state=TextState.SIGNED)
        .select_related("agreement", "version")
        .first()
    )


def current_text(matter: Agreement | Supplement) -> AgreementText | None:
    """Return the text that is not void, signed or on its way there. One query."""
    rows = AgreementText.objects.current().select_related("version__template")
    if isinstance(matter, Agreement):
        return rows.filter(agreement=matter).first()
    return rows.filter(supplement=matter).first()


def signature_of(text: AgreementText | None, side: Side) -> Signature | None:
    """Return the standing signature of a side. One query."""
    if text is None:
        return None
    return Signature.objects.standing().filter(text=text, side=side).first()


def is_signed_by_anybody(text: AgreementText | None) -> bool:
    return text is not None and Signature.objects.standing().filter(text=text).exists()
