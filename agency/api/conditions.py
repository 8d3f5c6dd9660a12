"""ETags: what has not changed is not sent again, and what has changed is not changed unseen."""

from hashlib import md5
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request


class PreconditionFailed(APIException):
    """The object is no longer what the client has seen."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "precondition_failed"
    default_detail = _("It has changed since you read it. Read it again, then decide.")


def etag_of(content: bytes) -> str:
    """Return the strong ETag of a representation."""
    # No secret and no signature: it only tells one content from another.
    return f'"{md5(content, usedforsecurity=False).hexdigest()}"'


def require_match(request: Request, data: Any) -> None:
    """Refuse to act on an object unless `If-Match`, where it is sent, names its present state;
    `data` is the object as GET gives it.
    """
    wanted = request.headers.get("If-Match")
    if wanted is None:
        return
    present = etag_of(JSONRenderer().render(data))
    # A weak tag never matches here (RFC 9110, 13.1.1).
    if wanted.strip() != "*" and present not in [each.strip() for each in wanted.split(",")]:
        raise PreconditionFailed
