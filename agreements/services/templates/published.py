"""Which version of a text agreements are made from on a day (Order 2 art. 52)."""

from datetime import date

from django.db.models import Q

from agency.models import Region
from agency.regions import NATION, regions_above
from agreements.enums.templates import TextKind
from agreements.models import TemplateVersion


def version_for(kind: TextKind, region: Region | str, on: date) -> TemplateVersion | None:
    """Return the version in force on the day: of the region, else of the nearest one that holds
    it, else the national. Two queries where the region is only named, else one.
    """
    nearest = holders(region)
    versions = (
        TemplateVersion.objects.in_force_on(on)
        .filter(
            Q(template__region__in=nearest) | Q(template__region__isnull=True), template__kind=kind
        )
        .select_related("template__region")
    )
    ranked = sorted(
        versions,
        key=lambda each: (
            nearest.index(each.template.region_id) if each.template.region_id else len(nearest)
        ),
    )
    return ranked[0] if ranked else None


def holders(region: Region | str) -> list[str]:
    """Return the codes of the region and of those that hold it, the nearest first; the region
    whose fund it shares goes before those that only lie above it.
    """
    if isinstance(region, str):
        region = Region.objects.get(code=region)
    above = [each for each in regions_above(region.code) if each != NATION]
    return list(dict.fromkeys([region.code, *filter(None, [region.coordination_id]), *above]))


__all__ = ["holders", "version_for"]
