"""Accounts people ask for themselves, with a password of their own choice. Which of them open, and
for whom they act, an upper app says.
"""

from __future__ import annotations

from datetime import datetime

import pghistory
from django.contrib.auth.models import Group
from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from agency.enums import AccountAct, Role
from agency.models import AccountRecord, Region, User
from agency.rules import Obstacle, Refusal, refuse_if
from agency.services.notices import tell
from agency.services.passwords import take_password


def asking_obstacles(*, username: str, name: str, email: str, password: str) -> list[Obstacle]:
    """Return why nobody can have an account of this name with this password. One query."""
    obstacles = []
    try:
        UnicodeUsernameValidator()(username)
    except ValidationError as error:
        text = _("User name %(name)s: %(fault)s") % {
            "name": username,
            "fault": " ".join(error.messages),
        }
        remedy = _("Use letters, figures and @ . + - _ only.")
        obstacles.append(Obstacle("username_invalid", text, remedy=remedy))
    if User.objects.filter(username__iexact=username).exists():
        obstacles.append(_taken(username))
    try:
        validate_password(password, User(username=username, name=name, email=email))
    except ValidationError as error:
        text = _("Password: %(fault)s") % {"fault": " ".join(error.messages)}
        remedy = _("Choose a longer one: several words that do not belong together are good.")
        obstacles.append(Obstacle("password_weak", text, rule="B-02", remedy=remedy))
    return obstacles


def _taken(username: str) -> Obstacle:
    text = _("The user name “%s” is taken.") % username
    return Obstacle("username_taken", text, remedy=_("Choose another one."))


@transaction.atomic
def ask_for_account(
    *,
    username: str,
    name: str,
    email: str,
    region: Region | None,
    role: Role,
    password: str,
    at: datetime,
) -> User:
    """Return an account with the password its holder chose. It is closed until `open_asked`.

    Refuses a user name that is taken, also by somebody who asks at the same moment, and a password
    that is too weak.
    """
    refuse_if(asking_obstacles(username=username, name=name, email=email, password=password))
    user = User(
        username=username, name=name, email=email, actor=role.actor, region=region, is_active=False
    )
    user.set_unusable_password()
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        raise Refusal([_taken(username)]) from error
    take_password(user=user, password=password, at=at)
    user.groups.set(Group.objects.filter(name=role.value))
    return user


@transaction.atomic
def open_asked(*, user_id: int, by: User | None, at: datetime, reason: str) -> User:
    """Open an account that was asked for; `by` is None for the program itself."""
    user = User.objects.select_for_update(of=("self",)).get(pk=user_id)
    user.is_active = True
    with pghistory.context(act="agency.open_asked", user=by.pk if by else None):
        user.save(update_fields=["is_active"])
    AccountRecord.objects.create(subject=user, act=AccountAct.CREATED, at=at, by=by, reason=reason)
    tell(
        [user],
        key=f"account.opened:{user.pk}",
        subject=_("Your account is open"),
        body=reason,
        url="/account/",
        at=at,
    )
    return user


@transaction.atomic
def refuse_asked(*, user_id: int, freed_as: str, by: User, at: datetime, reason: str) -> User:
    """Close an account for good that was asked for. Its user name is free again: the account is
    called by the request from now on.
    """
    user = User.objects.select_for_update(of=("self",)).get(pk=user_id)
    before = user.username
    user.is_active, user.username = False, freed_as
    user.session_round += 1
    with pghistory.context(act="agency.refuse_asked", user=by.pk):
        user.save(update_fields=["is_active", "username", "session_round"])
    AccountRecord.objects.create(
        subject=user,
        act=AccountAct.DEACTIVATED,
        at=at,
        by=by,
        reason=reason,
        before=before,
        after=freed_as,
    )
    return user
