import base64
import secrets
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from agency.crypto import KEY_BYTES
from agency.services.keys import encrypted_columns, remaining, rotate


class Command(BaseCommand):
    help = (
        "Encrypt every stored bank account with the first key of FIELD_KEYS. Put the new key "
        "first, restart the program, run this, and take the old key out once nothing remains."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--new-key", action="store_true", help="print a new key and do nothing")
        parser.add_argument(
            "--check", action="store_true", help="say how many values are under other keys"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new_key"]:
            raw = secrets.token_bytes(KEY_BYTES)
            self.stdout.write(base64.urlsafe_b64encode(raw).decode().rstrip("="))
            return
        left = 0
        for each in encrypted_columns():
            done = 0 if options["check"] else rotate(each)
            still = remaining(each)
            left += still
            self.stdout.write(f"{each.table}.{each.column}: {done} encrypted anew, {still} remain")
        self.stdout.write(
            "Every value is under the first key; older keys may be taken out."
            if not left
            else f"{left} values are under other keys; keep those keys."
        )
