"""Rosters, departments and imports: all for the office, its own for an institution."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet, ReadOnlyModelViewSet

from agency.api import ActPermission, OfficePagination, idempotent
from agency.enums import Scope
from institutions.api.roster_serializers import (
    DepartmentSerializer,
    HireSerializer,
    LeaveSerializer,
    MoveSerializer,
    RosterEntrySerializer,
    RosterFileSerializer,
    RosterImportSerializer,
    RosterPreviewSerializer,
)
from institutions.enums.practitioners import Category, ImportState
from institutions.models import Department, Institution, RosterEntry, RosterImport
from institutions.permissions.practitioners import (
    APPLY_IMPORT,
    HIRE,
    LEAVE,
    MOVE,
    READ_ROSTER,
    UNDO_IMPORT,
    UPLOAD_ROSTER,
)
from institutions.services.practitioners.applying import apply_import
from institutions.services.practitioners.previewing import preview_import
from institutions.services.practitioners.roster import hire, leave, move
from institutions.services.practitioners.undoing import undo_import

REFUSED = OpenApiResponse(description="Refused.")


def own_institution(request: Request) -> Institution:
    return get_object_or_404(Institution, memberships__user=request.user)


def day_of(request: Any) -> date:
    """Return the day a request asks for, today without one; the filter has refused no day."""
    try:
        return date.fromisoformat(request.query_params.get("on", ""))
    except ValueError:
        return timezone.localdate()


class RosterFilter(filters.FilterSet):
    on = filters.DateFilter(method="left_to_the_view", label="the roster as at this day; today")
    institution = filters.CharFilter(field_name="institution__code", max_length=12)
    department = filters.CharFilter(field_name="department__code", max_length=20)
    category = filters.ChoiceFilter(field_name="practitioner__category", choices=Category.choices)
    staff_code = filters.CharFilter(field_name="practitioner__staff_code", max_length=13)
    committed = filters.BooleanFilter(field_name="is_committed")

    class Meta:
        model = RosterEntry
        fields: list[str] = []

    def left_to_the_view(self, rows: Any, name: str, value: Any) -> Any:
        return rows


class RosterPagination(OfficePagination):
    ordering: Any = ("pk",)


class RosterViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, GenericViewSet):
    """The roster as at a day; an institution enters persons, moves them and enters leavings."""

    act = READ_ROSTER
    acts = {"create": HIRE, "leave": LEAVE, "move": MOVE}
    scope = Scope.READ_ROSTER
    scopes = {
        "create": Scope.FILE_ROSTER,
        "leave": Scope.FILE_ROSTER,
        "move": Scope.FILE_ROSTER,
    }
    queryset = RosterEntry.objects.all()
    serializer_class = RosterEntrySerializer
    permission_classes = [ActPermission]
    pagination_class = RosterPagination
    filterset_class = RosterFilter
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[RosterEntry]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        user: Any = self.request.user
        rows = self.queryset.visible_to(user)
        day = day_of(self.request)
        rows = rows.on(day) if self.action == "list" else rows.valid()
        return rows.annotated(day).select_related(
            "institution", "department", "practitioner__person"
        )

    @extend_schema(request=HireSerializer, responses={201: RosterEntrySerializer, 409: REFUSED})
    @idempotent()
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Enter a person in the own roster, by the file there is or a new one."""
        own = own_institution(request)
        form = HireSerializer(data=request.data, context={"institution": own})
        form.is_valid(raise_exception=True)
        entry = hire(
            institution_id=own.pk,
            person=form.person(),
            entry=form.entry(),
            by=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
        return self._answer(entry, status.HTTP_201_CREATED)

    @extend_schema(
        request=LeaveSerializer,
        responses={200: RosterEntrySerializer(many=True), 409: REFUSED},
        filters=False,
    )
    @action(detail=True, methods=["post"], pagination_class=None)
    @idempotent()
    def leave(self, request: Request, pk: Any = None) -> Response:
        """End every open row of the person at the own institution."""
        entry = self.get_object()
        form = LeaveSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        rows = leave(
            entry_id=entry.pk,
            ends_on=form.validated_data["ends_on"],
            reason=form.validated_data.get("reason", ""),
            by=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
        found = self.get_queryset().filter(pk__in=[each.pk for each in rows])
        return Response(self.get_serializer(found, many=True).data)

    @extend_schema(request=MoveSerializer, responses={201: RosterEntrySerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    @idempotent()
    def move(self, request: Request, pk: Any = None) -> Response:
        """Move the person to another department from a day on."""
        entry = self.get_object()
        form = MoveSerializer(data=request.data, context={"institution": entry.institution})
        form.is_valid(raise_exception=True)
        said = form.validated_data
        added = move(
            entry_id=entry.pk,
            department_id=said["department"].pk,
            on=said["on"],
            position=said.get("position", ""),
            by=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
        return self._answer(added, status.HTTP_201_CREATED)

    def _answer(self, entry: RosterEntry, code: int) -> Response:
        found = self.get_queryset().get(pk=entry.pk)
        return Response(self.get_serializer(found).data, status=code)


class DepartmentFilter(filters.FilterSet):
    on = filters.DateFilter(method="open_on", label="open on this day")
    institution = filters.CharFilter(field_name="institution__code", max_length=12)

    class Meta:
        model = Department
        fields: list[str] = []

    def open_on(self, rows: Any, name: str, day: date) -> Any:
        return rows.open_on(day)


class DepartmentViewSet(mixins.ListModelMixin, GenericViewSet):
    """Departments by the codes that charges name."""

    act = READ_ROSTER
    scope = Scope.READ_ROSTER
    queryset = Department.objects.all()
    serializer_class = DepartmentSerializer
    permission_classes = [ActPermission]
    pagination_class = RosterPagination
    filterset_class = DepartmentFilter

    def get_queryset(self) -> QuerySet[Department]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        user: Any = self.request.user
        return self.queryset.visible_to(user).select_related("institution")


class ImportFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=ImportState.choices)
    institution = filters.CharFilter(field_name="institution__code", max_length=12)

    class Meta:
        model = RosterImport
        fields: list[str] = []


class ImportPagination(OfficePagination):
    ordering: Any = ("-uploaded_at", "-pk")


class RosterImportViewSet(ReadOnlyModelViewSet):
    """Files of departments or of the roster: uploaded and previewed, then applied as a whole,
    then perhaps undone as a whole.
    """

    act = READ_ROSTER
    acts = {"create": UPLOAD_ROSTER, "apply": APPLY_IMPORT, "undo": UNDO_IMPORT}
    scope = Scope.READ_ROSTER
    scopes = {
        "create": Scope.FILE_ROSTER,
        "apply": Scope.FILE_ROSTER,
        "undo": Scope.FILE_ROSTER,
    }
    queryset = RosterImport.objects.all()
    serializer_class = RosterImportSerializer
    permission_classes = [ActPermission]
    pagination_class = ImportPagination
    filterset_class = ImportFilter
    lookup_field = "number"
    parser_classes = [JSONParser, MultiPartParser]

    def get_queryset(self) -> QuerySet[RosterImport]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        rows = self.queryset.visible_to(self.request.user).select_related("institution")
        return rows.defer("errors") if self.action == "list" else rows

    @extend_schema(responses=RosterPreviewSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return Response(RosterPreviewSerializer(self.get_object()).data)

    @extend_schema(
        request={"multipart/form-data": RosterFileSerializer},
        responses={
            201: RosterPreviewSerializer,
            200: OpenApiResponse(RosterPreviewSerializer, description="Uploaded before."),
            409: REFUSED,
        },
    )
    @idempotent()
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Upload a file and preview it; nothing of the roster changes."""
        form = RosterFileSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        preview = preview_import(
            institution_id=own_institution(request).pk,
            file=form.validated_data["file"],
            by=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
        code = status.HTTP_201_CREATED if preview.is_new else status.HTTP_200_OK
        return Response(RosterPreviewSerializer(preview.run).data, status=code)

    @extend_schema(request=None, responses={200: RosterImportSerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    @idempotent()
    def apply(self, request: Request, number: str = "") -> Response:
        """Apply the import: every row or none."""
        run = apply_import(
            import_id=self.get_object().pk,
            by=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
        return Response(self.get_serializer(run).data)

    @extend_schema(request=None, responses={200: RosterImportSerializer, 409: REFUSED})
    @action(detail=True, methods=["post"])
    @idempotent()
    def undo(self, request: Request, number: str = "") -> Response:
        """Undo the applied import as a whole."""
        run = undo_import(
            import_id=self.get_object().pk,
            by=request.user,  # type: ignore[arg-type]
            at=timezone.now(),
        )
        return Response(self.get_serializer(run).data)
