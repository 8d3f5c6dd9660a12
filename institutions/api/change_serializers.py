from datetime import date
from typing import Any

from rest_framework import serializers

from agency.services.attachments import UploadRef
from institutions.enums.changes import ChangeField
from institutions.models import AddressCommitment, ChangeItem, ChangeRequest
from institutions.rules.reevaluation import AddressCase, Route
from institutions.services.change_values import FieldChange
from institutions.services.commitments import Signature
from institutions.services.routes import RouteContext

FIRST_DAY = date(1949, 10, 1)
MOST_FILES = 50
CASES = [(each.value, each.label) for each in AddressCase]
ROUTE_CHOICES = [(each.value, each.label) for each in Route]


class ChangeItemSerializer(serializers.ModelSerializer):
    """A changed field; the figures of an account and of an identity number are masked."""

    old_value = serializers.CharField(source="old_masked", read_only=True)
    new_value = serializers.CharField(source="new_masked", read_only=True)
    id_number = serializers.CharField(
        source="person.masked_number", read_only=True, allow_null=True, default=None
    )
    evidence: Any = serializers.SlugRelatedField(slug_field="name", many=True, read_only=True)

    class Meta:
        model = ChangeItem
        fields = [
            "field",
            "old_value",
            "new_value",
            "approved_on",
            "id_number",
            "evidence",
            "effective_on",
        ]
        read_only_fields = fields


class CommitmentSerializer(serializers.ModelSerializer):
    class Meta:
        model = AddressCommitment
        fields = ["state", "signed_name", "signed_at", "check_due_on", "visited_on", "findings"]
        read_only_fields = fields


class ChangeSerializer(serializers.ModelSerializer):
    """A filing. `route` is what the decision table said (C-09), `because` why; `chosen_route` what
    the agency head decided where the table leaves it to a person.
    """

    institution = serializers.CharField(source="institution.code", read_only=True, allow_null=True)
    because = serializers.ListField(
        source="route_reasons", child=serializers.CharField(), read_only=True
    )
    commitment = CommitmentSerializer(source="own_commitment", read_only=True, allow_null=True)
    items = ChangeItemSerializer(many=True, read_only=True)

    route = serializers.ChoiceField(choices=ROUTE_CHOICES, allow_blank=True, read_only=True)
    chosen_route = serializers.ChoiceField(choices=ROUTE_CHOICES, allow_blank=True, read_only=True)

    class Meta:
        model = ChangeRequest
        fields = [
            "number",
            "institution",
            "state",
            "filed_at",
            "filing_due_on",
            "is_late",
            "changes_account",
            "route",
            "route_row",
            "because",
            "chosen_route",
            "decision_due_on",
            "checked_at",
            "reassessed_at",
            "decided_at",
            "decision_reason",
            "effect_due_on",
            "effective_at",
            "stopped_at",
            "stop_reason",
            "commitment",
            "items",
        ]
        read_only_fields = fields


def _uploads() -> serializers.ListField:
    return serializers.ListField(
        child=serializers.UUIDField(),
        required=False,
        max_length=MOST_FILES,
        help_text="Files sent before in pieces, by the id of the upload.",
    )


class NewValueSerializer(serializers.Serializer):
    field = serializers.ChoiceField(choices=ChangeField.choices)
    value = serializers.CharField(max_length=500)
    approved_on = serializers.DateField(
        help_text="The day the competent authority approved it; of an account, its first day."
    )
    id_number = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=18,
        help_text="Of a new legal representative, principal or actual controller.",
    )
    uploads = _uploads()

    def validate_approved_on(self, day: date) -> date:
        return max(day, FIRST_DAY)


class AddressMoveSerializer(serializers.Serializer):
    """What the decision table asks about a move (C-09)."""

    address_case = serializers.ChoiceField(choices=CASES, required=False, allow_null=True)
    from_district = serializers.CharField(required=False, allow_null=True, max_length=80)
    to_district = serializers.CharField(required=False, allow_null=True, max_length=80)
    area_before = serializers.DecimalField(
        max_digits=10, decimal_places=2, min_value=0, required=False, allow_null=True
    )
    area_after = serializers.DecimalField(
        max_digits=10, decimal_places=2, min_value=0, required=False, allow_null=True
    )
    staff_before = serializers.IntegerField(min_value=0, required=False, allow_null=True)
    staff_after = serializers.IntegerField(min_value=0, required=False, allow_null=True)
    scale_before = serializers.IntegerField(min_value=0, required=False, allow_null=True)
    scale_after = serializers.IntegerField(min_value=0, required=False, allow_null=True)
    demolition_document = serializers.BooleanField(required=False, default=False)


class SignatureSerializer(serializers.Serializer):
    """The administrator's signature under the commitment for a new address (C-09, R5)."""

    name = serializers.CharField(max_length=80)
    password = serializers.CharField(max_length=128, trim_whitespace=False, write_only=True)


class RouteQuestionSerializer(serializers.Serializer):
    changes = NewValueSerializer(many=True, allow_empty=False)
    move = AddressMoveSerializer(required=False)

    def changed(self) -> list[FieldChange]:
        return [
            FieldChange(
                ChangeField(each["field"]),
                each["value"],
                each["approved_on"],
                id_number=each.get("id_number", ""),
                evidence=[UploadRef(pk) for pk in each.get("uploads", [])],
            )
            for each in self.validated_data["changes"]
        ]

    def about_move(self) -> RouteContext:
        given = dict(self.validated_data.get("move") or {})
        if case := given.pop("address_case", None):
            given["address_case"] = AddressCase(case)
        return RouteContext(**given)


class FilingSerializer(RouteQuestionSerializer):
    """A change of information. In a form, write `changes[0]field` and so on."""

    explanation = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    evidence = serializers.ListField(
        child=serializers.FileField(), required=False, help_text="PDF, PNG or JPEG; in a form only."
    )
    uploads = _uploads()
    signature = SignatureSerializer(required=False)

    def files(self) -> list[Any]:
        data = self.validated_data
        return [*data.get("evidence", []), *(UploadRef(pk) for pk in data.get("uploads", []))]

    def signed(self) -> Signature | None:
        given = self.validated_data.get("signature")
        return Signature(given["name"], given["password"]) if given else None


class RouteAnswerSerializer(serializers.Serializer):
    """What a filing would lead to."""

    route = serializers.ChoiceField(choices=ROUTE_CHOICES)
    row = serializers.CharField()
    exempt_by = serializers.CharField(allow_null=True)
    proposal = serializers.ChoiceField(choices=ROUTE_CHOICES, allow_null=True)
    because = serializers.ListField(child=serializers.CharField())
    needs_commitment = serializers.BooleanField()
    filing_due_on = serializers.DateField()
    is_late = serializers.BooleanField()
    account_wait_days = serializers.IntegerField(allow_null=True)


class ReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class StopSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=2000)
