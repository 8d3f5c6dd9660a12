"""Handing out the evidence of a filing to those who may see the filing."""

from django.http import FileResponse, HttpRequest
from django.shortcuts import get_object_or_404
from django.views.generic import View

from agency.views.pages import ActRequired
from institutions.models import ChangeRequest
from institutions.permissions import READ_CHANGES


class Evidence(ActRequired, View):
    act = READ_CHANGES

    def get(self, request: HttpRequest, number: str, pk: int) -> FileResponse:
        change = get_object_or_404(ChangeRequest.objects.visible_to(self.user), number=number)
        attachment = get_object_or_404(change.evidence, pk=pk)
        return FileResponse(
            attachment.file.open("rb"),
            as_attachment=True,
            filename=attachment.name,
            content_type=attachment.content_type,
        )
