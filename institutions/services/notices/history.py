"""Writing what happened to filings, public notices and objections."""

from datetime import date, datetime
from typing import Any

from agency.models import OfficialLetter, User
from institutions.models import (
    Objection,
    ObjectionTransition,
    PublicNotice,
    PublicNoticeTransition,
    ResultFiling,
    ResultFilingTransition,
)

_TABLES: dict[type, Any] = {
    Objection: ObjectionTransition,
    PublicNotice: PublicNoticeTransition,
    ResultFiling: ResultFilingTransition,
}


def record(
    subject: Objection | PublicNotice | ResultFiling,
    *,
    act: str,
    source: str,
    on: date,
    at: datetime,
    by: User | None,
    rule: str,
    reason: str = "",
    letter: OfficialLetter | None = None,
) -> None:
    """Write a step into the history of its subject."""
    _TABLES[type(subject)].objects.create(
        subject=subject,
        act=act,
        source=source,
        target=subject.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=rule,
        letter=letter,
    )
