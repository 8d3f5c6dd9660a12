"""Accounts and their roles. The system administrator opens and closes accounts, the security
administrator gives and takes roles: nobody does both, and nobody to themselves.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime

import pghistory
from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from agency.enums import ADMINISTRATORS, AccountAct, Actor, Role
from agency.models import AccountRecord, Region, StandIn, User
from agency.models.people import labels_of, standing_in
from agency.permissions import (
    CHANGE_ROLES,
    CLOSE_ACCOUNT,
    OPEN_ACCOUNT,
    REOPEN_ACCOUNT,
    SET_PASSWORD,
    Act,
)
from agency.rules import Obstacle, Refusal, refuse_if
from agency.services.notices import tell
from agency.services.passwords import give_password

# Without somebody in these roles nobody could ever give a role or open an account again.
NEVER_EMPTY = frozenset({Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR})
FIRST_PASSWORD_BYTES = 12


@transaction.atomic
def add_user(
    *,
    username: str,
    name: str,
    roles: Collection[Role],
    password: str | None = None,
    region: Region | None = None,
) -> User:
    """Create an account with roles of one actor and return it. Refuses a user name already
    taken, no role at all, and roles of different actors. Without a password nobody can log in.
    """
    actors = {role.actor for role in roles}
    obstacles = []
    if User.objects.filter(username=username).exists():
        obstacles.append(Obstacle("username_taken", _("The user name “%s” is taken.") % username))
    if len(actors) != 1:
        text = _("An account holds roles of exactly one side: agency, administration, institution.")
        obstacles.append(Obstacle("roles_of_one_actor", text))
    if len(ADMINISTRATORS & set(roles)) > 1:
        obstacles.append(_two_administrators())
    refuse_if(obstacles)
    actor: Actor = actors.pop()
    user = User(username=username, name=name, actor=actor, region=region)
    user.set_password(password)
    user.must_change_password = password is not None
    user.save()
    user.groups.set(Group.objects.filter(name__in=[role.value for role in roles]))
    return user


def _two_administrators() -> Obstacle:
    return Obstacle(
        "two_administrators",
        _("Nobody is two of the system, the security and the audit administrator."),
        rule="B-02",
        remedy=_("Give the roles to different people."),
    )


def _entitled(wanted: Act, by: User) -> list[Obstacle]:
    if wanted.allows(by):
        return []
    text = _("“%(act)s” is done by: %(roles)s.")
    roles = labels_of(wanted.roles)
    return [Obstacle("not_entitled", text % {"act": wanted.label, "roles": roles}, rule="B-02")]


# --- opening, closing -----------------------------------------------------------------------------


@transaction.atomic
def open_account(
    *,
    username: str,
    name: str,
    actor: Actor,
    region: Region | None,
    by: User,
    at: datetime,
    under: Act = OPEN_ACCOUNT,
) -> tuple[User, str]:
    """Open an account that may do nothing yet; return it with its first password, which its
    holder must change. Roles are given by a security administrator.

    `under` is the act of whoever else opens accounts, of people of their own.
    """
    obstacles = _entitled(under, by)
    if User.objects.filter(username__iexact=username).exists():
        text = _("The user name “%s” is taken.") % username
        obstacles.append(Obstacle("username_taken", text, remedy=_("Choose another one.")))
    refuse_if(obstacles)
    with pghistory.context(act=under.code, user=by.pk):
        user = User(username=username, name=name, actor=actor, region=region)
        user.set_unusable_password()
        user.save()
        password = secrets.token_urlsafe(FIRST_PASSWORD_BYTES)
        give_password(user=user, password=password, at=at)
    _record(user, AccountAct.CREATED, by=by, at=at)
    return user, password


def password_obstacles(subject: User, by: User, under: Act = SET_PASSWORD) -> list[Obstacle]:
    obstacles = _entitled(under, by)
    if by.is_one_with(subject.pk, None):
        text = _("This is your own account.")
        obstacles.append(
            Obstacle("own_account", text, remedy=_("Change your password at “My account”."))
        )
    if not subject.is_active:
        obstacles.append(Obstacle("account_closed", _("This account is closed.")))
    return obstacles


@transaction.atomic
def set_password(
    *, subject_id: int, by: User, at: datetime, reason: str, under: Act = SET_PASSWORD
) -> tuple[User, str]:
    """Give somebody who forgot theirs a new first password; every session of theirs ends."""
    subject = User.objects.select_for_update().get(pk=subject_id)
    refuse_if(password_obstacles(subject, by, under))
    password = secrets.token_urlsafe(FIRST_PASSWORD_BYTES)
    give_password(user=subject, password=password, at=at)
    _record(subject, AccountAct.PASSWORD_SET, by=by, at=at, reason=reason)
    tell(
        [subject],
        key=f"account.password_set:{subject.pk}:{at.isoformat()}",
        subject=_("Your password was set anew"),
        body=reason,
        url="/account/",
        at=at,
    )
    return subject, password


def closing_obstacles(subject: User, by: User, under: Act = CLOSE_ACCOUNT) -> list[Obstacle]:
    """Return why the person cannot close an account."""
    obstacles = _entitled(under, by)
    if by.is_one_with(subject.pk, None):
        text = _("Nobody closes their own account.")
        remedy = _("Ask another administrator.")
        obstacles.append(Obstacle("own_account", text, rule="B-02", remedy=remedy))
    if not subject.is_active:
        obstacles.append(Obstacle("account_closed", _("This account is closed already.")))
    return obstacles + _last_holder_obstacles(subject, subject.own_roles & NEVER_EMPTY)


@transaction.atomic
def close_account(
    *, subject_id: int, by: User, at: datetime, reason: str, under: Act = CLOSE_ACCOUNT
) -> User:
    """Close an account: nobody logs in with it, its history stays, its stand-ins end."""
    subject = User.objects.select_for_update().get(pk=subject_id)
    refuse_if(closing_obstacles(subject, by, under))
    _set_active(subject, False, under, by=by)
    _record(subject, AccountAct.DEACTIVATED, by=by, at=at, reason=reason)
    return subject


def reopening_obstacles(subject: User, by: User) -> list[Obstacle]:
    obstacles = _entitled(REOPEN_ACCOUNT, by)
    if subject.is_active:
        obstacles.append(Obstacle("account_open", _("This account is open.")))
    return obstacles


@transaction.atomic
def reopen_account(*, subject_id: int, by: User, at: datetime, reason: str) -> User:
    """Let somebody in again, with the roles held when the account was closed."""
    subject = User.objects.select_for_update().get(pk=subject_id)
    refuse_if(reopening_obstacles(subject, by))
    _set_active(subject, True, REOPEN_ACCOUNT, by=by)
    _record(subject, AccountAct.REACTIVATED, by=by, at=at, reason=reason)
    return subject


def _set_active(subject: User, active: bool, act: Act, *, by: User) -> None:
    subject.is_active = active
    subject.session_round += 1
    with pghistory.context(act=act.code, user=by.pk):
        subject.save(update_fields=["is_active", "session_round"])


# --- roles ----------------------------------------------------------------------------------------


def roles_obstacles(subject: User, by: User) -> list[Obstacle]:
    """Return why the person cannot change the other's roles, whichever they are."""
    obstacles = _entitled(CHANGE_ROLES, by)
    if by.is_one_with(subject.pk, None):
        obstacles.append(
            Obstacle(
                "own_roles",
                _("Nobody gives or takes their own roles."),
                rule="B-02",
                remedy=_("Ask another security administrator."),
            )
        )
    return obstacles


def _new_roles_obstacles(subject: User, roles: frozenset[Role]) -> list[Obstacle]:
    obstacles = []
    wrong = labels_of(role for role in roles if role.actor != subject.actor)
    if wrong:
        obstacles.append(
            Obstacle(
                "roles_of_one_actor",
                _("%(roles)s: not a role of the side the account acts for, %(actor)s.")
                % {"roles": wrong, "actor": subject.get_actor_display()},
                rule="B-02",
                remedy=_("Whoever changes sides gets a new account."),
            )
        )
    served = StandIn.objects.filter(delegate=subject, revoked_at=None).select_related("delegator")
    through = {
        role
        for each in served.prefetch_related("delegator__groups")
        for role in each.delegator.own_roles
    }
    if len((roles | through) & ADMINISTRATORS) > 1:
        obstacles.append(_two_administrators())
    return obstacles


def _last_holder_obstacles(subject: User, lost: Collection[Role]) -> list[Obstacle]:
    alone = [
        role
        for role in lost
        if not User.objects.filter(is_active=True, groups__name=role.value)
        .exclude(pk=subject.pk)
        .exists()
    ]
    return [
        Obstacle(
            "last_holder",
            _("%(name)s is the last %(role)s: the office could not be run without one.")
            % {"name": subject, "role": role.label},
            remedy=_("Give the role to somebody else first."),
        )
        for role in alone
    ]


@transaction.atomic
def change_roles(
    *, subject_id: int, roles: Collection[Role], by: User, at: datetime, reason: str
) -> User:
    """Give somebody exactly these roles; what they may do changes with their next click."""
    subject = User.objects.select_for_update().get(pk=subject_id)
    wanted, held = frozenset(roles), subject.own_roles
    refuse_if(
        [
            *roles_obstacles(subject, by),
            *_new_roles_obstacles(subject, wanted),
            *_last_holder_obstacles(subject, (held - wanted) & NEVER_EMPTY),
        ]
    )
    if wanted == held:
        raise Refusal([Obstacle("no_change", _("These are the roles the person has already."))])
    with pghistory.context(act=CHANGE_ROLES.code, user=by.pk, reason=reason):
        subject.groups.set(Group.objects.filter(name__in=[role.value for role in wanted]))
    before, after = labels_of(held), labels_of(wanted)
    _record(
        subject,
        AccountAct.ROLES_CHANGED,
        by=by,
        at=at,
        reason=reason,
        before=before,
        after=after,
    )
    tell(
        [subject],
        key=f"account.roles_changed:{subject.pk}:{at.isoformat()}",
        subject=_("Your roles were changed"),
        body=_("Before: %(before)s. Now: %(after)s.")
        % {"before": before or "—", "after": after or "—"},
        url="/account/",
        at=at,
    )
    return subject


def only_holders(subject: User) -> list[Role]:
    """Return the roles that nobody with an open account would hold without this person."""
    others = set(
        Group.objects.filter(user__is_active=True)
        .exclude(user=subject)
        .values_list("name", flat=True)
    )
    return [role for role in Role if role in subject.own_roles and role.value not in others]


def running_stand_ins(subject: User, at: datetime) -> int:
    given = StandIn.objects.filter(standing_in(at), delegator=subject)
    return given.count() + StandIn.objects.filter(standing_in(at), delegate=subject).count()


def _record(
    subject: User,
    act: AccountAct,
    *,
    by: User,
    at: datetime,
    reason: str = "",
    before: str = "",
    after: str = "",
) -> None:
    AccountRecord.objects.create(
        subject=subject, act=act, at=at, by=by, reason=reason, before=before, after=after
    )
