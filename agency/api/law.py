"""The lawbook for machines: each rule at an address of its own, described exactly."""

from typing import Any

from django.utils import timezone
from django.utils.translation import override
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from agency.api import ActPermission, idempotent
from agency.enums import Scope
from agency.law_json import encode
from agency.law_schema import DESCRIPTION_SCHEMA, answer_schema, question_schema
from agency.lawbook import Law, QuestionError
from agency.permissions import ASK_LAW
from agency.services.laws import all_laws, offices, rule_tests


def described(law: Law) -> dict[str, Any]:
    return {
        "id": law.id,
        "article": str(law.article),
        "decides": str(law.decides),
        "function": law.function_path,
        "tests": list(rule_tests().get(law.id, ())),
        "parameters": list(law.parameters),
    }


class LawListView(APIView):
    """Every rule the program applies."""

    permission_classes = [ActPermission]
    act = ASK_LAW
    scope = Scope.ASK_LAW

    @extend_schema(
        operation_id="law_list",
        tags=["law"],
        responses={200: {"type": "array", "items": DESCRIPTION_SCHEMA}},
    )
    def get(self, request: Request) -> Response:
        return Response([described(law) for law in all_laws()])


class LawView(APIView):
    """One rule: GET describes it, POST asks it."""

    permission_classes = [ActPermission]
    act = ASK_LAW
    scope = Scope.ASK_LAW
    law: Law

    def get(self, request: Request) -> Response:
        return Response({**described(self.law), "question": question_schema(self.law)})

    @idempotent()
    def post(self, request: Request) -> Response:
        try:
            answer = self.law.ask(request.data, offices(today=timezone.localdate()))
        except QuestionError as error:
            raise ValidationError({error.field: [str(error)]}) from error
        return Response(encode(answer))


def law_views() -> list[tuple[Law, type[LawView]]]:
    """Return a view for each rule, described by the rule's own question and answer."""
    # The description of the API is in English, like its field names.
    with override("en"):
        return [(law, law_view(law)) for law in all_laws()]


def law_view(law: Law) -> type[LawView]:
    slug = law.id.replace("-", "_").replace(".", "_").lower()
    view = type(f"LawView_{slug}", (LawView,), {"law": law, "__doc__": str(law.decides)})
    described_schema = {
        **DESCRIPTION_SCHEMA,
        "properties": {**DESCRIPTION_SCHEMA["properties"], "question": {"type": "object"}},
        "required": [*DESCRIPTION_SCHEMA["required"], "question"],
    }
    return extend_schema_view(
        get=extend_schema(
            operation_id=f"law_{slug}_describe",
            tags=["law"],
            description=f"{law.id}: {law.decides}. {law.article}.",
            responses={200: described_schema},
        ),
        post=extend_schema(
            operation_id=f"law_{slug}_ask",
            tags=["law"],
            description=f"{law.id}: {law.decides}. {law.article}.",
            request={"application/json": question_schema(law)},
            responses={
                200: answer_schema(law),
                400: OpenApiResponse(description="The question was not understood; see `fields`."),
            },
        ),
    )(view)
