"""A person's payment qualification: normal, suspended, terminated (D-01, D-04). Whoever decides
points sets it here; it applies wherever the person works.
"""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from institutions.enums.practitioners import PaymentStatus
from institutions.models import Practitioner, PractitionerStatus


@transaction.atomic
def set_status(
    *,
    practitioner_id: int,
    status: PaymentStatus,
    starts_on: date,
    at: datetime,
    basis: str,
    ends_on: date | None = None,
    by: User | None = None,
) -> PractitionerStatus | None:
    """Suspend or terminate a person's payment qualification from a day through a day, or set it
    back to normal from a day on: then the running block ends the day before. It applies wherever
    the person works (D-01). A later block takes the place of what is left of an earlier one.

    Refuses a block without its basis, and an end before the begin.
    """
    practitioner = Practitioner.objects.locked(practitioner_id)
    checks = {
        Obstacle(
            "basis_missing", _("A status has a basis: the decision it rests on."), "D-02"
        ): not basis.strip(),
        Obstacle("end_before_begin", _("The status would end before it begins."), "D-04"): ends_on
        is not None
        and ends_on < starts_on,
    }
    later = practitioner.statuses.filter(starts_on__gte=starts_on)
    checks[
        Obstacle(
            "status_follows",
            _("Another suspension or termination begins on that day or later."),
            "D-04",
            _("Begin on the day after its last one, or set that one first."),
        )
    ] = later.exclude(starts_on__gt=ends_on or date.max).exists()
    refuse_if([each for each, applies in checks.items() if applies])
    running = practitioner.statuses.filter(starts_on__lt=starts_on)
    running.exclude(ends_on__lt=starts_on).update(ends_on=starts_on - timedelta(1))
    if status == PaymentStatus.NORMAL:
        return None
    return PractitionerStatus.objects.create(
        practitioner=practitioner,
        status=status,
        starts_on=starts_on,
        ends_on=ends_on,
        basis=basis.strip(),
        recorded_at=at,
        recorded_by=by,
    )


def status_on(practitioner: Practitioner, day: date) -> PaymentStatus:
    """Return a person's payment qualification on a day. One query."""
    block = practitioner.statuses.on(day).first()
    return PaymentStatus(block.status) if block else PaymentStatus.NORMAL
