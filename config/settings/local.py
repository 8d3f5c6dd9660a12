"""A machine of one's own: private services unless DATABASE_URL and REDIS_URL name others."""

from config import field_keys, logs, services
from config.settings.base import *  # noqa: F403
from config.settings.base import BASE_DIR, STORAGES, database, env, mail_transport, redis_cache

SECRET_KEY = env.str("SECRET_KEY", default="local-only-not-secret-7d1c0f9b54e94c6aa2f3c0de5b1f8a60")
DEBUG = env.bool("DEBUG", default=False)
FIELD_KEYS, FIELD_FINGERPRINT_KEY = field_keys.of_this_machine(BASE_DIR / ".local")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])

LOGGING = logs.configure(as_json=False, level=env.str("LOG_LEVEL", default="INFO"))
globals().update(mail_transport(env.str("EMAIL_URL", default="consolemail://")))
# Documents of the demonstration are signed with a certificate that says it is a test.
AGREEMENT_SIGNING_TEST = env.bool("AGREEMENT_SIGNING_TEST", default=True)
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
