"""What everybody may know of an institution's agreement, on any day (A-10)."""

from datetime import date
from typing import Any

from django.utils import timezone

from agreements.enums.life import AgreementState
from agreements.models import Agreement
from institutions.models import Institution
from institutions.panels import public_panel

SHOWN = 10
_NEVER_PUBLISHED = [AgreementState.DRAFT, AgreementState.CANCELLED]


@public_panel("agreements/public/panel.html")
def status_on(institution: Institution, on: date) -> dict[str, Any] | None:
    """The institution's status on the day the reader asks for, and its agreements. Three queries
    at most.
    """
    published = (
        Agreement.objects.filter(institution=institution)
        .exclude(state__in=_NEVER_PUBLISHED)
        # Signed is published from its first day on, that day's first minute included.
        .exclude(state=AgreementState.SIGNED, valid_from__gt=timezone.localdate())
        .select_related("region")
    )
    rows = list(published.order_by("-valid_from")[:SHOWN])
    if not rows:
        return {"current": None, "state": None, "agreements": []}
    current = published.in_term_on(on).order_by("-valid_from").first()
    state = None
    if current is not None:
        in_force = published.filter(pk=current.pk).in_force_on(on).exists()
        state = AgreementState.EFFECTIVE if in_force else AgreementState.SUSPENDED
    return {"current": current, "state": state, "agreements": rows}
