from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.fields import DateField
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from agency.api import ActPermission, OfficePagination, idempotent, require_match
from agency.enums import Scope
from institutions.api import schema as schema  # the description of tokens
from institutions.api.serializers import (
    ChangeSerializer,
    FilingSerializer,
    InstitutionAsAtSerializer,
    InstitutionSerializer,
    OwnLetterSerializer,
    ReasonSerializer,
)
from institutions.enums.changes import ChangeState
from institutions.enums.register import Kind, Level, Nature, Standing
from institutions.models import ChangeRequest, Institution, InstitutionLetter
from institutions.permissions.changes import FILE_CHANGE, READ_CHANGES, WITHDRAW_CHANGE
from institutions.permissions.letters import VIEW_OWN_LETTERS
from institutions.permissions.register import READ_REGISTER
from institutions.querysets.register import LONGEST_TEXT, words_of
from institutions.services.filing import file_change, withdraw_change
from institutions.services.history import as_on
from institutions.services.search import cursor_of, former_names, read_cursor, search_register
from institutions.standings import having_standing, standings_of


class InstitutionFilter(filters.FilterSet):
    q = filters.CharFilter(
        method="left_to_the_page",
        max_length=LONGEST_TEXT,
        label="part of a name or an earlier one, pinyin, initials, or a code",
    )
    region = filters.CharFilter(method="inside", max_length=6, label="region, and those within it")
    kind = filters.ChoiceFilter(choices=Kind.choices)
    nature = filters.ChoiceFilter(choices=Nature.choices)
    level = filters.ChoiceFilter(choices=Level.choices)
    on = filters.DateFilter(method="left_to_the_page", label="day of the standing; today")
    standing = filters.ChoiceFilter(choices=Standing.choices, method="standing_on_the_day")

    class Meta:
        model = Institution
        fields: list[str] = []

    def left_to_the_page(self, rows: Any, name: str, value: Any) -> Any:
        return rows

    def inside(self, rows: Any, name: str, code: str) -> Any:
        return rows.within(code)

    def standing_on_the_day(self, rows: Any, name: str, standing: str) -> Any:
        return having_standing(rows, Standing(standing), day_of(self.request))


class ChangeFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=ChangeState.choices)
    institution = filters.CharFilter(field_name="institution__code", max_length=12)

    class Meta:
        model = ChangeRequest
        fields: list[str] = []


def day_of(request: Any) -> date:
    """Return the day a request asks for; what is no day has been refused by the filter."""
    today = timezone.localdate()
    try:
        asked = date.fromisoformat(request.query_params.get("on", ""))
    except ValueError:
        return today
    return min(asked, today)


class InstitutionPagination(OfficePagination):
    """By name; with words to look for, what fits best comes first."""

    ordering: Any = ("name", "pk")

    def paginate_queryset(
        self, queryset: Any, request: Request, view: APIView | None = None
    ) -> list[Any] | None:
        self.following: str | None = None
        self.is_search = bool(words_of(request.query_params.get("q", "")))
        if not self.is_search:
            return super().paginate_queryset(queryset, request, view)
        self.base_url = request.build_absolute_uri()
        size = self.get_page_size(request) or self.page_size
        cursor = request.query_params.get(self.cursor_query_param)
        try:
            after = read_cursor(cursor) if cursor else None
        except (ValueError, TypeError) as error:
            raise NotFound(self.invalid_cursor_message) from error
        text = request.query_params["q"]
        hits = search_register(queryset, text, after=after, size=size + 1)
        if len(hits) > size:
            self.following = cursor_of(hits[size - 1])
        return [hit.institution for hit in hits[:size]]

    def get_next_link(self) -> str | None:
        if not self.is_search:
            return super().get_next_link()
        if self.base_url is None or not self.following:
            return None
        return replace_query_param(self.base_url, self.cursor_query_param, self.following)

    def get_previous_link(self) -> str | None:
        return None if self.is_search else super().get_previous_link()


class ChangePagination(OfficePagination):
    ordering: Any = ("-filed_at", "-pk")


class InstitutionViewSet(ReadOnlyModelViewSet):
    """The register: verified institutions, public facts only."""

    act = READ_REGISTER
    scope = Scope.READ_REGISTER
    queryset = Institution.objects.verified().select_related("region")
    serializer_class = InstitutionSerializer
    permission_classes = [ActPermission]
    pagination_class = InstitutionPagination
    filterset_class = InstitutionFilter
    lookup_field = "code"

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        page: Any = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self._serialized(page))

    @extend_schema(
        parameters=[
            OpenApiParameter("on", date, description="day of the facts and the standing; today")
        ],
        responses=InstitutionAsAtSerializer,
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        if on := request.query_params.get("on"):
            DateField().run_validation(on)
        institution, day, user = self.get_object(), day_of(request), request.user
        own = Institution.objects.visible_to(user) if user.is_authenticated else None
        context = {
            **self._context([institution.pk]),
            "on": day,
            "sees_account": own is not None and own.filter(pk=institution.pk).exists(),
        }
        then = as_on(institution, day)
        return Response(InstitutionAsAtSerializer(then, context=context).data)

    def _serialized(self, page: Any) -> Any:
        context = self._context([each.pk for each in page])
        return InstitutionSerializer(page, many=True, context=context).data

    def _context(self, ids: Sequence[int]) -> dict[str, Any]:
        return {
            **self.get_serializer_context(),
            "standings": standings_of(ids, day_of(self.request)),
            "formerly": former_names(ids),
        }


class ChangeViewSet(ReadOnlyModelViewSet):
    """Changes of information: all for the office, its own for an institution, which files them."""

    act = READ_CHANGES
    acts = {"create": FILE_CHANGE, "withdraw": WITHDRAW_CHANGE}
    scope = Scope.READ_CHANGES
    scopes = {"create": Scope.FILE_CHANGES, "withdraw": Scope.FILE_CHANGES}
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
        return self.queryset.visible_to(self.request.user).with_content()

    @extend_schema(
        request={"application/json": FilingSerializer, "multipart/form-data": FilingSerializer},
        responses={201: ChangeSerializer, 409: OpenApiResponse(description="Refused.")},
    )
    @idempotent()
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """File a change of one or several fields; a late one is accepted and marked."""
        user: Any = request.user
        form = FilingSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        institution = get_object_or_404(Institution, memberships__user=user)
        change = file_change(
            institution_id=institution.pk,
            changes=form.changed(),
            evidence=form.validated_data.get("evidence", []),
            explanation=form.validated_data.get("explanation", ""),
            by=user,
            at=timezone.now(),
        )
        found = self.get_queryset().get(pk=change.pk)
        return Response(self.get_serializer(found).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        request=ReasonSerializer,
        responses={200: ChangeSerializer, 409: OpenApiResponse(description="Refused.")},
    )
    @action(detail=True, methods=["post"])
    @idempotent()
    def withdraw(self, request: Request, number: str | None = None) -> Response:
        """Take a filing back while nobody has decided it. `If-Match` guards against a change that
        came between.
        """
        user: Any = request.user
        change = self.get_object()
        require_match(request, self.get_serializer(change).data)
        form = ReasonSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        reason = form.validated_data.get("reason", "")
        withdraw_change(change_id=change.pk, by=user, at=timezone.now(), reason=reason)
        return Response(self.get_serializer(self.get_object()).data)


class OwnLetterFilter(filters.FilterSet):
    kind = filters.CharFilter(field_name="letter__kind", max_length=60)
    state = filters.CharFilter(field_name="letter__state", max_length=20)

    class Meta:
        model = InstitutionLetter
        fields: list[str] = []


class OwnLetterPagination(OfficePagination):
    ordering: Any = ("-pk",)


class OwnLetterViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """The letters to the own institution."""

    act = VIEW_OWN_LETTERS
    scope = Scope.READ_LETTERS
    queryset = InstitutionLetter.objects.none()
    serializer_class = OwnLetterSerializer
    permission_classes = [ActPermission]
    pagination_class = OwnLetterPagination
    filterset_class = OwnLetterFilter

    def get_queryset(self) -> QuerySet[InstitutionLetter]:
        user: Any = self.request.user
        rows = InstitutionLetter.objects.visible_to(user)
        return rows.select_related("letter", "institution")
