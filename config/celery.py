"""The Celery application; beat's timetable is the job registry of `agency.jobs`."""

import os
from typing import Any

from celery import Celery
from celery.schedules import crontab
from django.utils.module_loading import import_string
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.local")

app = Celery("office")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


@app.on_after_finalize.connect
def write_timetable(sender: Celery, **_: Any) -> None:
    # By name: the jobs stand in the apps' tasks, whose models are not ready when this is loaded.
    sender.autodiscover_tasks(force=True)
    sender.conf.beat_schedule = {
        job.name: {
            "task": "agency.tasks.run_job",
            "schedule": crontab(hour=str(job.hour), minute=str(job.minute)),
            "kwargs": {"name": job.name},
        }
        for job in import_string("agency.jobs.JOBS").values()
    } | {
        "agency.deliver_outbox": {
            "task": "agency.deliver_outbox",
            "schedule": crontab(),
            # Late ones would only find what the next one sends.
            "options": {"expires": 50},
        }
    }
