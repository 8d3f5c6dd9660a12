"""Claims at the desk: the list, the page of one batch, what waits for a reviewer."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.generic import View

from agency.home import Matter, desk_queue, navigation
from agency.models import User
from agency.views.pages import ActRequired, KeysetList
from settlements import permissions
from settlements.claimfiles.errors import FileError
from settlements.enums import BatchState, FindingStatus, StatementState
from settlements.forms.batches import BatchFilter
from settlements.masking import masked_error, masked_report
from settlements.models import ClaimBatch, Finding
from settlements.permissions import DECIDE_FINDINGS, VIEW_BATCHES
from settlements.views import batches

navigation(
    "desk", _("Claims"), "settlements_desk:batch_list", VIEW_BATCHES, order=30, rules=("B-07",)
)

QUEUE_LENGTH = 50


@desk_queue
def findings_waiting(user: User, on: date) -> Iterator[Matter]:
    """Reviewed batches with findings to decide, the nearest payout deadline first."""
    if not DECIDE_FINDINGS.allows(user):
        return
    rows = (
        ClaimBatch.objects.filter(
            state=BatchState.REVIEWED, statement__state=StatementState.DECLARED
        )
        .filter(pk__in=Finding.objects.undecided().values("batch"))
        .select_related("institution", "statement")
        .annotate(undecided=Count("findings", filter=Q(findings__status=FindingStatus.FLAGGED)))
        .order_by("statement__due_on", "pk")
    )
    for batch in rows[:QUEUE_LENGTH]:
        title = ngettext(
            "%(n)d finding in batch %(b)s", "%(n)d findings in batch %(b)s", batch.undecided
        )
        yield Matter(
            title=title % {"n": batch.undecided, "b": batch.number},
            institution=batch.institution.name,
            state=BatchState(batch.state),
            url=batch.get_absolute_url(),
            act=DECIDE_FINDINGS.label,
            due_on=batch.statement.due_on,
            provisional=batch.statement.due_provisional,
        )


class BatchList(ActRequired, KeysetList):
    act = VIEW_BATCHES
    template_name = "settlements/desk/batch_list.html"
    order_field = "-submitted_at"
    filterset_class = BatchFilter

    def get_queryset(self) -> QuerySet[ClaimBatch]:
        return ClaimBatch.objects.visible_to(self.request.user).select_related("institution")


class BatchPage(batches.BatchPage):
    act = VIEW_BATCHES
    template_name = "settlements/desk/batch_detail.html"

    def errors(self) -> list[FileError]:
        return [masked_error(each) for each in super().errors()]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        batch, user = self.batch, self.request.user
        may_decide = not permissions.decision_on_findings_obstacles(batch, user)
        buttons = []
        if user.is_agency_staff and batch.is_taken_in:
            buttons = [
                {
                    "act": permissions.REVIEW_BATCH,
                    "url": reverse("settlements_desk:batch_review", args=[batch.number]),
                    "obstacles": permissions.review_again_obstacles(batch, user),
                }
            ]
        return context | {"buttons": buttons, "may_decide": may_decide}


class BatchProgress(batches.BatchProgress):
    act = VIEW_BATCHES


class ErrorReport(ActRequired, View):
    """The errors of a rejected batch, insured persons masked."""

    act = VIEW_BATCHES

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        report = batches.batch_of(request, number).error_report
        if report is None:
            raise Http404
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="errors-{number}.csv"'
        response.write("\ufeff")
        with report.file.open("rb") as stored:
            text = io.TextIOWrapper(stored, encoding="utf-8-sig", newline="")
            csv.writer(response).writerows(masked_report(text))
        return response


class FindingsFile(batches.FindingsFile):
    act = VIEW_BATCHES
