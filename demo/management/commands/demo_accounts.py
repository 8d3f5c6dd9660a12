from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from demo.world.accounts import ACCOUNTS, PASSWORD


class Command(BaseCommand):
    help = "Print the accounts of the demo world, one line per person, and their password."

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("zh-hans"):
            self.stdout.write(f"Accounts of the demo (password of all: {PASSWORD})")
            for account in ACCOUNTS:
                self.stdout.write(f"  {account.username:<15} {account.label}")
