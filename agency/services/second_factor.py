"""The second factor: an app's code that changes every half minute, and recovery codes on paper.

django-otp keeps the secrets and refuses a code used before; who must have a factor, what is said,
recorded and told, is ours.
"""

from __future__ import annotations

import time
import unicodedata
from base64 import b32encode
from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

import segno
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.oath import TOTP
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from agency.enums import AccountAct
from agency.models import AccountRecord, User
from agency.permissions import RESET_FACTOR, SECOND_FACTOR_ROLES
from agency.rules import Obstacle, Refusal, refuse_if
from agency.services.notices import tell

ISSUER = "医保经办"
RECOVERY_CODES = 10
CODE_DIGITS = 6

CODE_MISSING = Obstacle(
    "code_missing",
    _("This moves money: it needs a one-time code. Nothing was done."),
    rule="B-02",
    remedy=_("Type the code your app shows now, or one of your recovery codes."),
)
FACTOR_MISSING = Obstacle(
    "factor_missing",
    _("This moves money and needs a second factor, which you have not set up."),
    rule="B-02",
    remedy=_("Set it up at “My account › Second factor”, then come back."),
)
CODE_USED = Obstacle(
    "code_used",
    _("This code has been used already; each code counts once. Nothing was done."),
    remedy=_("Wait up to half a minute for the next code, or take a recovery code."),
)
CODE_WRONG = Obstacle(
    "code_wrong",
    _("This code is wrong or no longer valid. Nothing was done."),
    remedy=_("Type the code your app shows now; if it goes on failing, set your phone's clock."),
)


def is_required(user: User) -> bool:
    """Whether the user's roles may do nothing without a second factor."""
    return not SECOND_FACTOR_ROLES.isdisjoint(user.roles)


def has_factor(user: User) -> bool:
    return TOTPDevice.objects.filter(user=user, confirmed=True).exists()


def recovery_codes_left(user: User) -> int:
    return StaticToken.objects.filter(device__user=user, device__confirmed=True).count()


def spend_code(*, user: User, code: str) -> Sequence[Obstacle]:
    """Use up a one-time code: return nothing if it was good, else why it was not.

    Runs in the caller's transaction: a code is spent only if what it was given for is done. A
    failure is to be committed, as it slows the next attempt down.
    """
    typed = unicodedata.normalize("NFKC", code).replace(" ", "").replace("-", "").lower()
    if not typed:
        return [CODE_MISSING]
    is_totp = typed.isdigit() and len(typed) == CODE_DIGITS
    kind = TOTPDevice if is_totp else StaticDevice
    device = kind.objects.select_for_update().filter(user=user, confirmed=True).first()
    if device is None:
        return [CODE_WRONG if has_factor(user) else FACTOR_MISSING]
    allowed, why = device.verify_is_allowed()
    if not allowed:
        return [_throttled(why["locked_until"])]
    used = is_totp and _was_used(device, typed)
    if device.verify_token(typed):
        return []
    return [CODE_USED if used else CODE_WRONG]


def _throttled(until: datetime) -> Obstacle:
    # To the next full second: at the second shown, it works.
    shown = timezone.localtime(until + timedelta(seconds=1))
    return Obstacle(
        "code_throttled",
        _("Too many wrong codes. Nothing was done."),
        remedy=_("Try again after %(time)s, with a new code.") % {"time": f"{shown:%H:%M:%S}"},
    )


def _was_used(device: TOTPDevice, code: str) -> bool:
    totp = TOTP(device.bin_key, device.step, device.t0, device.digits, device.drift)
    totp.time = time.time()
    return bool(totp.verify(int(code), device.tolerance)) and totp.t() <= device.last_t


# --- setting up -----------------------------------------------------------------------------------


@transaction.atomic
def begin(*, user: User) -> TOTPDevice:
    """Return the device being set up, a new one if there is none."""
    User.objects.select_for_update().get(pk=user.pk)
    device = TOTPDevice.objects.filter(user=user, confirmed=False).first()
    return device or TOTPDevice.objects.create(user=user, confirmed=False, name="app")


def address_of(device: TOTPDevice) -> str:
    """Return what the QR code says: the address an authenticator app understands."""
    label = quote(f"{ISSUER}:{device.user.username}")
    return f"otpauth://totp/{label}?secret={secret_of(device)}&issuer={quote(ISSUER)}"


def secret_of(device: TOTPDevice) -> str:
    """Return the secret as people type it."""
    return b32encode(device.bin_key).decode().rstrip("=")


def qr_of(device: TOTPDevice) -> str:
    """Return the QR code as a data URI."""
    return str(segno.make(address_of(device), error="m").svg_data_uri(scale=5, border=3))


@transaction.atomic
def confirm(*, user: User, code: str, at: datetime) -> list[str]:
    """Take the app into use once it shows the right code; return ten new recovery codes.

    An app used before no longer counts.
    """
    device = TOTPDevice.objects.select_for_update().filter(user=user, confirmed=False).first()
    typed = unicodedata.normalize("NFKC", code).replace(" ", "")
    if device is None or not device.verify_token(typed):
        # The failure of a device not yet in use protects nothing.
        raise Refusal([CODE_WRONG])
    TOTPDevice.objects.filter(user=user, confirmed=True).delete()
    device.confirmed = True
    device.save(update_fields=["confirmed"])
    AccountRecord.objects.create(subject=user, act=AccountAct.FACTOR_SET_UP, at=at, by=user)
    tell(
        [user],
        key=f"account.factor_set_up:{user.pk}:{at.isoformat()}",
        subject=_("A second factor was set up for your account"),
        body=_("If this was not you, tell the security administrator at once."),
        url="/account/",
        at=at,
    )
    return _codes_for(user)


@transaction.atomic
def renew_codes(*, user: User, at: datetime) -> list[str]:
    """Return ten new recovery codes; the old ones no longer count."""
    AccountRecord.objects.create(subject=user, act=AccountAct.RECOVERY_CODES, at=at, by=user)
    return _codes_for(user)


def _codes_for(user: User) -> list[str]:
    StaticDevice.objects.filter(user=user).delete()
    paper = StaticDevice.objects.create(user=user, confirmed=True, name="paper")
    codes = [StaticToken.random_token() for _each in range(RECOVERY_CODES)]
    StaticToken.objects.bulk_create(StaticToken(device=paper, token=code) for code in codes)
    return [f"{code[:4]}-{code[4:]}" for code in codes]


# --- resetting ------------------------------------------------------------------------------------


def reset_obstacles(subject: User, by: User) -> list[Obstacle]:
    """Return why the person cannot take another's second factor away."""
    obstacles = []
    if not RESET_FACTOR.allows(by):
        obstacles.append(
            Obstacle("not_entitled", _("A second factor is reset by a security administrator."))
        )
    if by.is_one_with(subject.pk, None):
        obstacles.append(
            Obstacle(
                "own_factor",
                _("Nobody resets their own second factor."),
                rule="B-02",
                remedy=_("Ask another security administrator, who makes sure that it is you."),
            )
        )
    if not has_factor(subject):
        obstacles.append(Obstacle("no_factor", _("This person has no second factor.")))
    return obstacles


@transaction.atomic
def reset(*, subject_id: int, by: User, at: datetime, reason: str) -> User:
    """Take the second factor away, as after the loss of a phone; every session ends."""
    subject = User.objects.select_for_update().get(pk=subject_id)
    refuse_if(reset_obstacles(subject, by))
    TOTPDevice.objects.filter(user=subject).delete()
    StaticDevice.objects.filter(user=subject).delete()
    subject.session_round += 1
    subject.save(update_fields=["session_round"])
    AccountRecord.objects.create(
        subject=subject, act=AccountAct.FACTOR_RESET, at=at, by=by, reason=reason
    )
    tell(
        [subject],
        key=f"account.factor_reset:{subject.pk}:{at.isoformat()}",
        subject=_("Your second factor was reset"),
        body=_("Set up a new one when you log in next. If you did not ask for it, say so at once."),
        url="/account/second-factor/",
        at=at,
    )
    return subject
