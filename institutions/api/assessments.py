"""Assessments over the API: how they stand and how they ended, never what an opinion says."""

from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from agency.api import ActPermission, OfficePagination
from agency.enums import Scope
from institutions.enums.assessment import AssessmentKind, AssessmentState, Verdict
from institutions.models import Assessment
from institutions.permissions.assessment import READ_ASSESSMENTS


class AssessmentSerializer(serializers.ModelSerializer):
    """State and result; who assessed is named once the result is decided."""

    institution = serializers.CharField(source="institution.name", read_only=True)
    application = serializers.CharField(
        source="application.number", read_only=True, allow_null=True, default=None
    )
    change = serializers.CharField(
        source="change.number", read_only=True, allow_null=True, default=None
    )
    due_on = serializers.DateField(
        source="application.assessment_due_on", read_only=True, allow_null=True, default=None
    )
    reassess_from = serializers.DateField(
        source="application.reassess_from", read_only=True, allow_null=True, default=None
    )
    banned_through = serializers.DateField(
        source="application.banned_through", read_only=True, allow_null=True, default=None
    )
    result = serializers.ChoiceField(
        choices=Verdict.choices, allow_blank=True, read_only=True, help_text="empty until decided"
    )
    experts = serializers.SerializerMethodField()

    class Meta:
        model = Assessment
        fields = [
            "number",
            "institution",
            "application",
            "change",
            "kind",
            "site_mode",
            "round",
            "state",
            "opened_at",
            "begun_at",
            "due_on",
            "result",
            "reasons",
            "advice",
            "decided_at",
            "result_served_on",
            "reassess_from",
            "banned_through",
            "experts",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_experts(self, assessment: Assessment) -> list[str]:
        if assessment.state != AssessmentState.CONCLUDED:
            return []
        return [each.expert.person.name for each in assessment.members.all() if each.is_active]


class AssessmentFilter(filters.FilterSet):
    q = filters.CharFilter(method="matching", max_length=100, label="part of a number or name")
    state = filters.ChoiceFilter(choices=AssessmentState.choices)
    kind = filters.ChoiceFilter(choices=AssessmentKind.choices)
    result = filters.ChoiceFilter(choices=Verdict.choices)

    class Meta:
        model = Assessment
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)


class AssessmentPagination(OfficePagination):
    ordering: Any = ("-opened_at", "-pk")


class AssessmentViewSet(ReadOnlyModelViewSet):
    """Assessments: the institution's own, every one for the office (A-06)."""

    act = READ_ASSESSMENTS
    scope = Scope.READ_APPLICATIONS
    queryset = Assessment.objects.none()
    serializer_class = AssessmentSerializer
    permission_classes = [ActPermission]
    pagination_class = AssessmentPagination
    filterset_class = AssessmentFilter
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[Assessment]:
        if getattr(self, "swagger_fake_view", False):
            return Assessment.objects.none()
        rows = Assessment.objects.visible_to(self.request.user)
        return rows.with_matter().prefetch_related("members__expert__person")
