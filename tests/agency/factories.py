"""Factories with fixed defaults; variation only by argument."""

from datetime import datetime
from zoneinfo import ZoneInfo

import factory
from django.contrib.auth.models import Group

from agency.enums import Actor, Profile, Role
from agency.models import Region, User
from agency.regions import level_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)


class RegionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Region
        django_get_or_create = ["code"]

    code = "360400"
    name = "九江市"
    level = factory.LazyAttribute(lambda region: level_of(region.code))
    profile = Profile.JIUJIANG


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence("user{}".format)
    name = factory.LazyAttribute(lambda user: f"用户{user.username}")
    actor = Actor.PUBLIC

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        user = super()._create(model_class, *args, **kwargs)
        user.set_password("correct-horse-battery")
        user.save(update_fields=["password"])
        return user


def user_with(*roles: Role, **kwargs) -> User:
    """Return a stored user who holds the roles (all of one actor)."""
    actor = roles[0].actor if roles else kwargs.pop("actor", Actor.PUBLIC)
    user = UserFactory(actor=actor, **kwargs)
    user.groups.set(Group.objects.filter(name__in=[role.value for role in roles]))
    return user
