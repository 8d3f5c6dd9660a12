"""Applications not assessed in time: an alarm and an entry in the supervised list, nothing else
(A-06, Order 2 art. 47).
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from institutions.models import AssessmentDelay, DesignationApplication
from institutions.notifications import assessment as notifications
from institutions.services.assessment.opening import TO_ASSESS


def overdue_on(on: date) -> QuerySet[DesignationApplication]:
    """Return the applications whose assessment should be over; a clock that stands still is not
    counted.
    """
    return DesignationApplication.objects.filter(
        state__in=TO_ASSESS,
        assessment_due_on__lt=on,
        assessment_due_basis__paused_from__isnull=True,
    )


@transaction.atomic
def enter_overdue(*, on: date, at: datetime) -> int:
    """Enter what is newly overdue, once each, and tell the head; return how many."""
    entered = AssessmentDelay.objects.filter(
        application=OuterRef("pk"), due_on=OuterRef("assessment_due_on")
    )
    late = list(
        overdue_on(on)
        .exclude(Exists(entered))
        .select_related("institution")
        .order_by("assessment_due_on", "pk")
    )
    delays = [
        AssessmentDelay(application=each, due_on=each.assessment_due_on, entered_on=on)
        for each in late
        if each.assessment_due_on is not None
    ]
    AssessmentDelay.objects.bulk_create(delays, ignore_conflicts=True)
    for each in delays:
        notifications.assessment_overdue(each, at=at)
    return len(delays)


def standing_delays() -> QuerySet[AssessmentDelay]:
    """Return the entries whose application still waits for its result."""
    return AssessmentDelay.objects.filter(
        application__state__in=TO_ASSESS, due_on=F("application__assessment_due_on")
    )
