"""The script of the world: acts with their days, played in the order of time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from unittest.mock import patch

from django.utils import timezone

from agency.jobs import in_order
from agency.models import Region, User
from agency.services.jobs import run_job
from demo.world.institutions import Invented
from institutions.models import Institution

Act = Callable[[date, datetime], Any]
# Before the offices open, when the nightly jobs have run.
NIGHT = time(0, 30)
# The job that tells of jobs that did not run.
WATCH = "agency.watch_jobs"


@dataclass
class World:
    """Who and what the acts of the script refer to."""

    now: datetime
    region: Region
    users: dict[str, User]
    institutions: dict[str, Institution]
    say: Callable[[str], None]
    # Share of the full size, for tests.
    scale: float = 1.0
    # Results of acts that later acts need, under names of the stories' own.
    made: dict[str, Any] = field(default_factory=dict)

    @property
    def today(self) -> date:
        return timezone.localdate(self.now)

    def ago(self, days: int) -> date:
        return self.today - timedelta(days)

    def of(self, invented: Invented) -> Institution:
        return self.institutions[invented.key]


@dataclass(order=True, slots=True)
class _Scene:
    day: date
    hour: time
    serial: int
    act: Act = field(compare=False)
    label: str = field(compare=False)


class Script:
    """Collects acts in any order; plays them by day and hour, those of one hour as entered."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._scenes: list[_Scene] = []
        self._nights: set[date] = set()

    def on(self, day: date, act: Act, *, hour: int = 10, label: str = "") -> None:
        """Have the act happen at the hour of the day; nothing happens later than now."""
        if day > self.world.today:
            raise ValueError(f"{label or act}: {day} is still to come")
        self._scenes.append(_Scene(day, time(hour), len(self._scenes), act, label))

    def night(self, day: date) -> None:
        """Have the nightly jobs run in the first hour of the day."""
        if day <= self.world.today and day not in self._nights:
            self._nights.add(day)
            self._scenes.append(
                _Scene(day, NIGHT, len(self._scenes), self._run_night, "nightly jobs")
            )

    def play(self) -> None:
        said = None
        for scene in sorted(self._scenes):
            if scene.day.strftime("%Y-%m") != said:
                said = scene.day.strftime("%Y-%m")
                self.world.say(f"  {said} …")
            at = self._instant(scene)
            try:
                # Jobs read the clock themselves: what they record must stand between the acts
                # before and after that night.
                with patch.object(timezone, "now", return_value=at):
                    scene.act(scene.day, at)
            except Exception as error:
                error.add_note(f"in the demo's scene “{scene.label}” of {scene.day}")
                raise

    def _run_night(self, on: date, at: datetime) -> None:
        """Run the jobs. Between the nights of the script others are left out: nobody is told."""
        for job in in_order():
            if job.name != WATCH or on - timedelta(1) in self._nights:
                run_job(job.name, on=on)

    def _instant(self, scene: _Scene) -> datetime:
        planned = timezone.make_aware(datetime.combine(scene.day, scene.hour))
        return min(planned, self.world.now)
