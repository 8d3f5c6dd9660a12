"""Settings of every set-up; `local`, `test` and `production` say where the services are."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.http import HttpRequest
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()

DEBUG = False
ALLOWED_HOSTS: list[str] = []
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

OWN_APPS = [
    "config",
    "agency",
    "institutions",
    "agreements",
    "settlements",
    "supervision",
    "archives",
    "demo",
    "bench",
]
INSTALLED_APPS = [
    # unfold replaces templates of the admin and of import-export: it comes before both.
    "unfold",
    "unfold.contrib.filters",
    "unfold.contrib.import_export",
    "django.contrib.admin.apps.SimpleAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_fsm",
    "pgtrigger",
    "pghistory",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "django_htmx",
    "django_include_bootstrap",
    "django_structlog",
    "csp",
    "import_export",
    *OWN_APPS,
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "config.middleware.ChosenLanguageMiddleware",
    "django.middleware.common.CommonMiddleware",
    "config.machines.MachineMiddleware",
    "config.middleware.UploadLimitMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "config.sessions.SessionGuardMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "config.middleware.ContentSecurityPolicyMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "config.middleware.NulCharacterMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "pghistory.middleware.HistoryMiddleware",
    "axes.middleware.AxesMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# --- people -----------------------------------------------------------------------------------

AUTH_USER_MODEL = "agency.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
PASSWORD_MIN_LENGTH = 10
AUTH_PASSWORD_VALIDATORS: list[dict[str, Any]] = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in [
        ("UserAttributeSimilarityValidator", {}),
        ("MinimumLengthValidator", {"min_length": PASSWORD_MIN_LENGTH}),
        ("CommonPasswordValidator", {}),
        ("NumericPasswordValidator", {}),
    ]
] + [{"NAME": "agency.services.passwords.NotRecentlyUsed"}]
# A code of the app that runs half a minute early or late is taken too, without the clock of the
# office following the phone's.
OTP_TOTP_SYNC = False
# Between the password and the code.
SECOND_STEP_MINUTES = 5
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
# A pair, so that a stranger cannot lock an officer out from elsewhere by knowing the user name.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "agency/locked.html"
AXES_HTTP_RESPONSE_CODE = 429
SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "config.errors.csrf_failure"

# --- language and time ------------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
# Named here, our catalogues come before those of packages that use the same English words.
LOCALE_PATHS = [BASE_DIR / app / "locale" for app in OWN_APPS]
LANGUAGE_COOKIE_AGE = 365 * 24 * 60 * 60
LANGUAGE_COOKIE_SAMESITE = "Lax"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["config.formats"]

# --- history ----------------------------------------------------------------------------------

# What the database keeps of tracked rows is written once, like every other history.
PGHISTORY_APPEND_ONLY = True
# The first key encrypts, all decrypt; each 32 random bytes in base64url. The fingerprint key is
# never changed: it tells equal secrets under different keys.
FIELD_KEYS: list[str] = []
FIELD_FINGERPRINT_KEY = ""

# --- database, cache, broker ------------------------------------------------------------------


def database(url: str) -> dict[str, Any]:
    """Return the connection settings for `url`; connections persist and are checked before use."""
    return {
        **environ.Env.db_url_config(url),
        "ATOMIC_REQUESTS": False,
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
    }


def redis_cache(url: str) -> dict[str, Any]:
    return {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": url,
        "KEY_PREFIX": "office",
    }


DJANGO_STRUCTLOG_CELERY_ENABLED = True
CELERY_TIMEZONE = TIME_ZONE
CELERY_ENABLE_UTC = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_RESULT_EXPIRES = timedelta(days=1)
# Longer than the longest task: Redis hands an unacknowledged message out again after this time.
VISIBILITY_TIMEOUT_S = 2 * 60 * 60
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": VISIBILITY_TIMEOUT_S}
CELERY_RESULT_BACKEND_TRANSPORT_OPTIONS = {"visibility_timeout": VISIBILITY_TIMEOUT_S}
CELERY_TASK_TIME_LIMIT = 90 * 60

# --- files ------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
# Uploads are handed out by views that check who asks; no URL maps to this directory.
MEDIA_ROOT: str | Path = BASE_DIR / ".local" / "media"
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
FILE_UPLOAD_PERMISSIONS = 0o640
UPLOAD_MAX_BYTES = 300 * 1024 * 1024
# Form fields only; files are streamed to disk and limited by UPLOAD_MAX_BYTES.
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- letters ----------------------------------------------------------------------------------

# Where the public finds the office: the code on a letter leads there.
PUBLIC_URL = env.str("PUBLIC_URL", default="http://localhost:8000").rstrip("/")
# A TrueType font for letters; empty: the one that comes with the program.
LETTER_FONT = env.str("LETTER_FONT", default="")

# A file over this size arrives in pieces, and continues after a break.
UPLOAD_PIECE_BYTES = 5 * 1024 * 1024
# clamd: a socket's path or host:port. Empty: files are not scanned.
CLAMAV_ADDRESS = env.str("CLAMAV_ADDRESS", default="")
CLAMAV_TIMEOUT_S = env.int("CLAMAV_TIMEOUT_S", default=60)
# Whether files are refused while the scanner does not answer; else they stay marked unscanned.
CLAMAV_REQUIRED = env.bool("CLAMAV_REQUIRED", default=True)

# The agency's certificate, a PKCS #12 file, with which the program signs agreements. Without one
# they are signed on paper; a test certificate is used where the set-up allows it.
AGREEMENT_SIGNING_PKCS12 = env.str("AGREEMENT_SIGNING_PKCS12", default="")
AGREEMENT_SIGNING_PASSPHRASE = env.str("AGREEMENT_SIGNING_PASSPHRASE", default="")
AGREEMENT_SIGNING_TEST = False
PREVIEW_WIDTH = 1200
PREVIEW_TIMEOUT_S = 20
PREVIEW_KEPT_DAYS = 30

# --- mail -------------------------------------------------------------------------------------

# Every mail is written into the outbox; its worker sends it by the transport.
EMAIL_BACKEND = "agency.mail.OutboxBackend"
MAIL_TRANSPORT_BACKEND = "django.core.mail.backends.console.EmailBackend"
EMAIL_TIMEOUT = 20
OUTBOX_BATCH = 200
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="office@example.invalid")


def mail_transport(url: str) -> dict[str, Any]:
    """Return the settings of the transport that a URL like smtp+tls://user:pass@host:587 names."""
    found = environ.Env.email_url_config(url)
    return {**found, "MAIL_TRANSPORT_BACKEND": found.pop("EMAIL_BACKEND")}


# --- browser ----------------------------------------------------------------------------------

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}


def icon(request: HttpRequest) -> str:
    return static("agency/icon.svg")


UNFOLD = {
    "SITE_TITLE": _("Supervision desk"),
    "SITE_HEADER": _("Supervision desk"),
    "SITE_URL": "/",
    "SITE_FAVICONS": [{"rel": "icon", "type": "image/svg+xml", "href": icon}],
    "SHOW_HISTORY": True,
    "SHOW_LANGUAGES": False,
    "COLORS": {
        # The blue of the desk and the portal (agency/app.css), in unfold's eleven steps.
        "primary": {
            "50": "#eff6fc",
            "100": "#dceaf7",
            "200": "#b9d5ef",
            "300": "#8dbae3",
            "400": "#5a98d2",
            "500": "#2f77b9",
            "600": "#15508c",
            "700": "#124577",
            "800": "#0f3a64",
            "900": "#0c2f52",
            "950": "#071e36",
        }
    },
}
FILTERS_EMPTY_CHOICE_LABEL = _("All")
IMPORT_EXPORT_USE_TRANSACTIONS = True

# --- machines ---------------------------------------------------------------------------------

# Requests a minute. A stranger is counted for what is turned away: guesses at tokens.
API_RATES = {
    "token": env.int("API_RATE_TOKEN", default=600),
    "user": env.int("API_RATE_USER", default=600),
    "anonymous": env.int("API_RATE_ANONYMOUS", default=60),
}
# How long a repeated Idempotency-Key is answered as before.
IDEMPOTENCY_HOURS = env.int("IDEMPOTENCY_HOURS", default=48)

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "institutions.api.authentication.ApiTokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.CursorPagination",
    "PAGE_SIZE": 50,
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "NUM_PROXIES": 0,
    "DEFAULT_THROTTLE_CLASSES": ["agency.api.throttles.CallerThrottle"],
    "EXCEPTION_HANDLER": "config.api.error_response",
    "COERCE_DECIMAL_TO_STRING": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Designated institutions office",
    "DESCRIPTION": "Register, agreements, claim batches and findings.",
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "config.api.document_problems",
        "config.api.document_headers",
    ],
    # Named by paths, so that the settings import no app.
    "ENUM_NAME_OVERRIDES": {
        "StatementStateEnum": "settlements.enums.StatementState",
        "PaymentOrderStateEnum": "settlements.enums.PaymentOrderState",
        "BreachStateEnum": "settlements.enums.BreachState",
        "BatchStateEnum": "settlements.enums.BatchState",
        "AgreementStateEnum": "agreements.enums.life.AgreementState",
        "AssessmentKindEnum": "institutions.enums.assessment.AssessmentKind",
        "AssessmentStateEnum": "institutions.enums.assessment.AssessmentState",
        "AssessmentResultEnum": "institutions.enums.assessment.Verdict",
        "ChangeStateEnum": "institutions.enums.changes.ChangeState",
        "ChangeFieldEnum": "institutions.enums.changes.ChangeField",
        "StandingEnum": "institutions.enums.register.Standing",
        "InstitutionKindEnum": "institutions.enums.register.Kind",
        "RouteEnum": "institutions.models.changes.ROUTES",
        "StaffCategoryEnum": "institutions.enums.practitioners.Category",
        "RosterImportStateEnum": "institutions.enums.practitioners.ImportState",
        "PaymentStatusEnum": "institutions.enums.practitioners.PaymentStatus",
        "ReportColumnKindEnum": "agency.api.reports.COLUMN_KINDS",
        "DissolutionGroundEnum": "agreements.enums.life.DissolutionGround",
        "NegotiatedTextStateEnum": "agreements.enums.texts.TextState",
        "ClauseProposalStateEnum": "agreements.enums.texts.ProposalState",
        "SupplementStateEnum": "agreements.enums.texts.SupplementState",
        "AgreementFilingStateEnum": "agreements.enums.texts.FilingState",
        "SigningMethodEnum": "agreements.enums.texts.SigningMethod",
        "PerformanceStateEnum": "agreements.enums.performance.PerformanceState",
        "PerformanceGradeEnum": "agreements.enums.performance.Grade",
        "TextKindEnum": "agreements.enums.templates.TextKind",
        "TextVersionStateEnum": "agreements.enums.templates.VersionState",
        "ConsultationStateEnum": "agreements.enums.templates.ConsultationState",
        "DisputeRouteEnum": "supervision.enums.disputes.DisputeRoute",
        "BundleKindEnum": "agency.bundles.BundleKind",
        "ReturnGroundEnum": "agency.bundles.ReturnGround",
        "InquiryStateEnum": "institutions.enums.guidance.InquiryState",
        "TrainingStateEnum": "institutions.enums.guidance.TrainingState",
        "InquiryTopicEnum": "institutions.enums.guidance.InquiryTopic",
        "TrainingTopicEnum": "institutions.enums.guidance.TrainingTopic",
        "ProcedureTopicEnum": "institutions.enums.guidance.ProcedureTopic",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "persistAuthorization": False},
}
