from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from institutions.enums.register import Standing
from institutions.models import Institution, InstitutionLetter


class InstitutionSerializer(serializers.ModelSerializer):
    """What everybody may know about an institution; `standing` is that of the day asked for."""

    region_name = serializers.CharField(source="region.name", read_only=True)
    # Empty where there is none, which is no address.
    website = serializers.CharField(read_only=True)
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
            "phone",
            "opening_hours",
            "website",
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
