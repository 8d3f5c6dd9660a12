"""The register of nightly jobs. Apps enter theirs in `tasks.py`; beat, the command
`run_deadlines` and the jobs page read it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Job:
    """A job takes the day it acts for and returns how many rows it acted on. It must be
    idempotent and also do what earlier missed days left undone.
    """

    name: str
    label: str | Promise
    hour: int
    minute: int
    function: Callable[[date], int]


JOBS: dict[str, Job] = {}


def job(
    name: str, label: str | Promise, *, hour: int, minute: int
) -> Callable[[Callable[[date], int]], Callable[[date], int]]:
    """Enter a job, to run every day at that time of Asia/Shanghai; jobs of one day run in the
    order of their times.
    """

    def enter(function: Callable[[date], int]) -> Callable[[date], int]:
        if name in JOBS:
            raise ValueError(f"job {name} entered twice")
        JOBS[name] = Job(name, label, hour, minute, function)
        return function

    return enter


def in_order() -> list[Job]:
    """Return all jobs in the order they run in a day."""
    return sorted(JOBS.values(), key=lambda each: (each.hour, each.minute, each.name))
