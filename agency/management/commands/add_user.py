import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from agency.enums import Role
from agency.rules import Refusal
from agency.services.people import add_user


class Command(BaseCommand):
    help = "Create an account with its roles and print a first password."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")
        parser.add_argument("--name", required=True, help="the person's name")
        parser.add_argument(
            "--role", action="append", required=True, choices=Role.values, help="may be repeated"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        password = secrets.token_urlsafe(12)
        try:
            add_user(
                username=options["username"],
                name=options["name"],
                roles=[Role(code) for code in options["role"]],
                password=password,
            )
        except Refusal as refusal:
            raise CommandError("; ".join(str(each) for each in refusal.obstacles)) from refusal
        self.stdout.write(f"{options['username']}: {password}")
