"""The files of a record, written from its snapshot: one for machines, one for people."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.template.loader import render_to_string

from archives.enums import FileRole
from archives.services.snapshots import Snapshot

FORMAT = "office-record/1"


@dataclass(frozen=True, slots=True)
class Content:
    """One file as it will be stored."""

    role: FileRole
    name: str
    content_type: str
    body: bytes

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.body).hexdigest()


def contents_of(snapshot: Snapshot, metadata: dict[str, Any]) -> list[Content]:
    """Return the record's files; each can be read without this program."""
    return [
        Content(
            FileRole.FACTS,
            "facts.json",
            "application/json",
            facts_json(snapshot, metadata).encode(),
        ),
        Content(
            FileRole.READING,
            "record.html",
            "text/html; charset=utf-8",
            render_to_string(
                "archives/record/reading.html", {"snapshot": snapshot, "metadata": metadata}
            ).encode(),
        ),
    ]


def facts_json(snapshot: Snapshot, metadata: dict[str, Any]) -> str:
    data = {
        "format": FORMAT,
        "metadata": metadata,
        "facts": {key: value for key, _label, value in snapshot.facts},
        "labels": {key: label for key, label, _value in snapshot.facts},
        "tables": {
            table.name: {
                "heading": table.heading,
                "columns": table.columns,
                "rows": table.rows,
            }
            for table in snapshot.tables
        },
        "process": snapshot.process,
    }
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1, sort_keys=True)
