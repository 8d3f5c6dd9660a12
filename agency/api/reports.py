"""The reports for machines: what there is, and the rows of one under its filters."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agency.api import ActPermission
from agency.enums import ReadingKind
from agency.permissions import SEE_REPORTS
from agency.reports import REPORTS, Kind, Report, Row, filters_of, reports_for
from agency.services.reading import log_reading

MOST_ROWS = 5000
# What the address takes; anything else is no address at all, whoever asks.
CODE_SCHEMA = {"type": "string", "pattern": "^[-a-zA-Z0-9_]+$"}
COLUMN_KINDS = [(each.value, each.value) for each in Kind]


class ColumnSerializer(serializers.Serializer):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.ChoiceField(choices=COLUMN_KINDS)


class ReportSerializer(serializers.Serializer):
    code = serializers.SlugField()
    label = serializers.CharField()  # type: ignore[assignment]
    description = serializers.CharField()
    group = serializers.CharField()
    rules = serializers.ListField(child=serializers.CharField())
    columns = ColumnSerializer(many=True)
    filters = serializers.ListField(
        child=serializers.CharField(), help_text="The query parameters the report understands."
    )


class ReportRowsSerializer(serializers.Serializer):
    """`rows` are at most `limit`; `more` says that there are others: narrow the filters."""

    report = ReportSerializer()
    rows = serializers.ListField(child=serializers.DictField())
    more = serializers.BooleanField()


class LimitSerializer(serializers.Serializer):
    limit = serializers.IntegerField(
        required=False, default=200, min_value=1, max_value=MOST_ROWS, help_text="Rows, at most."
    )


class ReportListView(APIView):
    """The reports the user may see."""

    permission_classes = [ActPermission]
    act = SEE_REPORTS

    @extend_schema(
        operation_id="report_list", tags=["reports"], responses={200: ReportSerializer(many=True)}
    )
    def get(self, request: Request) -> Response:
        user: Any = request.user
        found = [described(each) for each in reports_for(user)]
        return Response(ReportSerializer(found, many=True).data)


class ReportRowsView(APIView):
    """The rows of one report. Its filters are query parameters; what is left out is as the page
    proposes. A report with data of persons is logged.
    """

    permission_classes = [ActPermission]
    act = SEE_REPORTS

    @extend_schema(
        operation_id="report_rows",
        tags=["reports"],
        parameters=[
            LimitSerializer,
            OpenApiParameter("code", CODE_SCHEMA, OpenApiParameter.PATH),
        ],
        responses={
            200: ReportRowsSerializer,
            400: OpenApiResponse(description="A filter has no possible value."),
        },
    )
    def get(self, request: Request, code: str) -> Response:
        user: Any = request.user
        report = REPORTS.get(code)
        if report is None:
            raise Http404
        if not report.act.allows(user):
            raise PermissionDenied
        asked = LimitSerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        limit: int = asked.validated_data["limit"]
        form = filters_of(report, request.query_params)
        if not form.is_valid():
            raise ValidationError(
                {name: [str(text) for text in each] for name, each in form.errors.items()}
            )
        rows = report.first(form.cleaned_data, user, timezone.localdate(), limit)
        if report.personal:
            log_reading(
                user=user,
                kind=ReadingKind.REPORT,
                subject=f"report:{report.code}",
                label=str(report.label),
                fields=report.personal,
                purpose=report.purpose,
                note=request.get_full_path()[:300],
                at=timezone.now(),
                address=request.META.get("REMOTE_ADDR"),
            )
        shown = [as_json(report, each) for each in rows[:limit]]
        answer = {"report": described(report), "rows": shown, "more": len(rows) > limit}
        return Response(ReportRowsSerializer(answer).data)


def described(report: Report) -> dict[str, Any]:
    return {
        "code": report.code,
        "label": str(report.label),
        "description": str(report.description),
        "group": str(report.group),
        "rules": report.rules,
        "columns": [
            {"key": each.key, "label": str(each.label), "kind": each.kind.value}
            for each in report.columns
        ],
        "filters": list(report.form_class.base_fields),
    }


def as_json(report: Report, row: Row) -> dict[str, Any]:
    """A row by the keys of its columns: stored values, days and instants as ISO."""
    return {each.key: _plain(each.value(row)) for each in report.columns}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    return value if value is None or isinstance(value, bool | int | float) else str(value)
