import time
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from demo.world.load import is_loaded, load_world


class Command(BaseCommand):
    help = "Load the demo world if it is absent: an invented agency with two years behind it."

    def handle(self, *args: Any, **options: Any) -> None:
        if is_loaded():
            self.stdout.write("The demo world is here already.")
            return
        started = time.monotonic()
        self.stdout.write("Loading the demo world …")
        load_world(now=timezone.now(), say=self._say)
        self.stdout.write(f"The demo world is loaded ({time.monotonic() - started:.0f} s).")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
