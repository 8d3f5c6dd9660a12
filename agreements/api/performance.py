"""Performance assessments over the interface: read, and assessed by the institution itself."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from agency.api import ActPermission, OfficePagination, idempotent
from agency.enums import Scope
from agency.services.attachments import UploadRef
from agreements.enums.performance import BEFORE_PROPOSAL, Grade, PerformanceState
from agreements.models import IndicatorScore, PerformanceAssessment
from agreements.permissions.performance import READ_PERFORMANCE, SELF_ASSESS
from agreements.services.performance.assessing import Entry, self_assess

_REFUSED = OpenApiResponse(description="Refused.")


class IndicatorScoreSerializer(serializers.ModelSerializer):
    code = serializers.CharField(source="indicator.code", read_only=True)
    name = serializers.CharField(source="indicator.name", read_only=True)
    formula = serializers.CharField(source="indicator.formula", read_only=True)

    class Meta:
        model = IndicatorScore
        fields = [
            *("code", "name", "weight", "formula", "figures", "value", "computed_points"),
            *("self_points", "self_text", "proposed_points", "evidence", "final_points"),
        ]
        read_only_fields = fields


class PerformanceSerializer(serializers.ModelSerializer):
    institution = serializers.CharField(source="institution.code", read_only=True)
    region = serializers.CharField(source="round.region_id", read_only=True)
    year = serializers.IntegerField(source="round.year", read_only=True)
    agreement = serializers.CharField(source="agreement.number", read_only=True)
    corrects = serializers.CharField(
        source="corrects.number", read_only=True, default=None, allow_null=True
    )
    scores = IndicatorScoreSerializer(many=True, read_only=True)

    class Meta:
        model = PerformanceAssessment
        fields = [
            *("number", "institution", "region", "year", "agreement", "version", "corrects"),
            *("state", "self_due_on", "self_score", "proposed_on", "proposed_score"),
            *("appeal_due_on", "decision_due_on", "score", "grade", "published_on", "scores"),
        ]
        read_only_fields = fields

    def to_representation(self, instance: PerformanceAssessment) -> dict[str, Any]:
        """What the assessor proposes stays with the office until the result is proposed."""
        found = super().to_representation(instance)
        user = self.context["request"].user
        if instance.state in BEFORE_PROPOSAL and not user.is_office_staff:
            for each in found["scores"]:
                each["proposed_points"], each["evidence"] = None, ""
        return found


class OwnScoreSerializer(serializers.Serializer):
    """What the institution gives itself for one indicator, by its code."""

    code = serializers.CharField(max_length=12)
    points = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=0, required=False, allow_null=True
    )
    text = serializers.CharField(max_length=2000, required=False, allow_blank=True)
    uploads = serializers.ListField(
        child=serializers.UUIDField(), required=False, help_text="Finished uploads."
    )


class SelfAssessmentSerializer(serializers.Serializer):
    scores = OwnScoreSerializer(many=True)


class PerformanceFilterSet(filters.FilterSet):
    state = filters.ChoiceFilter(choices=PerformanceState.choices)
    grade = filters.ChoiceFilter(choices=Grade.choices)
    year = filters.NumberFilter(field_name="round__year", min_value=2020, max_value=2100)
    region = filters.CharFilter(field_name="round__region", max_length=6)
    institution = filters.CharFilter(field_name="institution__code", max_length=12)

    class Meta:
        model = PerformanceAssessment
        fields: list[str] = []


class PerformancePagination(OfficePagination):
    ordering: Any = ("-pk",)


class PerformanceViewSet(ReadOnlyModelViewSet):
    """Performance assessments (B-09): all for the office, its own for an institution, with the
    figures and points of every indicator.
    """

    act = READ_PERFORMANCE
    acts = {"self_assess": SELF_ASSESS}
    scope = Scope.READ_AGREEMENT
    scopes = {"self_assess": Scope.FILE_PERFORMANCE}
    queryset = PerformanceAssessment.objects.none()
    serializer_class = PerformanceSerializer
    permission_classes = [ActPermission]
    pagination_class = PerformancePagination
    filterset_class = PerformanceFilterSet
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[PerformanceAssessment]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        user: Any = self.request.user
        scores = IndicatorScore.objects.select_related("indicator").order_by("indicator__position")
        return (
            PerformanceAssessment.objects.visible_to(user)
            .select_related("institution", "round", "agreement", "corrects")
            .prefetch_related(Prefetch("scores", queryset=scores))
        )

    @extend_schema(
        request=SelfAssessmentSerializer, responses={200: PerformanceSerializer, 409: _REFUSED}
    )
    @action(detail=True, methods=["post"], url_path="self-assessment")
    @idempotent()
    def self_assess(self, request: Request, **kwargs: Any) -> Response:
        """Hand in the own assessment, once. Points left out are those by the figures."""
        user: Any = request.user
        assessment = self.get_object()
        form = SelfAssessmentSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        keys = {each.indicator.code: each.pk for each in assessment.scores.all()}
        rows = form.validated_data["scores"]
        unknown = sorted({each["code"] for each in rows} - keys.keys())
        if unknown:
            text = _("There is no indicator %(code)s.") % {"code": unknown[0]}
            raise serializers.ValidationError({"scores": [text]})
        entries = {
            keys[each["code"]]: Entry(
                points=each.get("points"),
                text=each.get("text", ""),
                files=[UploadRef(key) for key in each.get("uploads", [])],
            )
            for each in rows
        }
        self_assess(assessment_id=assessment.pk, entries=entries, by=user, at=timezone.now())
        return Response(self.get_serializer(self.get_object()).data)
