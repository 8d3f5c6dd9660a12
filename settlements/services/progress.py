"""How far the worker is with a batch. Kept in the cache: the work itself is one transaction, whose
rows nobody else sees before its end.
"""

from dataclasses import dataclass

from django.core.cache import cache
from django.db import models
from django.utils.translation import gettext_lazy as _

KEPT_S = 60 * 60


class Step(models.TextChoices):
    WAITING = "waiting", _("Waiting for the worker")
    READING = "reading", _("Reading the settlements")
    LINES = "lines", _("Checking and storing the lines")
    COMPARING = "comparing", _("Comparing with earlier batches")
    INDEXING = "indexing", _("Building the indexes")
    REVIEWING = "reviewing", _("Running the checks")


@dataclass(frozen=True, slots=True)
class Progress:
    step: Step
    done: int = 0
    total: int = 0

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.total) if self.total else 0


def report_progress(batch_id: int, step: Step, done: int = 0, total: int = 0) -> None:
    cache.set(f"claim-batch:{batch_id}", (step.value, done, total), KEPT_S)


def read_progress(batch_id: int) -> Progress:
    step, done, total = cache.get(f"claim-batch:{batch_id}") or (Step.WAITING.value, 0, 0)
    return Progress(Step(step), done, total)
