"""The one way files are handed out: to those who may see what the file belongs to."""

from pathlib import Path
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.generic import TemplateView, View

from agency.file_kinds import KINDS, PREVIEWED
from agency.models import Attachment
from agency.owners import visible_files
from agency.services.in_force import parameters_on
from agency.services.previews import page_file, preview_of
from agency.views.areas import layout_of

# Whatever a file holds, a browser runs nothing of it.
HARMLESS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
}


class FileView(LoginRequiredMixin):
    request: Any

    def file_of(self, pk: int) -> Attachment:
        return get_object_or_404(
            visible_files(self.request.user).select_related("uploaded_by"), pk=pk
        )


class FilePage(FileView, TemplateView):
    """What a file is, and its pages as pictures."""

    template_name = "agency/file.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        file = self.file_of(kwargs["pk"])
        pages = int(parameters_on(timezone.localdate())["preview_max_pages"])
        preview = preview_of(file, pages=pages)
        return super().get_context_data(
            layout=layout_of(self.request.user),
            file=file,
            kind=KINDS.get(file.content_type, (file.content_type, ()))[0],
            preview=preview,
            is_previewed=file.content_type in PREVIEWED,
            pages=range(1, preview.pages + 1),
            **kwargs,
        )


class FilePicture(FileView, View):
    """One page of a file, as a picture that this program drew."""

    def get(self, request: HttpRequest, pk: int, page: int) -> FileResponse:
        path = page_file(self.file_of(pk), page)
        if path is None:
            raise Http404
        return FileResponse(path.open("rb"), content_type="image/png", headers=HARMLESS)


class FileDownload(FileView, View):
    """The file as it was received."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        return handed_out(self.file_of(pk))


def handed_out(attachment: Attachment) -> FileResponse:
    """Return the file as a download; 404 if it is not in the store."""
    try:
        stored = attachment.file.open("rb")
    except FileNotFoundError as error:
        raise Http404 from error
    return FileResponse(
        stored,
        as_attachment=True,
        filename=Path(attachment.name).name or f"file-{attachment.pk}",
        content_type=attachment.content_type,
        headers=HARMLESS,
    )
