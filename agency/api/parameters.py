"""The policy parameters for machines: what is in force for a region on a day."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agency.api import ActPermission
from agency.enums import Evidence, ParameterUnit, Profile, RuleSet
from agency.models import Region
from agency.parameters import DEFINITIONS, Definition
from agency.permissions import READ_PARAMETERS
from agency.services.in_force import Policy, policy_on


class ParameterSerializer(serializers.Serializer):
    """One number as in force; `fixed_by_law` numbers are the same everywhere and always."""

    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    value = serializers.DecimalField(max_digits=16, decimal_places=4, allow_null=True)
    unit = serializers.ChoiceField(choices=ParameterUnit.choices)
    evidence = serializers.ChoiceField(choices=Evidence.choices)
    rule_set = serializers.ChoiceField(choices=RuleSet.choices)
    profile = serializers.ChoiceField(
        choices=Profile.choices, help_text="The profile the region follows in the rule set."
    )
    rules = serializers.ListField(child=serializers.CharField())
    minimum = serializers.DecimalField(max_digits=16, decimal_places=4)
    maximum = serializers.DecimalField(max_digits=16, decimal_places=4)
    fixed_by_law = serializers.BooleanField()
    article = serializers.CharField(allow_blank=True)


class QuerySerializer(serializers.Serializer):
    on = serializers.DateField(required=False, help_text="The day; by default today.")
    region = serializers.RegexField(
        r"^[0-9]{6}$", required=False, help_text="A region's code; by default the national profile."
    )


class ParameterListView(APIView):
    """Every number of the rules, as a region reads it on a day."""

    permission_classes = [ActPermission]
    act = READ_PARAMETERS

    @extend_schema(
        operation_id="parameter_list",
        tags=["parameters"],
        parameters=[QuerySerializer],
        responses={200: ParameterSerializer(many=True)},
    )
    def get(self, request: Request) -> Response:
        query = QuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        on: date = query.validated_data.get("on") or timezone.localdate()
        region = self._region(query.validated_data.get("region"))
        policy = policy_on(on, region)
        rows = [described(each, policy) for each in DEFINITIONS.values()]
        return Response(ParameterSerializer(rows, many=True).data)

    def _region(self, code: str | None) -> Region | None:
        if code is None:
            return None
        region = Region.objects.filter(pk=code).first()
        if region is None:
            raise ValidationError(
                {"region": [_("%(code)s is not the code of a known region.") % {"code": code}]}
            )
        return region


def described(definition: Definition, policy: Policy) -> dict[str, Any]:
    value: Decimal | None = policy.parameters.get(definition.key)
    return {
        "key": definition.key,
        "label": str(definition.label),
        "value": definition.default if definition.is_law else value,
        "unit": definition.unit,
        "evidence": definition.evidence,
        "rule_set": definition.rule_set,
        "profile": policy.profiles.get(definition.rule_set, Profile.NATIONAL),
        "rules": definition.rules,
        "minimum": definition.minimum,
        "maximum": definition.maximum,
        "fixed_by_law": definition.is_law,
        "article": str(definition.article),
    }
