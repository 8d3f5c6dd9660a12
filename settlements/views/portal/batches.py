"""Claims in the portal: handing in, following, correcting."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from agency.home import Matter, navigation, portal_queue
from agency.models import User
from agency.rules import Refusal
from agency.services.attachments import MEGABYTE
from agency.views.pages import ActRequired, KeysetList
from institutions.models import Institution
from settlements.claimfiles.columns import LINES, SETTLEMENTS
from settlements.claimfiles.workbook import ROW_LIMIT
from settlements.enums import BatchState
from settlements.forms.batches import OwnBatchFilter, UploadForm
from settlements.models import ClaimBatch
from settlements.permissions import SUBMIT_BATCH, VIEW_OWN_BATCHES
from settlements.services.submission import (
    UPLOAD_LIMIT,
    Submission,
    submit_batch,
    unpack_archive,
)
from settlements.tasks import hand_to_worker
from settlements.views import batches

navigation("portal", _("Claims"), "settlements_portal:batch_list", VIEW_OWN_BATCHES, order=30)

REJECTED_FOR = timedelta(days=60)


@portal_queue
def batches_to_correct(user: User, on: date) -> Iterator[Matter]:
    """Rejected batches with nothing accepted since: the institution has to hand in again."""
    if not SUBMIT_BATCH.allows(user):
        return
    later = ClaimBatch.objects.taken_in().filter(
        institution=OuterRef("institution"), submitted_at__gt=OuterRef("submitted_at")
    )
    rows = (
        ClaimBatch.objects.visible_to(user)
        .filter(state=BatchState.REJECTED, submitted_at__date__gte=on - REJECTED_FOR)
        .exclude(Exists(later))
        .select_related("institution")
        .order_by("-submitted_at")
    )
    for batch in rows[:10]:
        yield Matter(
            title=gettext("Claim batch %s") % batch.number,
            institution=batch.institution.name,
            state=BatchState(batch.state),
            url=batch.get_portal_url(),
            act=_("Correct and hand in again"),
        )


class BatchList(ActRequired, KeysetList):
    act = VIEW_OWN_BATCHES
    template_name = "settlements/portal/batch_list.html"
    order_field = "-submitted_at"
    filterset_class = OwnBatchFilter

    def get_queryset(self) -> QuerySet[ClaimBatch]:
        return ClaimBatch.objects.visible_to(self.request.user).select_related("error_report")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may_submit = SUBMIT_BATCH.allows(self.request.user)
        return super().get_context_data(may_submit=may_submit, **kwargs)


class Upload(ActRequired, View):
    act = SUBMIT_BATCH

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(UploadForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._show(form, 400)
        try:
            submission = self._submit(form)
        except Refusal as refusal:
            form.add_error(None, [str(each) for each in refusal.obstacles])
            return self._show(form, 400)
        batch = submission.batch
        if submission.is_new:
            messages.success(request, gettext("Received as batch %s.") % batch.number)
        else:
            text = gettext("These files were handed in before, as batch %s. Nothing was added.")
            messages.info(request, text % batch.number)
        if batch.is_at_work:
            hand_to_worker(batch)
        return redirect(batch.get_portal_url())

    def _submit(self, form: UploadForm) -> Submission:
        institution = get_object_or_404(Institution, memberships__user=self.request.user)
        with ExitStack() as stack:
            archive = form.cleaned_data["archive"]
            files = unpack_archive(archive, stack) if archive else form.pair()
            return submit_batch(
                institution=institution,
                files=files,
                by=self.request.user,
                at=timezone.now(),
                month=form.cleaned_data["month"],
            )

    def _show(self, form: UploadForm, status: int = 200) -> HttpResponse:
        context = {
            "form": form,
            "limit_mb": UPLOAD_LIMIT // MEGABYTE,
            "workbook_rows": ROW_LIMIT,
            "required": [
                ("setl_d", [each.name for each in SETTLEMENTS if each.required]),
                ("fee_list_d", [each.name for each in LINES if each.required]),
            ],
        }
        return render(self.request, "settlements/portal/batch_upload.html", context, status=status)


class BatchPage(batches.BatchPage):
    act = VIEW_OWN_BATCHES
    area = "portal"
    template_name = "settlements/portal/batch_detail.html"


class BatchProgress(batches.BatchProgress):
    act = VIEW_OWN_BATCHES
    area = "portal"


class ErrorReport(batches.ErrorReport):
    act = VIEW_OWN_BATCHES


class ReceivedFile(batches.ReceivedFile):
    act = VIEW_OWN_BATCHES


class FindingsFile(batches.FindingsFile):
    act = VIEW_OWN_BATCHES
