from datetime import date

from celery import shared_task
from django.utils import timezone

from agency.services import jobs


@shared_task
def run_job(name: str, on: str | None = None) -> int:
    """Run a registered job for the day (ISO), by default today in Shanghai."""
    day = date.fromisoformat(on) if on else timezone.localdate()
    return jobs.run_job(name, on=day).count
