"""Letters: issued, served, withdrawn, corrected; their templates and letterheads.

All work inside the caller's transaction, if there is one.
"""

from agency.services.letters.correction import correct_letter, withdraw_letter
from agency.services.letters.hooks import on_correction, on_service, on_withdrawal
from agency.services.letters.issuing import issue_letter
from agency.services.letters.serving import (
    confirm_in_portal,
    confirm_service,
    end_notices,
    fail_service,
    send_letter,
    serve_letter,
)

__all__ = [
    "confirm_in_portal",
    "confirm_service",
    "correct_letter",
    "end_notices",
    "fail_service",
    "issue_letter",
    "on_correction",
    "on_service",
    "on_withdrawal",
    "send_letter",
    "serve_letter",
    "withdraw_letter",
]
