"""Closing an application whose supplement never came, and what checking a file has shown."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from agency.models import User
from agency.rules import refuse_if
from institutions.models import ApplicationMaterial, DesignationApplication
from institutions.notifications import designation as notifications
from institutions.permissions.designation import (
    MARK_UNREADABLE,
    closing_obstacles,
    door_obstacles,
)
from institutions.services.designation.history import record_step
from institutions.services.designation.submitting import leave


@transaction.atomic
def close_unsupplied(
    *, application_id: int, by: User, at: datetime, reason: str
) -> DesignationApplication:
    """End an application whose applicant delivered nothing in time, as if withdrawn."""
    application = DesignationApplication.objects.locked(application_id)
    refuse_if(closing_obstacles(application, by, timezone.localdate(at)))
    leave(application, act="close_unsupplied", by=by, at=at, reason=reason)
    notifications.application_closed(application, at=at)
    return application


@transaction.atomic
def mark_unreadable(
    *, application_id: int, item_ids: set[int], by: User, at: datetime
) -> DesignationApplication:
    """Note which documents cannot be read, whatever the program made of them."""
    application = DesignationApplication.objects.locked(application_id)
    refuse_if(door_obstacles(application, by))
    materials = ApplicationMaterial.objects.filter(application=application)
    materials.exclude(item__in=item_ids).update(is_unreadable=False)
    materials.filter(item__in=item_ids).update(is_unreadable=True)
    record_step(
        application,
        act=MARK_UNREADABLE.code.partition(".")[2],
        source=application.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        rule="A-04",
    )
    return application
