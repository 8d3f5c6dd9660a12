"""System checks of the office itself."""

from collections.abc import Sequence
from typing import Any

from django.core import checks
from django.core.checks import CheckMessage, Tags, register
from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.services.calendar_imports import missing_year


@register(Tags.database)
def calendar_of_next_year(
    app_configs: Any, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Warn from November on while next year has no working-day calendar."""
    if not databases:
        return []
    try:
        year = missing_year(timezone.localdate())
    except DatabaseError:  # before the first migration there is nothing to look at
        return []
    if year is None:
        return []
    return [
        checks.Warning(
            _("The calendar of %(year)d is not known yet.") % {"year": year},
            hint=_("Import its notice on the calendar page or with import_holidays."),
            id="agency.W001",
        )
    ]
