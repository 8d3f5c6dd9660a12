from datetime import date, datetime

from agency.models import LetterTransition, OfficialLetter, User


def record(
    letter: OfficialLetter,
    *,
    act: str,
    source: str,
    on: date,
    at: datetime,
    by: User | None,
    reason: str = "",
    rule: str = "",
) -> None:
    """Write a step into the letter's history."""
    LetterTransition.objects.create(
        subject=letter,
        act=act,
        source=source,
        target=letter.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=rule,
    )
