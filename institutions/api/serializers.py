from datetime import date
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from institutions.enums.changes import ChangeField
from institutions.enums.register import Standing
from institutions.models import ChangeItem, ChangeRequest, Institution, InstitutionLetter
from institutions.services.filing import FieldChange


class InstitutionSerializer(serializers.ModelSerializer):
    """What everybody may know about an institution; `standing` is that of the day asked for."""

    region_name = serializers.CharField(source="region.name", read_only=True)
    standing = serializers.SerializerMethodField()
    formerly = serializers.SerializerMethodField()

    class Meta:
        model = Institution
        fields = [
            "code",
            "name",
            "formerly",
            "kind",
            "nature",
            "level",
            "registered_address",
            "region",
            "region_name",
            "standing",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=Standing.choices))
    def get_standing(self, institution: Institution) -> str:
        return self.context["standings"].get(institution.pk, Standing.NONE).value

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_formerly(self, institution: Institution) -> list[str]:
        return self.context["formerly"].get(institution.pk, [])


class InstitutionAsAtSerializer(InstitutionSerializer):
    """An institution as the register had it on a day; its account, masked, for the office and for
    its own people.
    """

    on = serializers.SerializerMethodField()
    account = serializers.SerializerMethodField()

    class Meta(InstitutionSerializer.Meta):
        fields = [*InstitutionSerializer.Meta.fields, "on", "account"]
        read_only_fields = fields

    @extend_schema_field(serializers.DateField())
    def get_on(self, institution: Institution) -> str:
        return self.context["on"].isoformat()

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_account(self, institution: Institution) -> str | None:
        return institution.masked_account if self.context["sees_account"] else None


class ChangeItemSerializer(serializers.ModelSerializer):
    """A changed field; the figures of an account are masked."""

    old_value = serializers.CharField(source="old_masked", read_only=True)
    new_value = serializers.CharField(source="new_masked", read_only=True)

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


FIRST_DAY = date(1949, 10, 1)


class NewValueSerializer(serializers.Serializer):
    field = serializers.ChoiceField(choices=ChangeField.choices)
    value = serializers.CharField(max_length=500)
    approved_on = serializers.DateField(
        help_text="The day the competent authority approved it; of an account, its first day."
    )

    def validate_approved_on(self, day: date) -> date:
        return max(day, FIRST_DAY)


class FilingSerializer(serializers.Serializer):
    """A change of information. In a form, write `changes[0]field` and so on."""

    changes = NewValueSerializer(many=True, allow_empty=False)
    explanation = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    evidence = serializers.ListField(
        child=serializers.FileField(), required=False, help_text="PDF, PNG or JPEG; in a form only."
    )

    def changed(self) -> list[FieldChange]:
        return [
            FieldChange(ChangeField(each["field"]), each["value"], each["approved_on"])
            for each in self.validated_data["changes"]
        ]


class ReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(required=False, allow_blank=True, max_length=2000)


class OwnLetterSerializer(serializers.ModelSerializer):
    """A letter to the institution. Reading it here is no receipt: the portal confirms that."""

    number = serializers.CharField(source="letter.number", read_only=True)
    kind = serializers.CharField(source="letter.kind", read_only=True)
    title = serializers.CharField(source="letter.title", read_only=True)
    matter = serializers.CharField(source="letter.matter", read_only=True)
    state = serializers.CharField(source="letter.state", read_only=True)
    issued_on = serializers.DateField(source="letter.issued_on", read_only=True)
    served_on = serializers.DateField(source="letter.served_on", read_only=True, allow_null=True)
    text = serializers.CharField(source="letter.body", read_only=True)
    sha256 = serializers.CharField(source="letter.sha256", read_only=True)
    institution: Any = serializers.SlugRelatedField(
        slug_field="code", read_only=True, allow_null=True
    )

    class Meta:
        model = InstitutionLetter
        fields = [
            "id",
            "number",
            "institution",
            "kind",
            "title",
            "matter",
            "state",
            "issued_on",
            "served_on",
            "confirm_due_on",
            "confirmed_at",
            "period_due_on",
            "period_due_provisional",
            "text",
            "sha256",
        ]
        read_only_fields = fields
