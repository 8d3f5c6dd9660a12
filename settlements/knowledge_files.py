"""The files of a knowledge base: twelve for drugs, a fact and its codes each, eight for services.

Pure: a folder in, rows and row errors out.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from settlements.enums import KnowledgeKind

DAYS_OF_WORDS = {"一年": 365, "半年": 180}
NAME_LENGTH, CODE_LENGTH, VALUE_LENGTH = 300, 40, 40


@dataclass(frozen=True, slots=True)
class Row:
    """One row as it will be stored; the names are those of `KnowledgeRow`."""

    kind: KnowledgeKind
    code: str
    name: str
    source_file: str
    row_no: int
    limit_value: str = ""
    quantity: Decimal | None = None
    period_days: int | None = None
    scope: str = ""
    main_code: str = ""
    main_name: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class RowError:
    file: str
    row: int
    text: str


@dataclass(slots=True)
class Base:
    """A folder read: its rows, what was wrong, rows per file, and the hash of all contents."""

    rows: list[Row] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    content_hash: str = ""


class _Wrong(Exception):
    """A row cannot be understood."""


# --- drugs: NAME.csv tells what is allowed, NAME_codes.csv which codes the drug has -------------

DRUG_VALUES = {
    KnowledgeKind.DRUG_AGE: ("限定对象", "国标代码"),
    KnowledgeKind.DRUG_CARE_TYPE: ("限定值域", "国标代码"),
    KnowledgeKind.DRUG_COURSE: ("限定值域", "国标代码"),
    KnowledgeKind.DRUG_INSTITUTION_LEVEL: ("限定值域", "国标代码"),
    KnowledgeKind.DRUG_INSURANCE_TYPE: ("限定对象", "国标代码"),
    KnowledgeKind.DRUG_SEX: ("限定对象", "药品代码"),
}
ITEM_KINDS = [each for each in KnowledgeKind if each not in DRUG_VALUES]
FILE_NAMES = sorted(
    [f"{kind.value}.csv" for kind in KnowledgeKind]
    + [f"{kind.value}_codes.csv" for kind in DRUG_VALUES]
)


def read_folder(folder: Path) -> Base:
    """Read a complete knowledge base; a missing file is an error like a wrong row."""
    base = Base(ignored=sorted({each.name for each in folder.glob("*.csv")} - set(FILE_NAMES)))
    digest = hashlib.sha256()
    tables: dict[str, list[tuple[int, Mapping[str, str]]]] = {}
    for name in FILE_NAMES:
        path = folder / name
        if not path.exists():
            base.errors.append(RowError(name, 0, _("The file is missing.")))
            tables[name] = []
            continue
        content = path.read_bytes()
        digest.update(f"{name} {len(content)}\n".encode() + content)
        tables[name] = _table(name, content, base)
        base.counts[name] = len(tables[name])
    for kind in DRUG_VALUES:
        _drug_rows(kind, tables, base)
    for kind in ITEM_KINDS:
        _item_rows(kind, tables, base)
    base.content_hash = digest.hexdigest()
    return base


def _table(name: str, content: bytes, base: Base) -> list[tuple[int, Mapping[str, str]]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        rows = csv.DictReader(text.splitlines(keepends=True))
        return [
            (
                number,
                {(key or "").strip(): (value or "").strip() for key, value in row.items() if key},
            )
            for number, row in enumerate(rows, start=2)
        ]
    base.errors.append(RowError(name, 0, _("The file is neither UTF-8 nor GB18030.")))
    return []


def _drug_rows(
    kind: KnowledgeKind, tables: Mapping[str, list[tuple[int, Mapping[str, str]]]], base: Base
) -> None:
    facts_file, codes_file = f"{kind.value}.csv", f"{kind.value}_codes.csv"
    value_column, code_column = DRUG_VALUES[kind]
    facts: dict[str, tuple[str, str]] = {}
    for number, row in tables[facts_file]:
        try:
            name = _text(row, "药品通用名", NAME_LENGTH)
            facts[name] = (_text(row, value_column, VALUE_LENGTH), row.get("药品说明", ""))
        except _Wrong as wrong:
            base.errors.append(RowError(facts_file, number, str(wrong)))
    for number, row in tables[codes_file]:
        try:
            name, code = _text(row, "药品通用名", NAME_LENGTH), _text(row, code_column, CODE_LENGTH)
            if name not in facts:
                raise _Wrong(_("“%s” has no row in the file of facts.") % name)
            value, remark = facts[name]
            days = _days(value) if kind is KnowledgeKind.DRUG_COURSE else None
        except _Wrong as wrong:
            base.errors.append(RowError(codes_file, number, str(wrong)))
            continue
        base.rows.append(
            Row(
                kind, code, name, codes_file, number,
                limit_value=value, period_days=days, remark=remark,
            )
        )  # fmt: skip


# --- services: one file each -------------------------------------------------------------------

ITEM_COLUMNS = {
    KnowledgeKind.ITEM_AGE: ("项目名称", "国标代码"),
    KnowledgeKind.ITEM_COURSE: ("项目名称", "项目代码"),
    KnowledgeKind.ITEM_DUPLICATE_CHARGE: ("从项名称", "从项编码"),
    KnowledgeKind.ITEM_FREQUENCY: ("项目名称", "项目编码"),
    KnowledgeKind.ITEM_INTERVAL: ("项目名称", "项目代码"),
    KnowledgeKind.ITEM_SAME_INCISION: ("项目名称", "国标代码"),
    KnowledgeKind.ITEM_SEX: ("项目名称", "国标代码"),
    KnowledgeKind.ITEM_WORKING_AGE: ("项目名称", "项目代码"),
}


def _item_rows(
    kind: KnowledgeKind, tables: Mapping[str, list[tuple[int, Mapping[str, str]]]], base: Base
) -> None:
    file = f"{kind.value}.csv"
    name_column, code_column = ITEM_COLUMNS[kind]
    for number, row in tables[file]:
        try:
            bare = Row(
                kind,
                _text(row, code_column, CODE_LENGTH),
                _text(row, name_column, NAME_LENGTH),
                file,
                number,
            )
            values: dict[str, Any] = dict(_item_values(kind, row))
            base.rows.append(replace(bare, **values))
        except _Wrong as wrong:
            base.errors.append(RowError(file, number, str(wrong)))


def _item_values(
    kind: KnowledgeKind, row: Mapping[str, str]
) -> Iterator[tuple[str, str | int | Decimal]]:
    yield "remark", row.get("备注", "") or row.get("项目说明", "")
    match kind:
        case KnowledgeKind.ITEM_AGE:
            yield "limit_value", _text(row, "限定对象", VALUE_LENGTH)
        case KnowledgeKind.ITEM_SEX:
            yield "limit_value", _text(row, "限定性别", VALUE_LENGTH)
        case KnowledgeKind.ITEM_COURSE:
            yield "period_days", _days(_text(row, "备注", NAME_LENGTH))
        case KnowledgeKind.ITEM_DUPLICATE_CHARGE:
            yield "scope", _text(row, "频度", VALUE_LENGTH)
            yield "main_code", _text(row, "主项编码", CODE_LENGTH)
            yield "main_name", _text(row, "主项名称", NAME_LENGTH)
        case KnowledgeKind.ITEM_FREQUENCY:
            yield "quantity", _number(row, "限制数量")
            yield "limit_value", _text(row, "数量单位", VALUE_LENGTH)
        case KnowledgeKind.ITEM_INTERVAL:
            yield "quantity", _number(row, "频次上限")
            yield "period_days", int(_number(row, "疗程周期"))
        case KnowledgeKind.ITEM_SAME_INCISION:
            yield "scope", _text(row, "限定值域", 20)


def _text(row: Mapping[str, str], column: str, limit: int) -> str:
    value = row.get(column)
    if not value:
        raise _Wrong(_("Column “%s” is missing or empty.") % column)
    if len(value) > limit:
        raise _Wrong(_("Column “%s” is too long.") % column)
    return value


def _number(row: Mapping[str, str], column: str) -> Decimal:
    text = _text(row, column, 12)
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise _Wrong(_("“%s” is not a number.") % text) from error
    if not number.is_finite() or number < 0:
        raise _Wrong(_("“%s” is not a number.") % text)
    return number


def _days(text: str) -> int:
    """Read a number of days: “14天”, “支付不超过30天”, “支付不超过一年”.

    What stands after 不超过 goes first: a remark may also name an interval.
    """
    told = text.partition("不超过")[2] or text
    if found := re.search(r"(\d+)\s*天", told):
        return int(found[1])
    for words, days in DAYS_OF_WORDS.items():
        if words in told:
            return days
    raise _Wrong(_("“%s” names no number of days.") % text)
