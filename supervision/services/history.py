"""The record every act on a case leaves."""

from datetime import date, datetime

from agency.models import OfficialLetter, User
from supervision.models import Case, CaseTransition


def record(
    case: Case,
    act: str,
    *,
    source: str,
    on: date,
    at: datetime,
    by: User | None,
    reason: str = "",
    rule: str = "B-11",
    letter: OfficialLetter | None = None,
) -> CaseTransition:
    return CaseTransition.objects.create(
        subject=case,
        act=act,
        source=source,
        target=case.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=rule,
        letter=letter,
    )
