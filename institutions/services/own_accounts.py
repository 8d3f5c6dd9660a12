"""The accounts of one institution, managed by its own administrators: who comes in, who leaves."""

from datetime import datetime

import pghistory
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from agency.enums import Actor, Role
from agency.models import User
from agency.permissions import INSTITUTION_STAFF
from agency.rules import Obstacle, Refusal, refuse_if
from agency.services import people
from agency.services.notices import tell
from institutions.models import Institution, Membership
from institutions.notifications.accounts import administrators_of
from institutions.permissions.accounts import (
    CLOSE_OWN_ACCOUNT,
    OPEN_OWN_ACCOUNT,
    SET_OWN_PASSWORD,
)
from institutions.querysets.accounts import accounts_of

RULE = "B-02"


def _others_obstacles(subject: User, by: User) -> list[Obstacle]:
    """Return why the account is none of theirs. What no page leads to is refused here too."""
    if accounts_of(by).filter(pk=subject.pk).exists():
        return []
    text = _("This account does not belong to your institution.")
    remedy = _("Its own administrators manage it.")
    return [Obstacle("other_institution", text, RULE, remedy)]


def closing_obstacles(subject: User, by: User) -> list[Obstacle]:
    """Return why the person cannot close a colleague's account."""
    obstacles = _others_obstacles(subject, by)
    obstacles += people.closing_obstacles(subject, by, CLOSE_OWN_ACCOUNT)
    if Role.INSTITUTION_ADMINISTRATOR in subject.own_roles and subject.is_active:
        obstacles += _last_administrator_obstacles(subject)
    return obstacles


def _last_administrator_obstacles(subject: User) -> list[Obstacle]:
    member = Membership.objects.filter(user=subject).first()
    if member is None:
        return []
    if [each for each in administrators_of(member.institution_id) if each.pk != subject.pk]:
        return []
    text = _("%(name)s is the last administrator of the institution.") % {"name": subject}
    remedy = _("Open an account for another administrator first.")
    return [Obstacle("last_administrator", text, RULE, remedy)]


def password_obstacles(subject: User, by: User) -> list[Obstacle]:
    """Return why the person cannot set a colleague's password anew."""
    return _others_obstacles(subject, by) + people.password_obstacles(subject, by, SET_OWN_PASSWORD)


@transaction.atomic
def open_own_account(
    *, institution_id: int, username: str, name: str, role: Role, by: User, at: datetime
) -> tuple[User, str]:
    """Open an account for a colleague; return it with its first password, shown once, which its
    holder must change.

    Refuses anybody but an administrator of the institution, a role of another side, and a user
    name that is taken.
    """
    institution = Institution.objects.locked(institution_id)
    refuse_if(_opening_obstacles(institution, role, by))
    try:
        with transaction.atomic():
            user, password = people.open_account(
                username=username,
                name=name,
                actor=Actor.INSTITUTION,
                region=institution.region,
                by=by,
                at=at,
                under=OPEN_OWN_ACCOUNT,
            )
    except IntegrityError as error:
        text = _("The user name “%s” is taken.") % username
        remedy = _("Choose another one.")
        raise Refusal([Obstacle("username_taken", text, remedy=remedy)]) from error
    with pghistory.context(act=OPEN_OWN_ACCOUNT.code, user=by.pk):
        user.groups.set(Group.objects.filter(name=role.value))
        Membership.objects.create(user=user, institution=institution)
    _tell_others(
        institution.pk,
        user,
        gettext_lazy("{by} has opened an account for {name}."),
        by=by,
        at=at,
        step="opened",
    )
    return user, password


def _opening_obstacles(institution: Institution, role: Role, by: User) -> list[Obstacle]:
    member = institution.memberships.filter(user=by).exists()
    checks = {
        Obstacle("not_entitled", _("Only an administrator of the institution may do this.")): not (
            member and OPEN_OWN_ACCOUNT.allows(by)
        ),
        Obstacle(
            "roles_of_one_actor",
            _("%(role)s is no role of an institution.") % {"role": role.label},
            RULE,
            _("Choose clerk or administrator of the institution."),
        ): role not in INSTITUTION_STAFF,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


@transaction.atomic
def close_own_account(*, subject_id: int, by: User, at: datetime, reason: str) -> User:
    """Close a colleague's account: nobody logs in with it, what it did stays on record."""
    subject = _locked(subject_id)
    refuse_if(closing_obstacles(subject, by))
    closed = people.close_account(
        subject_id=subject.pk, by=by, at=at, reason=reason, under=CLOSE_OWN_ACCOUNT
    )
    _tell_others(
        subject.membership.institution_id,
        subject,
        gettext_lazy("{by} has closed the account of {name}."),
        by=by,
        at=at,
        step="closed",
        reason=reason,
    )
    return closed


@transaction.atomic
def set_own_password(*, subject_id: int, by: User, at: datetime, reason: str) -> tuple[User, str]:
    """Give a colleague who forgot theirs a new first password; their sessions end."""
    subject = _locked(subject_id)
    refuse_if(password_obstacles(subject, by))
    return people.set_password(
        subject_id=subject.pk, by=by, at=at, reason=reason, under=SET_OWN_PASSWORD
    )


def _locked(subject_id: int) -> User:
    """Return the account, its institution locked: two administrators who close each other at the
    same moment leave one.
    """
    member = Membership.objects.filter(user=subject_id).first()
    if member is not None:
        Institution.objects.locked(member.institution_id)
    return User.objects.select_for_update(of=("self",)).get(pk=subject_id)


def _tell_others(
    institution_id: int,
    subject: User,
    text: object,
    *,
    by: User,
    at: datetime,
    step: str,
    reason: str = "",
) -> None:
    others = [
        each for each in administrators_of(institution_id) if each.pk not in (by.pk, subject.pk)
    ]
    tell(
        others,
        key=f"account.{step}:{subject.pk}:{at.isoformat()}",
        subject=format_lazy(text, by=str(by), name=str(subject)),  # type: ignore[arg-type]
        body=reason,
        url="/portal/accounts/",
        at=at,
    )
