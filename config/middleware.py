"""Language by choice, uploads within the limit, and the content security policy by area."""

from collections.abc import Callable

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.middleware import CSPMiddleware, PolicyParts
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils import translation

from config.errors import not_found
from config.problems import for_machine, problem_response

GetResponse = Callable[[HttpRequest], HttpResponseBase]
LANGUAGE_CODES = frozenset(code for code, _ in settings.LANGUAGES)


class ChosenLanguageMiddleware:
    """Chinese unless the reader chose another language.

    Django's LocaleMiddleware would follow Accept-Language; an office's pages are official
    texts in Chinese, also for a reader whose browser happens to be set to English.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = chosen if chosen in LANGUAGE_CODES else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response


class UploadLimitMiddleware:
    """Refuse a request body over UPLOAD_MAX_BYTES before a byte of it is read."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if length.isdigit() and int(length) > settings.UPLOAD_MAX_BYTES:
            return self.too_large(request)
        return self.get_response(request)

    def too_large(self, request: HttpRequest) -> HttpResponse:
        limit_mb = settings.UPLOAD_MAX_BYTES // (1024 * 1024)
        if for_machine(request):
            text = translation.gettext("At most %(limit)d MB can be uploaded at once.")
            return problem_response(413, "too_large", text % {"limit": limit_mb})
        return render(request, "config/too_large.html", {"limit_mb": limit_mb}, status=413)


class NulCharacterMiddleware:
    """Nothing has an address with a NUL character: PostgreSQL keeps no text with one, and fails
    where it is asked for. Forms and filters refuse it by themselves, only those of the admin don't.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        query = request.META.get("QUERY_STRING", "") if request.path.startswith("/admin/") else ""
        if "\x00" in request.path or "%00" in query:
            return not_found(request)
        return self.get_response(request)


class ContentSecurityPolicyMiddleware(CSPMiddleware):
    """The strict policy everywhere, with what two packages cannot do without in their own areas."""

    RELAXED = {
        # unfold: Alpine.js evaluates its attributes; templates carry style attributes.
        "/admin/": {
            "script-src": [SELF, UNSAFE_EVAL],
            "style-src": [SELF, UNSAFE_INLINE],
        },
        # Swagger UI sets style attributes.
        "/api/docs/": {"style-src": [SELF, UNSAFE_INLINE]},
    }

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        for area, directives in self.RELAXED.items():
            if request.path.startswith(area):
                parts.replace = {**directives, **(parts.replace or {})}
        return parts
