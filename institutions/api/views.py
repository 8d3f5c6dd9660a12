from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import mixins
from rest_framework.exceptions import NotFound
from rest_framework.fields import DateField
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from agency.api import ActPermission, OfficePagination
from agency.enums import Scope
from institutions.api import schema as schema  # the description of tokens
from institutions.api.serializers import (
    InstitutionAsAtSerializer,
    InstitutionSerializer,
    OwnLetterSerializer,
)
from institutions.enums.register import Kind, Level, Nature, Standing
from institutions.models import Institution, InstitutionLetter
from institutions.permissions.letters import VIEW_OWN_LETTERS
from institutions.permissions.register import READ_REGISTER
from institutions.querysets.register import LONGEST_TEXT, words_of
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
