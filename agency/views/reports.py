"""Reports at the desk: on the screen as far as a person reads, in files completely."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView, View

from agency.enums import ReadingKind
from agency.home import navigation
from agency.permissions import SEE_REPORTS
from agency.reports import REPORTS, SHOWN, Report, Row, filters_of, reports_for
from agency.rules import Refusal
from agency.services.report_files import csv_lines, write_workbook
from agency.views.pages import ActRequired
from agency.views.reading import Purpose, log_view

navigation("desk", _("Reports"), "agency_desk:reports", SEE_REPORTS, order=72, rules=("B-01",))

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def report_for(request: HttpRequest, code: str) -> Report:
    """Return the report; another's is forbidden, one that is none not found."""
    report = REPORTS.get(code)
    if report is None:
        raise Http404
    if not report.act.allows(request.user):
        raise PermissionDenied
    return report


class Reports(ActRequired, TemplateView):
    """Every report the person may see."""

    act = SEE_REPORTS
    template_name = "agency/reports/list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        groups: dict[str, list[Report]] = {}
        for each in reports_for(self.user):
            groups.setdefault(str(each.group), []).append(each)
        return super().get_context_data(groups=groups, **kwargs)


class ReportPage(ActRequired, View):
    """The first rows of a report under its filters, which stay in the address."""

    act = SEE_REPORTS

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        report = report_for(request, code)
        form = filters_of(report, request.GET)
        rows: list[Row] = []
        if form.is_valid():
            rows = report.first(form.cleaned_data, self.user, timezone.localdate())
        query = f"?{request.GET.urlencode()}" if request.GET else ""
        files = {
            name: reverse(f"agency_desk:report_{name}", args=[code]) + query
            for name in ("csv", "xlsx")
        }
        context = {
            "report": report,
            "filter": {"form": form},
            "is_filtered": any(request.GET.values()),
            "lines": [drawn(report, each) for each in rows[:SHOWN]],
            "more": len(rows) > SHOWN,
            "shown": SHOWN,
            "files": files if form.is_valid() else {},
            "printed_at": timezone.localtime(),
        }
        status = 200 if form.is_valid() else 400
        return render(request, "agency/reports/report.html", context, status=status)


class ReportFile(ActRequired, View):
    """All rows of a report as a file; what names persons is logged before it is handed out."""

    act = SEE_REPORTS
    format = ""

    def get(self, request: HttpRequest, code: str) -> HttpResponseBase:
        report = report_for(request, code)
        form = filters_of(report, request.GET)
        if not form.is_valid():
            return HttpResponse(
                "\n".join(
                    f"{name}: {' '.join(map(str, each))}" for name, each in form.errors.items()
                ),
                status=400,
                content_type="text/plain; charset=utf-8",
            )
        log_download(request, report, form.cleaned_data, self.format)
        rows = report.all(form.cleaned_data, self.user, timezone.localdate())
        try:
            response = self.response(report, rows)
        except Refusal as refusal:
            text = "\n".join(str(each) for each in refusal.obstacles)
            return HttpResponse(text, status=409, content_type="text/plain; charset=utf-8")
        name = f"{report.code}-{timezone.localdate():%Y%m%d}.{self.format}"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def response(self, report: Report, rows: Iterator[Row]) -> HttpResponseBase:
        raise NotImplementedError


class ReportCsv(ReportFile):
    format = "csv"

    def response(self, report: Report, rows: Iterator[Row]) -> HttpResponseBase:
        lines = in_language(csv_lines(report, rows), get_language())
        return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")


class ReportXlsx(ReportFile):
    format = "xlsx"

    def response(self, report: Report, rows: Iterator[Row]) -> HttpResponseBase:
        return FileResponse(write_workbook(report, rows), content_type=XLSX)


def log_download(request: HttpRequest, report: Report, params: Mapping[str, Any], how: str) -> None:
    """Record who takes data of persons away, and under which filters."""
    if not report.personal:
        return
    filters = "、".join(
        f"{name}={value}" for name, value in params.items() if value not in (None, "")
    )
    note = gettext("Download of the report (%(format)s): %(filters)s") % {
        "format": how,
        "filters": filters or gettext("no filter"),
    }
    log_view(
        request,
        kind=ReadingKind.REPORT,
        subject=f"report:{report.code}",
        label=str(report.label),
        fields=report.personal,
        purpose=Purpose(report.purpose.value, note[:300]),
        act=report.act,
    )


def drawn(report: Report, row: Row) -> list[dict[str, Any]]:
    """A row as the page draws it: a cell for each column."""
    return [
        {
            "column": each,
            "value": each.value(row),
            "text": text_of(each.plain(row)),
            "url": row.get(each.url) or "" if each.url else "",
        }
        for each in report.columns
    ]


def text_of(value: Any) -> str | Promise:
    return "" if value is None else str(value)


def in_language(lines: Iterator[str], language: str | None) -> Iterator[str]:
    """Yield the lines as drawn in a language: by then the request is over."""
    while True:
        with override(language):
            line = next(lines, None)
        if line is None:
            return
        yield line
