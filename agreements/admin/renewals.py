"""Supervision of renewals: rounds, decisions not to renew, reviews of a wish not to."""

from django.contrib import admin

from agency.admin import HistoryInline, ReadAdmin
from agreements import models


class RoundHistory(HistoryInline):
    model = models.RenewalRoundTransition


@admin.register(models.RenewalRound)
class RenewalRoundAdmin(ReadAdmin):
    list_display = ["number", "title", "region", "state", "ends_from", "ends_to", "opened_on"]
    list_filter = ["state", "region"]
    list_select_related = ["region"]
    search_fields = ["number", "title"]
    inlines = [RoundHistory]


@admin.register(models.RenewalMember)
class RenewalMemberAdmin(ReadAdmin):
    list_display = ["round", "agreement", "added_at", "added_by"]
    list_select_related = ["round", "agreement", "added_by"]
    search_fields = ["round__number", "agreement__number"]


@admin.register(models.RenewalDraft)
class RenewalDraftAdmin(ReadAdmin):
    list_display = ["agreement", "form", "score", "threshold", "drawn_up_at"]
    list_filter = ["form"]
    list_select_related = ["agreement"]
    search_fields = ["agreement__number"]


@admin.register(models.RenewalDecision)
class RenewalDecisionAdmin(ReadAdmin):
    list_display = ["agreement", "ground", "decided_on", "decided_by", "revoked_at"]
    list_filter = ["ground", ("revoked_at", admin.EmptyFieldListFilter)]
    list_select_related = ["agreement", "decided_by"]
    search_fields = ["agreement__number", "reason"]


@admin.register(models.ExitReview)
class ExitReviewAdmin(ReadAdmin):
    list_display = ["request", "due_on", "outcome", "reviewed_by", "reviewed_at"]
    list_filter = ["outcome"]
    list_select_related = ["request", "reviewed_by"]
    search_fields = ["request__number", "text"]
