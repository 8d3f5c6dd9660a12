from typing import Any

import django_filters
from rest_framework.viewsets import ReadOnlyModelViewSet

from agency.api import ActPermission, OfficePagination
from archives.api.serializers import RecordSerializer
from archives.enums import Category, Retention
from archives.models import Record
from archives.permissions import VIEW_RECORDS


class RecordApiFilter(django_filters.FilterSet):
    category = django_filters.ChoiceFilter(choices=Category.choices)
    retention = django_filters.ChoiceFilter(choices=Retention.choices)
    year = django_filters.NumberFilter()
    document_number = django_filters.CharFilter()

    class Meta:
        model = Record
        fields: list[str] = []


class RecordPagination(OfficePagination):
    ordering = ("-filed_at", "-pk")


class RecordViewSet(ReadOnlyModelViewSet):
    """The archives, for the office."""

    act = VIEW_RECORDS
    permission_classes = [ActPermission]
    pagination_class = RecordPagination
    serializer_class = RecordSerializer
    filterset_class = RecordApiFilter
    lookup_field = "number"
    lookup_value_regex = "[A-Z0-9·-]+"
    queryset = Record.objects.none()

    def get_queryset(self) -> Any:
        user: Any = self.request.user
        rows = Record.objects.visible_to(user)
        return rows.select_related("fonds").prefetch_related("files")
