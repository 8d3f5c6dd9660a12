"""Giving up a text that was not signed by both sides."""

from datetime import datetime

from django.utils import timezone

from agency.models import User
from agreements.enums.texts import TextState
from agreements.models import Agreement, AgreementText, ClauseProposal, Signature, Supplement
from agreements.services.texts.history import record_text_step


def void_text(text_id: int, *, by: User | None, at: datetime, reason: str) -> None:
    """Give up a text: open proposals and the institution's signature go with it. The caller is in
    a transaction and holds what the text belongs to.
    """
    text = AgreementText.objects.locked(text_id)
    if text.state in (TextState.SIGNED, TextState.VOID):
        return
    source = text.state
    if by is not None:
        for proposal in ClauseProposal.objects.open().of_text(text).select_for_update():
            proposal.withdraw(by=by, at=at, answer=reason)
            proposal.save(update_fields=["state", "answered_by", "answered_at", "answer"])
    for signature in Signature.objects.standing().filter(text=text):
        signature.withdraw(by=by or signature.recorded_by, at=at)
        signature.save(update_fields=["withdrawn_by", "withdrawn_at"])
    text.void()
    text.save(update_fields=["state"])
    record_text_step(
        text,
        act="void",
        source=source,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=reason,
    )


def void_texts_of(
    matter: Agreement | Supplement, *, by: User | None, at: datetime, reason: str
) -> None:
    """Give up whatever text of it was not signed."""
    of = {"agreement": matter} if isinstance(matter, Agreement) else {"supplement": matter}
    rows = AgreementText.objects.current().exclude(state=TextState.SIGNED).filter(**of)
    for pk in rows.values_list("pk", flat=True):
        void_text(pk, by=by, at=at, reason=reason)
