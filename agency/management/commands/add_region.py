from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from agency.enums import Profile, RegionLevel
from agency.rules import Refusal
from agency.services.regions import enter_region


class Command(BaseCommand):
    help = "Enter an administrative division, or correct its name, level, parent and profile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="six digits (GB/T 2260)")
        parser.add_argument("name")
        parser.add_argument("--level", required=True, choices=RegionLevel.values)
        parser.add_argument("--parent", metavar="CODE")
        parser.add_argument("--coordination", metavar="CODE", help="whose fund it shares")
        parser.add_argument("--profile", choices=Profile.values, default=Profile.NATIONAL)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            region = enter_region(
                code=options["code"],
                name=options["name"],
                level=options["level"],
                parent_code=options["parent"],
                coordination_code=options["coordination"],
                profile=options["profile"],
            )
        except Refusal as refusal:
            raise CommandError("; ".join(str(each) for each in refusal.obstacles)) from refusal
        self.stdout.write(f"{region.code} {region.name}")
