"""Letters to institutions: issued with a step of a matter, read and confirmed in the portal."""

from institutions.services.letters.consent import (
    CONSENT_VERSION,
    consent_of,
    consent_text,
    give_consent,
    revoke_consent,
)
from institutions.services.letters.issuing import end_portal_service, issue_to_institution
from institutions.services.letters.period import period_if_served, period_of, start_period
from institutions.services.letters.receipt import (
    confirm_receipt,
    receipt_obstacles,
    remind_unconfirmed,
    take_notice,
    unconfirmed_on,
)

__all__ = [
    "CONSENT_VERSION",
    "confirm_receipt",
    "consent_of",
    "consent_text",
    "end_portal_service",
    "give_consent",
    "issue_to_institution",
    "period_if_served",
    "period_of",
    "receipt_obstacles",
    "remind_unconfirmed",
    "revoke_consent",
    "start_period",
    "take_notice",
    "unconfirmed_on",
]
