"""Public notices for everybody, filings and objections for the office's own machines (A-08)."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from agency.api import ActPermission, OfficePagination
from agency.api.status import count_or_throttle
from agency.receipts import check_code
from agency.views.strangers import FILINGS
from institutions.enums.notices import FilingState, NoticeState, ObjectionState
from institutions.forms.notices import LONGEST_OBJECTION
from institutions.models import NoticeEntry, Objection, PublicNotice, ResultFiling, ResultToFile
from institutions.permissions.notices import VIEW_FILINGS, VIEW_NOTICES, VIEW_OBJECTIONS
from institutions.services.notices.objections import file_objection


class NoticeEntrySerializer(serializers.ModelSerializer):
    application = serializers.CharField(source="application.number", read_only=True)
    state = serializers.CharField(source="application.state", read_only=True)

    class Meta:
        model = NoticeEntry
        fields = ["id", "application", "name", "address", "kind", "level", "state"]
        read_only_fields = fields


class PublicNoticeSerializer(serializers.ModelSerializer):
    region = serializers.CharField(source="region_id", read_only=True)
    entries = NoticeEntrySerializer(many=True, read_only=True)

    class Meta:
        model = PublicNotice
        fields = ["id", "number", "region", "state", "posted_on", "ends_on", "ended_on", "entries"]
        read_only_fields = fields


class ObjectionFilingSerializer(serializers.Serializer):
    entry = serializers.IntegerField(help_text="The applicant's id in the notice.")
    text = serializers.CharField(max_length=LONGEST_OBJECTION)
    objector = serializers.CharField(max_length=80, required=False, allow_blank=True, default="")
    contact = serializers.CharField(max_length=120, required=False, allow_blank=True, default="")
    evidence = serializers.ListField(
        child=serializers.FileField(), required=False, max_length=20, default=list
    )


class ObjectionReceiptSerializer(serializers.Serializer):
    """What whoever objected needs to follow it: keep both."""

    number = serializers.CharField()
    code = serializers.CharField(help_text="The check code that goes with the number.")
    due_on = serializers.DateField()


class PublicNoticeFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=NoticeState.choices)
    region = filters.CharFilter(field_name="region", max_length=6)
    on = filters.DateFilter(method="lasting", label="open to objections on the day")

    class Meta:
        model = PublicNotice
        fields: list[str] = []

    def lasting(self, rows: Any, name: str, day: Any) -> Any:
        return rows.filter(posted_on__lte=day, ends_on__gte=day)


class PublicNoticePagination(OfficePagination):
    ordering: Any = ("-posted_on", "-pk")


class PublicNoticeViewSet(ReadOnlyModelViewSet):
    """Who is to be designated. Anybody reads it and, while a notice lasts, objects."""

    act = VIEW_NOTICES
    queryset = PublicNotice.objects.all()
    serializer_class = PublicNoticeSerializer
    permission_classes = [AllowAny]
    pagination_class = PublicNoticePagination
    filterset_class = PublicNoticeFilter
    parser_classes = [JSONParser, MultiPartParser]

    def get_queryset(self) -> QuerySet[PublicNotice]:
        return PublicNotice.objects.prefetch_related("entries__application")

    @extend_schema(
        request={
            "application/json": ObjectionFilingSerializer,
            "multipart/form-data": ObjectionFilingSerializer,
        },
        responses={
            201: ObjectionReceiptSerializer,
            409: OpenApiResponse(description="The notice is over, or nothing is said."),
        },
    )
    @action(detail=True, methods=["post"])
    def objections(self, request: Request, pk: str | None = None) -> Response:
        """Object to an applicant, named or not. The answer is the receipt."""
        count_or_throttle(request, FILINGS)
        notice = self.get_object()
        form = ObjectionFilingSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        data = form.validated_data
        entry = get_object_or_404(notice.entries, pk=data.pop("entry"))
        objection = file_objection(entry_id=entry.pk, at=timezone.now(), **data)
        receipt = {
            "number": objection.number,
            "code": check_code(objection.number),
            "due_on": objection.decision_due_on,
        }
        return Response(ObjectionReceiptSerializer(receipt).data, status=status.HTTP_201_CREATED)


class ObjectionSerializer(serializers.ModelSerializer):
    """Who objected is not told here: the desk shows it for a purpose, and logs it."""

    notice = serializers.CharField(source="entry.notice.number", read_only=True)
    application = serializers.CharField(source="entry.application.number", read_only=True)
    institution_name = serializers.CharField(source="entry.name", read_only=True)

    class Meta:
        model = Objection
        fields = [
            "number",
            "state",
            "notice",
            "application",
            "institution_name",
            "text",
            "received_at",
            "comment",
            "commented_at",
            "decision_due_on",
            "decided_at",
            "decision_reason",
        ]
        read_only_fields = fields


class ObjectionFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=ObjectionState.choices)
    application = filters.CharFilter(field_name="entry__application__number", max_length=30)

    class Meta:
        model = Objection
        fields: list[str] = []


class ObjectionPagination(OfficePagination):
    ordering: Any = ("-received_at", "-pk")


class ObjectionViewSet(ReadOnlyModelViewSet):
    """Objections to public notices (A-08)."""

    act = VIEW_OBJECTIONS
    queryset = Objection.objects.none()
    serializer_class = ObjectionSerializer
    permission_classes = [ActPermission]
    pagination_class = ObjectionPagination
    filterset_class = ObjectionFilter
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[Objection]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        user: Any = self.request.user
        return Objection.objects.visible_to(user).with_content()


class FiledResultSerializer(serializers.ModelSerializer):
    application = serializers.CharField(source="application.number", read_only=True)

    class Meta:
        model = ResultToFile
        fields = ["application", "result", "decided_on", "due_on"]
        read_only_fields = fields


class ResultFilingSerializer(serializers.ModelSerializer):
    region = serializers.CharField(source="region_id", read_only=True)
    results = FiledResultSerializer(many=True, read_only=True)

    class Meta:
        model = ResultFiling
        fields = [
            "id",
            "number",
            "region",
            "state",
            "filed_at",
            "acknowledged_at",
            "remark",
            "results",
        ]
        read_only_fields = fields


class ResultFilingFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=FilingState.choices)
    region = filters.CharFilter(field_name="region", max_length=6)

    class Meta:
        model = ResultFiling
        fields: list[str] = []


class ResultFilingPagination(OfficePagination):
    ordering: Any = ("-filed_at", "-pk")


class ResultFilingViewSet(ReadOnlyModelViewSet):
    """Filings of assessment results with the administration (A-06)."""

    act = VIEW_FILINGS
    queryset = ResultFiling.objects.none()
    serializer_class = ResultFilingSerializer
    permission_classes = [ActPermission]
    pagination_class = ResultFilingPagination
    filterset_class = ResultFilingFilter

    def get_queryset(self) -> QuerySet[ResultFiling]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        user: Any = self.request.user
        return ResultFiling.objects.visible_to(user).prefetch_related("results__application")
