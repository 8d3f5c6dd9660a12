"""The benches: each module has `measure(*, lines, seed, rounds) -> dict`, run in a database of its
own. `ratio` is the median of paired time ratios, ours to the limit in the same round.
"""

from collections.abc import Callable
from typing import Any

from bench import intake, review, search, sweep, sweep_scale, workdays

Measure = Callable[..., dict[str, Any]]

BENCHES: dict[str, Measure] = {
    "intake": intake.measure,
    "review": review.measure,
    "search": search.measure,
    "sweep": sweep.measure,
    "sweep-scale": sweep_scale.measure,
    "workdays": workdays.measure,
}
