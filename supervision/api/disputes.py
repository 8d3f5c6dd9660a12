"""Disputes, demands for correction and breaches by the agency for machines."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from agency.api import ActPermission, OfficePagination, idempotent
from agency.enums import Scope
from agreements.models import Agreement
from institutions.models import Institution
from supervision.enums.disputes import (
    AgencyBreachState,
    DemandState,
    DisputeResult,
    DisputeRoute,
    DisputeState,
    DisputeSubject,
    EffectKind,
)
from supervision.models import AgencyBreach, CorrectionDemand, Dispute, DisputeEffect
from supervision.permissions.disputes import FILE_DEMAND, FILE_DISPUTE, READ_DISPUTES
from supervision.services.demands import file_demand
from supervision.services.disputes.filing import file_dispute
from supervision.services.disputes.subjects import RouteOption, ways_of

LONGEST_TEXT = 5000
REFUSED = OpenApiResponse(description="Refused.")


class _OwnNumber(serializers.SlugRelatedField):
    """The number of what the object points at, read only."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(slug_field="number", read_only=True, allow_null=True, **kwargs)


class AgencyBreachSerializer(serializers.ModelSerializer):
    """A period the agency let pass toward the institution."""

    institution: Any = serializers.SlugRelatedField(slug_field="code", read_only=True)
    state = serializers.ChoiceField(choices=AgencyBreachState.choices, read_only=True)
    amount = serializers.DecimalField(
        source="payout.amount", max_digits=16, decimal_places=2, read_only=True, allow_null=True
    )

    class Meta:
        model = AgencyBreach
        fields = [
            "number",
            "institution",
            "state",
            "clock",
            "matter",
            "due_on",
            "began_on",
            "ended_on",
            "late_workdays",
            "amount",
        ]
        read_only_fields = fields


class CorrectionDemandSerializer(serializers.ModelSerializer):
    institution: Any = serializers.SlugRelatedField(slug_field="code", read_only=True)
    agreement: Any = _OwnNumber()
    breach: Any = _OwnNumber()
    state = serializers.ChoiceField(choices=DemandState.choices, read_only=True)

    class Meta:
        model = CorrectionDemand
        fields = [
            "number",
            "institution",
            "agreement",
            "breach",
            "state",
            "text",
            "filed_at",
            "answer_due_on",
            "answer",
            "answered_at",
            "correct_by_on",
            "corrected_on",
            "correction",
        ]
        read_only_fields = fields


class NewDemandSerializer(serializers.Serializer):
    """A demand: about a breach by its number, about an agreement, or about what the text says."""

    text = serializers.CharField(max_length=LONGEST_TEXT)
    breach = serializers.CharField(max_length=30, required=False)
    agreement = serializers.CharField(max_length=30, required=False)
    files = serializers.ListField(child=serializers.FileField(), required=False)


class DisputeEffectSerializer(serializers.ModelSerializer):
    kind = serializers.ChoiceField(choices=EffectKind.choices, read_only=True)

    class Meta:
        model = DisputeEffect
        fields = ["kind", "reference", "text", "first_day", "last_day", "count", "amount"]
        read_only_fields = fields


class DisputeSerializer(serializers.ModelSerializer):
    """A dispute on one way, its clocks, its result and what that has changed back."""

    institution: Any = serializers.SlugRelatedField(slug_field="code", read_only=True)
    agreement: Any = _OwnNumber()
    case: Any = _OwnNumber()
    breach: Any = _OwnNumber()
    route = serializers.ChoiceField(choices=DisputeRoute.choices, read_only=True)
    subject = serializers.ChoiceField(choices=DisputeSubject.choices, read_only=True)
    state = serializers.ChoiceField(choices=DisputeState.choices, read_only=True)
    result = serializers.ChoiceField(
        choices=DisputeResult.choices, allow_blank=True, read_only=True
    )
    effects = DisputeEffectSerializer(many=True, read_only=True)

    class Meta:
        model = Dispute
        fields = [
            "number",
            "institution",
            "route",
            "state",
            "subject",
            "agreement",
            "case",
            "breach",
            "served_on",
            "until",
            "is_late",
            "filed_on",
            "claim",
            "grounds",
            "body",
            "body_reference",
            "acceptance_due_on",
            "accepted_on",
            "decision_due_on",
            "result",
            "result_text",
            "decided_on",
            "carried_out_at",
            "effects",
        ]
        read_only_fields = fields


class NewDisputeSerializer(serializers.Serializer):
    """What is disputed is named by its kind and key, as the list of remedies shows them."""

    subject = serializers.ChoiceField(choices=DisputeSubject.choices)
    key = serializers.IntegerField(min_value=1)
    route = serializers.ChoiceField(choices=DisputeRoute.choices)
    claim = serializers.CharField(max_length=LONGEST_TEXT)
    grounds = serializers.CharField(max_length=LONGEST_TEXT)
    filed_on = serializers.DateField(required=False)
    body = serializers.CharField(max_length=120, required=False)
    body_reference = serializers.CharField(max_length=80, required=False)
    files = serializers.ListField(child=serializers.FileField(), required=False)


class WaySerializer(serializers.Serializer):
    """A way to dispute it: until when, and whether it is open now."""

    route = serializers.ChoiceField(choices=DisputeRoute.choices)
    until = serializers.DateField(allow_null=True)
    is_late = serializers.BooleanField()
    is_open = serializers.SerializerMethodField()

    def get_is_open(self, option: RouteOption) -> bool:
        return not option.obstacles


class RemedySerializer(serializers.Serializer):
    """What can be disputed; `subject` and `key` name it when a dispute is filed."""

    subject = serializers.ChoiceField(choices=DisputeSubject.choices)
    key = serializers.IntegerField()
    title = serializers.CharField()
    served_on = serializers.DateField(allow_null=True)
    ways = WaySerializer(many=True)


class BreachFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=AgencyBreachState.choices)
    institution = filters.CharFilter(field_name="institution__code", max_length=12)

    class Meta:
        model = AgencyBreach
        fields: list[str] = []


class DemandFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=DemandState.choices)
    institution = filters.CharFilter(field_name="institution__code", max_length=12)

    class Meta:
        model = CorrectionDemand
        fields: list[str] = []


class DisputeFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=DisputeState.choices)
    route = filters.ChoiceFilter(choices=DisputeRoute.choices)
    result = filters.ChoiceFilter(choices=DisputeResult.choices)
    institution = filters.CharFilter(field_name="institution__code", max_length=12)

    class Meta:
        model = Dispute
        fields: list[str] = []


class LatestBegun(OfficePagination):
    ordering: Any = ("-began_on", "-pk")


class LatestDemanded(OfficePagination):
    ordering: Any = ("-filed_at", "-pk")


class LatestFiled(OfficePagination):
    ordering: Any = ("-filed_on", "-pk")


class AgencyBreachViewSet(ReadOnlyModelViewSet):
    """Breaches by the agency: all for the office, those toward itself for an institution."""

    act = READ_DISPUTES
    scope = Scope.READ_DISPUTES
    permission_classes = [ActPermission]
    pagination_class = LatestBegun
    serializer_class = AgencyBreachSerializer
    filterset_class = BreachFilter
    lookup_field = "number"
    lookup_value_regex = "[A-Z0-9-]+"
    queryset = AgencyBreach.objects.none()

    def get_queryset(self) -> QuerySet[AgencyBreach]:
        user: Any = self.request.user
        return AgencyBreach.objects.visible_to(user).select_related("institution", "payout")


class CorrectionDemandViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """Demands for correction: all for the office, its own for an institution, which files them."""

    act = READ_DISPUTES
    acts = {"create": FILE_DEMAND}
    scope = Scope.READ_DISPUTES
    scopes = {"create": Scope.FILE_DISPUTES}
    permission_classes = [ActPermission]
    pagination_class = LatestDemanded
    serializer_class = CorrectionDemandSerializer
    filterset_class = DemandFilter
    lookup_field = "number"
    lookup_value_regex = "[A-Z0-9-]+"
    parser_classes = [JSONParser, MultiPartParser]
    queryset = CorrectionDemand.objects.none()

    def get_queryset(self) -> QuerySet[CorrectionDemand]:
        user: Any = self.request.user
        rows = CorrectionDemand.objects.visible_to(user)
        return rows.select_related("institution", "agreement", "breach")

    @extend_schema(
        request={
            "application/json": NewDemandSerializer,
            "multipart/form-data": NewDemandSerializer,
        },
        responses={201: CorrectionDemandSerializer, 409: REFUSED},
    )
    @idempotent()
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Demand that the agency corrects a breach; it answers within the period shown."""
        user: Any = request.user
        form = NewDemandSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        data, now = form.validated_data, timezone.localtime()
        breach = agreement = None
        if number := data.get("breach"):
            breach = get_object_or_404(AgencyBreach.objects.visible_to(user), number=number)
        if number := data.get("agreement"):
            agreement = get_object_or_404(Agreement.objects.visible_to(user), number=number)
        demand = file_demand(
            institution=get_object_or_404(Institution, memberships__user=user),
            text=data["text"],
            breach_id=breach.pk if breach else None,
            agreement_id=agreement.pk if agreement else None,
            files=data.get("files", []),
            by=user,
            on=now.date(),
            at=now,
        )
        found = self.get_queryset().get(pk=demand.pk)
        return Response(self.get_serializer(found).data, status=status.HTTP_201_CREATED)


class DisputeViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """Disputes: all for the office, its own for an institution, which files them."""

    act = READ_DISPUTES
    acts = {"create": FILE_DISPUTE}
    scope = Scope.READ_DISPUTES
    scopes = {"create": Scope.FILE_DISPUTES}
    permission_classes = [ActPermission]
    pagination_class = LatestFiled
    serializer_class = DisputeSerializer
    filterset_class = DisputeFilter
    lookup_field = "number"
    lookup_value_regex = "[A-Z0-9-]+"
    parser_classes = [JSONParser, MultiPartParser]
    queryset = Dispute.objects.none()

    def get_queryset(self) -> QuerySet[Dispute]:
        user: Any = self.request.user
        rows = Dispute.objects.visible_to(user)
        rows = rows.select_related("institution", "agreement", "case", "breach")
        return rows.prefetch_related("effects")

    @extend_schema(responses={200: RemedySerializer(many=True)}, filters=False)
    @action(detail=False, pagination_class=None)
    def remedies(self, request: Request) -> Response:
        """What the own institution can dispute now, on which ways and until when."""
        user: Any = request.user
        institution = get_object_or_404(Institution, memberships__user=user)
        rows = [
            {
                "subject": what.subject.value,
                "key": what.pk,
                "title": what.title,
                "served_on": what.served_on,
                "ways": ways,
            }
            for what, ways in ways_of(institution, on=timezone.localdate())
        ]
        return Response(RemedySerializer(rows, many=True).data)

    @extend_schema(
        request={
            "application/json": NewDisputeSerializer,
            "multipart/form-data": NewDisputeSerializer,
        },
        responses={201: DisputeSerializer, 409: REFUSED},
    )
    @idempotent()
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """File a dispute. Late ones are recorded as late, not refused."""
        user: Any = request.user
        form = NewDisputeSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        data, now = form.validated_data, timezone.localtime()
        dispute = file_dispute(
            subject=DisputeSubject(data["subject"]),
            pk=data["key"],
            route=DisputeRoute(data["route"]),
            claim=data["claim"],
            grounds=data["grounds"],
            filed_on=data.get("filed_on"),
            body=data.get("body", ""),
            body_reference=data.get("body_reference", ""),
            files=data.get("files", []),
            by=user,
            on=now.date(),
            at=now,
        )
        found = self.get_queryset().get(pk=dispute.pk)
        return Response(self.get_serializer(found).data, status=status.HTTP_201_CREATED)
