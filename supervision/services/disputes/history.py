"""The record every act on a dispute leaves."""

from datetime import date, datetime

from agency.models import OfficialLetter, User
from supervision.models import Dispute, DisputeTransition

RULE = "B-19"


def record(
    dispute: Dispute,
    act: str,
    *,
    source: str,
    on: date,
    at: datetime,
    by: User | None,
    reason: str = "",
    rule: str = RULE,
    letter: OfficialLetter | None = None,
) -> None:
    DisputeTransition.objects.create(
        subject=dispute,
        act=act,
        source=source,
        target=dispute.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=rule,
        letter=letter,
    )
