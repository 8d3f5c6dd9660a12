"""Signing the agreed text: first the institution, electronically or on paper, then the agency
head, whose signature makes the agreement (A-09). What is signed is the digest of the snapshot.
"""

from collections.abc import Sequence
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone, translation

from agency.letter_kinds import CHINESE
from agency.models import Attachment, User
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import UploadRef, store_files
from agency.services.letters.issuing import verification_code
from agreements.enums.texts import Side, SigningMethod, TextState
from agreements.models import Agreement, AgreementText, Signature, Supplement
from agreements.notifications import texts as notifications
from agreements.permissions import texts as permissions
from agreements.services.texts.history import record_text_step
from agreements.services.texts.in_force import current_text, signature_of
from agreements.services.texts.negotiation import reopened
from institutions.services.persons import legal_representative_of

Files = Sequence[UploadedFile | UploadRef]


@transaction.atomic
def sign_for_institution(
    *,
    text_id: int,
    name: str,
    position: str,
    by: User,
    at: datetime,
    authority: Files = (),
    second_factor: bool = False,
) -> Signature:
    """Sign the agreed text in the portal, for the institution. Whoever is not its legal
    representative shows a power of attorney.
    """
    text = AgreementText.objects.visible_to(by).locked(text_id)
    signed = signature_of(text, Side.INSTITUTION) is not None
    refuse_if(
        permissions.institution_signing_obstacles(text, by, signed=signed)
        + _signatory(text, name, position, authority, on=timezone.localdate(at))
    )
    return _sign_for_institution(
        text,
        method=SigningMethod.ELECTRONIC,
        name=name,
        position=position,
        user=by,
        authority=authority,
        second_factor=second_factor,
        by=by,
        at=at,
    )


@transaction.atomic
def record_on_paper(
    *,
    text_id: int,
    name: str,
    position: str,
    by: User,
    at: datetime,
    authority: Files = (),
) -> Signature:
    """Record that the institution's signatory has signed the printed text. The scan follows with
    the head's signature.
    """
    text = AgreementText.objects.locked(text_id)
    signed = signature_of(text, Side.INSTITUTION) is not None
    refuse_if(
        permissions.institution_signing_obstacles(text, by, signed=signed, on_paper=True)
        + _signatory(text, name, position, authority, on=timezone.localdate(at))
    )
    return _sign_for_institution(
        text,
        method=SigningMethod.PAPER,
        name=name,
        position=position,
        user=None,
        authority=authority,
        second_factor=False,
        by=by,
        at=at,
    )


@transaction.atomic
def withdraw_signature(*, text_id: int, by: User, at: datetime, reason: str) -> AgreementText:
    """Take the institution's signature back, as long as the agency has not signed: the text is
    negotiated again.
    """
    text = AgreementText.objects.visible_to(by).locked(text_id)
    signature = signature_of(text, Side.INSTITUTION)
    refuse_if(
        permissions.withdrawing_signature_obstacles(text, signature, by)
        + ([] if reason.strip() else [permissions.REASON_MISSING])
    )
    if signature is None:
        raise AssertionError("refused above")
    signature.withdraw(by=by, at=at)
    signature.save(update_fields=["withdrawn_by", "withdrawn_at"])
    return reopened(text, act="withdraw_signature", by=by, at=at, reason=reason.strip())


def head_obstacles(
    matter: Agreement | Supplement, by: User, *, has_scan: bool | None = None
) -> list[Obstacle]:
    """Return why the head cannot sign now. Two queries."""
    text = current_text(matter)
    signature = signature_of(text, Side.INSTITUTION)
    return permissions.head_signing_obstacles(text, signature, by, has_scan=has_scan)


def lock_text(matter: Agreement | Supplement) -> AgreementText | None:
    """Lock the text of what the caller has locked: no signature comes or goes any more."""
    text = current_text(matter)
    return AgreementText.objects.locked(text.pk) if text else None


def head_obstacles_locked(
    text: AgreementText | None, by: User, *, scan: Files = ()
) -> list[Obstacle]:
    """As `head_obstacles`, of a text that is locked, with what was handed in."""
    if text is not None and text.state == TextState.VOID:
        text = None
    signature = signature_of(text, Side.INSTITUTION)
    return permissions.head_signing_obstacles(text, signature, by, has_scan=bool(scan))


def sign_for_agency(
    text: AgreementText, *, by: User, at: datetime, scan: Files = ()
) -> AgreementText:
    """Put the agency's signature beneath the locked text; what stands against it was asked."""
    source = text.state
    with translation.override(CHINESE):
        position = by.acting_labels[:80]
    stored = store_files(list(scan)[:1], by=by, at=at)
    Signature.objects.create(
        text=text,
        side=Side.AGENCY,
        method=text.method,
        name=str(by),
        position=position,
        user=by,
        recorded_by=by,
        sha256=text.sha256,
        signed_at=at,
    )
    text.sign(at=at, code=verification_code())
    text.document = _first(stored)
    text.save(update_fields=["state", "signed_at", "code", "document"])
    on = timezone.localdate(at)
    record_text_step(text, act="sign_for_agency", source=source, on=on, at=at, by=by)
    return text


def _sign_for_institution(
    text: AgreementText,
    *,
    method: SigningMethod,
    name: str,
    position: str,
    user: User | None,
    authority: Files,
    second_factor: bool,
    by: User,
    at: datetime,
) -> Signature:
    signature = Signature.objects.create(
        text=text,
        side=Side.INSTITUTION,
        method=method,
        name=name.strip(),
        position=position.strip(),
        user=user,
        recorded_by=by,
        authority=_first(store_files(list(authority)[:1], by=by, at=at)),
        sha256=text.sha256,
        signed_at=at,
        second_factor=second_factor,
    )
    text.method = method
    text.save(update_fields=["method"])
    on = timezone.localdate(at)
    act = "sign_for_institution" if user else "record_paper_signature"
    record_text_step(
        text, act=act, source=text.state, on=on, at=at, by=by, reason=f"{name} {position}"
    )
    notifications.institution_signed(text, at=at)
    return signature


def _signatory(
    text: AgreementText, name: str, position: str, authority: Files, *, on: date
) -> list[Obstacle]:
    return permissions.signatory_obstacles(
        name=name,
        position=position,
        representative=legal_representative_of(text.institution, on=on),
        has_authority=bool(authority),
    )


def _first(stored: Sequence[Attachment]) -> Attachment | None:
    return stored[0] if stored else None
