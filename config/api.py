"""The machines' entrance: its routes, and the one shape of its errors."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler

from agency.rules import Refusal
from config.problems import CONTENT_TYPE, problem


def error_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return a problem (RFC 9457) for a refusal, None for a 500.

    `code` is stable, `fields` holds messages by field of the request, `obstacles` every reason why
    an act was refused, with its rule and its remedy.
    """
    if isinstance(error, Refusal):
        obstacles = [each.as_dict() for each in error.obstacles]
        detail = " ".join(str(each) for each in error.obstacles)
        return _problem(409, "refused", detail, obstacles=obstacles)
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        detail = str(exceptions.ValidationError.default_detail)
        return _problem(response.status_code, "invalid", detail, fields=response.data)
    detail = str(response.data.get("detail", ""))
    problem = _problem(response.status_code, _code_of(error), detail)
    for header in ("WWW-Authenticate", "Retry-After", "Allow"):
        if header in response.headers:
            problem.headers[header] = response.headers[header]
    return problem


def _problem(status: int, code: str, detail: str, **more: Any) -> Response:
    body = problem(status, code, detail, **more)
    return Response(body, status=status, content_type=CONTENT_TYPE)


def _code_of(error: Exception) -> str:
    if isinstance(error, Http404):
        return exceptions.NotFound.default_code
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied.default_code
    codes = error.get_codes() if isinstance(error, exceptions.APIException) else "error"
    return codes if isinstance(codes, str) else "error"


PROBLEM = {
    "type": "object",
    "description": "What every refusal and error looks like (RFC 9457).",
    "properties": {
        "status": {"type": "integer"},
        "title": {"type": "string"},
        "code": {"type": "string", "description": "Stable, for programs."},
        "detail": {"type": "string", "description": "For people."},
        "fields": {"description": "Messages by field of the request, where it was not understood."},
        "obstacles": {
            "type": "array",
            "description": "Every reason why an act was refused.",
            "items": {
                "type": "object",
                "properties": {
                    name: {"type": "string"} for name in ("code", "text", "rule", "remedy")
                },
            },
        },
    },
    "required": ["status", "title", "code", "detail"],
}


def document_problems(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """Say of every operation what it answers when it refuses or fails."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    content = {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for operations in result["paths"].values():
        for operation in operations.values():
            responses = operation["responses"]
            for status, answer in responses.items():
                if status.startswith("4") and "content" not in answer:
                    answer["content"] = content
            responses["default"] = {"description": "Refused, or failed.", "content": content}
    return result


KEY_HEADER = {
    "in": "header",
    "name": "Idempotency-Key",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
    "description": "A new text for each matter: repeated with it, the request is not done twice.",
}
UNCHANGED_HEADER = {
    "in": "header",
    "name": "If-None-Match",
    "schema": {"type": "string", "maxLength": 100, "pattern": '^"[!#-~]*"$'},
    "description": "The ETag of what you have: if it is still that, the answer is an empty 304.",
}
MATCH_HEADER = {
    "in": "header",
    "name": "If-Match",
    "schema": {"type": "string", "maxLength": 100, "pattern": '^"[!#-~]*"$'},
    "description": "The ETag of what you saw: if it is no longer that, the answer is 412.",
}
RATE_HEADERS = {
    name: {"schema": {"type": "integer"}, "description": text}
    for name, text in {
        "RateLimit-Limit": "Requests a minute.",
        "RateLimit-Remaining": "Requests left of them.",
        "RateLimit-Reset": "Seconds until they are counted anew.",
    }.items()
}
ETAG_HEADER = {"ETag": {"schema": {"type": "string"}, "description": "Of this representation."}}


def document_headers(
    result: dict[str, Any], generator: Any, request: Any, public: bool
) -> dict[str, Any]:
    """Say which headers are asked and answered: keys, ETags, rates."""
    for address, operations in result["paths"].items():
        for method, operation in operations.items():
            parameters = operation.setdefault("parameters", [])
            responses = operation["responses"]
            for code, answer in responses.items():
                if code.startswith("2"):
                    answer["headers"] = RATE_HEADERS | (ETAG_HEADER if method == "get" else {})
            if method == "get":
                parameters.append(UNCHANGED_HEADER)
                responses["304"] = {"description": "Not changed."}
            if method == "post":
                parameters.append({**KEY_HEADER, "required": address in KEY_REQUIRED})
            if method == "post" and address in MATCHED:
                parameters.append(MATCH_HEADER)
    return result


# Paths, because the description is made from them; a test holds them against the views.
KEY_REQUIRED = frozenset({"/api/v1/claim-batches/"})
MATCHED = frozenset({"/api/v1/changes/{number}/withdraw/"})


schema_patterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
]
