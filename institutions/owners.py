"""Who may see the files of filings."""

from typing import Any

from agency.models import User
from agency.owners import file_owner
from institutions.models import ChangeRequest
from institutions.permissions.changes import READ_CHANGES


@file_owner(ChangeRequest, "evidence", READ_CHANGES)
def changes_of(user: User) -> Any:
    return ChangeRequest.objects.visible_to(user)
