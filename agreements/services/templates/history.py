"""Writing what happened to texts and consultations."""

from datetime import date, datetime

from agency.models import User
from agreements.models import (
    Consultation,
    ConsultationTransition,
    TemplateVersion,
    TemplateVersionTransition,
)
from agreements.rules.templates import RULE


def record_version(
    version: TemplateVersion,
    *,
    act: str,
    source: str,
    on: date,
    at: datetime,
    by: User | None,
    reason: str = "",
) -> None:
    TemplateVersionTransition.objects.create(
        subject=version,
        act=act,
        source=source,
        target=version.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=RULE,
    )


def record_consultation(
    consultation: Consultation,
    *,
    act: str,
    source: str,
    on: date,
    at: datetime,
    by: User | None,
    reason: str = "",
) -> None:
    ConsultationTransition.objects.create(
        subject=consultation,
        act=act,
        source=source,
        target=consultation.state,
        on=on,
        at=at,
        by=by,
        reason=reason,
        rule=RULE,
    )
