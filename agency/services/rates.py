"""How often something may be done from one address: counted in the cache, a window at a time."""

import time
from dataclasses import dataclass

from django.core.cache import cache

HOUR_S = 60 * 60


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
