"""What a reader gets when a page cannot be given."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from config.problems import for_machine, problem_response


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "agency/errors/403.html", {"exception": exception}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if for_machine(request):
        return problem_response(404, "not_found", _("There is nothing at this address."))
    return render(request, "agency/errors/404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    if for_machine(request):
        return problem_response(500, "error", _("The program failed. Nothing was half stored."))
    return render(request, "agency/errors/500.html", status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that outlived its session: the page says to load it again."""
    return render(request, "agency/errors/csrf.html", status=403)
