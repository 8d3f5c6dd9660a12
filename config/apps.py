from django.apps import AppConfig

from config.celery import app as celery_app


class WiringConfig(AppConfig):
    """Loads the Celery application with Django, so that `task.delay` finds the broker."""

    name = "config"
    celery = celery_app
