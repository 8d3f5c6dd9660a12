"""Which codes of the knowledge base the generated claims use, read from files or the database."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from settlements.enums import KnowledgeKind
from settlements.models import KnowledgeRow, KnowledgeVersion

SEX_CODES = {"男": "1", "女": "2"}


@dataclass(frozen=True, slots=True)
class Restricted:
    """A drug or an item for one sex only; `sex` is the code of `gend`."""

    code: str
    name: str
    sex: str


@dataclass(frozen=True, slots=True)
class Knowledge:
    drugs: tuple[Restricted, ...]
    items: tuple[Restricted, ...]
    # Ordinary charges keep away from every code that any rule names.
    every_code: frozenset[str]

    def of_sex(self, sex: str) -> Knowledge:
        return Knowledge(
            drugs=tuple(each for each in self.drugs if each.sex == sex),
            items=tuple(each for each in self.items if each.sex == sex),
            every_code=self.every_code,
        )


def from_directory(directory: Path) -> Knowledge:
    """Read the files of a knowledge base in the format that `import_rulebase` takes."""
    tables = {path.stem: _rows(path) for path in sorted(directory.glob("*.csv"))}
    sexes = {row["药品通用名"]: row["限定对象"] for row in tables["drug_sex"]}
    return Knowledge(
        drugs=_restricted(
            (row["药品代码"], row["药品通用名"], sexes[row["药品通用名"]])
            for row in tables["drug_sex_codes"]
        ),
        items=_restricted(
            (row["国标代码"], row["项目名称"], row["限定性别"]) for row in tables["item_sex"]
        ),
        every_code=frozenset(
            value
            for rows in tables.values()
            for row in rows
            for column, value in row.items()
            if column.endswith(("代码", "编码"))
        ),
    )


def in_use(day: date) -> Knowledge:
    """Return the codes of the version that reviews of the day use; none where there is none."""
    version = KnowledgeVersion.objects.in_use_on(day)
    return _of_version(version.pk) if version else Knowledge((), (), frozenset())


@lru_cache(maxsize=2)
def _of_version(version: int) -> Knowledge:
    rows = KnowledgeRow.objects.filter(version=version)
    fields = ("code", "name", "limit_value")
    return Knowledge(
        drugs=_restricted(rows.filter(kind=KnowledgeKind.DRUG_SEX).values_list(*fields)),
        items=_restricted(rows.filter(kind=KnowledgeKind.ITEM_SEX).values_list(*fields)),
        every_code=frozenset(
            code for pair in rows.values_list("code", "main_code") for code in pair if code
        ),
    )


def _rows(path: Path) -> list[Mapping[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _restricted(rows: Iterable[tuple[str, str, str]]) -> tuple[Restricted, ...]:
    return tuple(
        Restricted(code, name, SEX_CODES[sex])
        for code, name, sex in sorted(rows)
        if sex in SEX_CODES
    )
