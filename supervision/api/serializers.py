from typing import Any

from rest_framework import serializers

from supervision.enums.cases import Rung
from supervision.models import Case, CaseMeasure


def blank_or_one_of(name: str) -> serializers.ChoiceField:
    """A choice that a measure may leave open: of read-only fields the framework forgets it."""
    field: Any = CaseMeasure._meta.get_field(name)
    return serializers.ChoiceField(choices=field.choices, allow_blank=True, read_only=True)


class CaseMeasureSerializer(serializers.ModelSerializer):
    """A measure of the ladder; `imposed` is null until the case is decided."""

    rung = serializers.ChoiceField(choices=Rung.choices)
    imposed = serializers.SerializerMethodField()
    target = blank_or_one_of("target")
    agreement_act = blank_or_one_of("agreement_act")
    suspension_ground = blank_or_one_of("suspension_ground")

    def get_imposed(self, measure: CaseMeasure) -> bool | None:
        """The institution learns the decision by its service, not before."""
        user = self.context["request"].user
        served = measure.case.decision_served_on is not None
        return measure.imposed if served or user.is_office_staff else None

    class Meta:
        model = CaseMeasure
        fields = [
            "rung",
            "clause",
            "amount",
            "target",
            "target_name",
            "starts_on",
            "ends_on",
            "agreement_act",
            "suspension_ground",
            "dissolution_ground",
            "imposed",
        ]
        read_only_fields = fields


class CaseSerializer(serializers.ModelSerializer):
    """A case as both sides may see it: neither the clue nor its origin."""

    institution: Any = serializers.SlugRelatedField(slug_field="code", read_only=True)
    agreement: Any = serializers.SlugRelatedField(
        slug_field="number", read_only=True, allow_null=True
    )
    measures = CaseMeasureSerializer(many=True, read_only=True)

    class Meta:
        model = Case
        fields = [
            "number",
            "institution",
            "agreement",
            "state",
            "title",
            "facts",
            "opened_on",
            "noticed_on",
            "notice_served_on",
            "defence_due_on",
            "defence_due_provisional",
            "defence_outcome",
            "decided_on",
            "decision_served_on",
            "reconsideration_until",
            "litigation_until",
            "performed_on",
            "closed_on",
            "measures",
        ]
        read_only_fields = fields
