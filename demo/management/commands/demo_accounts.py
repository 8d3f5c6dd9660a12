from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from demo.world.accounts import ACCOUNTS, PASSWORD, asked_for
from demo.world.applicants import BY_KEY
from demo.world.factors import roles_with_factor, secret_of

# Begun, and negotiated: two of those whose accounts were opened at their first visit.
SHOWN_APPLICANTS = ("draft", "negotiating")


class Command(BaseCommand):
    help = (
        "Print the accounts of the demo world, one line per person, their password, and the "
        "secrets of those who log in with a second factor."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with_factor = roles_with_factor()
        with translation.override("zh-hans"):
            self.stdout.write(f"Accounts of the demo (password of all: {PASSWORD})")
            for account in (*ACCOUNTS, *(asked_for(BY_KEY[key]) for key in SHOWN_APPLICANTS)):
                needs = not with_factor.isdisjoint(account.roles)
                mark = "*" if needs else " "
                self.stdout.write(f"  {mark} {account.username:<15} {account.label}")
            self.stdout.write(
                "\n* asked for a one-time code, at the log-in and when money moves. Get it by\n"
                "    .venv/bin/python manage.py demo_code USERNAME\n"
                "  or type the secret into an authenticator app (TOTP):"
            )
            for account in ACCOUNTS:
                if not with_factor.isdisjoint(account.roles):
                    secret = secret_of(account.username)
                    self.stdout.write(f"    {account.username:<15} {secret}")
