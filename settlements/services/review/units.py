"""The checks as they lie in `checks/`: one named SQL unit each."""

from dataclasses import dataclass
from pathlib import Path

from settlements.enums import Check

_FOLDER = Path(__file__).parent / "checks"


@dataclass(frozen=True, slots=True)
class Unit:
    """A check's SELECT, and the one that counts rows lacking its input, where it needs one."""

    check: Check
    select: str
    missing: str = ""


def _unit(check: Check) -> Unit:
    missing = _FOLDER / f"{check.value}.missing.sql"
    return Unit(
        check,
        (_FOLDER / f"{check.value}.sql").read_text(encoding="utf-8"),
        missing.read_text(encoding="utf-8") if missing.exists() else "",
    )


UNITS = tuple(_unit(check) for check in Check)
