"""What is signed: the agreed text as canonical JSON, and its digest. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from agreements.rules.clauses import names_in

FORMAT = 1


def canonical(data: Mapping[str, Any]) -> bytes:
    """Return the one way to write the data down: same facts, same bytes."""
    text = json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def digest(data: Mapping[str, Any]) -> str:
    """Return the SHA-256 of the data, as hexadecimal digits."""
    return hashlib.sha256(canonical(data)).hexdigest()


def snapshot(
    *,
    kind: str,
    title: str,
    template: Mapping[str, Any],
    parties: Mapping[str, Mapping[str, str]],
    first: date,
    last: date,
    belongs_to: str,
    clauses: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """Return what both sides agree to: who, what, for how long."""
    return {
        "format": FORMAT,
        "kind": kind,
        "title": title,
        "template": dict(template),
        "parties": {side: dict(facts) for side, facts in parties.items()},
        "term": {"from": first.isoformat(), "to": last.isoformat()},
        "belongs_to": belongs_to,
        "clauses": [dict(each) for each in clauses],
    }


def with_gaps(values: Mapping[str, object], *texts: str) -> dict[str, str]:
    """Return the values, and for each variable without one its place as it stands in the text."""
    return {
        name: str(values.get(name, "") or "").strip() or f"{{{{ {name} }}}}"
        for name in names_in(*texts)
    }


def chinese_day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def paragraphs(body: str) -> list[str]:
    """Return the paragraphs of a wording; an empty line is none."""
    return [line.strip() for line in body.splitlines() if line.strip()]
