from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from agency.models import User
from demo.world.accounts import ACCOUNTS
from demo.world.factors import app_code, paper_code, roles_with_factor


class Command(BaseCommand):
    help = (
        "Print a one-time code for a person of the demo: what their app shows now, or a recovery "
        "code where that one has been used."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        username = options["username"]
        account = next((each for each in ACCOUNTS if each.username == username), None)
        if account is None or not User.objects.filter(username=username).exists():
            raise CommandError(f"{username}: no such person in the demo; see demo_accounts.")
        if roles_with_factor().isdisjoint(account.roles):
            raise CommandError(f"{username} has no second factor: the password is enough.")
        shown = app_code(username)
        if shown:
            code, seconds = shown
            self.stdout.write(f"{code}  (the app shows it for {seconds} s more; counts once)")
        else:
            self.stdout.write(f"{paper_code(username)}  (a recovery code; counts once)")
