"""Requests that are repeated with the same key are answered as before, and nothing is done twice.

The key is stored in the transaction of the act itself: either both stand or neither. Two at once
meet at the unique key; the second waits for the first, and gets its answer.
"""

import hashlib
import json
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from agency.models import IdempotentRequest

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
LONGEST_KEY = 200

Handler = Callable[..., Response]


class KeyMissing(APIException):
    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "idempotency_key_missing"
    default_detail = _(
        "This request needs the header Idempotency-Key: a new text for each matter, such as a UUID."
    )


class KeyInvalid(APIException):
    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "idempotency_key_invalid"
    default_detail = _("Idempotency-Key: at most 200 printable ASCII characters.")


class KeyReused(APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "idempotency_key_reused"
    default_detail = _(
        "This Idempotency-Key was used for another request. Use a new one for a new matter."
    )


def idempotent(*, required: bool = False) -> Callable[[Handler], Handler]:
    """Let a handler of POST honour the header; `required` where money or claims are at stake."""

    def decorate(handler: Handler) -> Handler:
        @wraps(handler)
        def answer(view: Any, request: Request, *args: Any, **kwargs: Any) -> Response:
            key = key_of_request(request)
            if key is None:
                if required:
                    raise KeyMissing
                return handler(view, request, *args, **kwargs)
            target = f"{request.method} {request.get_full_path()}"[:500]
            digest = _digest_of(target, request)
            with transaction.atomic():
                row, is_new = IdempotentRequest.objects.get_or_create(
                    owner=request.user,  # type: ignore[misc]
                    key=key,
                    defaults={"target": target, "digest": digest, "created_at": timezone.now()},
                )
                if not is_new:
                    return _replay(row, digest)
                response = handler(view, request, *args, **kwargs)
                _store(row, response)
            return response

        answer.idempotency_key = "required" if required else "optional"  # type: ignore[attr-defined]
        return answer

    return decorate


def key_of_request(request: Request) -> str | None:
    """Return the key a request carries, if any; refuse one that cannot be."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    key = key.strip()
    if not key or len(key) > LONGEST_KEY or not (key.isascii() and key.isprintable()):
        raise KeyInvalid
    return key


def _replay(row: IdempotentRequest, digest: str) -> Response:
    if row.digest != digest:
        raise KeyReused
    return Response(row.answer, status=row.status, headers={REPLAYED: "true"})


def _store(row: IdempotentRequest, response: Response) -> None:
    """Keep an answer of success; what was refused may be asked again with the same key."""
    if not status.is_success(response.status_code):
        row.delete()
        return
    row.status = response.status_code
    row.answer = json.loads(JSONRenderer().render(response.data))
    row.save(update_fields=["status", "answer"])


def _digest_of(target: str, request: Request) -> str:
    digest = hashlib.sha256(target.encode())
    for part in _parts_of(request.data):
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return digest.hexdigest()


def _parts_of(data: Any) -> Iterator[bytes]:
    """Yield what a request says, whatever the order of its fields: files by their content."""
    if not hasattr(data, "lists"):
        yield json.dumps(data, sort_keys=True, default=str).encode("utf-8", "surrogatepass")
        return
    for name, values in sorted(data.lists()):
        for value in values:
            yield name.encode("utf-8", "surrogatepass")
            if isinstance(value, UploadedFile):
                yield f"{value.name}:{_file_digest(value)}".encode("utf-8", "surrogatepass")
            else:
                yield str(value).encode("utf-8", "surrogatepass")


def _file_digest(upload: UploadedFile) -> str:
    digest = hashlib.sha256()
    for chunk in upload.chunks():
        digest.update(chunk)
    upload.seek(0)
    return digest.hexdigest()
