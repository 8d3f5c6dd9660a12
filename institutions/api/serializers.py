from rest_framework import serializers

from institutions.models import ChangeItem, ChangeRequest, Institution


class InstitutionSerializer(serializers.ModelSerializer):
    """What everybody may know about an institution."""

    region_name = serializers.CharField(source="region.name", read_only=True)

    class Meta:
        model = Institution
        fields = [
            "code",
            "name",
            "kind",
            "nature",
            "level",
            "registered_address",
            "region",
            "region_name",
        ]
        read_only_fields = fields


class ChangeItemSerializer(serializers.ModelSerializer):
    class Meta:
        model = ChangeItem
        fields = ["field", "old_value", "new_value", "approved_on"]
        read_only_fields = fields


class ChangeSerializer(serializers.ModelSerializer):
    institution = serializers.CharField(source="institution.code", read_only=True, allow_null=True)
    items = ChangeItemSerializer(many=True, read_only=True)

    class Meta:
        model = ChangeRequest
        fields = [
            "number",
            "institution",
            "state",
            "filed_at",
            "filing_due_on",
            "is_late",
            "decision_due_on",
            "decided_at",
            "decision_reason",
            "items",
        ]
        read_only_fields = fields
