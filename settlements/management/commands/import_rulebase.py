from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from agency.rules import Refusal
from settlements.services.rulebase import import_rulebase, release_as_operator


class Command(BaseCommand):
    help = "Import a knowledge base (a folder of CSV files) as a new version."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument(
            "--release",
            action="store_true",
            help="put it into use at once; otherwise a second person releases it at the desk",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if not folder.is_dir():
            raise CommandError(f"{folder} is not a folder")
        at = timezone.now()
        try:
            imported = import_rulebase(folder=folder, source=folder.resolve().name, at=at)
        except Refusal as refusal:
            for obstacle in refusal.obstacles[:100]:
                self.stderr.write(str(obstacle.text))
            raise CommandError(
                f"nothing imported: {len(refusal.obstacles)} errors in {folder}"
            ) from refusal
        version = imported.version
        for name, count in sorted(imported.base.counts.items()):
            self.stdout.write(f"{name}: {count}")
        for name in imported.base.ignored:
            self.stdout.write(f"{name}: ignored, not a file of the knowledge base")
        self.stdout.write(f"files: {len(imported.base.counts)}, rows: {len(imported.base.rows)}")
        if not imported.is_new:
            self.stdout.write(f"the same files were imported before as version {version.number}")
        if options["release"]:
            version = release_as_operator(version_id=version.pk, at=at)
        released = f"in use from {version.released_on}" if version.released_on else "draft"
        self.stdout.write(f"version: {version.number} ({released})")
