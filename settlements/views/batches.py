"""What both sides see of a claim batch: its page, its progress, its files and reports."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.cache import cache
from django.db.models import QuerySet
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    StreamingHttpResponse,
)
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.generic import View

from agency.permissions import Act
from agency.views.files import handed_out
from agency.views.pages import ActRequired, KeysetList
from settlements.claimfiles.errors import FileError
from settlements.enums import Check, FileKind
from settlements.exports import stream_findings
from settlements.forms.batches import FindingFilter
from settlements.models import BatchFile, ClaimBatch, Finding, ReviewRun, Statement
from settlements.services.progress import read_progress
from settlements.services.statements import deductions_of
from settlements.tasks import hand_to_worker

# A batch nobody has worked on for so long is handed to the worker again.
NUDGE_AFTER = timedelta(minutes=1)
NUDGE_EVERY_S = 60


def batch_of(request: HttpRequest, number: str) -> ClaimBatch:
    """Return the batch if it is the user's to see; others are not found."""
    rows = ClaimBatch.objects.visible_to(request.user).select_related("institution", "submitted_by")
    return get_object_or_404(rows, number=number)


def nudge(batch: ClaimBatch) -> None:
    is_old = batch.submitted_at < timezone.now() - NUDGE_AFTER
    if is_old and cache.add(f"claim-batch-nudge:{batch.pk}", 1, NUDGE_EVERY_S):
        hand_to_worker(batch)


def check_rows(batch: ClaimBatch) -> list[dict[str, Any]]:
    """Return every check of the latest run with its hits, found or not."""
    run = ReviewRun.objects.filter(batch=batch).select_related("knowledge").first()
    if run is None:
        return []
    by_check = {str(row.check): row for row in deductions_of(batch).rows}
    return [
        {"check": check, "row": by_check.get(check.value), "run": run.counts.get(check.value)}
        for check in Check
    ]


class BatchPage(ActRequired, KeysetList):
    """The page of one batch: what it is, where it stands, and its findings."""

    act: Act
    area = "desk"
    order_field = "pk"
    filterset_class = FindingFilter
    batch: ClaimBatch

    def get_queryset(self) -> QuerySet[Finding]:
        self.batch = batch_of(self.request, self.kwargs["number"])
        return Finding.objects.filter(batch=self.batch).select_related("knowledge_row")

    def errors(self) -> list[FileError]:
        """The first errors of a rejected batch; what was in the files is shown to their owner."""
        return [FileError.from_dict(each) for each in self.batch.first_errors]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        batch = self.batch
        return context | {
            "batch": batch,
            "area": self.area,
            "progress": read_progress(batch.pk) if batch.is_at_work else None,
            "files": batch.files.select_related("attachment"),
            "errors": self.errors(),
            "checks": check_rows(batch),
            "run": ReviewRun.objects.filter(batch=batch).select_related("knowledge").first(),
            "remarks": batch.remarks.all()[:100],
            "statement": Statement.objects.filter(batch=batch).first(),
        }


class BatchProgress(ActRequired, View):
    """The part of a batch's page that is asked for again and again while the worker is at it."""

    act: Act

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        batch = batch_of(request, number)
        if not batch.is_at_work:
            response = HttpResponse(status=204)
            response["HX-Refresh"] = "true"
            return response
        nudge(batch)
        context = {"batch": batch, "progress": read_progress(batch.pk), "area": self.area}
        return render(request, "settlements/parts/batch_progress.html", context)

    area = "desk"


class ErrorReport(ActRequired, View):
    act: Act

    def get(self, request: HttpRequest, number: str) -> FileResponse:
        report = batch_of(request, number).error_report
        if report is None:
            raise Http404
        return handed_out(report)


class ReceivedFile(ActRequired, View):
    """A claim file as it was received."""

    act: Act

    def get(self, request: HttpRequest, number: str, kind: str) -> FileResponse:
        batch = batch_of(request, number)
        if kind not in FileKind.values:
            raise Http404
        found = get_object_or_404(
            BatchFile.objects.select_related("attachment"), batch=batch, kind=kind
        )
        return handed_out(found.attachment)


class FindingsFile(ActRequired, View):
    """All findings of a batch as CSV, the filter of the page applied."""

    act: Act

    def get(self, request: HttpRequest, number: str) -> StreamingHttpResponse:
        batch = batch_of(request, number)
        findings = FindingFilter(request.GET, Finding.objects.filter(batch=batch)).qs
        response = StreamingHttpResponse(
            stream_findings(findings), content_type="text/csv; charset=utf-8"
        )
        response["Content-Disposition"] = f'attachment; filename="findings-{batch.number}.csv"'
        return response
