from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from agency.enums import Profile, RegionLevel
from agency.models import Region


class Command(BaseCommand):
    help = "Enter an administrative division, or correct its name, level, parent and profile."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("code", help="six digits (GB/T 2260)")
        parser.add_argument("name")
        parser.add_argument("--level", required=True, choices=RegionLevel.values)
        parser.add_argument("--parent", metavar="CODE")
        parser.add_argument("--profile", choices=Profile.values, default=Profile.NATIONAL)

    def handle(self, *args: Any, **options: Any) -> None:
        region = Region(
            code=options["code"],
            name=options["name"],
            level=options["level"],
            parent_id=options["parent"],
            profile=options["profile"],
        )
        try:
            region.full_clean(validate_unique=False)
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        region.save()
        self.stdout.write(f"{region.code} {region.name}")
