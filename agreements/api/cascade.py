"""Cascades and the dissolved list over the interface: to be read."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.viewsets import ReadOnlyModelViewSet

from agency.api import ActPermission, OfficePagination
from agency.enums import Scope
from agreements.enums.cascade import CascadeKind, CascadeState
from agreements.models import CascadeReceipt, DissolvedEntry
from agreements.permissions.agreements import READ_AGREEMENTS


class CascadeReceiptSerializer(serializers.ModelSerializer):
    institution = serializers.CharField(
        source="agreement.institution.code", read_only=True, allow_null=True
    )
    home = serializers.CharField(source="home.number", read_only=True, allow_null=True)
    agreement = serializers.CharField(source="agreement.number", read_only=True, allow_null=True)
    region = serializers.CharField(source="region_id", read_only=True)

    class Meta:
        model = CascadeReceipt
        fields = [
            "number",
            "kind",
            "outcome",
            "state",
            "institution",
            "home",
            "agreement",
            "region",
            "effective_on",
            "delivered_at",
            "due_on",
            "due_provisional",
            "acknowledged_at",
            "undone_on",
        ]
        read_only_fields = fields


class DissolvedEntrySerializer(serializers.ModelSerializer):
    region = serializers.CharField(source="region_id", read_only=True)

    class Meta:
        model = DissolvedEntry
        fields = ["name", "code", "region", "dissolved_on", "ground", "by_cascade", "published_on"]
        read_only_fields = fields


class CascadeReceiptFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=CascadeKind.choices)
    state = filters.ChoiceFilter(choices=CascadeState.choices)
    region = filters.CharFilter(field_name="region_id", max_length=6)

    class Meta:
        model = CascadeReceipt
        fields: list[str] = []


class DissolvedEntryFilter(filters.FilterSet):
    region = filters.CharFilter(field_name="region_id", max_length=6)
    since = filters.DateFilter(field_name="dissolved_on", lookup_expr="gte")

    class Meta:
        model = DissolvedEntry
        fields: list[str] = []


class CascadePagination(OfficePagination):
    ordering: Any = ("-pk",)


class CascadeReceiptViewSet(ReadOnlyModelViewSet):
    """What other regions were told of the home region's decisions, and their answers."""

    act = READ_AGREEMENTS
    scope = Scope.READ_AGREEMENT
    queryset = CascadeReceipt.objects.none()
    serializer_class = CascadeReceiptSerializer
    permission_classes = [ActPermission]
    pagination_class = CascadePagination
    filterset_class = CascadeReceiptFilter
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[CascadeReceipt]:
        if getattr(self, "swagger_fake_view", False):
            return CascadeReceipt.objects.none()
        user: Any = self.request.user
        return CascadeReceipt.objects.visible_to(user).select_related(
            "agreement__institution", "home"
        )


@extend_schema(tags=["public"])
class DissolvedEntryViewSet(ReadOnlyModelViewSet):
    """The published list of dissolved agreements; everybody may read it."""

    act = READ_AGREEMENTS
    queryset = DissolvedEntry.objects.public()
    serializer_class = DissolvedEntrySerializer
    permission_classes = [AllowAny]
    pagination_class = CascadePagination
    filterset_class = DissolvedEntryFilter
