from contextlib import ExitStack
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_field,
)
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.parsers import MultiPartParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from agency.api import ActPermission, OfficePagination, idempotent
from agency.enums import Scope
from institutions.models import Institution
from settlements.claimfiles.errors import FileError
from settlements.enums import BatchState, Check, FileKind, FindingStatus
from settlements.exports import stream_findings
from settlements.masking import masked_error
from settlements.models import BatchFile, ClaimBatch, Finding
from settlements.permissions import READ_BATCHES, SUBMIT_BATCH
from settlements.services.submission import Submission, submit_batch, unpack_archive
from settlements.tasks import hand_to_worker


@extend_schema_field({"type": "string", "pattern": r"^\d{4}-\d{2}$", "example": "2026-10"})
class MonthField(serializers.DateField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="%Y-%m", input_formats=["%Y-%m"], **kwargs)


class BatchFileSerializer(serializers.ModelSerializer):
    name = serializers.CharField(source="attachment.name", read_only=True)
    size = serializers.IntegerField(source="attachment.size", read_only=True)
    sha256 = serializers.CharField(source="attachment.sha256", read_only=True)

    class Meta:
        model = BatchFile
        fields = ["kind", "name", "size", "sha256", "encoding", "row_count"]
        read_only_fields = fields


class FileErrorSerializer(serializers.Serializer):
    file = serializers.CharField()
    row = serializers.IntegerField()
    column = serializers.CharField()
    value = serializers.CharField()
    error = serializers.CharField()
    remedy = serializers.CharField()


class ClaimBatchSerializer(serializers.ModelSerializer):
    """A batch with its receipt; of a rejected one the first errors."""

    institution = serializers.CharField(source="institution.code", read_only=True, allow_null=True)
    month = MonthField(read_only=True, allow_null=True)
    files = BatchFileSerializer(many=True, read_only=True)
    first_errors = serializers.SerializerMethodField()

    class Meta:
        model = ClaimBatch
        fields = [
            "id",
            "number",
            "institution",
            "month",
            "state",
            "is_supplementary",
            "submitted_at",
            "declared_on",
            "claim_count",
            "line_count",
            "medfee_amount",
            "fund_amount",
            "reviewed_at",
            "error_count",
            "first_errors",
            "files",
        ]
        read_only_fields = fields

    @extend_schema_field(FileErrorSerializer(many=True))
    def get_first_errors(self, batch: ClaimBatch) -> list[dict[str, Any]]:
        rows = [FileError.from_dict(each) for each in batch.first_errors]
        if self.context["request"].user.is_office_staff:
            rows = [masked_error(each) for each in rows]
        return [
            {
                "file": each.file,
                "row": each.row,
                "column": each.column,
                "value": each.value,
                "error": each.text,
                "remedy": each.remedy,
            }
            for each in rows
        ]


class SubmissionSerializer(serializers.Serializer):
    """Either both files or one ZIP archive that holds them."""

    settlements = serializers.FileField(required=False, help_text="setl_d, CSV or XLSX")
    lines = serializers.FileField(required=False, help_text="fee_list_d, CSV or XLSX")
    archive = serializers.FileField(required=False, help_text="ZIP with both files")
    month = serializers.DateField(
        required=False, input_formats=["%Y-%m"], help_text="YYYY-MM; found in the files if absent"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        given = {name for name in ("settlements", "lines", "archive") if attrs.get(name)}
        if given not in ({"settlements", "lines"}, {"archive"}):
            raise ValidationError(_("Give both files, setl_d and fee_list_d, or one ZIP."))
        return attrs


class FindingSerializer(serializers.ModelSerializer):
    """A finding; `bkkp_sn` is empty for one on a whole settlement."""

    bkkp_sn = serializers.SerializerMethodField()
    check = serializers.CharField(source="check_name", read_only=True)
    basis = serializers.CharField(read_only=True)

    class Meta:
        model = Finding
        fields = ["setl_id", "bkkp_sn", "check", "amount", "fund_amount", "status", "basis"]
        read_only_fields = fields

    def get_bkkp_sn(self, finding: Finding) -> str:
        return finding.bkkp_sn or ""


class BatchFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=BatchState.choices)
    month = filters.DateFilter(input_formats=["%Y-%m"], label="month (YYYY-MM)")
    institution = filters.CharFilter(field_name="institution__code", max_length=12)

    class Meta:
        model = ClaimBatch
        fields: list[str] = []


class FindingFilter(filters.FilterSet):
    check = filters.ChoiceFilter(field_name="check_name", choices=Check.choices)
    status = filters.ChoiceFilter(choices=FindingStatus.choices)

    class Meta:
        model = Finding
        fields: list[str] = []


class BatchPagination(OfficePagination):
    ordering = ("-submitted_at", "-pk")


class FindingPagination(OfficePagination):
    ordering = "pk"


class FindingsCsv(BaseRenderer):
    """Lets `?format=csv` be negotiated; the rows are streamed by the view itself."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(self, data: Any, media_type: Any = None, context: Any = None) -> bytes:
        # Only errors come this way: they are problems in JSON whatever was asked for.
        return JSONRenderer().render(data, None, context)


class ClaimBatchViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, mixins.CreateModelMixin, GenericViewSet
):
    """Claim batches: all for the office, its own for an institution."""

    act = READ_BATCHES
    acts = {"create": SUBMIT_BATCH}
    scope = Scope.READ_CLAIMS
    scopes = {"create": Scope.SEND_CLAIMS}
    queryset = ClaimBatch.objects.all()
    serializer_class = ClaimBatchSerializer
    permission_classes = [ActPermission]
    pagination_class = BatchPagination
    filterset_class = BatchFilter
    parser_classes = [MultiPartParser]

    def get_queryset(self) -> QuerySet[ClaimBatch]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return (
            self.queryset.visible_to(self.request.user)
            .select_related("institution")
            .prefetch_related("files__attachment")
        )

    @extend_schema(
        request=SubmissionSerializer,
        responses={
            200: OpenApiResponse(ClaimBatchSerializer, "These files were handed in before."),
            201: ClaimBatchSerializer,
        },
    )
    @idempotent(required=True)
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Hand in a batch. Repeating the request with the same files returns the same batch, so a
        client that lost the answer simply asks again.
        """
        form = SubmissionSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        submission = self._submit(form.validated_data)
        if submission.batch.is_at_work:
            hand_to_worker(submission.batch)
        batch = self.get_queryset().get(pk=submission.batch.pk)
        code = status.HTTP_201_CREATED if submission.is_new else status.HTTP_200_OK
        return Response(self.get_serializer(batch).data, status=code)

    def _submit(self, given: dict[str, Any]) -> Submission:
        user: Any = self.request.user
        institution = get_object_or_404(Institution, memberships__user=user)
        with ExitStack() as stack:
            files = (
                unpack_archive(given["archive"], stack)
                if given.get("archive")
                else {FileKind.SETTLEMENTS: given["settlements"], FileKind.LINES: given["lines"]}
            )
            return submit_batch(
                institution=institution,
                files=files,
                by=user,
                at=timezone.now(),
                month=given.get("month"),
            )

    @extend_schema(
        parameters=[
            OpenApiParameter("format", OpenApiTypes.STR, enum=["json", "csv"], required=False),
            OpenApiParameter("check", OpenApiTypes.STR, enum=Check.values, required=False),
            OpenApiParameter("status", OpenApiTypes.STR, enum=FindingStatus.values, required=False),
        ],
        responses={
            (200, "application/json"): FindingSerializer(many=True),
            (200, "text/csv"): OpenApiTypes.STR,
        },
    )
    @action(
        detail=True,
        pagination_class=FindingPagination,
        filterset_class=None,
        filter_backends=[],
        serializer_class=FindingSerializer,
        renderer_classes=[JSONRenderer, FindingsCsv],
    )
    def findings(self, request: Request, pk: str | None = None) -> HttpResponseBase:
        """The findings of a batch; `?format=csv` gives all of them in one file."""
        batch = self.get_object()
        filterset = FindingFilter(request.query_params, Finding.objects.filter(batch=batch))
        if not filterset.is_valid():
            raise ValidationError(filterset.errors)
        if request.accepted_renderer.format == "csv":
            response = StreamingHttpResponse(
                stream_findings(filterset.qs), content_type="text/csv; charset=utf-8"
            )
            response["Content-Disposition"] = f'attachment; filename="findings-{batch.pk}.csv"'
            return response
        page = self.paginate_queryset(filterset.qs)
        return self.get_paginated_response(self.get_serializer(page, many=True).data)
