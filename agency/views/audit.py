"""The sealed history: at the desk for the audit administrator, its heads for everybody."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView, TemplateView, View

from agency.audit import audit_sources
from agency.enums import CheckOutcome, JobStatus
from agency.forms.audit import CheckForm, HeadForm, ReadingFilter
from agency.home import navigation
from agency.models import AuditCheck, AuditHead, ReadLog
from agency.permissions import SEE_AUDIT, SEE_READINGS, VERIFY_HISTORY
from agency.services.audit.checks import DAYS_AT_ONCE, request_check, run_check, sealed_days
from agency.tasks import verify_history
from agency.views.pages import ActPage, ActRequired, KeysetList

navigation("desk", _("Sealed history"), "agency_desk:audit", SEE_AUDIT, order=94)
navigation("desk", _("Readings"), "agency_desk:readings", SEE_READINGS, order=95)

SHOWN_CHECKS = 10
SHOWN_HEADS = 31
UNDER_WAY = (JobStatus.QUEUED, JobStatus.RUNNING)

FAULTS = {
    "altered": _("rows were altered"),
    "deleted": _("rows were deleted"),
    "inserted": _("rows were inserted afterwards"),
    "columns": _("a sealed column is gone"),
    "head": _("the head does not follow from the seals and the head before"),
}


class Audit(ActRequired, KeysetList):
    """The daily heads, and the verifications there have been."""

    act = SEE_AUDIT
    template_name = "agency/audit.html"
    order_field = "-day"

    def get_queryset(self) -> QuerySet[AuditHead]:
        return AuditHead.objects.all()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        button = {"act": VERIFY_HISTORY, "url": reverse("agency_desk:audit_verify")}
        return super().get_context_data(
            checks=AuditCheck.objects.select_related("requested_by")[:SHOWN_CHECKS],
            sources=[each.table for each in audit_sources()],
            buttons=[button] if VERIFY_HISTORY.allows(self.request.user) else [],
            **kwargs,
        )


class Verify(ActPage):
    act = VERIFY_HISTORY
    form_class = CheckForm

    def subject(self) -> Any:
        return _("Sealed history")

    def stamp(self) -> str:
        return str(sealed_days()[1])

    def initial(self) -> dict[str, Any]:
        first, last = sealed_days()
        if first is None or last is None:
            return {}
        return {"from_day": max(first, last - timedelta(DAYS_AT_ONCE - 1)), "to_day": last}

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Every event of these days is read and digested again; nothing is changed."),
            gettext("Up to %d days are verified at once, more by a worker.") % DAYS_AT_ONCE,
            _("What is found is recorded with your name."),
        ]

    def perform(self, form: CheckForm) -> AuditCheck:
        check = request_check(**form.cleaned_data, by=self.user, at=timezone.now())
        if check.days_total <= DAYS_AT_ONCE:
            return run_check(check_id=check.pk)

        # A function: what fails on commit is logged by its name, which a partial has not.
        def send() -> None:
            verify_history.delay(check_id=check.pk)

        transaction.on_commit(send, robust=True)
        return check

    def success(self, result: AuditCheck) -> str:
        if result.status in UNDER_WAY:
            return gettext("A worker verifies the days.")
        return gettext("Verified: %(days)s.") % {"days": result}

    def back_url(self) -> str:
        return reverse("agency_desk:audit")


class CheckPage(ActRequired, DetailView):
    act = SEE_AUDIT
    template_name = "agency/audit_check.html"
    context_object_name = "check"

    def get_queryset(self) -> QuerySet[AuditCheck]:
        return AuditCheck.objects.select_related("requested_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        check = self.object
        faults = [
            each | {"text": FAULTS[each["kind"]], "more": each["row_count"] > len(each["rows"])}
            for each in check.faults
        ]
        return super().get_context_data(
            faults=faults,
            first=faults[0] if faults else None,
            is_ok=check.outcome == CheckOutcome.OK,
            under_way=check.status in UNDER_WAY,
            **kwargs,
        )


class CheckProgress(ActRequired, View):
    """The part of a verification's page that is asked for again while it is under way."""

    act = SEE_AUDIT

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        check = get_object_or_404(AuditCheck, pk=pk)
        if check.status not in UNDER_WAY:
            response = HttpResponse(status=204)
            response["HX-Refresh"] = "true"
            return response
        return render(request, "agency/parts/audit_progress.html", {"check": check})


class Readings(ActRequired, KeysetList):
    """Who was shown protected data, and what for."""

    act = SEE_READINGS
    template_name = "agency/readings.html"
    order_field = "-at"
    filterset_class = ReadingFilter

    def get_queryset(self) -> QuerySet[ReadLog]:
        return ReadLog.objects.select_related("user", "acting_for")


# --- everybody's ---------------------------------------------------------------------------------


class Integrity(TemplateView):
    """The daily heads, so that anybody can keep them and hold them against us."""

    template_name = "agency/integrity.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = "head" in self.request.GET or "day" in self.request.GET
        form = HeadForm(self.request.GET if asked else None)
        answer = ""
        if form.is_valid():
            kept = AuditHead.objects.filter(day=form.cleaned_data["day"]).first()
            if kept is None:
                answer = "unknown"
            else:
                answer = "same" if kept.head == form.cleaned_data["head"] else "different"
        return super().get_context_data(
            form=form,
            answer=answer,
            heads=AuditHead.objects.order_by("-day")[:SHOWN_HEADS],
            **kwargs,
        )


def heads_as_json(request: HttpRequest) -> JsonResponse:
    """All daily heads, oldest first, to be kept by whoever wants to."""
    rows = AuditHead.objects.order_by("day").values_list("day", "previous", "head")
    heads = [
        {"day": day.isoformat(), "previous": before, "head": head} for day, before, head in rows
    ]
    response = JsonResponse({"digest": "SHA-256", "heads": heads})
    response["Content-Disposition"] = 'attachment; filename="heads.json"'
    return response


def heads_as_text(request: HttpRequest) -> HttpResponse:
    """All daily heads, a line each: the day and its head."""
    rows = AuditHead.objects.order_by("day").values_list("day", "head")
    text = "".join(f"{day.isoformat()} {head}\n" for day, head in rows)
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="heads.txt"'
    return response
