"""Writing what happened to agreements and requests."""

from datetime import date, datetime

from django.utils.translation import gettext as _

from agency.models import OfficialLetter, User
from agreements.models import (
    Agreement,
    AgreementRequest,
    AgreementRequestTransition,
    AgreementTransition,
)


def record_step(
    agreement: Agreement,
    *,
    act: str,
    source: str,
    on: date,
    at: datetime,
    by: User | None,
    reason: str = "",
    rule: str = "",
    basis_case: str = "",
    letter: OfficialLetter | None = None,
) -> None:
    """Record an act on an agreement; `on` is the day it takes effect in law."""
    if basis_case:
        reason = f"{reason}\n" + _("Basis: case %(case)s") % {"case": basis_case}
    AgreementTransition.objects.create(
        subject=agreement,
        act=act,
        source=source,
        target=agreement.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=rule,
        letter=letter,
    )


def record_request_step(
    request: AgreementRequest,
    *,
    act: str,
    source: str,
    on: date,
    at: datetime,
    by: User | None,
    reason: str = "",
    rule: str = "",
    letter: OfficialLetter | None = None,
) -> None:
    AgreementRequestTransition.objects.create(
        subject=request,
        act=act,
        source=source,
        target=request.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=rule,
        letter=letter,
    )
