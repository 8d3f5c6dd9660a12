"""Writing what happened into an assessment's history."""

from datetime import date, datetime

from agency.models import OfficialLetter, User
from institutions.models import Assessment, AssessmentTransition

RULE = "A-06"


def record_step(
    assessment: Assessment,
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
    """Write a step; the assessment is in the state it led to."""
    AssessmentTransition.objects.create(
        subject=assessment,
        act=act,
        source=source,
        target=assessment.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=rule,
        letter=letter,
    )
