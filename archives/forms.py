import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from archives.enums import Category, Matter, Retention
from archives.models import Record


class RecordFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label=_("Archive number, title or document"), method="search")
    category = django_filters.ChoiceFilter(label=_("Archive category"), choices=Category.choices)
    matter = django_filters.ChoiceFilter(label=_("Matter"), choices=Matter.choices)
    year = django_filters.NumberFilter(label=_("Year"))
    retention = django_filters.ChoiceFilter(label=_("Retention period"), choices=Retention.choices)

    class Meta:
        model = Record
        fields: list[str] = []

    def search(self, rows: QuerySet, name: str, value: str) -> QuerySet:
        return rows.search(value)  # type: ignore[attr-defined]
