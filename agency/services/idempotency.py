"""Forgetting the keys of requests that nobody will repeat any more."""

from datetime import datetime, timedelta

from django.conf import settings

from agency.models import IdempotentRequest


def forget_requests(*, at: datetime) -> int:
    """Delete the keys that are older than the office answers for."""
    oldest = at - timedelta(hours=settings.IDEMPOTENCY_HOURS)
    deleted, _by_model = IdempotentRequest.objects.filter(created_at__lt=oldest).delete()
    return deleted
