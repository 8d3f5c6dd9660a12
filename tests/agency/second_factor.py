"""Second factors for tests: a device, the codes of its app, and codes on paper."""

import time

from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from agency.models import User


def factor_of(user: User) -> TOTPDevice:
    device = TOTPDevice.objects.filter(user=user, confirmed=True).first()
    return device or TOTPDevice.objects.create(user=user, confirmed=True, name="app")


def app_code(user: User, *, steps: int = 0) -> str:
    """What the person's app shows now, or so many half minutes later."""
    device = factor_of(user)
    at = int(time.time()) + steps * device.step
    return f"{totp(device.bin_key, step=device.step, t0=device.t0 + (int(time.time()) - at)):06d}"


def paper_code(user: User) -> str:
    """A recovery code nobody has used: no test waits for the next half minute."""
    factor_of(user)
    paper, _made = StaticDevice.objects.get_or_create(user=user, confirmed=True, name="paper")
    return StaticToken.objects.create(device=paper, token=StaticToken.random_token()).token
