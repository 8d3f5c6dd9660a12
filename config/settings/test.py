"""The test run: real PostgreSQL and Redis, quick passwords, plain static files."""

import os
import tempfile
from pathlib import Path

from config import logs, services

# Before the settings ask where the services are: pytest-django reads them ahead of any conftest.
services.hold()

from config.settings.local import *  # noqa: E402, F403
from config.settings.local import DATABASES, STORAGES  # noqa: E402

DEBUG = False
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
# Parallel runs on one server name different databases.
TEST_DATABASE_NAME = os.environ.get("TEST_DATABASE_NAME", "test_office")
DATABASES["default"]["TEST"] = {"NAME": TEST_DATABASE_NAME}
DATABASES["default"]["CONN_MAX_AGE"] = 0
# A refused request is no news in a test, and its traceback takes longer than its answer.
LOGGING = logs.configure(as_json=False, level="ERROR")
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = MAIL_TRANSPORT_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CLAMAV_ADDRESS = ""
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
CELERY_TASK_ALWAYS_EAGER = False
API_RATES = dict.fromkeys(["token", "user", "anonymous"], 100_000)
# Parallel runs share one Redis: each keeps to queues of its own.
CELERY_TASK_DEFAULT_QUEUE = TEST_DATABASE_NAME
_files = tempfile.TemporaryDirectory(prefix="office-test-")
MEDIA_ROOT, STATIC_ROOT = Path(_files.name, "media"), Path(_files.name, "static")
MEDIA_ROOT.mkdir()
STATIC_ROOT.mkdir()
