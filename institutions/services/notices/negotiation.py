"""Ending public notices and opening negotiations (A-08)."""

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from agency.models import User
from agency.rules import refuse_if
from institutions.enums.designation import ApplicationState
from institutions.models import DesignationApplication, NoticeEntry, Objection, PublicNotice
from institutions.notifications import notices as notifications
from institutions.permissions.notices import negotiation_obstacles
from institutions.services.designation.history import record_step
from institutions.services.notices.history import record

RULE = "A-08"


def notice_of(application: DesignationApplication) -> PublicNotice | None:
    """Return the latest public notice the applicant stands in. One query."""
    entry = (
        NoticeEntry.objects.filter(application=application)
        .select_related("notice")
        .order_by("-pk")
        .first()
    )
    return entry.notice if entry else None


@transaction.atomic
def open_negotiation(*, application_id: int, by: User, at: datetime) -> DesignationApplication:
    """Open the negotiation of an applicant after its public notice, nothing being undecided."""
    on = timezone.localdate(at)
    application = DesignationApplication.objects.locked(application_id)
    notice = notice_of(application)
    undecided = Objection.objects.of_application(application_id).undecided().count()
    refuse_if(negotiation_obstacles(application, notice, by, undecided=undecided, on=on))
    if notice is not None:
        _end(notice, on=on, at=at, by=by)
    _open(application, on=on, at=at, by=by)
    return application


def end_notices(*, on: date, at: datetime) -> int:
    """End the notices whose last day has passed, and open the negotiations nothing stands
    against; return how many. Idempotent.
    """
    for notice in PublicNotice.objects.ended_by(on).order_by("pk"):
        with transaction.atomic():
            _end(notice, on=on, at=at, by=None)
    opened = 0
    ready = DesignationApplication.objects.filter(
        state=ApplicationState.PUBLIC_NOTICE, notice_entries__notice__ends_on__lt=on
    ).distinct()
    for pk in ready.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            opened += _open_if_due(pk, on=on, at=at)
    return opened


def _open_if_due(application_id: int, *, on: date, at: datetime) -> bool:
    application = DesignationApplication.objects.locked(application_id)
    notice = notice_of(application)
    undecided = Objection.objects.of_application(application_id).undecided().count()
    if negotiation_obstacles(application, notice, None, undecided=undecided, on=on):
        return False
    _open(application, on=on, at=at, by=None)
    return True


def _end(notice: PublicNotice, *, on: date, at: datetime, by: User | None) -> None:
    notice = PublicNotice.objects.locked(notice.pk)
    if not (notice.is_open and notice.ends_on < on):
        return
    source = notice.state
    notice.end(on=on)
    notice.save(update_fields=["state", "ended_on"])
    record(notice, act="end", source=source, on=on, at=at, by=by, rule=RULE)


def _open(application: DesignationApplication, *, on: date, at: datetime, by: User | None) -> None:
    source = application.state
    application.open_negotiation()
    application.save(update_fields=["state"])
    record_step(application, act="open_negotiation", source=source, on=on, at=at, by=by, rule=RULE)
    notifications.negotiation_opened(application, at=at)
