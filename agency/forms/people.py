"""Filters of the lists of people, stand-ins and log-ins."""

from datetime import date
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from agency.enums import Actor, LogInOutcome, Role
from agency.forms import DayInput
from agency.models import LogInRecord, StandIn, User

ALL = _("all")


class PeopleFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Name or user name"), method="search")
    actor = django_filters.ChoiceFilter(label=_("acts for"), choices=Actor.choices, empty_label=ALL)
    role = django_filters.ChoiceFilter(
        label=_("Role"), choices=Role.choices, method="holding", empty_label=ALL
    )
    is_active = django_filters.ChoiceFilter(
        label=_("Account"),
        choices=[("true", _("open")), ("false", _("closed"))],
        method="being",
        empty_label=ALL,
    )

    class Meta:
        model = User
        fields: list[str] = []

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(Q(name__icontains=value) | Q(username__icontains=value))

    def holding(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(groups__name=value)

    def being(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(is_active=value == "true")


class StandInFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Name"), method="search")
    state = django_filters.ChoiceFilter(
        label=_("State"),
        choices=[
            ("running", _("in effect")),
            ("coming", _("to come")),
            ("over", _("ended")),
            ("revoked", _("revoked")),
        ],
        method="being",
        empty_label=ALL,
    )

    class Meta:
        model = StandIn
        fields: list[str] = []

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(Q(delegator__name__icontains=value) | Q(delegate__name__icontains=value))

    def being(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        today: date = timezone.localdate()
        conditions: dict[str, dict[str, Any]] = {
            "running": {"starts_on__lte": today, "ends_on__gte": today, "revoked_at": None},
            "coming": {"starts_on__gt": today, "revoked_at": None},
            "over": {"ends_on__lt": today, "revoked_at": None},
            "revoked": {"revoked_at__isnull": False},
        }
        return rows.filter(**conditions[value])


class LogInFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Name typed or address"), method="search")
    outcome = django_filters.ChoiceFilter(
        label=_("Outcome"), choices=LogInOutcome.choices, empty_label=ALL
    )
    since = django_filters.DateFilter(
        label=_("From day"), field_name="at", lookup_expr="date__gte", widget=DayInput()
    )
    until = django_filters.DateFilter(
        label=_("To day"), field_name="at", lookup_expr="date__lte", widget=DayInput()
    )

    class Meta:
        model = LogInRecord
        fields: list[str] = []

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(
            Q(username__icontains=value)
            | Q(user__name__icontains=value)
            | Q(address__startswith=value)
        )
