"""Regions, the profiles they follow, and the policy parameters."""

from django.contrib import admin

from agency import models
from agency.admin.base import HistoryInline, ReadAdmin
from agency.permissions import USE_ADMIN


@admin.register(models.Region)
class RegionAdmin(ReadAdmin):
    act = USE_ADMIN
    list_display = ["code", "name", "level", "parent", "coordination", "profile"]
    list_filter = ["level", "profile"]
    list_select_related = ["parent", "coordination"]
    search_fields = ["code", "name"]


class RuleSetChoiceHistory(HistoryInline):
    act = USE_ADMIN
    model = models.RuleSetChoiceTransition


@admin.register(models.RuleSetChoice)
class RuleSetChoiceAdmin(ReadAdmin):
    act = USE_ADMIN
    list_display = ["region", "rule_set", "profile", "state", "effective_from", "decided_by"]
    list_filter = ["state", "rule_set", "profile"]
    list_select_related = ["region", "decided_by"]
    search_fields = ["region__code", "region__name", "document"]
    inlines = [RuleSetChoiceHistory]


class PolicyParameterHistory(HistoryInline):
    act = USE_ADMIN
    model = models.PolicyParameterTransition


@admin.register(models.PolicyParameter)
class PolicyParameterAdmin(ReadAdmin):
    act = USE_ADMIN
    list_display = [
        "key",
        "profile",
        "value",
        "unit",
        "evidence",
        "state",
        "effective_from",
        "decided_by",
    ]
    list_filter = ["state", "profile", "evidence"]
    list_select_related = ["decided_by"]
    search_fields = ["key", "note", "document"]
    inlines = [PolicyParameterHistory]
