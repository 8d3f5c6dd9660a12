"""The machines' entrance: its routes, and the one shape of its errors."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler


def error_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return `{"error": {"code", "message", "fields"}}` for a refusal, None for a 500."""
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(error, exceptions.ValidationError):
        code, message, fields = (
            "invalid",
            str(exceptions.ValidationError.default_detail),
            response.data,
        )
    else:
        code, message, fields = _code_of(error), str(response.data.get("detail", "")), {}
    response.data = {"error": {"code": code, "message": message, "fields": fields}}
    return response


def _code_of(error: Exception) -> str:
    if isinstance(error, Http404):
        return exceptions.NotFound.default_code
    if isinstance(error, PermissionDenied):
        return exceptions.PermissionDenied.default_code
    codes = error.get_codes() if isinstance(error, exceptions.APIException) else "error"
    return codes if isinstance(codes, str) else "error"


schema_patterns = [
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api-schema"), name="api-docs"),
]
