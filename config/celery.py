"""The Celery application; beat's timetable is the job registry of `agency.jobs`."""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

app = Celery("office")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@app.on_after_finalize.connect
def write_timetable(sender: Celery, **_: Any) -> None:
    # By name: the registry imports models, which are not ready when this module is loaded.
    sender.conf.beat_schedule = {
        job.name: {
            "task": "agency.tasks.run_job",
            "schedule": crontab(hour=str(job.hour), minute=str(job.minute)),
            "kwargs": {"name": job.name},
        }
        for job in import_string("agency.jobs.JOBS").values()
    }
