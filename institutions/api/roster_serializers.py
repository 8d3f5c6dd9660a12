from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from institutions.enums.practitioners import (
    Category,
    Employment,
    PaymentStatus,
    Qualification,
)
from institutions.models import Department, Institution, RosterEntry, RosterImport
from institutions.services.practitioners.files import FileFacts, FirstPlace
from institutions.services.practitioners.places import EntryFacts


class DepartmentSerializer(serializers.ModelSerializer):
    institution = serializers.CharField(source="institution.code", read_only=True, allow_null=True)

    class Meta:
        model = Department
        fields = ["institution", "code", "name", "subject_code", "opened_on", "closed_on"]
        read_only_fields = fields


class RosterEntrySerializer(serializers.ModelSerializer):
    """A row of the roster on the day asked for. Identity numbers are not told."""

    institution = serializers.CharField(source="institution.code", read_only=True, allow_null=True)
    department = serializers.CharField(source="department.code", read_only=True)
    department_name = serializers.CharField(source="department.name", read_only=True)
    name = serializers.CharField(source="practitioner.person.name", read_only=True)
    staff_code = serializers.CharField(
        source="practitioner.staff_code", read_only=True, allow_null=True
    )
    category = serializers.ChoiceField(
        source="practitioner.category", choices=Category.choices, read_only=True
    )
    qualification = serializers.ChoiceField(
        source="practitioner.qualification", choices=Qualification.choices, read_only=True
    )
    committed = serializers.BooleanField(source="is_committed", read_only=True)
    status = serializers.SerializerMethodField()

    class Meta:
        model = RosterEntry
        fields = [
            "id",
            "institution",
            "department",
            "department_name",
            "name",
            "staff_code",
            "category",
            "qualification",
            "position",
            "employment",
            "starts_on",
            "ends_on",
            "committed",
            "status",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.ChoiceField(choices=PaymentStatus.choices))
    def get_status(self, entry: RosterEntry) -> str:
        return getattr(entry, "blocked_as", None) or PaymentStatus.NORMAL.value


class InDepartment(serializers.Serializer):
    """Names a department of the institution that asks, by its code."""

    department = serializers.CharField(max_length=20)

    def validate_department(self, code: str) -> Department:
        institution = self.context["institution"]
        found = Department.objects.filter(institution=institution, code=code.upper()).first()
        if found is None:
            raise serializers.ValidationError(_("The institution has no such department."))
        return found


class HireSerializer(InDepartment):
    """A person and a row. Of a person on file, the name and one of the two numbers are enough."""

    name = serializers.CharField(max_length=80)
    id_number = serializers.CharField(max_length=20, required=False, allow_blank=True)
    staff_code = serializers.CharField(max_length=20, required=False, allow_blank=True)
    category = serializers.ChoiceField(choices=Category.choices, required=False)
    qualification = serializers.ChoiceField(choices=Qualification.choices, required=False)
    licence_no = serializers.CharField(max_length=40, required=False, allow_blank=True)
    first_place = serializers.CharField(
        max_length=120,
        required=False,
        help_text="`here`, the national code of another institution, or a place in words.",
    )
    position = serializers.CharField(max_length=60, required=False, allow_blank=True)
    employment = serializers.ChoiceField(choices=Employment.choices)
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("id_number") and not attrs.get("staff_code"):
            raise serializers.ValidationError(_("Enter the identity number or the staff code."))
        return attrs

    def person(self) -> FileFacts:
        said = self.validated_data
        category, qualification = said.get("category"), said.get("qualification")
        return FileFacts(
            name=said["name"],
            id_number=said.get("id_number", ""),
            staff_code=said.get("staff_code", ""),
            category=Category(category) if category else None,
            qualification=Qualification(qualification) if qualification else None,
            licence_no=said.get("licence_no", ""),
            first_place=self._place(said.get("first_place", "")),
        )

    def _place(self, text: str) -> FirstPlace | None:
        if not text:
            return None
        if text == "here":
            return FirstPlace(institution_id=self.context["institution"].pk)
        found = Institution.objects.filter(code=text).first()
        return FirstPlace(institution_id=found.pk) if found else FirstPlace(place=text)

    def entry(self) -> EntryFacts:
        said = self.validated_data
        return EntryFacts(
            department_id=said["department"].pk,
            position=said.get("position", ""),
            employment=Employment(said["employment"]),
            starts_on=said["starts_on"],
            ends_on=said.get("ends_on"),
        )


class LeaveSerializer(serializers.Serializer):
    ends_on = serializers.DateField(help_text="The last day.")
    reason = serializers.CharField(max_length=200, required=False, allow_blank=True)


class MoveSerializer(InDepartment):
    on = serializers.DateField(help_text="The first day in the new department.")
    position = serializers.CharField(max_length=60, required=False, allow_blank=True)


class RosterErrorSerializer(serializers.Serializer):
    line = serializers.IntegerField()
    field = serializers.CharField()
    value = serializers.CharField()
    text = serializers.CharField()
    rule = serializers.CharField()
    remedy = serializers.CharField()


class RosterImportSerializer(serializers.ModelSerializer):
    institution = serializers.CharField(source="institution.code", read_only=True, allow_null=True)

    class Meta:
        model = RosterImport
        fields = [
            "number",
            "institution",
            "content",
            "state",
            "encoding",
            "sha256",
            "row_count",
            "counts",
            "error_count",
            "uploaded_at",
            "applied_at",
            "undone_at",
        ]
        read_only_fields = fields


class RosterPreviewSerializer(RosterImportSerializer):
    """An import with its errors."""

    errors: Any = RosterErrorSerializer(many=True, read_only=True)

    class Meta(RosterImportSerializer.Meta):
        fields = [*RosterImportSerializer.Meta.fields, "errors"]
        read_only_fields = fields


class RosterFileSerializer(serializers.Serializer):
    file = serializers.FileField(help_text="CSV in UTF-8 or GB18030, or XLSX.")
