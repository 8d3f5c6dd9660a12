"""What disputes and breaches show on an agreement's pages."""

from datetime import date
from typing import Any

from django.urls import reverse

from agency.models import User
from agreements.models import Agreement
from agreements.panels import agreement_panel
from supervision.models import Dispute
from supervision.permissions import disputes as can

SHOWN = 10


@agreement_panel("supervision/agreement_disputes.html", area="desk", order=60)
def desk_panel(agreement: Agreement, user: User, on: date) -> dict[str, Any] | None:
    if not can.VIEW_DISPUTES.allows(user):
        return None
    disputes = list(Dispute.objects.filter(agreement=agreement)[:SHOWN])
    may_enter = can.ENTER_DISPUTE.allows(user) and agreement.signed_on is not None
    if not disputes and not may_enter:
        return None
    enter = reverse("supervision_desk:dispute_enter")
    return {
        "disputes": disputes,
        "area": "desk",
        "enter_url": f"{enter}?institution={agreement.institution.code}" if may_enter else "",
    }


@agreement_panel("supervision/agreement_disputes.html", area="portal", order=60)
def portal_panel(agreement: Agreement, user: User, on: date) -> dict[str, Any] | None:
    if not can.VIEW_OWN_DISPUTES.allows(user):
        return None
    disputes = list(Dispute.objects.filter(agreement=agreement)[:SHOWN])
    return {
        "disputes": disputes,
        "area": "portal",
        "enter_url": reverse("supervision_portal:remedies"),
    }
