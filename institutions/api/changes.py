"""Changes of information: all for the office, its own for an institution, which files them."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from agency.api import ActPermission, OfficePagination, idempotent, require_match
from agency.enums import Scope
from institutions.api.change_serializers import (
    ChangeSerializer,
    FilingSerializer,
    ReasonSerializer,
    RouteAnswerSerializer,
    RouteQuestionSerializer,
    StopSerializer,
)
from institutions.enums.changes import ChangeState
from institutions.models import ChangeRequest, Institution
from institutions.models.changes import ROUTES
from institutions.permissions.changes import (
    FILE_CHANGE,
    READ_CHANGES,
    STOP_OWN_CHANGE,
    WITHDRAW_CHANGE,
)
from institutions.rules.reevaluation import Route
from institutions.services.change_effects import stop_change
from institutions.services.filing import file_change, preview_change, withdraw_change

REFUSED = OpenApiResponse(description="Refused.")


class ChangeFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=ChangeState.choices)
    institution = filters.CharFilter(field_name="institution__code", max_length=12)
    route = filters.ChoiceFilter(choices=ROUTES)
    late = filters.BooleanFilter(field_name="is_late")
    account = filters.BooleanFilter(field_name="changes_account")

    class Meta:
        model = ChangeRequest
        fields: list[str] = []


class ChangePagination(OfficePagination):
    ordering: Any = ("-filed_at", "-pk")


class ChangeViewSet(ReadOnlyModelViewSet):
    """Changes of information: all for the office, its own for an institution, which files them."""

    act = READ_CHANGES
    acts = {
        "create": FILE_CHANGE,
        "preview": FILE_CHANGE,
        "withdraw": WITHDRAW_CHANGE,
        "stop": STOP_OWN_CHANGE,
    }
    scope = Scope.READ_CHANGES
    scopes = {
        "create": Scope.FILE_CHANGES,
        "preview": Scope.FILE_CHANGES,
        "withdraw": Scope.FILE_CHANGES,
        "stop": Scope.FILE_CHANGES,
    }
    queryset = ChangeRequest.objects.all()
    serializer_class = ChangeSerializer
    permission_classes = [ActPermission]
    pagination_class = ChangePagination
    filterset_class = ChangeFilter
    lookup_field = "number"
    parser_classes = [JSONParser, MultiPartParser]

    def get_queryset(self) -> QuerySet[ChangeRequest]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        rows = self.queryset.visible_to(self.request.user).with_content()
        return rows.select_related("commitment").prefetch_related(
            "items__evidence", "items__person"
        )

    @extend_schema(
        request={"application/json": FilingSerializer, "multipart/form-data": FilingSerializer},
        responses={201: ChangeSerializer, 409: REFUSED},
    )
    @idempotent()
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """File a change of one or several fields; a late one is accepted and marked. A move within
        the named districts needs the signature under its commitment.
        """
        user: Any = request.user
        form = FilingSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        change = file_change(
            institution_id=self._own(request).pk,
            changes=form.changed(),
            evidence=form.files(),
            explanation=form.validated_data.get("explanation", ""),
            context=form.about_move(),
            signature=form.signed(),
            by=user,
            at=timezone.now(),
        )
        found = self.get_queryset().get(pk=change.pk)
        return Response(self.get_serializer(found).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        request=RouteQuestionSerializer, responses={200: RouteAnswerSerializer, 409: REFUSED}
    )
    @action(detail=False, methods=["post"])
    def preview(self, request: Request) -> Response:
        """Say what filing these changes today would lead to, and why; nothing is filed."""
        form = RouteQuestionSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        preview = preview_change(
            institution=self._own(request),
            changes=form.changed(),
            context=form.about_move(),
            on=timezone.localdate(),
        )
        answer = preview.answer
        said = {
            "route": answer.route.value,
            "row": answer.row,
            "exempt_by": answer.exempt_by,
            "proposal": answer.proposal.value if answer.proposal else None,
            "because": [str(each) for each in answer.because],
            "needs_commitment": answer.route is Route.NO_REEVAL_WITH_COMMITMENT,
            "filing_due_on": preview.due_on,
            "is_late": preview.is_late,
            "account_wait_days": preview.wait_days,
        }
        return Response(RouteAnswerSerializer(said).data)

    @extend_schema(request=ReasonSerializer, responses={200: ChangeSerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    @idempotent()
    def withdraw(self, request: Request, number: str | None = None) -> Response:
        """Take a filing back while nobody has decided it. `If-Match` guards against a change that
        came between.
        """
        return self._done(request, ReasonSerializer, withdraw_change)

    @extend_schema(request=StopSerializer, responses={200: ChangeSerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    @idempotent()
    def stop(self, request: Request, number: str | None = None) -> Response:
        """Stop an approved bank account before it takes effect. `If-Match` as above."""
        return self._done(request, StopSerializer, stop_change)

    def _done(self, request: Request, form_class: Any, act: Callable[..., Any]) -> Response:
        change = self.get_object()
        require_match(request, self.get_serializer(change).data)
        form = form_class(data=request.data)
        form.is_valid(raise_exception=True)
        reason = form.validated_data.get("reason", "")
        act(change_id=change.pk, by=request.user, at=timezone.now(), reason=reason)
        return Response(self.get_serializer(self.get_object()).data)

    def _own(self, request: Request) -> Institution:
        user: Any = request.user
        rows = Institution.objects.select_related("region")
        return get_object_or_404(rows, memberships__user=user)
