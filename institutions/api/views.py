from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework.viewsets import ReadOnlyModelViewSet

from agency.api import ActPermission, OfficePagination
from institutions.api.serializers import ChangeSerializer, InstitutionSerializer
from institutions.enums import ChangeState, Kind, Level, Nature
from institutions.models import ChangeRequest, Institution
from institutions.permissions import READ_CHANGES, READ_REGISTER


class InstitutionFilter(filters.FilterSet):
    q = filters.CharFilter(method="matching", max_length=100, label="part of a name, or a code")
    region = filters.CharFilter(method="inside", max_length=6, label="region, and those within it")
    kind = filters.ChoiceFilter(choices=Kind.choices)
    nature = filters.ChoiceFilter(choices=Nature.choices)
    level = filters.ChoiceFilter(choices=Level.choices)

    class Meta:
        model = Institution
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)

    def inside(self, rows: Any, name: str, code: str) -> Any:
        return rows.within(code)


class ChangeFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=ChangeState.choices)
    institution = filters.CharFilter(field_name="institution__code", max_length=12)

    class Meta:
        model = ChangeRequest
        fields: list[str] = []


class InstitutionPagination(OfficePagination):
    ordering: Any = ("name", "pk")


class ChangePagination(OfficePagination):
    ordering: Any = ("-filed_at", "-pk")


class InstitutionViewSet(ReadOnlyModelViewSet):
    """The register: verified institutions, public facts only."""

    act = READ_REGISTER
    queryset = Institution.objects.verified().select_related("region")
    serializer_class = InstitutionSerializer
    permission_classes = [ActPermission]
    pagination_class = InstitutionPagination
    filterset_class = InstitutionFilter
    lookup_field = "code"


class ChangeViewSet(ReadOnlyModelViewSet):
    """Changes of information: all for the office, its own for an institution."""

    act = READ_CHANGES
    queryset = ChangeRequest.objects.all()
    serializer_class = ChangeSerializer
    permission_classes = [ActPermission]
    pagination_class = ChangePagination
    filterset_class = ChangeFilter
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[ChangeRequest]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return self.queryset.visible_to(self.request.user).with_content()
