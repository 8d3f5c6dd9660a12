"""A machine of one's own: private services unless DATABASE_URL and REDIS_URL name others."""

from config import logs, services
from config.settings.base import *  # noqa: F403
from config.settings.base import BASE_DIR, STORAGES, database, env, redis_cache

SECRET_KEY = env.str("SECRET_KEY", default="local-only-not-secret-7d1c0f9b54e94c6aa2f3c0de5b1f8a60")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

LOGGING = logs.configure(as_json=False, level=env.str("LOG_LEVEL", default="INFO"))
STATIC_ROOT = BASE_DIR / ".local" / "static"

_urls = services.urls()
DATABASES = {"default": database(_urls.database)}
CACHES = {"default": redis_cache(_urls.redis)}
CELERY_BROKER_URL = CELERY_RESULT_BACKEND = _urls.redis

if DEBUG:
    STORAGES["staticfiles"] = {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage",
    }
    WHITENOISE_USE_FINDERS = True
    WHITENOISE_AUTOREFRESH = True
