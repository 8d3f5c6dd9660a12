"""Service matters for machines: filed by anybody, read by the office."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from agency.api import ActPermission, OfficePagination
from agency.api.idempotency import key_of_request
from agency.api.status import count_or_throttle
from agency.bundles import BundleKind, BundleState
from agency.enums import RegionLevel
from agency.models import BundlePart, BundlePartType, Region, ServiceBundle
from agency.permissions import VIEW_BUNDLES
from agency.receipts import check_code
from agency.services.bundles import Applicant, file_bundle
from agency.services.rates import FILINGS


class BundlePartSerializer(serializers.ModelSerializer):
    code = serializers.CharField(source="type.code", read_only=True)
    label = serializers.CharField(source="type.__str__", read_only=True)  # type: ignore[assignment]

    class Meta:
        model = BundlePart
        fields = ["code", "label", "state", "promise_wd", "due_on", "missing", "ground"]
        read_only_fields = fields


class BundleSerializer(serializers.ModelSerializer):
    """A matter as the office sees it; personal data masked."""

    person = serializers.CharField(source="masked_name", read_only=True)
    parts = BundlePartSerializer(many=True, read_only=True)

    class Meta:
        model = ServiceBundle
        fields = [
            "number",
            "kind",
            "region",
            "state",
            "person",
            "credit_code",
            "filed_at",
            "due_on",
            "ended_at",
            "parts",
        ]
        read_only_fields = fields


class BundleFilingSerializer(serializers.Serializer):
    """A filing. `parts` are codes; without them the matter has all its parts."""

    kind = serializers.ChoiceField(choices=BundleKind.choices)
    region = serializers.RegexField(r"^[0-9]{6}\Z", help_text="The county's division code.")
    person_name = serializers.CharField(max_length=80)
    id_number = serializers.CharField(max_length=24)
    contact_name = serializers.CharField(max_length=80)
    phone = serializers.RegexField(r"^\+?[0-9][0-9 \-]{5,19}\Z")
    credit_code = serializers.CharField(max_length=24, required=False, default="", allow_blank=True)
    details = serializers.CharField(max_length=1000, required=False, default="", allow_blank=True)
    parts = serializers.ListField(
        child=serializers.CharField(max_length=40), required=False, max_length=20
    )
    files = serializers.ListField(child=serializers.FileField(), required=False, max_length=20)

    def validate_region(self, code: str) -> Region:
        found = Region.objects.filter(pk=code, level=RegionLevel.COUNTY).first()
        if found is None:
            raise serializers.ValidationError("No county has this code.")
        return found

    def parts_asked(self) -> list[BundlePartType] | None:
        codes = self.validated_data.get("parts")
        if codes is None:
            return None
        rows = BundlePartType.objects.filter(
            bundle=self.validated_data["kind"], is_offered=True, code__in=codes
        )
        found = list(rows)
        if unknown := sorted(set(codes) - {each.code for each in found}):
            raise serializers.ValidationError({"parts": [f"Unknown: {', '.join(unknown)}"]})
        return found

    def applicant(self) -> Applicant:
        names = ("person_name", "id_number", "contact_name", "phone", "credit_code", "details")
        return Applicant(**{name: self.validated_data[name] for name in names})


class BundleReceiptSerializer(serializers.Serializer):
    """What the filer needs to follow the matter: keep both."""

    number = serializers.CharField()
    code = serializers.CharField(help_text="The check code that goes with the number.")
    due_on = serializers.DateField()


class BundleFilterSet(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=BundleKind.choices)
    state = filters.ChoiceFilter(choices=BundleState.choices)
    filed_from = filters.DateFilter(field_name="filed_at", lookup_expr="date__gte")
    filed_to = filters.DateFilter(field_name="filed_at", lookup_expr="date__lte")

    class Meta:
        model = ServiceBundle
        fields: list[str] = []


class BundlePagination(OfficePagination):
    ordering: Any = ("-filed_at", "-pk")


class BundleViewSet(ReadOnlyModelViewSet):
    """Service matters: anybody files them; the office reads them."""

    act = VIEW_BUNDLES
    queryset = ServiceBundle.objects.all()
    serializer_class = BundleSerializer
    permission_classes = [ActPermission]
    pagination_class = BundlePagination
    filterset_class = BundleFilterSet
    lookup_field = "number"
    parser_classes = [JSONParser, MultiPartParser]

    def get_permissions(self) -> Any:
        return [AllowAny()] if self.action == "create" else super().get_permissions()

    def get_queryset(self) -> QuerySet[ServiceBundle]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        user: Any = self.request.user
        return ServiceBundle.objects.visible_to(user).with_parts()

    @extend_schema(
        request={
            "application/json": BundleFilingSerializer,
            "multipart/form-data": BundleFilingSerializer,
        },
        responses={
            201: BundleReceiptSerializer,
            409: OpenApiResponse(description="Refused."),
        },
    )
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """File a matter without an account. The answer is its receipt. With the header
        Idempotency-Key the same content is filed once, however often it is sent.
        """
        count_or_throttle(request, FILINGS)
        form = BundleFilingSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        bundle = file_bundle(
            kind=BundleKind(form.validated_data["kind"]),
            region=form.validated_data["region"],
            applicant=form.applicant(),
            parts=form.parts_asked(),
            files=form.validated_data.get("files", []),
            key=key_of_request(request) or "",
            at=timezone.now(),
        )
        receipt = {
            "number": bundle.number,
            "code": check_code(bundle.number),
            "due_on": bundle.due_on,
        }
        return Response(BundleReceiptSerializer(receipt).data, status=status.HTTP_201_CREATED)

    create.idempotency_key = "optional"  # type: ignore[attr-defined]
