"""Telling of disputes whose result is overdue: nobody is bound by it, both sides should know."""

from datetime import date, datetime

from supervision.models import Dispute
from supervision.notifications import disputes as notifications

CHUNK = 1000


def remind_overdue(*, on: date, at: datetime) -> int:
    """Tell, once for each deadline, of disputes without a result in time; return how many there
    are.
    """
    late = list(Dispute.objects.overdue(on=on).order_by("pk")[:CHUNK])
    notifications.result_overdue(late, on=on, at=at)
    return len(late)
