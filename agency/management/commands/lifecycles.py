from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from agency.lifecycles import readmes, with_diagrams


class Command(BaseCommand):
    help = "Write the diagrams of the state machines into the READMEs, or check them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="exit 1 where one is out of date")

    def handle(self, *args: Any, **options: Any) -> None:
        stale = [each for each in readmes() if with_diagrams(each.read_text()) != each.read_text()]
        names = ", ".join(str(each.relative_to(Path(settings.BASE_DIR))) for each in stale)
        if stale and options["check"]:
            raise CommandError(f"diagrams are out of date in {names}: run `manage.py lifecycles`")
        for each in stale:
            each.write_text(with_diagrams(each.read_text()))
        self.stdout.write(f"written: {names}" if stale else "up to date")
