"""How often something may be done from one address: counted in the cache, a window at a time."""

import time
from dataclasses import dataclass

from django.core.cache import cache
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.rules import Obstacle
from agency.services.in_force import parameters_on

HOUR_S = 60 * 60
# Policy parameters: how many an hour there are.
FILINGS = "stranger_filings_per_hour"
QUERIES = "status_queries_per_hour"


@dataclass(frozen=True, slots=True)
class HourlyRate:
    """How an address stands in the present hour."""

    limit: int
    used: int
    minutes_left: int

    @property
    def is_over(self) -> bool:
        return self.used > self.limit


def count_hourly(kind: str, address: str, *, limit: int) -> HourlyRate:
    """Count what an address does in this hour, and return where it stands."""
    now = int(time.time())
    key = f"hourly:{kind}:{address}:{now // HOUR_S}"
    cache.add(key, 0, timeout=2 * HOUR_S)
    left = HOUR_S - now % HOUR_S
    return HourlyRate(limit, cache.incr(key), max(1, -(-left // 60)))


def count_address(address: str, parameter: str) -> HourlyRate:
    """Count a filing or question of the address; the parameter says how many an hour there are."""
    limit = int(parameters_on(timezone.localdate())[parameter])
    return count_hourly(parameter, address, limit=limit)


def rate_obstacle(rate: HourlyRate) -> Obstacle:
    return Obstacle(
        "too_many_requests",
        _("At most %(limit)d an hour are taken from one connection; these are more.")
        % {"limit": rate.limit},
        remedy=_("Try again in %(minutes)d minutes, or come to the counter.")
        % {"minutes": rate.minutes_left},
    )
