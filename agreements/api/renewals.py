"""Rounds of renewal over the interface: to be read."""

from typing import Any

from django.db.models import Count, QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from agency.api import ActPermission, OfficePagination
from agency.enums import Scope
from agreements.enums.renewals import RoundState
from agreements.models import RenewalRound
from agreements.permissions.agreements import VIEW_AGREEMENTS


class RenewalRoundSerializer(serializers.ModelSerializer):
    region = serializers.CharField(source="region_id", read_only=True)
    agreements = serializers.IntegerField(source="length", read_only=True)

    class Meta:
        model = RenewalRound
        fields = [
            "number",
            "title",
            "region",
            "ends_from",
            "ends_to",
            "kinds",
            "note",
            "state",
            "opened_on",
            "closed_on",
            "agreements",
        ]
        read_only_fields = fields


class RenewalRoundFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=RoundState.choices)
    region = filters.CharFilter(field_name="region__code", max_length=6)

    class Meta:
        model = RenewalRound
        fields: list[str] = []


class RenewalRoundPagination(OfficePagination):
    ordering: Any = ("-opened_at", "-pk")


class RenewalRoundViewSet(ReadOnlyModelViewSet):
    """Central rounds of renewal (B-15), for the office."""

    act = VIEW_AGREEMENTS
    scope = Scope.READ_AGREEMENT
    queryset = RenewalRound.objects.none()
    serializer_class = RenewalRoundSerializer
    permission_classes = [ActPermission]
    pagination_class = RenewalRoundPagination
    filterset_class = RenewalRoundFilter
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[RenewalRound]:
        return RenewalRound.objects.annotate(length=Count("members"))
