"""Texts of agreements under negotiation or signed, and their filings, for machines."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from agency.api import ActPermission, OfficePagination, idempotent
from agency.enums import Scope
from agreements.enums.texts import (
    FilingState,
    ProposalState,
    SigningMethod,
    SupplementState,
    TextState,
)
from agreements.models import (
    AgreementFiling,
    AgreementText,
    ClauseProposal,
    Signature,
    Supplement,
    TextClause,
)
from agreements.permissions.agreements import READ_AGREEMENTS
from agreements.permissions.supplements import VIEW_FILINGS
from agreements.permissions.texts import ACCEPT_PROPOSAL, AGREE_TEXT, PROPOSE_CLAUSE
from agreements.services.texts import negotiation

LONGEST_WORDING, LONGEST_REASON = 20_000, 2000


class ProposalSerializer(serializers.ModelSerializer):
    class Meta:
        model = ClauseProposal
        fields = [
            "id",
            "side",
            "state",
            "replaced",
            "body",
            "reason",
            "proposed_at",
            "counters",
            "answered_at",
            "answer",
        ]
        read_only_fields = fields


class TextClauseSerializer(serializers.ModelSerializer):
    measures = serializers.ListField(child=serializers.IntegerField(), read_only=True)
    proposals = ProposalSerializer(many=True, read_only=True)

    class Meta:
        model = TextClause
        fields = [
            "id",
            "key",
            "position",
            "heading",
            "body",
            "is_breach",
            "measures",
            "damages",
            "proposals",
        ]
        read_only_fields = fields


class SignatureSerializer(serializers.ModelSerializer):
    class Meta:
        model = Signature
        fields = ["side", "method", "name", "position", "sha256", "signed_at", "withdrawn_at"]
        read_only_fields = fields


class AgreementTextSerializer(serializers.ModelSerializer):
    agreement = serializers.CharField(
        source="agreement.number", read_only=True, default=None, allow_null=True
    )
    supplement = serializers.CharField(
        source="supplement.number", read_only=True, default=None, allow_null=True
    )
    institution = serializers.CharField(source="institution.code", read_only=True)
    method = serializers.ChoiceField(
        choices=SigningMethod.choices,
        allow_blank=True,
        read_only=True,
        help_text="Empty until it is signed.",
    )

    class Meta:
        model = AgreementText
        fields = [
            "id",
            "agreement",
            "supplement",
            "institution",
            "kind",
            "state",
            "title",
            "drawn_up_at",
            "agency_agreed_at",
            "institution_agreed_at",
            "sha256",
            "method",
            "signed_at",
            "code",
        ]
        read_only_fields = fields


class AgreementTextDetailSerializer(AgreementTextSerializer):
    clauses = TextClauseSerializer(many=True, read_only=True)
    signatures = SignatureSerializer(many=True, read_only=True)
    snapshot = serializers.JSONField(
        read_only=True,
        allow_null=True,
        help_text="What both sides agreed to; its canonical JSON has the digest `sha256`.",
    )

    class Meta(AgreementTextSerializer.Meta):
        fields = [*AgreementTextSerializer.Meta.fields, "snapshot", "clauses", "signatures"]
        read_only_fields = fields


class ProposeSerializer(serializers.Serializer):
    clause = serializers.CharField(max_length=60, help_text="The key of the clause.")
    body = serializers.CharField(max_length=LONGEST_WORDING)
    reason = serializers.CharField(max_length=LONGEST_REASON)


class AnswerSerializer(serializers.Serializer):
    proposal = serializers.IntegerField(min_value=1, max_value=2**63 - 1)
    outcome = serializers.ChoiceField(
        choices=[ProposalState.ACCEPTED.value, ProposalState.REFUSED.value]
    )
    answer = serializers.CharField(max_length=LONGEST_REASON, required=False, allow_blank=True)


class TextFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=TextState.choices)
    agreement = filters.CharFilter(field_name="agreement__number", max_length=20)
    supplement = filters.CharFilter(field_name="supplement__number", max_length=30)

    class Meta:
        model = AgreementText
        fields: list[str] = []


class ByKey(OfficePagination):
    ordering: Any = ("-pk",)


class NegotiatedTextViewSet(ReadOnlyModelViewSet):
    """Texts of agreements and supplements: all for the office, for an institution its own once
    they were offered. Signing takes a person, in the portal.
    """

    act = READ_AGREEMENTS
    acts = {"propose": PROPOSE_CLAUSE, "answer": ACCEPT_PROPOSAL, "agree": AGREE_TEXT}
    scope = Scope.READ_AGREEMENT
    scopes = dict.fromkeys(["propose", "answer", "agree"], Scope.FILE_CHANGES)
    queryset = AgreementText.objects.none()
    permission_classes = [ActPermission]
    pagination_class = ByKey
    filterset_class = TextFilter

    def get_queryset(self) -> QuerySet[AgreementText]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        user: Any = self.request.user
        rows = AgreementText.objects.visible_to(user).with_parts()
        if self.action == "retrieve":
            return rows.prefetch_related("clauses__proposals", "signatures")
        return rows

    def get_serializer_class(self) -> type[AgreementTextSerializer]:
        if self.action == "list":
            return AgreementTextSerializer
        return AgreementTextDetailSerializer

    @extend_schema(request=ProposeSerializer, responses={200: ProposalSerializer})
    @action(detail=True, methods=["post"])
    @idempotent()
    def propose(self, request: Request, pk: str) -> Response:
        """Propose another wording of a clause; the other side answers it."""
        text, asked = self.get_object(), ProposeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        clause = text.clauses.filter(key=asked.validated_data["clause"]).first()
        if clause is None:
            raise serializers.ValidationError({"clause": "The text has no such clause."})
        proposal = negotiation.propose(
            clause_id=clause.pk,
            body=asked.validated_data["body"],
            reason=asked.validated_data["reason"],
            by=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
        return Response(ProposalSerializer(proposal).data)

    @extend_schema(request=AnswerSerializer, responses={200: ProposalSerializer})
    @action(detail=True, methods=["post"])
    @idempotent()
    def answer(self, request: Request, pk: str) -> Response:
        """Accept or refuse the other side's proposal."""
        text, asked = self.get_object(), AnswerSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        found = ClauseProposal.objects.of_text(text).filter(pk=given["proposal"]).first()
        if found is None:
            raise serializers.ValidationError({"proposal": "The text has no such proposal."})
        accepted = given["outcome"] == ProposalState.ACCEPTED
        answering = negotiation.accept if accepted else negotiation.refuse
        proposal = answering(
            proposal_id=found.pk,
            answer=given.get("answer", ""),
            by=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
        return Response(ProposalSerializer(proposal).data)

    @extend_schema(request=None, responses={200: AgreementTextSerializer})
    @action(detail=True, methods=["post"])
    @idempotent()
    def agree(self, request: Request, pk: str) -> Response:
        """Agree for one's side to the text as it stands."""
        text = negotiation.agree(
            text_id=self.get_object().pk,
            by=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
        return Response(AgreementTextSerializer(text).data)


class SupplementSerializer(serializers.ModelSerializer):
    agreement = serializers.CharField(source="agreement.number", read_only=True)
    institution = serializers.CharField(source="agreement.institution.code", read_only=True)
    internet_hospital = serializers.CharField(
        source="institution.code", read_only=True, default=None, allow_null=True
    )

    class Meta:
        model = Supplement
        fields = [
            "number",
            "agreement",
            "institution",
            "internet_hospital",
            "kind",
            "state",
            "year",
            "valid_from",
            "valid_to",
            "signed_on",
            "ended_on",
        ]
        read_only_fields = fields


class SupplementFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=SupplementState.choices)
    agreement = filters.CharFilter(field_name="agreement__number", max_length=20)

    class Meta:
        model = Supplement
        fields: list[str] = []


class SupplementViewSet(ReadOnlyModelViewSet):
    """Supplementary and yearly agreements, which end with their agreement at the latest."""

    act = READ_AGREEMENTS
    scope = Scope.READ_AGREEMENT
    queryset = Supplement.objects.none()
    serializer_class = SupplementSerializer
    permission_classes = [ActPermission]
    pagination_class = ByKey
    filterset_class = SupplementFilter
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[Supplement]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        user: Any = self.request.user
        return Supplement.objects.visible_to(user).with_parts()


class AgreementFilingSerializer(serializers.ModelSerializer):
    agreement = serializers.CharField(
        source="agreement.number", read_only=True, default=None, allow_null=True
    )
    supplement = serializers.CharField(
        source="supplement.number", read_only=True, default=None, allow_null=True
    )
    institution = serializers.CharField(source="parent.institution.code", read_only=True)

    class Meta:
        model = AgreementFiling
        fields = [
            "number",
            "agreement",
            "supplement",
            "institution",
            "state",
            "due_on",
            "filed_at",
            "note",
            "answered_at",
            "answer",
        ]
        read_only_fields = fields


class FilingFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=FilingState.choices)

    class Meta:
        model = AgreementFiling
        fields: list[str] = []


class AgreementFilingViewSet(ReadOnlyModelViewSet):
    """Filings of signed agreements with the administration, for the office only."""

    act = VIEW_FILINGS
    queryset = AgreementFiling.objects.none()
    serializer_class = AgreementFilingSerializer
    permission_classes = [ActPermission]
    pagination_class = ByKey
    filterset_class = FilingFilter
    lookup_field = "number"

    def get_queryset(self) -> QuerySet[AgreementFiling]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        return AgreementFiling.objects.with_parts()
