"""What every API view shares: permission by act and scope, keyset pages, and that a repeated
request is answered, not repeated.
"""

from agency.api.conditions import etag_of, require_match
from agency.api.idempotency import idempotent
from agency.api.paging import OfficePagination
from agency.api.permission import ActPermission, ScopedToken

__all__ = [
    "ActPermission",
    "OfficePagination",
    "ScopedToken",
    "etag_of",
    "idempotent",
    "require_match",
]
