"""Ending an application for designation with what came of it (A-09)."""

from datetime import date, datetime

from agency.models import User
from agency.rules import Obstacle
from agreements.permissions.handover import concluding_obstacles
from institutions.models import DesignationApplication, Objection
from institutions.services.designation.history import record_step
from institutions.services.notices.negotiation import notice_of

RULE = "A-09"


def signing_barred(application: DesignationApplication, *, on: date) -> list[Obstacle]:
    """Return why nothing can be signed on the application on the day. Two queries."""
    undecided = Objection.objects.of_application(application.pk).undecided().count()
    return concluding_obstacles(application, notice_of(application), undecided=undecided, on=on)


def conclude(
    application: DesignationApplication,
    *,
    agreement: str,
    on: date,
    at: datetime,
    by: User,
) -> None:
    """Note that an agreement was signed on the application; the caller holds its lock."""
    source = application.state
    application.conclude()
    application.save(update_fields=["state"])
    record_step(
        application, act="sign", source=source, on=on, at=at, by=by, reason=agreement, rule=RULE
    )
