"""The register of letters for the office's own machines."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from agency.api import ActPermission, OfficePagination
from agency.enums import LetterState, ServiceMethod
from agency.models import LetterService, OfficialLetter
from agency.permissions import VIEW_LETTERS


class LetterServiceSerializer(serializers.ModelSerializer):
    class Meta:
        model = LetterService
        fields = [
            "method",
            "state",
            "sent_on",
            "tracking_number",
            "notice_until",
            "recipient",
            "served_on",
            "failed_on",
            "failure_reason",
        ]
        read_only_fields = fields


class LetterSerializer(serializers.ModelSerializer):
    kind_label = serializers.CharField(read_only=True)
    corrects = serializers.CharField(source="corrects.number", read_only=True, allow_null=True)
    services = LetterServiceSerializer(many=True, read_only=True)

    class Meta:
        model = OfficialLetter
        fields = [
            "id",
            "number",
            "kind",
            "kind_label",
            "actor",
            "title",
            "office_name",
            "addressee",
            "matter",
            "region",
            "language",
            "issued_on",
            "issued_at",
            "state",
            "served_on",
            "withdrawn_on",
            "withdrawal_reason",
            "corrects",
            "pages",
            "sha256",
            "code",
            "services",
        ]
        read_only_fields = fields


class LetterFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="matching", max_length=100, label="part of a number, addressee or matter"
    )
    kind = filters.CharFilter(max_length=60)
    state = filters.ChoiceFilter(choices=LetterState.choices)
    method = filters.ChoiceFilter(
        choices=ServiceMethod.choices, method="served_by", label="how it was served"
    )
    issued_from = filters.DateFilter(field_name="issued_on", lookup_expr="gte")
    issued_to = filters.DateFilter(field_name="issued_on", lookup_expr="lte")

    class Meta:
        model = OfficialLetter
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)

    def served_by(self, rows: Any, name: str, method: str) -> Any:
        return rows.filter(pk__in=LetterService.objects.filter(method=method).values("letter"))


class LetterPagination(OfficePagination):
    ordering: Any = ("-issued_at", "-pk")


class LetterViewSet(ReadOnlyModelViewSet):
    """Letters as they were issued, with their service. For the office's staff only."""

    act = VIEW_LETTERS
    queryset = OfficialLetter.objects.all()
    serializer_class = LetterSerializer
    permission_classes = [ActPermission]
    pagination_class = LetterPagination
    filterset_class = LetterFilter

    def get_queryset(self) -> QuerySet[OfficialLetter]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        rows = OfficialLetter.objects.visible_to(self.request.user)
        return rows.select_related("corrects").prefetch_related("services")
