"""Obligations and blocks over the interface: to be read."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from agency.api import ActPermission, OfficePagination
from agency.enums import Scope
from agreements.enums.measures import BlockTarget, ObligationKind, ObligationState
from agreements.models import Obligation, ObligationEntry, ServiceBlock
from agreements.permissions.measures import READ_MEASURES


class ObligationEntrySerializer(serializers.ModelSerializer):
    class Meta:
        model = ObligationEntry
        fields = ["kind", "amount", "on", "reference"]
        read_only_fields = fields


class ObligationSerializer(serializers.ModelSerializer):
    institution = serializers.CharField(source="institution.code", read_only=True)
    agreement = serializers.CharField(
        source="agreement.number", read_only=True, default=None, allow_null=True
    )
    region = serializers.CharField(source="region_id", read_only=True)
    outstanding = serializers.DecimalField(max_digits=16, decimal_places=2, read_only=True)
    entries = ObligationEntrySerializer(many=True, read_only=True)

    class Meta:
        model = Obligation
        fields = [
            "number",
            "institution",
            "agreement",
            "region",
            "state",
            "direction",
            "kind",
            "amount",
            "outstanding",
            "ground",
            "rule",
            "article",
            "basis",
            "release_when",
            "arose_on",
            "due_on",
            "due_provisional",
            "entries",
        ]
        read_only_fields = fields


class ServiceBlockSerializer(serializers.ModelSerializer):
    institution = serializers.CharField(source="institution.code", read_only=True)
    staff_code = serializers.CharField(
        source="practitioner.staff_code", read_only=True, default=None, allow_null=True
    )
    department_code = serializers.CharField(
        source="department.code", read_only=True, default=None, allow_null=True
    )

    class Meta:
        model = ServiceBlock
        fields = [
            "id",
            "institution",
            "target",
            "staff_code",
            "department_code",
            "first_day",
            "last_day",
            "ground",
            "basis",
            "annulled_on",
        ]
        read_only_fields = fields


class ObligationFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=ObligationState.choices)
    kind = filters.ChoiceFilter(choices=ObligationKind.choices)
    institution = filters.CharFilter(field_name="institution__code", max_length=12)
    basis = filters.CharFilter(max_length=40)
    due_to = filters.DateFilter(field_name="due_on", lookup_expr="lte")

    class Meta:
        model = Obligation
        fields: list[str] = []


class BlockFilter(filters.FilterSet):
    target = filters.ChoiceFilter(choices=BlockTarget.choices)
    institution = filters.CharFilter(field_name="institution__code", max_length=12)
    on = filters.DateFilter(method="holding", label="blocked on the day")

    class Meta:
        model = ServiceBlock
        fields: list[str] = []

    def holding(self, rows: Any, name: str, day: date) -> Any:
        return rows.holding_on(day)


class ObligationPagination(OfficePagination):
    ordering: Any = ("-arose_on", "-pk")


class BlockPagination(OfficePagination):
    ordering: Any = ("-first_day", "-pk")


class ObligationViewSet(ReadOnlyModelViewSet):
    """Obligations left by measures, with what was entered: all for the office; for an institution
    its own, once the decision was served.
    """

    act = READ_MEASURES
    scope = Scope.READ_CASES
    permission_classes = [ActPermission]
    pagination_class = ObligationPagination
    serializer_class = ObligationSerializer
    filterset_class = ObligationFilter
    lookup_field = "number"
    lookup_value_regex = "[A-Z0-9-]+"
    queryset = Obligation.objects.none()

    def get_queryset(self) -> QuerySet[Obligation]:
        user: Any = self.request.user
        rows = Obligation.objects.visible_to(user).select_related("institution", "agreement")
        return rows.prefetch_related("entries")


class ServiceBlockViewSet(ReadOnlyModelViewSet):
    """Persons and departments whose services are not settled, from a day to a day."""

    act = READ_MEASURES
    scope = Scope.READ_CASES
    permission_classes = [ActPermission]
    pagination_class = BlockPagination
    serializer_class = ServiceBlockSerializer
    filterset_class = BlockFilter
    queryset = ServiceBlock.objects.none()

    def get_queryset(self) -> QuerySet[ServiceBlock]:
        user: Any = self.request.user
        return ServiceBlock.objects.visible_to(user).with_targets()
