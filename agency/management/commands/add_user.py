import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from agency.enums import Role
from agency.models import Region
from agency.rules import Refusal
from agency.services.people import add_user


class Command(BaseCommand):
    help = "Create an account with its roles and print a first password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="the person's name")
        parser.add_argument("--region", metavar="CODE", help="the region the person works for")
        parser.add_argument(
            "--role", action="append", required=True, choices=Role.values, help="may be repeated"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        region = Region.objects.filter(code=options["region"]).first()
        if options["region"] and region is None:
            raise CommandError(f"--region {options['region']}: no such region; see add_region")
        password = secrets.token_urlsafe(12)
        try:
            add_user(
                username=options["username"],
                name=options["name"],
                roles=[Role(code) for code in options["role"]],
                password=password,
                region=region,
            )
        except Refusal as refusal:
            raise CommandError("; ".join(str(each) for each in refusal.obstacles)) from refusal
        self.stdout.write(f"{options['username']}: {password}")
