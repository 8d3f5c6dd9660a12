"""The resource plan (A-01): published by the administration, counted by the program."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

import pghistory
from django.db import transaction
from django.db.models import Count
from django.utils.translation import gettext as _

from agency.lawbook import Office
from agency.models import Region, User
from agency.regions import regions_above
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office_calendar
from agency.services.in_force import parameters_on
from institutions.enums.register import Kind, Standing
from institutions.models import Institution, ResourcePlan
from institutions.permissions.designation import PUBLISH_PLAN
from institutions.rules import PlanQuestion, resource_plan
from institutions.standings import having_standing

FIRST_YEAR = 2019


@dataclass(frozen=True, slots=True)
class PlanStatus:
    """A plan, and how many there are on a day."""

    plan: ResourcePlan
    current: int
    over: bool

    @property
    def free(self) -> int:
        return max(self.plan.cap - self.current, 0)


@transaction.atomic
def publish_plan(
    *, year: int, region: Region, kind: Kind, cap: int, basis: str, by: User, at: datetime
) -> ResourcePlan:
    """Publish how many institutions of a type a region is to have in a year; what was published
    before for it is replaced, and stays on record.
    """
    obstacles = []
    if not PUBLISH_PLAN.allows(by):
        text = _("The resource plan is published by a supervisor of the administration.")
        obstacles.append(Obstacle("not_entitled", text, "A-01"))
    if not FIRST_YEAR <= year <= at.year + 5:
        text = _("Year: %(year)d is not between %(first)d and %(last)d.")
        facts = {"year": year, "first": FIRST_YEAR, "last": at.year + 5}
        obstacles.append(Obstacle("year_implausible", text % facts, "A-01"))
    refuse_if(obstacles)
    with pghistory.context(act=PUBLISH_PLAN.code, user=by.pk):
        plan, is_new = ResourcePlan.objects.select_for_update(of=("self",)).get_or_create(
            year=year,
            region=region,
            kind=kind,
            defaults={"cap": cap, "basis": basis, "published_by": by, "published_at": at},
        )
        if not is_new:
            plan.publish(cap=cap, basis=basis, by=by, at=at)
            plan.save(update_fields=["cap", "basis", "published_by", "published_at"])
    return plan


def designated(kinds: Iterable[str], on: date) -> Counter[tuple[str, str]]:
    """Return how many institutions have an agreement on a day, suspended or not, by type and
    region. Two queries.
    """
    rows = Institution.objects.filter(kind__in=set(kinds))
    counted: Counter[tuple[str, str]] = Counter()
    for standing in (Standing.IN_FORCE, Standing.SUSPENDED):
        groups = having_standing(rows, standing, on).order_by().values("kind", "region_id")
        for each in groups.annotate(count=Count("pk", distinct=True)):
            counted[each["kind"], each["region_id"]] += each["count"]
    return counted


def statuses(plans: Iterable[ResourcePlan], on: date) -> list[PlanStatus]:
    """Return each plan with what there is; the same number of queries whatever their number."""
    plans = list(plans)
    if not plans:
        return []
    counted = designated((each.kind for each in plans), on)
    office = Office(calendar=office_calendar(), parameters=parameters_on(on), on=on)
    found = []
    for plan in plans:
        current = sum(
            count
            for (kind, region), count in counted.items()
            if kind == plan.kind and plan.region_id in (region, *regions_above(region))
        )
        answer = resource_plan(PlanQuestion(cap=plan.cap, current=current), office)
        found.append(PlanStatus(plan, current, answer.over_plan))
    return found


def plans_for(region: Region, kind: str, on: date) -> list[PlanStatus]:
    """Return the plans of the year that one more institution of the type would count against:
    those of its region and of the regions that hold it.
    """
    holding = [region.code, *regions_above(region.code)]
    plans = ResourcePlan.objects.filter(year=on.year, kind=kind, region__in=holding)
    return statuses(plans.select_related("region").order_by("region__code"), on)


def is_over_plan(region: Region, kind: str, on: date) -> bool:
    return any(each.over for each in plans_for(region, kind, on))
