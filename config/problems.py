"""The one shape of errors for machines (RFC 9457), whoever refuses: a view or the way to it."""

from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, JsonResponse

CONTENT_TYPE = "application/problem+json"


def problem(status: int, code: str, detail: str, **more: Any) -> dict[str, Any]:
    """Return the body; `code` is stable, `detail` is for people."""
    title = HTTPStatus(status).phrase
    return {"status": status, "title": title, "code": code, "detail": detail, **more}


def for_machine(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def problem_response(status: int, code: str, detail: object) -> JsonResponse:
    return JsonResponse(
        problem(status, code, str(detail)), status=status, content_type=CONTENT_TYPE
    )
