from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from supervision.enums.cases import Rung
from supervision.enums.proceedings import Correction, FilingOutcome, Ground
from supervision.models import AdministrationReport, Case, CaseMeasure, FilingReview


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


class FilingSerializer(serializers.ModelSerializer):
    """The filing of a grave decision for review, and its answer."""

    outcome = serializers.ChoiceField(
        choices=FilingOutcome.choices, allow_blank=True, read_only=True
    )
    correction = serializers.ChoiceField(
        choices=Correction.choices, allow_blank=True, read_only=True
    )

    class Meta:
        model = FilingReview
        fields = [
            "due_on",
            "filed_at",
            "outcome",
            "answered_at",
            "correct_due_on",
            "correction",
            "corrected_at",
        ]
        read_only_fields = fields


class AdministrationReportSerializer(serializers.ModelSerializer):
    """The report of a grave measure to the administration, and its acknowledgement."""

    class Meta:
        model = AdministrationReport
        fields = ["due_on", "sent_at", "acknowledge_due_on", "acknowledged_at"]
        read_only_fields = fields


class CaseSerializer(serializers.ModelSerializer):
    """A case as both sides may see it: neither the clue nor its origin. What agency and
    administration write each other is null for an institution.
    """

    institution: Any = serializers.SlugRelatedField(slug_field="code", read_only=True)
    agreement: Any = serializers.SlugRelatedField(
        slug_field="number", read_only=True, allow_null=True
    )
    ground = serializers.ChoiceField(choices=Ground.choices, allow_blank=True, read_only=True)
    measures = CaseMeasureSerializer(many=True, read_only=True)
    filing = serializers.SerializerMethodField()
    report = serializers.SerializerMethodField()

    @extend_schema_field(FilingSerializer(allow_null=True))
    def get_filing(self, case: Case) -> Any:
        return self._of_the_office(FilingSerializer, getattr(case, "filing", None))

    @extend_schema_field(AdministrationReportSerializer(allow_null=True))
    def get_report(self, case: Case) -> Any:
        return self._of_the_office(AdministrationReportSerializer, getattr(case, "report", None))

    def _of_the_office(self, serializer: type[serializers.ModelSerializer], row: Any) -> Any:
        if row is None or not self.context["request"].user.is_office_staff:
            return None
        return serializer(row, context=self.context).data

    class Meta:
        model = Case
        fields = [
            "number",
            "institution",
            "agreement",
            "state",
            "title",
            "ground",
            "is_grave",
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
            "perform_due_on",
            "performed_on",
            "closed_on",
            "measures",
            "filing",
            "report",
        ]
        read_only_fields = fields
