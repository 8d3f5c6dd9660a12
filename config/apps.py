from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from config.celery import app as celery_app


class WiringConfig(AppConfig):
    """Loads the Celery application with Django, so that `task.delay` finds the broker."""

    name = "config"
    celery = celery_app

    def ready(self) -> None:
        # Jobs enter themselves in the register when their module is loaded: in every process.
        autodiscover_modules("tasks")
