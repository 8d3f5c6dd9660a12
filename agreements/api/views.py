from datetime import date
from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework.serializers import BaseSerializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from agency.api import ActPermission, OfficePagination
from agency.enums import Scope
from agreements.api.serializers import (
    AgreementDetailSerializer,
    AgreementSerializer,
    DissolutionReviewSerializer,
)
from agreements.enums.life import AgreementState, ReviewState
from agreements.models import Agreement, DissolutionReview
from agreements.permissions.agreements import READ_AGREEMENTS


class AgreementFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=AgreementState.choices)
    institution = filters.CharFilter(field_name="institution__code", max_length=12)
    region = filters.CharFilter(method="inside", max_length=6, label="region, and those within it")
    on = filters.DateFilter(method="binding", label="binding on the day, suspended or not")

    class Meta:
        model = Agreement
        fields: list[str] = []

    def inside(self, rows: Any, name: str, code: str) -> Any:
        return rows.within(code)

    def binding(self, rows: Any, name: str, day: date) -> Any:
        return rows.in_term_on(day)


class AgreementPagination(OfficePagination):
    ordering: Any = ("-pk",)


class AgreementViewSet(ReadOnlyModelViewSet):
    """Agreements: all for the office, its own signed ones for an institution. One of them comes
    with its suspensions and its history.
    """

    act = READ_AGREEMENTS
    scope = Scope.READ_AGREEMENT
    queryset = Agreement.objects.none()
    permission_classes = [ActPermission]
    pagination_class = AgreementPagination
    filterset_class = AgreementFilter

    def get_queryset(self) -> QuerySet[Agreement]:
        if getattr(self, "swagger_fake_view", False):
            return Agreement.objects.none()
        user: Any = self.request.user
        rows = Agreement.objects.visible_to(user).select_related(
            "institution", "renewal_of", "application"
        )
        if self.action == "retrieve":
            return rows.prefetch_related("suspensions", "transitions")
        return rows

    def get_serializer_class(self) -> type[BaseSerializer]:
        return AgreementDetailSerializer if self.action == "retrieve" else AgreementSerializer


class DissolutionReviewFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=ReviewState.choices)
    institution = filters.CharFilter(field_name="agreement__institution__code", max_length=12)

    class Meta:
        model = DissolutionReview
        fields: list[str] = []


class DissolutionReviewPagination(OfficePagination):
    ordering: Any = ("-recorded_at", "-pk")


class DissolutionReviewViewSet(ReadOnlyModelViewSet):
    """Reviews of changes found unfiled: all for the office, its own for an institution (B-13a)."""

    act = READ_AGREEMENTS
    scope = Scope.READ_AGREEMENT
    queryset = DissolutionReview.objects.none()
    serializer_class = DissolutionReviewSerializer
    permission_classes = [ActPermission]
    pagination_class = DissolutionReviewPagination
    filterset_class = DissolutionReviewFilter
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[DissolutionReview]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        user: Any = self.request.user
        rows = DissolutionReview.objects.visible_to(user)
        return rows.select_related("agreement__institution")
