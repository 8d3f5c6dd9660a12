"""Accounts and their roles."""

from collections.abc import Collection

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils.translation import gettext as _

from agency.enums import Actor, Role
from agency.models import Region, User
from agency.rules import Obstacle, Refusal


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
    if obstacles:
        raise Refusal(obstacles)
    actor: Actor = actors.pop()
    user = User(username=username, name=name, actor=actor, region=region)
    user.set_password(password)
    user.save()
    user.groups.set(Group.objects.filter(name__in=[role.value for role in roles]))
    return user
