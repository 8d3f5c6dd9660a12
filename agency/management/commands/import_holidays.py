from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.services.holidays import (
    HolidayFileRefused,
    YearChange,
    import_holiday_years,
    read_holiday_file,
)


class Command(BaseCommand):
    help = "Take in official working-day notices, one JSON file a year; all of them or none."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        years, refused = [], []
        for path in options["files"]:
            try:
                years.append(read_holiday_file(path))
            except HolidayFileRefused as error:
                refused.append(f"{path}: {error}")
        seen = [each.year for each in years]
        refused += [
            _("%(year)d comes in more than one file.") % {"year": year}
            for year in sorted(set(seen))
            if seen.count(year) > 1
        ]
        if refused:
            raise CommandError("\n".join([*refused, _("Nothing was imported.")]))
        for change in import_holiday_years(years=years, at=timezone.now()):
            self.stdout.write(described(change))


def described(change: YearChange) -> str:
    """Say in one line what an import did to a year."""
    if change.is_empty:
        return _("%(year)d: unchanged") % {"year": change.year}
    counts = {
        _("%(count)d days added"): change.added,
        _("%(count)d days removed"): change.removed,
        _("%(count)d days changed"): change.changed,
        _("%(count)d days renamed"): change.renamed,
    }
    parts = [_("newly published")] if change.is_new else []
    parts += [text % {"count": len(days)} for text, days in counts.items() if days]
    if change.papers_changed:
        parts.append(_("notices recorded"))
    if change.moves_deadlines:
        parts.append(_("calendar version %(version)d") % {"version": change.version})
    return f"{change.year}: {', '.join(parts)}"
