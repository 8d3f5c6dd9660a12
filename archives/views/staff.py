"""The archives at the desk: searched, read, downloaded, checked."""

from collections.abc import Sequence
from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.generic import DetailView, View

from agency.forms import NoForm
from agency.home import navigation
from agency.views.pages import ActPage, ActRequired, KeysetList
from archives.forms import RecordFilter
from archives.models import Record
from archives.permissions import VERIFY_RECORD, VIEW_RECORDS
from archives.services.checking import verify_record

navigation(
    "desk",
    VIEW_RECORDS.label,
    "archives_desk:list",
    VIEW_RECORDS,
    order=74,
    rules=("H-14", "H-15"),
)


class RecordList(ActRequired, KeysetList):
    act = VIEW_RECORDS
    template_name = "archives/desk/list.html"
    order_field = "-filed_at"
    filterset_class = RecordFilter

    def get_queryset(self) -> Any:
        return Record.objects.visible_to(self.user).defer("metadata")


class RecordDetail(ActRequired, DetailView):
    act = VIEW_RECORDS
    template_name = "archives/desk/detail.html"
    context_object_name = "record"
    slug_field = slug_url_kwarg = "number"

    def get_queryset(self) -> Any:
        return (
            Record.objects.visible_to(self.user)
            .with_subject()
            .prefetch_related("files", "checks__by")
        )

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        record = self.object
        return super().get_context_data(
            may_verify=VERIFY_RECORD.allows(self.user),
            catalogue=catalogue(record),
            checks=list(record.checks.all()),
            **kwargs,
        )


def catalogue(record: Record) -> list[tuple[str, Any]]:
    """Return the entry of the record in the catalogue (H-16)."""
    return [
        (_("Archive number"), record.number),
        (_("Document number"), record.document_number),
        (_("Responsible body"), record.responsible),
        (pgettext("record", "Title"), record.title),
        (_("Institution"), record.metadata.get("institution")),
        (_("Formed on"), record.formed_on),
        (_("Fonds"), record.fonds),
        (_("Archive category"), f"{record.category} {record.get_category_display()}"),
        (_("Matter"), record.get_matter_display()),
        (_("Retention period"), f"{record.retention} {record.get_retention_display()}"),
        (_("Kept until"), record.retained_until or _("for good")),
        (_("Security level"), record.metadata.get("security")),
        (_("Number of pages"), record.metadata.get("pages")),
        (_("Archived at"), timezone.localtime(record.filed_at)),
        (_("Archived by"), record.metadata.get("filed_by")),
    ]


class RecordDownload(ActRequired, View):
    act = VIEW_RECORDS

    def get(self, request: HttpRequest, number: str, pk: int) -> FileResponse:
        record = get_object_or_404(Record.objects.visible_to(self.user), number=number)
        row = get_object_or_404(record.files, pk=pk)
        try:
            stored = row.file.open("rb")
        except FileNotFoundError as error:
            raise Http404 from error
        return FileResponse(
            stored,
            as_attachment=True,
            filename=f"{record.number}-{row.name}",
            content_type=row.content_type,
        )


class VerifyRecord(ActPage):
    act = VERIFY_RECORD
    form_class = NoForm

    def subject(self) -> Record:
        return get_object_or_404(Record.objects.visible_to(self.user), number=self.kwargs["number"])

    def consequences(self) -> Sequence[str | Promise]:
        return [_("Every file is read and compared with its digest; the result is recorded.")]

    def perform(self, form: Any) -> Record:
        check = verify_record(record_id=self.object.pk, by=self.user, at=timezone.now())
        self.matches = check.matches
        return self.object

    def success(self, result: Any) -> str:
        if self.matches:
            return _("All files are as they were filed.")
        return _("A file is not as it was filed: see the check.")
