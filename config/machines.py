"""What every answer of the machines' entrance carries: its ETag and the caller's rate; and that
strangers who are turned away again and again have to wait.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_cache_control, patch_vary_headers
from rest_framework.settings import api_settings

from agency.api.conditions import etag_of
from agency.api.throttles import Rate, count
from config.problems import for_machine, problem_response

GetResponse = Callable[[HttpRequest], HttpResponseBase]
OK, UNAUTHORIZED = 200, 401


class MachineMiddleware:
    """Conditional answers and rates of /api/; other entrances pass through."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not for_machine(request):
            return self.get_response(request)
        stranger = _address_of(request)
        rate = count("anonymous", stranger, add=0)
        if rate.used >= rate.limit:
            return self._wait(rate)
        response = self.get_response(request)
        if response.status_code == UNAUTHORIZED:
            rate = count("anonymous", stranger)
            _say(response, rate)
        elif found := getattr(request, "api_rate", None):
            _say(response, found)
        return self._conditional(request, response)

    def _wait(self, rate: Rate) -> HttpResponse:
        text = translation.gettext("Too many requests were turned away. Wait %(seconds)d seconds.")
        response = problem_response(429, "throttled", text % {"seconds": rate.reset_s})
        response["Retry-After"] = str(rate.reset_s)
        _say(response, rate)
        return response

    def _conditional(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        # What belongs to a caller is for nobody else; a shared cache must not keep it.
        patch_cache_control(response, private=True, no_cache=True)
        patch_vary_headers(response, ["Authorization", "Cookie"])
        if (
            request.method not in {"GET", "HEAD"}
            or response.status_code != OK
            or not isinstance(response, HttpResponse)
        ):
            return response
        etag = etag_of(response.content)
        response["ETag"] = etag
        kept = {name: response[name] for name in RATE_HEADERS if name in response}
        answer = get_conditional_response(request, etag=etag, response=response) or response
        for name, value in kept.items():
            answer[name] = value
        return answer


RATE_HEADERS = ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset")


def _say(response: HttpResponseBase, rate: Rate) -> None:
    for name, value in rate.headers().items():
        response[name] = value


def _address_of(request: HttpRequest) -> str:
    """Return the caller's address, as the framework finds it behind proxies."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR")
    remote: str = request.META.get("REMOTE_ADDR", "")
    proxies = api_settings.NUM_PROXIES
    if not proxies or not forwarded:
        return remote
    addresses = forwarded.split(",")
    return str(addresses[-min(proxies, len(addresses))].strip())
