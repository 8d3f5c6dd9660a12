"""What the lists of batches and of statements are both filtered by."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _


class MonthFilter(django_filters.DateFilter):
    """A calendar month, kept in the database as its first day."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        widget = forms.DateInput(format="%Y-%m", attrs={"type": "month"})
        super().__init__(*args, input_formats=["%Y-%m"], widget=widget, **kwargs)


class InstitutionOrNumberFilter(django_filters.FilterSet):
    """One field for the name or code of the institution, or the number of the row itself."""

    q = django_filters.CharFilter(
        label=_("Institution or number"),
        method="matching",
        max_length=100,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    def matching(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.filter(
            Q(institution__name__contains=value)
            | Q(institution__code__startswith=value)
            | Q(number__startswith=value)
        )
