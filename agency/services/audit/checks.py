"""Verifications asked for at the desk: recorded, and run at once or by a worker."""

import zlib
from datetime import date, datetime

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.enums import CheckOutcome, JobStatus
from agency.models import AuditCheck, AuditHead, User
from agency.permissions import VERIFY_HISTORY
from agency.rules import Obstacle, refuse_if
from agency.services.audit.verifying import verify_days

# As many days are verified while the person waits; more are a worker's.
DAYS_AT_ONCE = 31


def request_check(*, from_day: date, to_day: date, by: User, at: datetime) -> AuditCheck:
    """Record that somebody wants the days verified. Refuses days that are not sealed yet, and a
    range in the wrong order.
    """
    first, last = sealed_days()
    sealed = _("Sealed are the days from %(first)s to %(last)s.") % {"first": first, "last": last}
    checks = {
        Obstacle(
            "not_entitled", _("The history is verified by the audit administrator.")
        ): not VERIFY_HISTORY.allows(by),
        Obstacle(
            "nothing_sealed",
            _("No day has been sealed yet."),
            remedy=_("The nightly job seals each past day; run it on the jobs page."),
        ): last is None,
        Obstacle(
            "days_out_of_order",
            _("From %(from)s to %(to)s: the first day is later than the last.")
            % {"from": from_day, "to": to_day},
            remedy=_("Exchange the two days."),
        ): from_day > to_day,
        Obstacle(
            "day_not_sealed",
            _("%(day)s is not sealed yet.") % {"day": to_day},
            remedy=sealed,
        ): last is not None and to_day > last,
        Obstacle(
            "day_before_first_seal",
            _("%(day)s lies before the first sealed day.") % {"day": from_day},
            remedy=sealed,
        ): first is not None and from_day < first,
    }
    refuse_if([obstacle for obstacle, applies in checks.items() if applies])
    return AuditCheck.objects.create(
        from_day=from_day,
        to_day=to_day,
        requested_by=by,
        requested_at=at,
        days_total=(to_day - from_day).days + 1,
    )


def sealed_days() -> tuple[date | None, date | None]:
    """Return the first and the last sealed day."""
    days = AuditHead.objects.order_by("day").values_list("day", flat=True)
    return days.first(), days.last()


def run_check(*, check_id: int) -> AuditCheck:
    """Verify the days of a check and record what was found. Started again after a crash it
    begins anew; while another worker is at it, and once it is done, it does nothing.
    """
    with connection.cursor() as cursor:
        lock = [zlib.crc32(b"agency.audit.check"), check_id]
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", _signed(lock))
        if not cursor.fetchone()[0]:
            return AuditCheck.objects.get(pk=check_id)
        try:
            return _run(AuditCheck.objects.get(pk=check_id))
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", _signed(lock))


def _run(check: AuditCheck) -> AuditCheck:
    if check.status in (JobStatus.DONE, JobStatus.FAILED):
        return check
    rows = AuditCheck.objects.filter(pk=check.pk)
    rows.update(status=JobStatus.RUNNING, days_done=0, rows_done=0)

    def progress(days: int, seen: int) -> None:
        rows.update(days_done=days, rows_done=seen)

    try:
        result = verify_days(from_day=check.from_day, to_day=check.to_day, progress=progress)
    except Exception as error:
        rows.update(
            status=JobStatus.FAILED,
            error=f"{type(error).__name__}: {error}",
            finished_at=timezone.now(),
        )
        raise
    with transaction.atomic():
        rows.update(
            status=JobStatus.DONE,
            outcome=CheckOutcome.BROKEN if result.faults else CheckOutcome.OK,
            faults=[each.to_json() for each in result.faults],
            days_done=result.days,
            rows_done=result.rows,
            finished_at=timezone.now(),
        )
    check.refresh_from_db()
    return check


def _signed(numbers: list[int]) -> list[int]:
    """Return 32-bit numbers as PostgreSQL's two-key locks take them."""
    return [((number + 2**31) % 2**32) - 2**31 for number in numbers]
