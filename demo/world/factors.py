"""Second factors of the demo's people: their secrets are as public as their password."""

from __future__ import annotations

import time
from base64 import b32encode
from collections.abc import Mapping
from hashlib import sha256

from django.db import transaction
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from agency.enums import Role
from agency.models import User
from agency.permissions import ACTS, SECOND_FACTOR_ROLES

KEY_BYTES = 20


def roles_with_factor() -> frozenset[Role]:
    """Return the roles that do nothing, or move no money, without a second factor."""
    acts = (act.roles for act in ACTS.values() if act.moves_money)
    return SECOND_FACTOR_ROLES.union(*acts)


def key_of(username: str) -> str:
    """Return the secret of an account, in hex: the same in every demo, so that a phone keeps it."""
    return sha256(f"office-demo:{username}".encode()).digest()[:KEY_BYTES].hex()


def secret_of(username: str) -> str:
    """Return the secret as people type it into an app."""
    return b32encode(bytes.fromhex(key_of(username))).decode()


def load_factors(users: Mapping[str, User]) -> None:
    wanted = roles_with_factor()
    holders = [user for user in users.values() if not wanted.isdisjoint(user.own_roles)]
    TOTPDevice.objects.bulk_create(
        TOTPDevice(user=user, name="app", confirmed=True, key=key_of(user.username))
        for user in holders
    )
    StaticDevice.objects.bulk_create(
        StaticDevice(user=user, name="paper", confirmed=True) for user in holders
    )


def app_code(username: str) -> tuple[str, int] | None:
    """Return what the person's app shows and for how many seconds yet; nothing if that code has
    been used or the person has no app.
    """
    device = TOTPDevice.objects.filter(user__username=username, confirmed=True).first()
    if device is None:
        return None
    app = TOTP(device.bin_key, device.step, device.t0, device.digits)
    app.time = time.time()
    if app.t() <= device.last_t:
        return None
    return f"{app.token():06d}", device.step - int(app.time) % device.step


@transaction.atomic
def paper_code(username: str) -> str:
    """Return a recovery code nobody has used: it needs no wait for the next half minute."""
    paper = StaticDevice.objects.get(user__username=username, confirmed=True)
    return StaticToken.objects.create(device=paper, token=StaticToken.random_token()).token
