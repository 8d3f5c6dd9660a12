import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from demo.check.job import MainJob
from demo.world.load import is_loaded


class Command(BaseCommand):
    help = (
        "Drive the main job once through a running office, as its people would, and print what "
        "each step saw. Exits 1 at the first step that fails. May be repeated."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--url", required=True, help="where the office is open")

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_loaded():
            self.stderr.write("The demo world is not here: run load_demo first.")
            sys.exit(1)
        if not MainJob(options["url"], say=self._say).run():
            sys.exit(1)

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
