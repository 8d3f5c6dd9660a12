"""Orders of the administration over the interface: to be read by the office."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from agency.api import ActPermission, OfficePagination
from agency.enums import Scope
from supervision.enums.orders import OrderKind, OrderState
from supervision.models import AdministrationOrder, OrderAnswer
from supervision.permissions.cases import VIEW_CASES


class OrderAnswerSerializer(serializers.ModelSerializer):
    class Meta:
        model = OrderAnswer
        fields = ["text", "given_at", "outcome", "judgement", "judged_at"]
        read_only_fields = fields


class AdministrationOrderSerializer(serializers.ModelSerializer):
    institution = serializers.CharField(source="institution.code", read_only=True)
    case = serializers.CharField(
        source="case.number", read_only=True, default=None, allow_null=True
    )
    answers = OrderAnswerSerializer(many=True, read_only=True)

    class Meta:
        model = AdministrationOrder
        fields = [
            "number",
            "institution",
            "case",
            "kind",
            "lead",
            "state",
            "text",
            "ordered_on",
            "due_on",
            "due_provisional",
            "answers",
        ]
        read_only_fields = fields


class OrderFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=OrderState.choices)
    kind = filters.ChoiceFilter(choices=OrderKind.choices)
    institution = filters.CharFilter(field_name="institution__code", max_length=12)

    class Meta:
        model = AdministrationOrder
        fields: list[str] = []


class OrderPagination(OfficePagination):
    ordering: Any = ("-ordered_on", "-pk")


class OrderViewSet(ReadOnlyModelViewSet):
    """Orders of the administration to the agency, with the reports back (B-20), for the office."""

    act = VIEW_CASES
    scope = Scope.READ_CASES
    queryset = AdministrationOrder.objects.none()
    serializer_class = AdministrationOrderSerializer
    permission_classes = [ActPermission]
    pagination_class = OrderPagination
    filterset_class = OrderFilter
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[AdministrationOrder]:
        rows = AdministrationOrder.objects.select_related("institution", "case")
        return rows.prefetch_related("answers")
