"""Procedures, published answers, trainings and inquiries for machines."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from agency.api import ActPermission, OfficePagination, idempotent, require_match
from agency.enums import Scope
from institutions.enums.guidance import (
    InquiryState,
    InquiryTopic,
    Presence,
    ProcedureTopic,
    TrainingState,
)
from institutions.models import (
    FrequentQuestion,
    Inquiry,
    Institution,
    Procedure,
    ProcedureVersion,
    TrainingAttendance,
    TrainingEvent,
)
from institutions.permissions.guidance import (
    FILE_INQUIRY,
    READ_FAQ,
    READ_INQUIRIES,
    READ_PROCEDURES,
    READ_TRAININGS,
    REPLY_TO_INQUIRY,
    WITHDRAW_INQUIRY,
)
from institutions.services.inquiries import file_inquiry, reply, withdraw_inquiry

LONGEST_TEXT = 5000


class ProcedureVersionSerializer(serializers.ModelSerializer):
    class Meta:
        model = ProcedureVersion
        fields = ["number", "effective_from", "published_at", "summary", "text"]
        read_only_fields = fields


class ProcedureSerializer(serializers.ModelSerializer):
    """A procedure with its published versions, the latest first."""

    versions = ProcedureVersionSerializer(source="shown", many=True, read_only=True)

    class Meta:
        model = Procedure
        fields = ["id", "region", "topic", "title", "versions"]
        read_only_fields = fields


class FaqSerializer(serializers.ModelSerializer):
    class Meta:
        model = FrequentQuestion
        fields = ["id", "region", "topic", "question", "answer", "published_at"]
        read_only_fields = fields


class TrainingSerializer(serializers.ModelSerializer):
    """A training; `presence` is the own institution's, nothing for the office."""

    presence = serializers.SerializerMethodField()

    class Meta:
        model = TrainingEvent
        fields = [
            "id",
            "region",
            "title",
            "topic",
            "mode",
            "place",
            "held_on",
            "audience",
            "state",
            "presence",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=Presence.choices, allow_null=True))
    def get_presence(self, event: Any) -> str | None:
        return event.own[0].presence if event.own else None


class InquirySerializer(serializers.ModelSerializer):
    institution = serializers.CharField(source="institution.code", read_only=True, allow_null=True)

    class Meta:
        model = Inquiry
        fields = [
            "number",
            "institution",
            "region",
            "topic",
            "subject",
            "question",
            "state",
            "filed_at",
            "answer_due_on",
            "reply_due_on",
            "answer",
            "answered_at",
        ]
        read_only_fields = fields


class QuestionSerializer(serializers.Serializer):
    topic = serializers.ChoiceField(choices=InquiryTopic.choices)
    subject = serializers.CharField(max_length=120)
    question = serializers.CharField(max_length=LONGEST_TEXT)
    files = serializers.ListField(
        child=serializers.FileField(), required=False, help_text="PDF, PNG or JPEG; in a form only."
    )


class ReplySerializer(serializers.Serializer):
    text = serializers.CharField(max_length=LONGEST_TEXT)


class WithdrawalSerializer(serializers.Serializer):
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class ProcedureFilter(filters.FilterSet):
    topic = filters.ChoiceFilter(choices=ProcedureTopic.choices)
    region = filters.CharFilter(field_name="region_id", max_length=6)

    class Meta:
        model = Procedure
        fields: list[str] = []


class FaqFilter(filters.FilterSet):
    q = filters.CharFilter(method="matching", max_length=100, label="words of question or answer")
    topic = filters.ChoiceFilter(choices=InquiryTopic.choices)

    class Meta:
        model = FrequentQuestion
        fields: list[str] = []

    def matching(self, rows: Any, name: str, text: str) -> Any:
        return rows.matching(text)


class TrainingFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=TrainingState.choices)
    year = filters.NumberFilter(field_name="held_on__year", min_value=2000, max_value=2100)

    class Meta:
        model = TrainingEvent
        fields: list[str] = []


class InquiryFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=InquiryState.choices)
    topic = filters.ChoiceFilter(choices=InquiryTopic.choices)

    class Meta:
        model = Inquiry
        fields: list[str] = []


class LatestPublished(OfficePagination):
    ordering: Any = ("-published_at", "-pk")


class LatestHeld(OfficePagination):
    ordering: Any = ("-held_on", "-pk")


class LatestFiled(OfficePagination):
    ordering: Any = ("-filed_at", "-pk")


class ByKey(OfficePagination):
    ordering: Any = ("pk",)


class ProcedureViewSet(ReadOnlyModelViewSet):
    """The published procedures, each with all its versions."""

    act = READ_PROCEDURES
    scope = Scope.READ_GUIDANCE
    queryset = Procedure.objects.published().prefetch_related(
        Prefetch(
            "versions",
            ProcedureVersion.objects.published().order_by("-effective_from"),
            to_attr="shown",
        )
    )
    serializer_class = ProcedureSerializer
    permission_classes = [ActPermission]
    pagination_class = ByKey
    filterset_class = ProcedureFilter


class FaqViewSet(ReadOnlyModelViewSet):
    """The published answers."""

    act = READ_FAQ
    scope = Scope.READ_GUIDANCE
    queryset = FrequentQuestion.objects.published()
    serializer_class = FaqSerializer
    permission_classes = [ActPermission]
    pagination_class = LatestPublished
    filterset_class = FaqFilter


class TrainingViewSet(ReadOnlyModelViewSet):
    """Trainings: all for the office, those it was invited to for an institution."""

    act = READ_TRAININGS
    scope = Scope.READ_GUIDANCE
    queryset = TrainingEvent.objects.all()
    serializer_class = TrainingSerializer
    permission_classes = [ActPermission]
    pagination_class = LatestHeld
    filterset_class = TrainingFilter

    def get_queryset(self) -> QuerySet[TrainingEvent]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        user: Any = self.request.user
        own = TrainingAttendance.objects.visible_to(user)
        own = own.none() if user.is_office_staff else own
        rows = self.queryset.visible_to(user)
        return rows.prefetch_related(Prefetch("attendances", own, to_attr="own"))


class InquiryViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """Inquiries: all for the office, its own for an institution, which files them."""

    act = READ_INQUIRIES
    acts = {"create": FILE_INQUIRY, "reply": REPLY_TO_INQUIRY, "withdraw": WITHDRAW_INQUIRY}
    scope = Scope.READ_GUIDANCE
    scopes = dict.fromkeys(("create", "reply", "withdraw"), Scope.FILE_INQUIRIES)
    queryset = Inquiry.objects.all()
    serializer_class = InquirySerializer
    permission_classes = [ActPermission]
    pagination_class = LatestFiled
    filterset_class = InquiryFilter
    lookup_field = "number"
    parser_classes = [JSONParser, MultiPartParser]

    def get_queryset(self) -> QuerySet[Inquiry]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        user: Any = self.request.user
        return self.queryset.visible_to(user).select_related("institution")

    @extend_schema(
        request={"application/json": QuestionSerializer, "multipart/form-data": QuestionSerializer},
        responses={201: InquirySerializer, 409: OpenApiResponse(description="Refused.")},
    )
    @idempotent()
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Ask the agency; the inquiry has its number at once."""
        user: Any = request.user
        form = QuestionSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        institution = get_object_or_404(Institution, memberships__user=user)
        data = form.validated_data
        inquiry = file_inquiry(
            institution_id=institution.pk,
            topic=InquiryTopic(data["topic"]),
            subject=data["subject"],
            question=data["question"],
            files=data.get("files", []),
            by=user,
            at=timezone.now(),
        )
        found = self.get_queryset().get(pk=inquiry.pk)
        return Response(self.get_serializer(found).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        request=ReplySerializer,
        responses={200: InquirySerializer, 409: OpenApiResponse(description="Refused.")},
    )
    @action(detail=True, methods=["post"])
    @idempotent()
    def reply(self, request: Request, number: str | None = None) -> Response:
        """Reply to what the agency asked back."""
        user: Any = request.user
        inquiry = self.get_object()
        require_match(request, self.get_serializer(inquiry).data)
        form = ReplySerializer(data=request.data)
        form.is_valid(raise_exception=True)
        text = form.validated_data["text"]
        reply(inquiry_id=inquiry.pk, text=text, by=user, at=timezone.now())
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(
        request=WithdrawalSerializer,
        responses={200: InquirySerializer, 409: OpenApiResponse(description="Refused.")},
    )
    @action(detail=True, methods=["post"])
    @idempotent()
    def withdraw(self, request: Request, number: str | None = None) -> Response:
        """Take an inquiry back that has not been answered."""
        user: Any = request.user
        inquiry = self.get_object()
        require_match(request, self.get_serializer(inquiry).data)
        form = WithdrawalSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        reason = form.validated_data.get("reason", "")
        withdraw_inquiry(inquiry_id=inquiry.pk, by=user, at=timezone.now(), reason=reason)
        return Response(self.get_serializer(self.get_object()).data)
