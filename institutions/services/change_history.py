"""The history of a change of information."""

from datetime import date, datetime

from agency.models import OfficialLetter, User
from institutions.models import ChangeRequest, ChangeTransition
from institutions.services.change_values import RULE


def record_step(
    change: ChangeRequest,
    *,
    act: str,
    source: str,
    on: date,
    at: datetime,
    by: User | None,
    reason: str = "",
    rule: str = RULE,
    letter: OfficialLetter | None = None,
) -> None:
    """Write what happened into the change's history; `by` is None where the program acted."""
    ChangeTransition.objects.create(
        subject=change,
        act=act,
        source=source,
        target=change.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=rule,
        letter=letter,
    )
