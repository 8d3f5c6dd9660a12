"""Serving letters: the recorded day of service is what periods run from (T-09)."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.enums import IdentityCheck, LetterState, ServiceMethod, ServiceState
from agency.models import LetterService, OfficialLetter, User
from agency.rules import Obstacle, refuse_if
from agency.services.attachments import store_attachment
from agency.services.in_force import parameters_on
from agency.services.letters.history import record
from agency.services.letters.hooks import tell_served
from agency.services.letters.obstacles import (
    SERVICE,
    delivery_fact_obstacles,
    delivery_obstacles,
    failing_obstacles,
    sending_day_obstacles,
    sending_obstacles,
)
from agency.services.notices import tell

_OUTCOME = ["state", "served_on", "served_at", "recipient", "confirmed_by"]
_FAILURE = ["state", "failed_on", "failure_reason"]


@transaction.atomic
def send_letter(
    *,
    letter_id: int,
    method: ServiceMethod,
    by: User | None,
    at: datetime,
    on: date,
    sent_on: date | None = None,
    tracking_number: str = "",
) -> LetterService:
    """Begin to serve the letter and return the service, which is then pending.

    Refuses a letter that is served, withdrawn or corrected, or that another service is under way
    for, and a day before the letter's or to come.
    """
    letter = OfficialLetter.objects.locked(letter_id)
    sent_on = sent_on or on
    refuse_if(
        sending_obstacles(letter, by)
        + sending_day_obstacles(
            letter, method, sent_on=sent_on, on=on, tracking_number=tracking_number
        )
    )
    notice_until = None
    if method == ServiceMethod.NOTICE:
        days = int(parameters_on(on, letter.region)["notice_service_days"])
        notice_until = sent_on + timedelta(days=days)
    service = LetterService.objects.create(
        letter=letter,
        method=method,
        sent_on=sent_on,
        sent_at=at,
        sent_by=by,
        tracking_number=tracking_number.strip(),
        notice_until=notice_until,
    )
    record(
        letter,
        act="send",
        source=letter.state,
        on=sent_on,
        at=at,
        by=by,
        reason=" ".join(filter(None, [str(ServiceMethod(method).label), tracking_number.strip()])),
        rule=SERVICE,
    )
    return service


@transaction.atomic
def confirm_service(
    *,
    service_id: int,
    served_on: date,
    recipient: str,
    proof: UploadedFile | None,
    by: User,
    at: datetime,
    on: date,
) -> LetterService:
    """Record that a letter sent by post or carried by hand has arrived, with the signed proof.

    Refuses a day before the sending or to come, and a delivery without recipient or proof.
    """
    service = _locked(service_id)
    letter = service.letter
    refuse_if(
        delivery_obstacles(service, by)
        + delivery_fact_obstacles(
            issued_on=letter.issued_on,
            sent_on=service.sent_on,
            served_on=served_on,
            on=on,
            recipient=recipient,
            has_proof=proof is not None,
        )
    )
    if proof is not None:
        service.proof = store_attachment(proof, by=by, at=at)
    service.succeed(served_on=served_on, at=at, recipient=recipient.strip(), by=by)
    service.save(update_fields=[*_OUTCOME, "proof"])
    _served(letter, service, by=by, at=at)
    return service


@transaction.atomic
def serve_letter(
    *,
    letter_id: int,
    method: ServiceMethod,
    served_on: date,
    recipient: str,
    proof: UploadedFile | None,
    by: User,
    at: datetime,
    on: date,
    sent_on: date | None = None,
    tracking_number: str = "",
) -> LetterService:
    """Send and confirm in one step: by hand, or by post known to have arrived."""
    letter = OfficialLetter.objects.locked(letter_id)
    refuse_if(
        sending_obstacles(letter, by)
        + delivery_fact_obstacles(
            issued_on=letter.issued_on,
            sent_on=sent_on or served_on,
            served_on=served_on,
            on=on,
            recipient=recipient,
            has_proof=proof is not None,
        )
    )
    service = send_letter(
        letter_id=letter_id,
        method=method,
        by=by,
        at=at,
        on=on,
        sent_on=sent_on or served_on,
        tracking_number=tracking_number,
    )
    return confirm_service(
        service_id=service.pk,
        served_on=served_on,
        recipient=recipient,
        proof=proof,
        by=by,
        at=at,
        on=on,
    )


@transaction.atomic
def confirm_in_portal(
    *, letter_id: int, signature: str, checked_by: IdentityCheck, by: User, at: datetime, on: date
) -> LetterService:
    """Record the signed confirmation of receipt of a letter in the portal; served that day.

    Whether the letter is the person's institution's, and whether it agreed to be served in the
    portal, the caller has asked. A service under way another way ends by this.
    """
    letter = OfficialLetter.objects.locked(letter_id)
    pending = letter.open_service
    if pending is not None and pending.method != ServiceMethod.PORTAL:
        pending.fail(on=on, reason=_("Receipt was confirmed in the portal first."))
        pending.save(update_fields=_FAILURE)
        pending = None
    found = [] if pending is not None else sending_obstacles(letter, None)
    if not signature.strip():
        text = _("Signature: type your name to sign the confirmation.")
        found.append(Obstacle("signature_missing", text, rule=SERVICE))
    refuse_if(found)
    service = pending or LetterService.objects.create(
        letter=letter, method=ServiceMethod.PORTAL, sent_on=on, sent_at=at
    )
    service.signature, service.checked_by = signature.strip(), checked_by
    service.succeed(served_on=on, at=at, recipient=str(by), by=by)
    service.save(update_fields=[*_OUTCOME, "signature", "checked_by"])
    _served(letter, service, by=by, at=at)
    return service


@transaction.atomic
def fail_service(
    *, service_id: int, reason: str, by: User | None, at: datetime, on: date
) -> LetterService:
    """Record that the pending service failed; the letter can then be served another way."""
    service = _locked(service_id)
    found = failing_obstacles(service, by)
    if not reason.strip():
        found.append(Obstacle("reason_missing", _("Reason: say why the service failed.")))
    refuse_if(found)
    service.fail(on=on, reason=reason.strip())
    service.save(update_fields=_FAILURE)
    letter = service.letter
    record(
        letter,
        act="service_failed",
        source=letter.state,
        on=on,
        at=at,
        by=by,
        reason=f"{service.get_method_display()}：{reason.strip()}",
        rule=SERVICE,
    )
    return service


def end_notices(*, on: date, at: datetime) -> int:
    """Record as served every letter whose public notice has run its time; return how many.

    The last day of the notice is the day of service, however late this runs.
    """
    over = LetterService.objects.filter(
        method=ServiceMethod.NOTICE, state=ServiceState.PENDING, notice_until__lt=on
    )
    count = 0
    for pk in list(over.order_by("notice_until", "pk").values_list("pk", flat=True)):
        with transaction.atomic():
            service = _locked(pk)
            if service.state != ServiceState.PENDING or service.notice_until is None:
                continue
            service.succeed(served_on=service.notice_until, at=at, recipient="", by=None)
            service.save(update_fields=_OUTCOME)
            _served(service.letter, service, by=None, at=at)
            count += 1
    return count


def _locked(service_id: int) -> LetterService:
    """Lock the letter, then read its service: every act on a letter takes that one lock first."""
    letter_id = LetterService.objects.values_list("letter_id", flat=True).get(pk=service_id)
    letter = OfficialLetter.objects.locked(letter_id)
    service = LetterService.objects.get(pk=service_id)
    service.letter = letter
    return service


def _served(
    letter: OfficialLetter, service: LetterService, *, by: User | None, at: datetime
) -> None:
    if service.served_on is None or letter.state != LetterState.ISSUED:
        raise ValueError(f"letter {letter.number}: not served, or served before")
    source = letter.state
    letter.serve(on=service.served_on)
    letter.save(update_fields=["state", "served_on"])
    record(
        letter,
        act="serve",
        source=source,
        on=service.served_on,
        at=at,
        by=by,
        reason=" ".join(filter(None, [service.get_method_display(), service.recipient])),
        rule=SERVICE,
    )
    tell_served(letter, served_on=service.served_on, at=at)
    if letter.issued_by is not None and letter.issued_by != by:
        tell(
            [letter.issued_by],
            key=f"letter:{letter.pk}:served",
            subject=gettext_lazy("Letter served: %(number)s, on %(day)s")
            % {"number": letter.number, "day": service.served_on},
            at=at,
            url=letter.get_absolute_url(),
        )
