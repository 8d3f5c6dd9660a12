"""Applications for designation for machines: read, draft, hand in documents, submit, withdraw."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ReadOnlyModelViewSet

from agency.api import ActPermission, OfficePagination, idempotent, require_match
from agency.enums import Scope
from agency.services.attachments import UploadRef
from institutions.enums.designation import (
    ApplicationState,
    InsuranceManagement,
    LicenceKind,
    MaterialDefect,
)
from institutions.enums.persons import Post
from institutions.enums.register import Kind, Level, Nature
from institutions.models import DesignationApplication, Institution, SupplementRequest
from institutions.permissions.designation import (
    DELIVER_SUPPLEMENT,
    DRAFT_APPLICATION,
    READ_APPLICATIONS,
    SUBMIT_APPLICATION,
    WITHDRAW_APPLICATION,
)
from institutions.services.designation import checks, drafts, submitting

LONGEST_REASON = 2000
MAX_COUNT = 100_000


class ApplicationPersonSerializer(serializers.Serializer):
    post = serializers.ChoiceField(choices=Post.choices)
    name = serializers.CharField(source="masked_name", read_only=True)
    id_number = serializers.CharField(source="masked_number", read_only=True)


class DocumentSerializer(serializers.Serializer):
    """A document of the published list that applies, and what was handed in for it."""

    item = serializers.IntegerField(source="item.pk", read_only=True)
    code = serializers.CharField(source="item.code", read_only=True)
    name = serializers.CharField(source="item.label", read_only=True)
    required: Any = serializers.BooleanField(source="item.is_required", read_only=True)
    defect = serializers.ChoiceField(
        choices=MaterialDefect.choices, read_only=True, allow_null=True
    )
    files = serializers.SerializerMethodField()

    def get_files(self, listed: checks.ListedItem) -> list[str]:
        return [str(each) for each in listed.files]


class AskedItemSerializer(serializers.Serializer):
    item = serializers.IntegerField(source="item_id", read_only=True)
    code = serializers.CharField(source="item.code", read_only=True)
    defect = serializers.ChoiceField(choices=MaterialDefect.choices, read_only=True)
    remark = serializers.CharField(read_only=True)


class SupplementRequestSerializer(serializers.ModelSerializer):
    items = AskedItemSerializer(many=True, read_only=True)

    class Meta:
        model = SupplementRequest
        fields = ["phase", "requested_at", "due_on", "delivered_at", "explanation", "items"]
        read_only_fields = fields


class ApplicationSerializer(serializers.ModelSerializer):
    """An application. Names and numbers of persons are masked."""

    institution = serializers.CharField(source="institution.name", read_only=True)
    parent: Any = serializers.CharField(source="parent.code", read_only=True, allow_null=True)
    # A draft may leave these out.
    kind = serializers.ChoiceField(choices=Kind.choices, allow_blank=True, read_only=True)
    nature = serializers.ChoiceField(choices=Nature.choices, allow_blank=True, read_only=True)
    level = serializers.ChoiceField(choices=Level.choices, allow_blank=True, read_only=True)
    insurance_staff = serializers.ChoiceField(
        choices=InsuranceManagement.choices, allow_blank=True, read_only=True
    )
    persons = ApplicationPersonSerializer(many=True, read_only=True)
    supplements = SupplementRequestSerializer(many=True, read_only=True)

    class Meta:
        model = DesignationApplication
        fields = [
            "id",
            "number",
            "institution",
            "region",
            "state",
            "saved_at",
            "licence_kind",
            "licence_no",
            "licence_valid_to",
            "credit_code",
            "kind",
            "is_internet_hospital",
            "parent",
            "nature",
            "level",
            "beds",
            "opened_on",
            "insurance_staff",
            "own_physicians",
            "principal_in_charge",
            "systems",
            "information_system",
            "other_conditions",
            "mainly_non_basic",
            "subjects",
            "expected_fund_use",
            "persons",
            "submitted_at",
            "notice_due_on",
            "supplement_due_on",
            "over_plan",
            "accepted_on",
            "acceptance_deemed",
            "refusal_grounds",
            "free_from",
            "decision_reason",
            "assessment_due_on",
            "reassess_from",
            "banned_through",
            "supplements",
        ]
        read_only_fields = fields


class PersonInputSerializer(serializers.Serializer):
    post = serializers.ChoiceField(choices=Post.choices)
    name = serializers.CharField(max_length=80)
    id_number = serializers.CharField(
        max_length=24, required=False, allow_blank=True, help_text="Left out: the saved one stays."
    )


class DraftSerializer(serializers.Serializer):
    """What the form says; a draft may leave anything out but the licence number it begins with."""

    licence_kind = serializers.ChoiceField(choices=LicenceKind.choices, required=False)
    licence_no = serializers.CharField(max_length=40, required=False)
    licence_valid_to = serializers.DateField(required=False, allow_null=True)
    credit_code = serializers.CharField(max_length=18, required=False, allow_blank=True)
    kind = serializers.ChoiceField(choices=Kind.choices, required=False)
    is_internet_hospital = serializers.BooleanField(required=False)
    parent: Any = serializers.SlugRelatedField(
        slug_field="code",
        queryset=Institution.objects.verified(),
        required=False,
        allow_null=True,
        help_text="National code of the physical institution.",
    )
    nature = serializers.ChoiceField(choices=Nature.choices, required=False)
    level = serializers.ChoiceField(choices=Level.choices, required=False)
    beds = serializers.IntegerField(min_value=0, max_value=MAX_COUNT, required=False)
    opened_on = serializers.DateField(required=False, allow_null=True)
    insurance_staff = serializers.ChoiceField(choices=InsuranceManagement.choices, required=False)
    own_physicians = serializers.IntegerField(min_value=0, max_value=MAX_COUNT, required=False)
    principal_in_charge = serializers.BooleanField(required=False)
    systems = serializers.BooleanField(required=False)
    information_system = serializers.BooleanField(required=False)
    other_conditions = serializers.BooleanField(required=False)
    mainly_non_basic = serializers.BooleanField(required=False)
    subjects = serializers.CharField(max_length=500, required=False, allow_blank=True)
    contact_name = serializers.CharField(max_length=80, required=False)
    contact_phone = serializers.CharField(max_length=40, required=False)
    expected_fund_use = serializers.DecimalField(
        max_digits=16, decimal_places=2, min_value=0, required=False, allow_null=True
    )
    statement = serializers.CharField(max_length=5000, required=False, allow_blank=True)
    persons = PersonInputSerializer(many=True, required=False)

    @property
    def form(self) -> dict[str, Any]:
        data = self.validated_data
        return {name: data[name] for name in drafts.FORM_FIELDS if name in data}

    @property
    def named(self) -> dict[Post, tuple[str, str]]:
        return {
            Post(each["post"]): (each["name"], each.get("id_number", ""))
            for each in self.validated_data.get("persons", [])
        }


class NewDraftSerializer(DraftSerializer):
    licence_no = serializers.CharField(max_length=40)


class FilesSerializer(serializers.Serializer):
    """Files for one document of the list: in a form, or uploaded in pieces before."""

    item = serializers.IntegerField(min_value=1)
    files = serializers.ListField(child=serializers.FileField(), required=False)
    uploads = serializers.ListField(
        child=serializers.UUIDField(), required=False, help_text="Finished uploads."
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("files") and not attrs.get("uploads"):
            raise serializers.ValidationError({"files": ["At least one file is needed."]})
        return attrs


class ApplicationWithdrawalSerializer(serializers.Serializer):
    reason = serializers.CharField(required=False, allow_blank=True, max_length=LONGEST_REASON)


class ApplicationFilter(filters.FilterSet):
    state = filters.ChoiceFilter(choices=ApplicationState.choices)
    number = filters.CharFilter(max_length=30)
    kind = filters.ChoiceFilter(choices=Kind.choices)

    class Meta:
        model = DesignationApplication
        fields: list[str] = []


class ApplicationPagination(OfficePagination):
    ordering: Any = ("-pk",)


_REFUSED = OpenApiResponse(description="Refused.")
_BIGGEST = 2**63


class ApplicationViewSet(ReadOnlyModelViewSet):
    """Applications for designation: all submitted ones for the office, its own with its drafts for
    an institution. `id` is the key of a draft; a submitted one is found by its number as well.
    """

    act = READ_APPLICATIONS
    acts = {
        "create": DRAFT_APPLICATION,
        "partial_update": DRAFT_APPLICATION,
        "destroy": DRAFT_APPLICATION,
        "hand_in": DRAFT_APPLICATION,
        "submit": SUBMIT_APPLICATION,
        "deliver": DELIVER_SUPPLEMENT,
        "withdraw": WITHDRAW_APPLICATION,
    }
    scope = Scope.READ_APPLICATIONS
    scopes = {
        "create": Scope.FILE_APPLICATIONS,
        "partial_update": Scope.FILE_APPLICATIONS,
        "destroy": Scope.FILE_APPLICATIONS,
        "hand_in": Scope.FILE_APPLICATIONS,
        "submit": Scope.FILE_APPLICATIONS,
        "deliver": Scope.FILE_APPLICATIONS,
        "withdraw": Scope.FILE_APPLICATIONS,
    }
    queryset = DesignationApplication.objects.all()
    serializer_class = ApplicationSerializer
    permission_classes = [ActPermission]
    pagination_class = ApplicationPagination
    filterset_class = ApplicationFilter
    lookup_field = "id"
    lookup_value_regex = "[A-Za-z0-9-]+"
    parser_classes = [JSONParser, MultiPartParser]

    def get_queryset(self) -> QuerySet[DesignationApplication]:
        if getattr(self, "swagger_fake_view", False):
            return self.queryset
        user: Any = self.request.user
        return (
            DesignationApplication.objects.visible_to(user)
            .select_related("institution", "parent")
            .prefetch_related("persons", "supplements__items__item")
        )

    def get_object(self) -> DesignationApplication:
        key = str(self.kwargs["id"])
        if key.isdecimal():
            if int(key) >= _BIGGEST:
                raise Http404
            found = get_object_or_404(self.get_queryset(), pk=int(key))
        else:
            found = get_object_or_404(self.get_queryset(), number=key)
        self.check_object_permissions(self.request, found)
        return found

    @extend_schema(
        request=NewDraftSerializer, responses={201: ApplicationSerializer, 409: _REFUSED}
    )
    @idempotent()
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Begin a draft for a licence, with as much of the form as is known."""
        user: Any = request.user
        form = NewDraftSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        institution = get_object_or_404(Institution, memberships__user=user)
        # Refused values leave no draft behind.
        with transaction.atomic():
            application = drafts.start_draft(
                institution_id=institution.pk,
                licence_no=form.validated_data["licence_no"],
                by=user,
                at=timezone.now(),
            )
            self._save(application, form)
        return self._answer(application.pk, status.HTTP_201_CREATED)

    @extend_schema(request=DraftSerializer, responses={200: ApplicationSerializer, 409: _REFUSED})
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Write into the draft what the request names. `If-Match` guards against another writer."""
        application = self.get_object()
        require_match(request, self.get_serializer(application).data)
        form = DraftSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        with transaction.atomic():
            self._save(application, form)
        return self._answer(application.pk)

    @extend_schema(responses={204: None, 409: _REFUSED})
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Discard a draft."""
        user: Any = request.user
        drafts.discard_draft(application_id=self.get_object().pk, by=user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(responses=DocumentSerializer(many=True), filters=False)
    @action(detail=True, pagination_class=None, filterset_class=None)
    def documents(self, request: Request, **kwargs: Any) -> Response:
        """The documents of the published list that apply, and what was handed in."""
        listed = checks.checklist(self.get_object(), timezone.localdate())
        return Response(DocumentSerializer(listed, many=True).data)

    @extend_schema(
        request={"application/json": FilesSerializer, "multipart/form-data": FilesSerializer},
        responses={200: ApplicationSerializer, 409: _REFUSED},
    )
    @action(detail=True, methods=["post"], url_path="files")
    @idempotent()
    def hand_in(self, request: Request, **kwargs: Any) -> Response:
        """Hand in files for a document: into the draft, or as what a notice asked for."""
        user: Any = request.user
        application = self.get_object()
        form = FilesSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        data = form.validated_data
        files = [*data.get("files", []), *(UploadRef(each) for each in data.get("uploads", []))]
        drafts.add_files(
            application_id=application.pk,
            item_id=data["item"],
            files=files,
            by=user,
            at=timezone.now(),
        )
        return self._answer(application.pk)

    @extend_schema(request=None, responses={200: ApplicationSerializer, 409: _REFUSED})
    @action(detail=True, methods=["post"])
    @idempotent()
    def submit(self, request: Request, **kwargs: Any) -> Response:
        """Submit the draft: it has its number at once; a complete one is accepted at once."""
        user: Any = request.user
        application = self.get_object()
        require_match(request, self.get_serializer(application).data)
        submitting.submit_application(application_id=application.pk, by=user, at=timezone.now())
        return self._answer(application.pk)

    @extend_schema(request=None, responses={200: ApplicationSerializer, 409: _REFUSED})
    @action(detail=True, methods=["post"])
    @idempotent()
    def deliver(self, request: Request, **kwargs: Any) -> Response:
        """Deliver the supplement that was asked for."""
        user: Any = request.user
        application = self.get_object()
        submitting.deliver_supplement(application_id=application.pk, by=user, at=timezone.now())
        return self._answer(application.pk)

    @extend_schema(
        request=ApplicationWithdrawalSerializer,
        responses={200: ApplicationSerializer, 409: _REFUSED},
    )
    @action(detail=True, methods=["post"])
    @idempotent()
    def withdraw(self, request: Request, **kwargs: Any) -> Response:
        """Withdraw the application, at any time before an agreement is signed."""
        user: Any = request.user
        application = self.get_object()
        require_match(request, self.get_serializer(application).data)
        form = ApplicationWithdrawalSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        submitting.withdraw_application(
            application_id=application.pk,
            by=user,
            at=timezone.now(),
            reason=form.validated_data.get("reason", ""),
        )
        return self._answer(application.pk)

    def _save(self, application: DesignationApplication, form: DraftSerializer) -> None:
        user: Any = self.request.user
        now = timezone.now()
        if form.form:
            drafts.save_form(application_id=application.pk, values=form.form, by=user, at=now)
        if form.named:
            drafts.save_persons(application_id=application.pk, persons=form.named, by=user, at=now)

    def _answer(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        found = self.get_queryset().get(pk=pk)
        return Response(self.get_serializer(found).data, status=code)
