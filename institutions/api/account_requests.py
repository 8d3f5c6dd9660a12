"""Requests for accounts, to read for the office's own machines."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from agency.api import ActPermission, OfficePagination
from institutions.enums.account_requests import AccountRequestState
from institutions.models import AccountRequest
from institutions.permissions.accounts import VIEW_ACCOUNT_REQUESTS


class AccountRequestSerializer(serializers.ModelSerializer):
    institution = serializers.CharField(source="institution.name", read_only=True)
    region_name = serializers.CharField(source="region.name", read_only=True)

    class Meta:
        model = AccountRequest
        fields = [
            "number",
            "state",
            "institution",
            "institution_name",
            "credit_code",
            "national_code",
            "licence_no",
            "kind",
            "region",
            "region_name",
            "address",
            "contact_name",
            "asked_at",
            "decision_due_on",
            "decided_at",
            "decision_reason",
        ]
        read_only_fields = fields


class AccountRequestFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="matching", max_length=100, label="part of a number, credit code or name"
    )
    state = filters.ChoiceFilter(choices=AccountRequestState.choices)

    class Meta:
        model = AccountRequest
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)


class AccountRequestPagination(OfficePagination):
    ordering: Any = ("-asked_at", "-pk")


class AccountRequestViewSet(ReadOnlyModelViewSet):
    """Requests for accounts of institutions (C-08)."""

    act = VIEW_ACCOUNT_REQUESTS
    queryset = AccountRequest.objects.none()
    serializer_class = AccountRequestSerializer
    permission_classes = [ActPermission]
    pagination_class = AccountRequestPagination
    filterset_class = AccountRequestFilter
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[AccountRequest]:
        user: Any = self.request.user
        return AccountRequest.objects.visible_to(user).select_related("institution", "region")
