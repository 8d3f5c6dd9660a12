from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from agency import translations


class Command(BaseCommand):
    help = "Update, check or compile the message catalogues of the project's apps."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("apps", nargs="*", metavar="APP", help="by default all apps")
        what = parser.add_mutually_exclusive_group(required=True)
        what.add_argument("--update", action="store_true", help="bring catalogues up to date")
        what.add_argument("--check", action="store_true", help="exit 1 where a translation misses")
        what.add_argument("--compile", action="store_true", help="write the .mo files")

    def handle(self, *args: Any, **options: Any) -> None:
        ours = {
            config.label: Path(config.path)
            for config in apps.get_app_configs()
            if Path(config.path).parent == Path(settings.BASE_DIR)
        }
        unknown = set(options["apps"]) - set(ours)
        if unknown:
            raise CommandError(f"no such app: {', '.join(sorted(unknown))}")
        absent = 0
        for label, path in ours.items():
            if options["apps"] and label not in options["apps"]:
                continue
            if options["compile"]:
                translations.compile_catalogue(path)
                continue
            if options["update"]:
                translations.update(path)
            for message in translations.missing(path):
                absent += 1
                self.stdout.write(f"{label}: not translated: {message!r}")
        if absent and options["check"]:
            raise CommandError(f"{absent} messages are not translated")
