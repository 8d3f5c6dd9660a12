"""The common form of a refusal: every reason, named, with its rule and its remedy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One reason why an act is refused.

    `code` is stable and goes to the API, `text` is shown to people, `rule` is a rule id of the
    lawbook (empty where no law but only good order speaks), `remedy` says what to do instead.
    """

    code: str
    text: str | Promise
    rule: str = ""
    remedy: str | Promise = ""

    def as_dict(self) -> dict[str, Any]:
        return {
            "code": self.code,
            "text": str(self.text),
            "rule": self.rule,
            "remedy": str(self.remedy),
        }

    def __str__(self) -> str:
        return f"{self.text} {self.remedy}".strip()


class Refusal(Exception):
    """An act was refused; nothing was changed. Carries every obstacle, not only the first."""

    def __init__(self, obstacles: Sequence[Obstacle]) -> None:
        self.obstacles = list(obstacles)
        super().__init__("; ".join(f"{each.code}: {each.text}" for each in self.obstacles))


def refuse_if(obstacles: Sequence[Obstacle]) -> None:
    """Raise `Refusal` with the obstacles, if there are any."""
    if obstacles:
        raise Refusal(obstacles)
