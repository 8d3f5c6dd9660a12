import contextlib
import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection
from django.test.utils import override_settings

from bench.registry import BENCHES


class Command(BaseCommand):
    help = "Measure something against its limit, in a database of its own; prints one JSON line."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", choices=sorted(BENCHES))
        parser.add_argument("--lines", type=int, help="the size; each bench has its own default")
        parser.add_argument("--seed", type=int, default=7)
        parser.add_argument("--rounds", type=int, default=5)

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"]
        wanted = {key: options[key] for key in ("seed", "rounds")}
        if options["lines"]:
            wanted["lines"] = options["lines"]
        with own_database(f"bench_{name.replace('-', '_')}"), own_files():
            found = BENCHES[name](**wanted)
        rounded = {
            key: round(value, 4) if isinstance(value, float) else value
            for key, value in found.items()
        }
        self.stdout.write(json.dumps(rounded, ensure_ascii=False))


@contextlib.contextmanager
def own_database(name: str) -> Iterator[None]:
    """Work in a new, migrated database, dropped afterwards."""
    office = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = name
    connection.creation.create_test_db(verbosity=0, autoclobber=True)
    try:
        yield
    finally:
        connection.creation.destroy_test_db(office, verbosity=0)


@contextlib.contextmanager
def own_files() -> Iterator[None]:
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as folder,
        override_settings(MEDIA_ROOT=Path(folder)),
    ):
        yield
