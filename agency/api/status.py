"""What anybody may ask without logging in: where a matter stands, and the service figures."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound, Throttled
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agency.clocks import Duty
from agency.services.published import Figures, KindFigures, published
from agency.services.rates import QUERIES, count_address, rate_obstacle
from agency.services.status import PublicStatus, days_of, public_status, unknown_receipt

LONGEST = 40


def count_or_throttle(request: Request, parameter: str) -> None:
    """Count a stranger as their pages do, and refuse what is over the hour's number."""
    rate = count_address(str(request.META.get("REMOTE_ADDR") or "unknown"), parameter)
    if rate.is_over:
        raise Throttled(wait=60 * rate.minutes_left, detail=str(rate_obstacle(rate)))


class StepSerializer(serializers.Serializer):
    on = serializers.DateField()
    state = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    act = serializers.CharField()


class StatusPartSerializer(serializers.Serializer):
    label = serializers.CharField()  # type: ignore[assignment]
    state = serializers.CharField()
    due_on = serializers.DateField(allow_null=True)
    answer = serializers.CharField(allow_blank=True)


class CountedDaySerializer(serializers.Serializer):
    day = serializers.DateField()
    kind = serializers.CharField()
    counted_as = serializers.IntegerField(allow_null=True)
    stopped = serializers.BooleanField()


class StatusSerializer(serializers.Serializer):
    """Where a matter stands: no names. `turn` is null once it is at its end."""

    number = serializers.CharField()
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    received_at = serializers.DateTimeField()
    state = serializers.CharField()
    state_label = serializers.CharField()
    turn = serializers.ChoiceField(choices=Duty.choices, allow_null=True)
    days_ours = serializers.IntegerField(help_text="Working days used on the agency's side.")
    days_theirs = serializers.IntegerField(help_text="Working days used on the other side.")
    due_on = serializers.DateField(allow_null=True)
    provisional = serializers.BooleanField()
    stands_still = serializers.BooleanField()
    ended_on = serializers.DateField(allow_null=True)
    steps = StepSerializer(many=True)
    parts = StatusPartSerializer(many=True)
    counted_days = CountedDaySerializer(many=True)


def status_data(found: PublicStatus) -> dict[str, Any]:
    return {
        "number": found.number,
        "kind": found.kind.code,
        "label": str(found.label),
        "received_at": found.received_at,
        "state": found.state,
        "state_label": str(found.state_label),
        "turn": found.turn,
        "days_ours": found.used.ours,
        "days_theirs": found.used.theirs,
        "due_on": found.due_on,
        "provisional": bool(found.basis and found.basis.provisional),
        "stands_still": found.stands_still,
        "ended_on": found.ended_on,
        "steps": [
            {"on": each.on, "state": each.state, "label": str(each.label), "act": each.act}
            for each in found.steps
        ],
        "parts": [
            {
                "label": str(each.label),
                "state": str(each.state.value),
                "due_on": each.due_on,
                "answer": str(each.answer),
            }
            for each in found.parts
        ],
        "counted_days": [
            {
                "day": each.day,
                "kind": each.kind.value,
                "counted_as": each.place,
                "stopped": each.stopped,
            }
            for each in days_of(found)
        ],
    }


class StatusView(APIView):
    """Where the matter of a receipt stands. Wrong pairs and unknown numbers answer the same."""

    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="status",
        tags=["public"],
        parameters=[
            OpenApiParameter("number", str, required=True, description="as on the receipt"),
            OpenApiParameter("code", str, required=True, description="its check code"),
        ],
        responses=StatusSerializer,
    )
    def get(self, request: Request) -> Response:
        count_or_throttle(request, QUERIES)
        number = request.query_params.get("number", "")[:LONGEST].replace("\x00", "")
        code = request.query_params.get("code", "")[:LONGEST]
        found = public_status(number, code, on=timezone.localdate())
        if found is None:
            raise NotFound(str(unknown_receipt()))
        return Response(StatusSerializer(status_data(found)).data)


class FiguresSerializer(serializers.Serializer):
    """Empty values: too few matters for a figure."""

    first = serializers.DateField()
    last = serializers.DateField()
    matters = serializers.IntegerField(allow_null=True)
    average = serializers.DecimalField(max_digits=8, decimal_places=2, allow_null=True)
    p90 = serializers.DecimalField(max_digits=8, decimal_places=2, allow_null=True)
    average_other_side = serializers.DecimalField(max_digits=8, decimal_places=2, allow_null=True)
    in_time_percent = serializers.IntegerField(allow_null=True)


class KindFiguresSerializer(serializers.Serializer):
    kind = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    promise = serializers.IntegerField(allow_null=True)
    unit = serializers.CharField(allow_blank=True)
    year = FiguresSerializer(allow_null=True)
    months = FiguresSerializer(many=True)


def figures_data(figures: Figures) -> dict[str, Any]:
    return {
        "first": figures.first,
        "last": figures.last,
        "matters": figures.cases,
        "average": figures.average,
        "p90": figures.p90,
        "average_other_side": figures.theirs,
        "in_time_percent": figures.share,
    }


def kind_data(each: KindFigures) -> dict[str, Any]:
    return {
        "kind": each.code,
        "label": str(each.label),
        "promise": each.promise,
        "unit": str(each.unit),
        "year": figures_data(each.year) if each.year else None,
        "months": [figures_data(month) for month in each.months],
    }


class ServiceFiguresView(APIView):
    """How long the office needs, by kind of matter: the last twelve months, and month by month."""

    permission_classes = [AllowAny]

    @extend_schema(
        operation_id="service_figures",
        tags=["public"],
        responses=KindFiguresSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        count_or_throttle(request, QUERIES)
        rows = [kind_data(each) for each in published(timezone.localdate())]
        return Response(KindFiguresSerializer(rows, many=True).data)
