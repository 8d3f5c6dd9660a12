from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.viewsets import ReadOnlyModelViewSet

from agency.api import ActPermission, OfficePagination
from agency.enums import Scope
from settlements.enums import StatementState
from settlements.models import PaymentOrder, PotentialBreach, Statement
from settlements.permissions import READ_STATEMENTS


class OrderSerializer(serializers.ModelSerializer):
    class Meta:
        model = PaymentOrder
        fields = ["number", "state", "amount", "issued_at", "paid_on", "bank_reference"]
        read_only_fields = fields


class BreachSerializer(serializers.ModelSerializer):
    class Meta:
        model = PotentialBreach
        fields = ["state", "due_on", "began_on", "ended_on", "late_workdays"]
        read_only_fields = fields


class StatementSerializer(serializers.ModelSerializer):
    """Declared, deducted, payable, and by when; with its order and a potential breach."""

    batch = serializers.CharField(source="batch.number", read_only=True)
    institution = serializers.CharField(source="institution.code", read_only=True, allow_null=True)
    month = serializers.SerializerMethodField()
    order = serializers.SerializerMethodField()
    breach = serializers.SerializerMethodField()

    class Meta:
        model = Statement
        fields = [
            "number",
            "batch",
            "institution",
            "month",
            "state",
            "declared",
            "deducted",
            "payable",
            "declared_on",
            "due_on",
            "due_provisional",
            "paid_on",
            "order",
            "breach",
        ]
        read_only_fields = fields

    @extend_schema_field({"type": "string", "pattern": r"^\d{4}-\d{2}$"})
    def get_month(self, statement: Statement) -> str:
        return f"{statement.month:%Y-%m}"

    @extend_schema_field(OrderSerializer(allow_null=True))
    def get_order(self, statement: Statement) -> dict | None:
        order = getattr(statement, "order", None)
        return OrderSerializer(order).data if order else None

    @extend_schema_field(BreachSerializer(allow_null=True))
    def get_breach(self, statement: Statement) -> dict | None:
        breach = getattr(statement, "breach", None)
        return BreachSerializer(breach).data if breach else None


class StatementFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=StatementState.choices)
    month = filters.DateFilter(input_formats=["%Y-%m"], label="month (YYYY-MM)")
    institution = filters.CharFilter(field_name="institution__code", max_length=12)

    class Meta:
        model = Statement
        fields: list[str] = []


class StatementPagination(OfficePagination):
    ordering = ("-declared_on", "-pk")


class StatementViewSet(ReadOnlyModelViewSet):
    """Statements: all for the office, its own for an institution."""

    act = READ_STATEMENTS
    scope = Scope.READ_STATEMENTS
    queryset = Statement.objects.all()
    serializer_class = StatementSerializer
    permission_classes = [ActPermission]
    pagination_class = StatementPagination
    filterset_class = StatementFilter
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[Statement]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return self.queryset.visible_to(self.request.user).select_related(
            "batch", "institution", "order", "breach"
        )
