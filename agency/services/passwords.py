"""Passwords: which may be taken, how long one lasts, who set it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import check_password, make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from agency.enums import AccountAct
from agency.models import AccountRecord, PasswordRecord, User
from agency.services.in_force import parameters_on


class NotRecentlyUsed:
    """A validator of Django's: none of the last passwords, the present one included."""

    def validate(self, password: str, user: Any = None) -> None:
        if user is None or user.pk is None:
            return
        back = int(parameters_on(timezone.localdate())["password_history"])
        rows = PasswordRecord.objects.filter(user=user.pk).order_by("-at", "-pk")[:back]
        # The stored one, not the form's: a failed form leaves its new password on the instance.
        now = User.objects.values_list("password", flat=True).get(pk=user.pk)
        if any(check_password(password, each) for each in {now, *(row.password for row in rows)}):
            raise ValidationError(
                ngettext(
                    "This is the password you have now. Choose one you have not used.",
                    "This is one of your last %(back)d passwords. Choose one you have not used.",
                    back,
                )
                % {"back": back},
                code="password_used_before",
            )

    def get_help_text(self) -> str:
        return _("Not one of your last passwords.")


@transaction.atomic
def take_password(*, user: User, password: str, at: datetime) -> None:
    """Let the person have a password they chose themselves; it has been validated."""
    _store(user, make_password(password), at=at, by_another=False)
    AccountRecord.objects.create(subject=user, act=AccountAct.PASSWORD_CHANGED, at=at, by=user)


def give_password(*, user: User, password: str, at: datetime) -> None:
    """Set a password that somebody else chose: it opens nothing but the page to change it."""
    _store(user, make_password(password), at=at, by_another=True)


def _store(user: User, hashed: str, *, at: datetime, by_another: bool) -> None:
    user.password = hashed
    user.password_changed_at = at
    user.must_change_password = by_another
    user.save(update_fields=["password", "password_changed_at", "must_change_password"])
    PasswordRecord.objects.create(user=user, password=hashed, at=at)


def expires_on(user: User, on: date) -> date | None:
    """Return the last day of the user's password; None while it is not known since when."""
    if user.password_changed_at is None:
        return None
    days = int(parameters_on(on)["password_max_days"])
    return timezone.localdate(user.password_changed_at) + timedelta(days=days)


def is_too_old(user: User, on: date) -> bool:
    last = expires_on(user, on)
    return last is not None and on > last
