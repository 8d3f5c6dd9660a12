from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from agency.law_json import decode_date
from agency.lawbook import QuestionError
from agency.services.calendar import office_calendar
from agency.time_rules.counting import MAX_DAYS

BAD_INPUT = 2


class Command(BaseCommand):
    help = "Count working days: `add 2025-01-10 30`, `between 2025-01-10 2025-02-27`."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_subparsers(dest="what", required=True, metavar="add|between")
        add = what.add_parser("add", help="the N-th working day after DATE")
        add.add_argument("date", metavar="DATE")
        add.add_argument("count", metavar="N")
        between = what.add_parser("between", help="working days after A up to and including B")
        between.add_argument("first", metavar="A")
        between.add_argument("last", metavar="B")

    def handle(self, *args: Any, **options: Any) -> None:
        calendar = office_calendar()
        answer: date | int
        if options["what"] == "add":
            deadline = calendar.workdays_after(day(options["date"]), length(options["count"]))
            answer, provisional = deadline.on, deadline.provisional
        else:
            first, last = day(options["first"]), day(options["last"])
            answer = calendar.workdays_between(first, last)
            provisional = calendar.is_provisional(first, last)
        self.stdout.write(f"{answer} provisional" if provisional else f"{answer}")


def day(text: str) -> date:
    try:
        return decode_date(text, "DATE", None)
    except QuestionError as error:
        raise CommandError(str(error), returncode=BAD_INPUT) from error


def length(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MAX_DAYS))):
        count = MAX_DAYS + 1
    else:
        count = int(text)
    if count > MAX_DAYS:
        raise CommandError(
            _("N: expected a whole number from 0 to %(high)d, got %(value)s.")
            % {"high": MAX_DAYS, "value": text[:40]},
            returncode=BAD_INPUT,
        )
    return count
