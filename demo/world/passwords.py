"""One password for everybody, worked out once: a hundred times would take a minute."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from unittest.mock import patch

from django.contrib.auth import hashers

from agency.services import passwords
from institutions.services.letters import consent


@contextmanager
def remembered_passwords() -> Iterator[None]:
    """Within, a password is hashed once, and what has been compared is not compared again."""
    made = cache(hashers.make_password)
    compared = cache(hashers.check_password)
    with (
        patch.object(passwords, "make_password", made),
        patch.object(passwords, "check_password", compared),
        patch.object(consent, "check_password", compared),
    ):
        yield
