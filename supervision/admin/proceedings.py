"""The administration reads every review, discussion, demand and filing; what it answers is done on
the page of the act.
"""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from unfold.decorators import action

from agency.admin import ReadAdmin, ReadInline
from supervision import models
from supervision.permissions import proceedings as can


@admin.register(models.FormalDemand)
class FormalDemandAdmin(ReadAdmin):
    list_display = ["case", "issued_on", "served_on", "due_on", "performed_on"]
    list_select_related = ["case"]
    search_fields = ["case__number", "text"]


class DiscussionInline(ReadInline):
    model = models.CollectiveDiscussion
    fields = ["held_on", "members", "in_favour", "carried", "minutes"]


@admin.register(models.LegalReview)
class LegalReviewAdmin(ReadAdmin):
    list_display = ["case", "outcome", "reviewed_on", "reviewed_by"]
    list_filter = ["outcome"]
    list_select_related = ["case", "reviewed_by"]
    search_fields = ["case__number", "opinion"]
    inlines = [DiscussionInline]


class VoteInline(ReadInline):
    model = models.DiscussionVote
    fields = ["member", "vote"]


@admin.register(models.CollectiveDiscussion)
class CollectiveDiscussionAdmin(ReadAdmin):
    list_display = ["review", "held_on", "members", "in_favour", "carried"]
    list_filter = ["carried"]
    list_select_related = ["review__case"]
    search_fields = ["review__case__number", "minutes"]
    inlines = [VoteInline]


@admin.register(models.FilingReview)
class FilingReviewAdmin(ReadAdmin):
    list_display = ["case", "due_on", "filed_at", "outcome", "correct_due_on", "corrected_at"]
    list_filter = [("filed_at", admin.EmptyFieldListFilter), "outcome"]
    list_select_related = ["case"]
    search_fields = ["case__number", "text", "reasons"]
    actions_detail = ["answer_filing"]

    def has_answer_filing_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        return can.ANSWER_FILING.allows(request.user)

    @action(
        description=can.ANSWER_FILING.label,
        url_path="answer",
        permissions=["answer_filing"],
        icon="gavel",
    )
    def answer_filing(self, request: HttpRequest, object_id: int) -> HttpResponse:
        filing = get_object_or_404(models.FilingReview.objects.select_related("case"), pk=object_id)
        return redirect("supervision_desk:answer_filing", filing.case.number)


@admin.register(models.ReportQuestion)
class ReportQuestionAdmin(ReadAdmin):
    list_display = ["report", "asked_by", "asked_at", "answered_at"]
    list_filter = [("answered_at", admin.EmptyFieldListFilter)]
    list_select_related = ["report__case", "asked_by"]
    search_fields = ["report__case__number", "text", "answer"]
