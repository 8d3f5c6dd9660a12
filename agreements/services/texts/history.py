"""Writing what happened to texts and supplements."""

from datetime import date, datetime

from agency.models import OfficialLetter, User
from agreements.models import (
    AgreementText,
    AgreementTextTransition,
    Supplement,
    SupplementTransition,
)

RULE = "A-09"


def record_text_step(
    text: AgreementText,
    *,
    act: str,
    source: str,
    on: date,
    at: datetime,
    by: User | None,
    reason: str = "",
    rule: str = RULE,
) -> None:
    AgreementTextTransition.objects.create(
        subject=text,
        act=act,
        source=source,
        target=text.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=rule,
    )


def record_supplement_step(
    supplement: Supplement,
    *,
    act: str,
    source: str,
    on: date,
    at: datetime,
    by: User | None,
    reason: str = "",
    rule: str = "B-15",
    letter: OfficialLetter | None = None,
) -> None:
    SupplementTransition.objects.create(
        subject=supplement,
        act=act,
        source=source,
        target=supplement.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=rule,
        letter=letter,
    )
