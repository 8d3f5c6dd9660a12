"""The administration's supervisors: they read every case with its history, take note of it, order
its handling, or return it for supplement. What they do goes through the services.
"""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_fsm import ConcurrentTransition
from unfold.decorators import action

from agency.admin import HistoryInline, ReadAdmin, ReadInline
from agency.permissions import Act
from agency.rules import Obstacle, Refusal
from supervision import models, rules
from supervision.forms.cases import NoteForm, OrderForm
from supervision.permissions import cases as can
from supervision.permissions import proceedings
from supervision.permissions.orders import ORDER_HANDLING
from supervision.services import administration, orders

Perform = Callable[[Any], object]


class TransitionInline(HistoryInline):
    model = models.CaseTransition


class MeasureInline(ReadInline):
    model = models.CaseMeasure
    fields = [
        "rung",
        "clause",
        "evidence",
        "amount",
        "target_name",
        "starts_on",
        "ends_on",
        "imposed",
    ]


class StatementInline(ReadInline):
    model = models.CaseStatement
    fields = ["given_on", "given_by", "text"]


class ReviewInline(ReadInline):
    model = models.SupervisionReview
    fields = ["at", "by", "kind", "text", "due_on"]


class LegalReviewInline(ReadInline):
    model = models.LegalReview
    fields = ["reviewed_at", "reviewed_by", "outcome", "opinion"]


class FilingInline(ReadInline):
    model = models.FilingReview
    fields = ["due_on", "filed_at", "outcome", "reasons", "correct_due_on", "corrected_at"]


def doer(request: HttpRequest) -> Any:
    """Return who acts: the admin lets nobody in without a user."""
    return request.user


def act_page(
    model_admin: ReadAdmin,
    request: HttpRequest,
    *,
    act: Act,
    form_class: type[forms.Form],
    perform: Perform,
    back_url: str,
    subject: object = "",
    obstacles: list[Obstacle] | None = None,
) -> HttpResponse:
    """Show the form of an act, or do it. A refusal goes into the form; nothing was changed."""
    form = form_class(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            perform(form.cleaned_data)
        except Refusal as refusal:
            form.add_error(None, [str(each) for each in refusal.obstacles])
        except ConcurrentTransition:
            form.add_error(None, _("Somebody else was faster. Nothing was done; look again."))
        else:
            messages.success(request, _("Done: %(act)s.") % {"act": act.label})
            return redirect(back_url)
    context = {
        **model_admin.admin_site.each_context(request),
        "title": act.label,
        "subject": subject,
        "form": form,
        "obstacles": obstacles or [],
        "back_url": back_url,
        "opts": model_admin.model._meta,
    }
    status = 409 if form.is_bound and form.is_valid() is False and form.non_field_errors() else 200
    return TemplateResponse(request, "supervision/admin/act.html", context, status=status)


@admin.register(models.Case)
class CaseAdmin(ReadAdmin):
    list_display = [
        "number",
        "institution",
        "title",
        "state",
        "origin",
        "ground",
        "is_grave",
        "defence_due_on",
        "opened_on",
        "opened_by",
    ]
    list_filter = ["state", "origin", "ground", "is_grave", "opened_on"]
    list_select_related = ["institution", "opened_by"]
    search_fields = ["number", "title", "institution__name", "institution__code"]
    date_hierarchy = "opened_on"
    inlines = [
        MeasureInline,
        StatementInline,
        LegalReviewInline,
        FilingInline,
        ReviewInline,
        TransitionInline,
    ]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "number",
                    "state",
                    "institution",
                    "agreement",
                    "region",
                    "title",
                    "origin",
                    "finding",
                    "ground",
                    "detection",
                    "detected_at",
                    "clue",
                    "facts",
                    "opened_by",
                    "opened_on",
                    "verify_due_on",
                    "verified_on",
                    "verified_by",
                    "visited_on",
                ]
            },
        ),
        (
            gettext_lazy("Statement and defence"),
            {
                "fields": [
                    "noticed_on",
                    "notice_served_on",
                    "notice_proof",
                    "defence_due_on",
                    "defence_outcome",
                ]
            },
        ),
        (
            gettext_lazy("Decision"),
            {
                "fields": [
                    "is_grave",
                    "decided_on",
                    "decided_by",
                    "consideration",
                    "legal_review",
                    "review_due_on",
                    "decision_served_on",
                    "decision_proof",
                    "reconsideration_until",
                    "litigation_until",
                    "perform_due_on",
                    "performed_on",
                    "performance",
                ]
            },
        ),
        (
            gettext_lazy("End of the case"),
            {
                "fields": [
                    "closed_on",
                    "closed_by",
                    "dismissal_reason",
                    "returned_from",
                    "supplement_due_on",
                ]
            },
        ),
    ]
    actions_detail = ["take_note", "order_handling", "return_case"]

    # Unfold asks these by name; it hands over the object's key.
    def has_take_note_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return can.TAKE_NOTE.allows(request.user)

    def has_order_handling_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return ORDER_HANDLING.allows(request.user)

    def has_return_case_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return can.RETURN_CASE.allows(request.user)

    @action(
        description=can.TAKE_NOTE.label,
        url_path="take-note",
        permissions=["take_note"],
        icon="visibility",
    )
    def take_note(self, request: HttpRequest, object_id: int) -> HttpResponse:
        case = get_object_or_404(models.Case, pk=object_id)
        return act_page(
            self,
            request,
            act=can.TAKE_NOTE,
            form_class=NoteForm,
            perform=lambda data: administration.take_note(
                case_id=case.pk, text=data["text"], by=doer(request), at=timezone.now()
            ),
            back_url=change_url(case),
            subject=case,
        )

    @action(
        description=ORDER_HANDLING.label,
        url_path="order-handling",
        permissions=["order_handling"],
        icon="gavel",
    )
    def order_handling(self, request: HttpRequest, object_id: int) -> HttpResponse:
        case = get_object_or_404(models.Case.objects.with_parties(), pk=object_id)
        now = timezone.localtime()
        return act_page(
            self,
            request,
            act=ORDER_HANDLING,
            form_class=OrderForm,
            perform=lambda data: orders.order_handling(
                institution=case.institution,
                case_id=case.pk,
                text=data["text"],
                due_on=data["due_on"],
                by=doer(request),
                on=now.date(),
                at=now,
            ),
            back_url=change_url(case),
            subject=case,
            obstacles=rules.order_obstacles(state=case.state),
        )

    @action(
        description=can.RETURN_CASE.label,
        url_path="return",
        permissions=["return_case"],
        icon="undo",
    )
    def return_case(self, request: HttpRequest, object_id: int) -> HttpResponse:
        case = get_object_or_404(models.Case, pk=object_id)
        now = timezone.localtime()
        return act_page(
            self,
            request,
            act=can.RETURN_CASE,
            form_class=NoteForm,
            perform=lambda data: administration.return_case(
                case_id=case.pk, text=data["text"], by=doer(request), on=now.date(), at=now
            ),
            back_url=change_url(case),
            subject=case,
            obstacles=rules.return_obstacles(state=case.state),
        )


def change_url(case: models.Case) -> str:
    return reverse("admin:supervision_case_change", args=[case.pk])


@admin.register(models.AdministrationReport)
class AdministrationReportAdmin(ReadAdmin):
    list_display = ["case", "due_on", "sent_at", "sent_by", "acknowledged_at", "acknowledged_by"]
    list_filter = [
        ("sent_at", admin.EmptyFieldListFilter),
        ("acknowledged_at", admin.EmptyFieldListFilter),
    ]
    list_select_related = ["case", "sent_by", "acknowledged_by"]
    search_fields = ["case__number", "text"]
    actions_detail = ["acknowledge"]

    def has_acknowledge_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return proceedings.ACKNOWLEDGE_REPORT.allows(request.user)

    @action(
        description=proceedings.ACKNOWLEDGE_REPORT.label,
        url_path="acknowledge",
        permissions=["acknowledge"],
        icon="task_alt",
    )
    def acknowledge(self, request: HttpRequest, object_id: int) -> HttpResponse:
        rows = models.AdministrationReport.objects.select_related("case")
        report = get_object_or_404(rows, pk=object_id)
        return redirect("supervision_desk:acknowledge", report.case.number)


@admin.register(models.SupervisionReview)
class SupervisionReviewAdmin(ReadAdmin):
    list_display = ["case", "kind", "by", "at", "due_on"]
    list_filter = ["kind"]
    list_select_related = ["case", "by"]
    search_fields = ["case__number", "text"]


@admin.register(models.CaseMeasure)
class CaseMeasureAdmin(ReadAdmin):
    list_display = ["case", "rung", "clause", "amount", "imposed"]
    list_filter = ["rung", "imposed"]
    list_select_related = ["case"]
    search_fields = ["case__number", "clause", "target_name"]


@admin.register(models.CaseStatement)
class CaseStatementAdmin(ReadAdmin):
    list_display = ["case", "given_by", "given_on"]
    list_select_related = ["case", "given_by"]
    search_fields = ["case__number", "text"]


@admin.register(models.CaseTransition)
class CaseTransitionAdmin(ReadAdmin):
    list_display = ["subject", "act", "source", "target", "by", "at"]
    list_filter = ["act"]
    list_select_related = ["subject", "by"]
    search_fields = ["subject__number", "reason"]
