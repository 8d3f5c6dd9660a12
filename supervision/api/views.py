from typing import Any

import django_filters
from rest_framework.viewsets import ReadOnlyModelViewSet

from agency.api import ActPermission, OfficePagination
from agency.enums import Scope
from supervision.api.serializers import CaseSerializer
from supervision.enums.cases import CaseState
from supervision.enums.proceedings import Ground
from supervision.models import Case
from supervision.permissions.cases import READ_CASES


class CaseFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=CaseState.choices)
    institution = django_filters.CharFilter(field_name="institution__code")
    ground = django_filters.ChoiceFilter(choices=Ground.choices)
    opened_from = django_filters.DateFilter(field_name="opened_on", lookup_expr="gte")
    opened_to = django_filters.DateFilter(field_name="opened_on", lookup_expr="lte")

    class Meta:
        model = Case
        fields: list[str] = []


class CasePagination(OfficePagination):
    ordering = ("-opened_on", "-pk")


class CaseViewSet(ReadOnlyModelViewSet):
    """Cases: all of them for the office; for an institution its own, from the notice on."""

    act = READ_CASES
    scope = Scope.READ_CASES
    permission_classes = [ActPermission]
    pagination_class = CasePagination
    serializer_class = CaseSerializer
    filterset_class = CaseFilter
    lookup_field = "number"
    lookup_value_regex = "[A-Z0-9-]+"
    queryset = Case.objects.none()

    def get_queryset(self) -> Any:
        user: Any = self.request.user
        rows = Case.objects.visible_to(user)
        return rows.select_related("institution", "agreement", "filing", "report").prefetch_related(
            "measures"
        )
