"""The real thing. Refuses to start, by name, without what it cannot invent."""

from django.core.exceptions import ImproperlyConfigured

from config import logs
from config.settings.base import *  # noqa: F403
from config.settings.base import (
    BASE_DIR,
    REST_FRAMEWORK,
    database,
    env,
    mail_transport,
    redis_cache,
)


def required(name: str) -> str:
    if not (value := env.str(name, default="").strip()):
        raise ImproperlyConfigured(f"Set the environment variable {name}.")
    return value


SECRET_KEY = required("SECRET_KEY")
ALLOWED_HOSTS = [host.strip() for host in required("ALLOWED_HOSTS").split(",")]
FIELD_KEYS = [key.strip() for key in required("FIELD_KEYS").split(",")]
FIELD_FINGERPRINT_KEY = required("FIELD_FINGERPRINT_KEY")
DATABASES = {"default": database(required("DATABASE_URL"))}
_redis_url = required("REDIS_URL")
CACHES = {"default": redis_cache(_redis_url)}
CELERY_BROKER_URL = CELERY_RESULT_BACKEND = _redis_url
LOGGING = logs.configure(as_json=True, level=env.str("LOG_LEVEL", default="INFO"))
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(BASE_DIR / ".local" / "media"))

# Codes on letters lead to a host that this site answers to.
PUBLIC_URL = env.str("PUBLIC_URL", default="").rstrip("/") or f"https://{ALLOWED_HOSTS[0]}"

SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
# Only behind a proxy that always sets this header itself.
if env.bool("TRUST_FORWARDED_PROTO", default=False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
AXES_IPWARE_PROXY_COUNT = env.int("PROXY_COUNT", default=0) or None
REST_FRAMEWORK = {**REST_FRAMEWORK, "NUM_PROXIES": env.int("PROXY_COUNT", default=0)}
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=365 * 24 * 60 * 60)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True

if email_url := env.str("EMAIL_URL", default=""):
    globals().update(mail_transport(email_url))
