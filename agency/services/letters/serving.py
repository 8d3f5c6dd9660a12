"""Serving letters (T-09)."""

from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile

from agency.enums import IdentityCheck, ServiceMethod
from agency.models import LetterService, User


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
    """Begin to serve the letter and return the service, which is then pending."""
    raise NotImplementedError


def confirm_service(
    *,
    service_id: int,
    served_on: date,
    recipient: str,
    proof: UploadedFile,
    by: User,
    at: datetime,
    on: date,
) -> LetterService:
    """Record that a letter sent by post or carried by hand has arrived, with the signed proof."""
    raise NotImplementedError


def confirm_in_portal(
    *, letter_id: int, signature: str, checked_by: IdentityCheck, by: User, at: datetime, on: date
) -> LetterService:
    """Record the signed confirmation of receipt of a letter in the portal; served that day."""
    raise NotImplementedError


def serve_letter(
    *,
    letter_id: int,
    method: ServiceMethod,
    served_on: date,
    recipient: str,
    proof: UploadedFile,
    by: User,
    at: datetime,
    on: date,
    sent_on: date | None = None,
    tracking_number: str = "",
) -> LetterService:
    """Send and confirm in one step (by hand, or post known to have arrived)."""
    raise NotImplementedError


def fail_service(
    *, service_id: int, reason: str, by: User, at: datetime, on: date
) -> LetterService:
    """Record that the pending service failed; the letter can then be served another way."""
    raise NotImplementedError


def end_notices(*, on: date, at: datetime) -> int:
    """Record as served every letter whose public notice has run its time; return how many."""
    raise NotImplementedError
