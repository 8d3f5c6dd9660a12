from rest_framework import serializers

from agreements.models import (
    Agreement,
    AgreementTransition,
    DissolutionReview,
    Suspension,
)


class SuspensionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Suspension
        fields = [
            "kind",
            "ground",
            "starts_on",
            "planned_to",
            "resumed_on",
            "limit_on",
            "limit_provisional",
            "termination_due_on",
            "rectified",
            "annulled_on",
        ]
        read_only_fields = fields


class TransitionSerializer(serializers.ModelSerializer):
    class Meta:
        model = AgreementTransition
        fields = ["act", "source", "target", "on", "at", "rule", "reason"]
        read_only_fields = fields


class AgreementSerializer(serializers.ModelSerializer):
    institution = serializers.CharField(source="institution.code", read_only=True)
    institution_name = serializers.CharField(source="institution.name", read_only=True)
    region = serializers.CharField(source="region_id", read_only=True)
    renewal_of = serializers.CharField(
        source="renewal_of.number", read_only=True, default=None, allow_null=True
    )
    application = serializers.CharField(
        source="application.number", read_only=True, default=None, allow_null=True
    )

    class Meta:
        model = Agreement
        fields = [
            "id",
            "number",
            "institution",
            "institution_name",
            "region",
            "state",
            "valid_from",
            "valid_to",
            "last_day",
            "signed_on",
            "ended_on",
            "dissolution_ground",
            "renewal_of",
            "renewal_apply_by",
            "application",
            "guidance_until",
        ]
        read_only_fields = fields


class AgreementDetailSerializer(AgreementSerializer):
    suspensions = SuspensionSerializer(many=True, read_only=True)
    transitions = TransitionSerializer(many=True, read_only=True)

    class Meta(AgreementSerializer.Meta):
        fields = [*AgreementSerializer.Meta.fields, "suspensions", "transitions"]
        read_only_fields = fields


class DissolutionReviewSerializer(serializers.ModelSerializer):
    agreement = serializers.CharField(source="agreement.number", read_only=True)
    institution = serializers.CharField(source="agreement.institution.code", read_only=True)
    institution_name = serializers.CharField(source="agreement.institution.name", read_only=True)

    class Meta:
        model = DissolutionReview
        fields = [
            "number",
            "state",
            "agreement",
            "institution",
            "institution_name",
            "ground",
            "field",
            "approved_on",
            "filing_due_on",
            "discovered_on",
            "source",
            "explain_due_on",
            "explanation",
            "explained_at",
            "decided_at",
            "decision_reason",
        ]
        read_only_fields = fields
