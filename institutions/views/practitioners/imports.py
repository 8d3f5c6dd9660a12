"""Imports of rosters: uploaded, previewed, applied, undone."""

import csv
from collections.abc import Sequence
from io import BytesIO
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import DetailView, View
from openpyxl import Workbook

from agency.forms import NoForm
from agency.rules import Obstacle, Refusal
from agency.services.report_files import BOM, csv_text
from agency.views.pages import ActPage, ActRequired, KeysetList
from agency.views.reports import XLSX
from institutions.enums.practitioners import ImportContent, ImportState, RowAction
from institutions.forms.practitioners import ImportFilter, RosterFileForm
from institutions.models import RosterImport
from institutions.permissions.practitioners import (
    APPLY_IMPORT,
    UNDO_IMPORT,
    UPLOAD_ROSTER,
    VIEW_OWN_ROSTER,
    VIEW_ROSTERS,
    applying_obstacles,
    undoing_obstacles,
)
from institutions.services.practitioners.applying import apply_import
from institutions.services.practitioners.previewing import Preview, preview_import
from institutions.services.practitioners.rows import COLUMNS, header_of
from institutions.services.practitioners.undoing import undo_import
from institutions.views.practitioners.acts import own_institution

ERRORS_SHOWN = 100
ROWS_SHOWN = 100
ERROR_COLUMNS = (
    pgettext_lazy("table", "Line"),
    _("Column"),
    _("Value"),
    _("Error"),
    _("Rule"),
    _("What to do"),
)


def column_label(run: RosterImport, error: dict[str, Any]) -> str:
    """What people call the column of an error."""
    columns, _required = COLUMNS[ImportContent(run.content)]
    return str(columns.get(error["field"], ""))


class ImportList(ActRequired, KeysetList):
    template_name = "institutions/roster/imports.html"
    order_field = "-uploaded_at"
    filterset_class = ImportFilter
    area = "desk"

    def get_queryset(self) -> QuerySet[RosterImport]:
        rows = RosterImport.objects.visible_to(self.user).select_related("institution")
        return rows.defer("errors")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            area=self.area,
            layout=f"agency/{self.area}.html",
            may_upload=self.area == "portal" and UPLOAD_ROSTER.allows(self.user),
            upload_act=UPLOAD_ROSTER,
            **kwargs,
        )


class DeskImports(ImportList):
    act = VIEW_ROSTERS


class OwnImports(ImportList):
    act = VIEW_OWN_ROSTER
    area = "portal"


class ImportPage(ActRequired, DetailView):
    template_name = "institutions/roster/import.html"
    context_object_name = "run"
    slug_field = slug_url_kwarg = "number"
    area = "desk"

    def get_queryset(self) -> QuerySet[RosterImport]:
        rows = RosterImport.objects.visible_to(self.user)
        return rows.select_related("institution", "uploaded_by", "file")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = self.object
        labels = {
            **{action.value: action.label for action in RowAction},
            "new_persons": _("New persons"),
            "changed_files": _("Files changed"),
            "first_places": _("First places of registration"),
            "commitments": _("Service commitments"),
        }
        counts = [(label, run.counts.get(key, 0)) for key, label in labels.items()]
        is_roster = run.content == ImportContent.ROSTER
        return super().get_context_data(
            area=self.area,
            layout=f"agency/{self.area}.html",
            counts=counts if is_roster else counts[: len(RowAction)],
            errors=[
                {**each, "field": column_label(run, each)} for each in run.errors[:ERRORS_SHOWN]
            ],
            rows=run.rows.exclude(action__in=[RowAction.KEEP, RowAction.ERROR]).order_by("line")[
                :ROWS_SHOWN
            ],
            rows_shown=ROWS_SHOWN,
            is_roster=is_roster,
            buttons=self.buttons(),
            **kwargs,
        )

    def buttons(self) -> list[dict[str, Any]]:
        run = self.object
        if self.area == "desk":
            return []
        if run.state == ImportState.PREVIEWED and APPLY_IMPORT.allows(self.user):
            url = reverse("institutions_portal:roster_import_apply", args=[run.number])
            return [{"act": APPLY_IMPORT, "url": url, "obstacles": applying_obstacles(run)}]
        if run.state == ImportState.APPLIED and UNDO_IMPORT.allows(self.user):
            url = reverse("institutions_portal:roster_import_undo", args=[run.number])
            return [{"act": UNDO_IMPORT, "url": url}]
        return []


class DeskImport(ImportPage):
    act = VIEW_ROSTERS


class OwnImport(ImportPage):
    act = VIEW_OWN_ROSTER
    area = "portal"


class UploadPage(ActRequired, View):
    act = UPLOAD_ROSTER

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._show(RosterFileForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RosterFileForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._show(form, 400)
        try:
            preview = preview_import(
                institution_id=own_institution(self).pk,
                file=form.cleaned_data["file"],
                by=self.user,
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.add_error(None, [str(each) for each in refusal.obstacles])
            return self._show(form, 409)
        self._say(preview)
        return redirect(preview.run.get_portal_url())

    def _say(self, preview: Preview) -> None:
        run = preview.run
        if not preview.is_new:
            text = gettext(
                "This very file was uploaded before, as import %s; the preview was drawn anew."
            )
            messages.info(self.request, text % run.number)
        elif run.error_count:
            text = ngettext(
                "%(n)d error was found; nothing has been changed.",
                "%(n)d errors were found; nothing has been changed.",
                run.error_count,
            )
            messages.warning(self.request, text % {"n": run.error_count})
        else:
            text = gettext("Read without errors. Nothing has been changed until it is applied.")
            messages.success(self.request, text)

    def _show(self, form: RosterFileForm, status: int = 200) -> HttpResponse:
        own_institution(self)
        language = get_language() or ""
        contents = [(each, header_of(each, language)) for each in ImportContent]
        context = {"form": form, "contents": contents}
        return render(self.request, "institutions/roster/upload.html", context, status=status)


class OfImport(ActPage):
    area = "portal"
    form_class = NoForm

    def subject(self) -> RosterImport:
        rows = RosterImport.objects.visible_to(self.user)
        return get_object_or_404(rows, number=self.kwargs["number"])


class ApplyImport(OfImport):
    act = APPLY_IMPORT

    def obstacles(self) -> Sequence[Obstacle]:
        return applying_obstacles(self.object)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            gettext("%(n)d rows are applied at once, all of them or none.")
            % {"n": self.object.row_count},
            _("The import can be undone as a whole while nothing later builds on it."),
        ]

    def perform(self, form: NoForm) -> RosterImport:
        return apply_import(import_id=self.object.pk, by=self.user, at=timezone.now())


class UndoImport(OfImport):
    act = UNDO_IMPORT
    danger = True

    def obstacles(self) -> Sequence[Obstacle]:
        return undoing_obstacles(self.object)

    def consequences(self) -> Sequence[str | Promise]:
        return [
            _("Rows it added become void, rows it ended go on, files are as before."),
            _("It is refused if later changes build on it."),
        ]

    def perform(self, form: NoForm) -> RosterImport:
        return undo_import(import_id=self.object.pk, by=self.user, at=timezone.now())


class ImportErrors(ActRequired, View):
    """The errors of a preview as CSV."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        rows = RosterImport.objects.visible_to(self.user)
        run = get_object_or_404(rows, number=number)
        response = HttpResponse(BOM, content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="{run.number}-errors.csv"'
        writer = csv.writer(response)
        writer.writerow([str(each) for each in ERROR_COLUMNS])
        for each in run.errors:
            said = {**each, "field": column_label(run, each)}
            names = ("line", "field", "value", "text", "rule", "remedy")
            writer.writerow([csv_text(said[name]) for name in names])
        return response


class DeskErrors(ImportErrors):
    act = VIEW_ROSTERS


class OwnErrors(ImportErrors):
    act = VIEW_OWN_ROSTER


class Template(ActRequired, View):
    """An empty file with the line of columns, as CSV or as a workbook."""

    act = VIEW_OWN_ROSTER

    def get(self, request: HttpRequest) -> HttpResponse:
        content = request.GET.get("content", ImportContent.ROSTER.value)
        suffix = request.GET.get("suffix", "csv")
        if content not in ImportContent.values or suffix not in ("csv", "xlsx"):
            raise Http404
        header = header_of(ImportContent(content), get_language() or "")
        if suffix == "csv":
            response = HttpResponse(BOM, content_type="text/csv; charset=utf-8")
            csv.writer(response).writerow(header)
        else:
            book = Workbook(write_only=True)
            book.create_sheet(str(ImportContent(content).label)).append(header)
            file = BytesIO()
            book.save(file)
            response = HttpResponse(file.getvalue(), content_type=XLSX)
        response["Content-Disposition"] = f'attachment; filename="{content}.{suffix}"'
        return response
