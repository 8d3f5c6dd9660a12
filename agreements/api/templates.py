"""Texts of agreements and the consultations on them, for machines."""

from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from agency.api import ActPermission, OfficePagination, idempotent
from agency.enums import Scope
from agreements.enums.templates import ConsultationState, Stance, TextKind, VersionState
from agreements.models import (
    Consultation,
    ConsultationComment,
    TemplateClause,
    TemplateVariable,
    TemplateVersion,
)
from agreements.permissions.templates import COMMENT_ON_TEXT, READ_TEMPLATES
from agreements.services.templates.commenting import comment, own_institution

LONGEST_TEXT = 4000


class ClauseSerializer(serializers.ModelSerializer):
    measures = serializers.ListField(child=serializers.IntegerField(), read_only=True)

    class Meta:
        model = TemplateClause
        fields = [
            "key",
            "position",
            "heading",
            "body",
            "is_mandatory",
            "is_refinement",
            "is_variable_term",
            "is_breach",
            "measures",
            "damages",
        ]
        read_only_fields = fields


class VariableSerializer(serializers.ModelSerializer):
    class Meta:
        model = TemplateVariable
        fields = ["name", "label", "type", "default"]
        read_only_fields = fields


class TextVersionSerializer(serializers.ModelSerializer):
    kind = serializers.ChoiceField(source="template.kind", choices=TextKind.choices, read_only=True)
    region = serializers.CharField(
        source="template.region_id",
        read_only=True,
        allow_null=True,
        help_text="Null: the national text.",
    )

    class Meta:
        model = TemplateVersion
        fields = [
            "id",
            "kind",
            "region",
            "number",
            "title",
            "state",
            "reason",
            "refines",
            "effective_from",
            "superseded_on",
            "published_at",
        ]
        read_only_fields = fields


class TextVersionDetailSerializer(TextVersionSerializer):
    clauses = ClauseSerializer(many=True, read_only=True)
    variables = VariableSerializer(many=True, read_only=True)

    class Meta(TextVersionSerializer.Meta):
        fields = [*TextVersionSerializer.Meta.fields, "clauses", "variables"]
        read_only_fields = fields


class AskedClauseSerializer(serializers.Serializer):
    key = serializers.CharField()
    heading = serializers.CharField()
    body = serializers.CharField()
    damages = serializers.CharField(allow_blank=True)


class OwnCommentSerializer(serializers.ModelSerializer):
    institution = serializers.CharField(source="institution.code", read_only=True)

    class Meta:
        model = ConsultationComment
        fields = [
            "id",
            "institution",
            "clause_key",
            "stance",
            "text",
            "commented_at",
            "outcome",
            "answer",
            "answered_at",
        ]
        read_only_fields = fields


class ConsultationSerializer(serializers.ModelSerializer):
    """A consultation; `comments` are the own institution's, for the office everybody's."""

    version = serializers.IntegerField(source="version_id", read_only=True)
    title = serializers.CharField(source="version.title", read_only=True)

    class Meta:
        model = Consultation
        fields = [
            "id",
            "version",
            "title",
            "state",
            "explanation",
            "is_urgent",
            "opened_on",
            "comments_due_on",
            "closed_on",
        ]
        read_only_fields = fields


class ConsultationDetailSerializer(ConsultationSerializer):
    clauses = AskedClauseSerializer(source="asked_text", many=True, read_only=True)
    comments = serializers.SerializerMethodField()

    class Meta(ConsultationSerializer.Meta):
        fields = [*ConsultationSerializer.Meta.fields, "clauses", "comments"]
        read_only_fields = fields

    @extend_schema_field(OwnCommentSerializer(many=True))
    def get_comments(self, consultation: Consultation) -> Any:
        rows = consultation.comments.select_related("institution")
        user = self.context["request"].user
        if not user.is_office_staff:
            rows = rows.filter(institution__memberships__user=user)
        return OwnCommentSerializer(rows, many=True).data


class CommentSerializer(serializers.Serializer):
    clause_key = serializers.SlugField(
        required=False, allow_blank=True, max_length=60, help_text="Empty: the text as a whole."
    )
    stance = serializers.ChoiceField(choices=Stance.choices)
    text = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_TEXT)


class TextVersionFilter(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=TextKind.choices, field_name="template__kind")
    region = filters.CharFilter(field_name="template__region_id", max_length=6)
    state = filters.ChoiceFilter(choices=VersionState.choices)
    on = filters.DateFilter(method="in_force", label="in force on the day")

    class Meta:
        model = TemplateVersion
        fields: list[str] = []

    def in_force(self, rows: Any, name: str, day: Any) -> Any:
        return rows.in_force_on(day)


class ConsultationFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=ConsultationState.choices)

    class Meta:
        model = Consultation
        fields: list[str] = []


class ByKey(OfficePagination):
    ordering: Any = ("-pk",)


class TextVersionViewSet(ReadOnlyModelViewSet):
    """Versions of the texts agreements are made from: the published ones; for the office all."""

    act = READ_TEMPLATES
    scope = Scope.READ_AGREEMENT
    queryset = TemplateVersion.objects.none()
    permission_classes = [ActPermission]
    pagination_class = ByKey
    filterset_class = TextVersionFilter

    def get_queryset(self) -> QuerySet[TemplateVersion]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        user: Any = self.request.user
        shown = Q() if user.is_office_staff else Q(published_at__isnull=False)
        rows = TemplateVersion.objects.filter(shown).select_related("template")
        if self.action == "retrieve":
            return rows.prefetch_related("clauses", "variables")
        return rows

    def get_serializer_class(self) -> type[TextVersionSerializer]:
        if self.action == "retrieve":
            return TextVersionDetailSerializer
        return TextVersionSerializer


class ConsultationViewSet(ReadOnlyModelViewSet):
    """Consultations: those the institution is asked in; for the office all (B-22)."""

    act = READ_TEMPLATES
    acts = {"comment": COMMENT_ON_TEXT}
    scope = Scope.READ_AGREEMENT
    scopes = {"comment": Scope.FILE_CHANGES}
    queryset = Consultation.objects.none()
    permission_classes = [ActPermission]
    pagination_class = ByKey
    filterset_class = ConsultationFilter

    def get_queryset(self) -> QuerySet[Consultation]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        user: Any = self.request.user
        return Consultation.objects.visible_to(user).select_related("version")

    def get_serializer_class(self) -> type[ConsultationSerializer]:
        if self.action == "list":
            return ConsultationSerializer
        return ConsultationDetailSerializer

    @extend_schema(request=CommentSerializer, responses={200: OwnCommentSerializer})
    @action(detail=True, methods=["post"])
    @idempotent()
    def comment(self, request: Request, pk: str) -> Response:
        """Comment on a clause or the whole text; saying it again replaces what was said before."""
        consultation, user = self.get_object(), request.user
        asked = CommentSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        institution = own_institution(user)  # type: ignore[arg-type]
        saved = comment(
            consultation_id=consultation.pk,
            institution_id=institution.pk if institution else 0,
            clause_key=asked.validated_data.get("clause_key", ""),
            stance=Stance(asked.validated_data["stance"]),
            text=asked.validated_data.get("text", ""),
            by=user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
        return Response(OwnCommentSerializer(saved).data)
