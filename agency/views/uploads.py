"""Files in pieces: begin (POST), where it stands (GET, HEAD), the next piece (PATCH), forget
(DELETE). After the manner of the tus protocol.
"""

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import View

from agency.enums import UploadState
from agency.models import Upload, User
from agency.rules import Refusal
from agency.services import uploads

LONGEST_QUESTION = 4000


class Pieces(View):
    """Base: for those who are logged in, answers without pages."""

    request: Any

    @property
    def user(self) -> User:
        return self.request.user

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.is_authenticated:
            return said(401, _("Log in first; what has arrived is kept."))
        return super().dispatch(request, *args, **kwargs)


class Uploads(Pieces):
    http_method_names = ["post", "options"]

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            asked = json.loads(request.read(LONGEST_QUESTION))
            purpose, name, size = asked["purpose"], asked["name"], asked["size"]
        except (ValueError, KeyError, TypeError, UnreadablePostError):
            return said(400, _("Say purpose, name and size."))
        if not (isinstance(purpose, str) and isinstance(name, str) and type(size) is int):
            return said(400, _("Say purpose, name and size."))
        name = name.replace("\x00", "").strip().replace("\\", "/").rpartition("/")[2]
        try:
            upload = uploads.begin(
                user=self.user, purpose=purpose, name=name, size=size, at=timezone.now()
            )
        except Refusal as refusal:
            return said(409, " ".join(str(each) for each in refusal.obstacles))
        return state_of(upload, status=201)


class UploadPieces(Pieces):
    http_method_names = ["get", "head", "patch", "delete", "options"]

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        upload = Upload.objects.filter(pk=pk, user=self.user, expires_at__gt=timezone.now()).first()
        return state_of(upload) if upload else gone()

    def patch(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        offset = request.headers.get("Upload-Offset", "")
        if not (offset.isascii() and offset.isdigit()) or len(offset) > 18:
            return said(400, _("Say where the piece begins: Upload-Offset."))
        try:
            upload = uploads.append(
                pk=pk, user=self.user, offset=int(offset), read=request.read, at=timezone.now()
            )
        except Upload.DoesNotExist:
            return gone()
        except uploads.WrongOffset as wrong:
            return state_of(wrong.upload, status=409)
        if upload.state == UploadState.REFUSED:
            return state_of(upload, status=422)
        if upload.state == UploadState.OPEN and upload.refusal:
            return state_of(upload, status=503)
        return state_of(upload)

    def delete(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        try:
            uploads.cancel(pk=pk, user=self.user)
        except Upload.DoesNotExist:
            return gone()
        return HttpResponse(status=204)


def state_of(upload: Upload, status: int = 200) -> JsonResponse:
    facts = {
        "id": str(upload.pk),
        "state": upload.state,
        "offset": upload.received,
        "size": upload.size,
        "expires_at": upload.expires_at.isoformat(),
        "sha256": upload.attachment.sha256 if upload.attachment else "",
        "text": upload.refusal,
    }
    headers = {"Upload-Offset": str(upload.received), "Upload-Length": str(upload.size)}
    return JsonResponse(facts, status=status, headers={**headers, "Cache-Control": "no-store"})


def said(status: int, text: str) -> JsonResponse:
    return JsonResponse({"text": text}, status=status, headers={"Cache-Control": "no-store"})


def gone() -> JsonResponse:
    return said(404, _("This upload is not there any more. Choose the file again."))
