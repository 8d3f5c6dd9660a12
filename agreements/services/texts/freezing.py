"""Freezing what both sides agreed to: the snapshot and its digest."""

from datetime import date
from typing import Any

from agreements.models import AgreementText
from agreements.rules.snapshots import digest, snapshot
from agreements.services.texts.values import parties, term_of


def frozen(text: AgreementText, *, on: date) -> tuple[dict[str, Any], str]:
    """Return the snapshot of the text as it stands, and its SHA-256. Three queries at most."""
    agreement, supplement, version = text.parent, text.supplement, text.version
    first, last = term_of(agreement, supplement)
    data = snapshot(
        kind=text.kind,
        title=text.title,
        template={"title": version.title, "version": version.number},
        parties=parties(agreement, on=on),
        first=first,
        last=last,
        belongs_to=supplement.number if supplement else _belongs_to(text),
        clauses=[
            {
                "key": each.key,
                "heading": each.heading,
                "body": each.body,
                "damages": each.damages,
                "measures": list(each.measures),
            }
            for each in text.clauses.order_by("position", "pk")
        ],
    )
    return data, digest(data)


def _belongs_to(text: AgreementText) -> str:
    """A draft has no number before it is signed: its key tells one agreement from another."""
    return f"agreement {text.agreement_id}"


def is_intact(text: AgreementText) -> bool:
    """Say whether what is stored is still what was signed."""
    return bool(text.snapshot) and digest(text.snapshot or {}) == text.sha256
