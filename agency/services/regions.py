"""Entering administrative divisions and saying whose fund they share."""

from __future__ import annotations

import pghistory
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from agency.enums import Profile, RegionLevel
from agency.models import Region, User
from agency.regions import coordination_obstacles, region_obstacles, regions_above
from agency.rules import Obstacle, refuse_if

UNCHANGED = Obstacle(
    "unchanged",
    _("Coordination region: it is the one already set."),
    remedy=_("Choose another, or leave it as it is."),
)
UNKNOWN = Obstacle(
    "coordination_unknown",
    _("Coordination region: it is not entered yet."),
    remedy=_("Enter it first."),
)


@transaction.atomic
def add_region(
    *,
    code: str,
    name: str,
    level: RegionLevel | str,
    parent_code: str | None,
    by: User,
    profile: Profile | str = Profile.NATIONAL,
    coordination_code: str | None = None,
) -> Region:
    """Enter a division. Refuses a code that is no division's or does not fit level and parent."""
    known = _known(code)
    refuse_if(
        region_obstacles(code=code, name=name, level=level, parent=parent_code, known=known)
        + _coordination_obstacles(code, coordination_code)
    )
    with pghistory.context(act="agency.add_region", user=by.pk):
        return Region.objects.create(
            code=code,
            name=name.strip(),
            level=level,
            parent_id=parent_code,
            profile=profile,
            coordination_id=coordination_code,
        )


@transaction.atomic
def enter_region(
    *,
    code: str,
    name: str,
    level: RegionLevel | str,
    parent_code: str | None,
    profile: Profile | str = Profile.NATIONAL,
    coordination_code: str | None = None,
) -> Region:
    """Enter a division, or correct one, for the operator who sets the program up: the command."""
    known = _known(code) - {code}
    refuse_if(
        region_obstacles(code=code, name=name, level=level, parent=parent_code, known=known)
        + _coordination_obstacles(code, coordination_code)
    )
    facts = {
        "name": name.strip(),
        "level": level,
        "parent_id": parent_code,
        "profile": profile,
        "coordination_id": coordination_code,
    }
    with pghistory.context(act="agency.enter_region"):
        return Region.objects.update_or_create(code=code, defaults=facts)[0]


@transaction.atomic
def set_coordination(
    *, region_code: str, coordination_code: str | None, reason: str, by: User
) -> Region:
    """Say whose fund and rules the region shares; none makes it stand alone."""
    region = Region.objects.select_for_update().get(pk=region_code)
    refuse_if(coordination_change_obstacles(region, coordination_code))
    region.coordination_id = coordination_code
    with pghistory.context(act="agency.set_coordination", user=by.pk, reason=reason):
        region.save(update_fields=["coordination"])
    return region


def coordination_change_obstacles(region: Region, code: str | None) -> list[Obstacle]:
    obstacles = _coordination_obstacles(region.code, code)
    if code == region.coordination_id:
        obstacles.append(UNCHANGED)
    return obstacles


def _known(code: str) -> set[str]:
    """Return those of the region and the regions above it that are entered."""
    rows = Region.objects.filter(code__in={code, *regions_above(code)})
    return set(rows.values_list("code", flat=True))


def _coordination_obstacles(code: str, coordination: str | None) -> list[Obstacle]:
    obstacles = coordination_obstacles(code=code, coordination=coordination)
    if coordination and not Region.objects.filter(pk=coordination).exists():
        obstacles.append(UNKNOWN)
    return obstacles
