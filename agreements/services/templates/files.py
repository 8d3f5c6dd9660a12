"""Texts from and into files: JSON with everything, or Markdown with headings and wording."""

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, Refusal
from agreements.enums.templates import HandlingMeasure, VariableType
from agreements.models import TemplateVariable, TemplateVersion
from agreements.rules.clauses import NAME, ClauseText, names_in
from agreements.services.templates.drafting import locked_for_writing
from agreements.services.templates.history import record_version
from agreements.services.templates.wording import BUILT_IN, texts_of, wordings, write_clauses

LONGEST_FILE = 2_000_000
_HEADING = re.compile(r"^#{1,6}\s+(?:\[(?P<key>[a-z0-9_-]+)\]\s*)?(?P<heading>.+?)\s*$")
_KEY = re.compile(r"[a-z0-9_-]{1,60}")


@transaction.atomic
def import_text(
    *, version_id: int, content: bytes, filename: str, by: User, at: datetime
) -> TemplateVersion:
    """Replace the clauses of a version by those of a file. Variables that the wording names and
    nobody declared are declared as text.
    """
    version = locked_for_writing(version_id, by)
    clauses, variables = parsed(content, filename)
    write_clauses(version, clauses)
    known = {*BUILT_IN, *version.variables.values_list("name", flat=True)}
    wanted: dict[str, Mapping[str, Any]] = {
        name: {} for name in names_in(*wordings(clauses)) if NAME.fullmatch(name)
    }
    TemplateVariable.objects.bulk_create(
        [
            TemplateVariable(
                version=version,
                name=name,
                label=str(facts.get("label") or name)[:120],
                type=_type(facts.get("type")),
                default=str(facts.get("default") or "")[:300],
                sample=str(facts.get("sample") or "")[:300],
            )
            for name, facts in (wanted | variables).items()
            if name not in known
        ]
    )
    record_version(
        version,
        act="import",
        source=version.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=_("%(file)s: %(count)d clauses") % {"file": filename, "count": len(clauses)},
    )
    return version


def exported(version: TemplateVersion) -> str:
    """Return a version as JSON that `import_text` reads back."""
    content = {
        "title": version.title,
        "version": version.number,
        "clauses": [
            {
                "key": each.key,
                "heading": each.heading,
                "body": each.body,
                "damages": each.damages,
                "measures": list(each.measures),
                "is_mandatory": each.is_mandatory,
                "is_variable_term": each.is_variable_term,
            }
            for each in texts_of(version)
        ],
        "variables": [
            {
                "name": each.name,
                "label": each.label,
                "type": each.type,
                "default": each.default,
                "sample": each.sample,
            }
            for each in version.variables.all()
        ],
    }
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def parsed(content: bytes, filename: str) -> tuple[list[ClauseText], dict[str, Mapping[str, Any]]]:
    """Read a file. Refuses one that is too large, no text, or names a clause twice or wrongly."""
    if len(content) > LONGEST_FILE:
        raise _refusal(_("The file is larger than 2 MB."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise _refusal(_("The file is not text in UTF-8.")) from error
    if filename.lower().endswith(".json"):
        clauses, variables = _from_json(text)
    else:
        clauses, variables = _from_markdown(text), {}
    if not clauses:
        raise _refusal(_("The file holds no clauses: each begins with a heading, “# …”."))
    keys = [each.key for each in clauses]
    twice = next((each for each in keys if keys.count(each) > 1), None)
    if twice:
        raise _refusal(_("The clause “%(key)s” is in the file twice.") % {"key": twice})
    empty = next((each for each in clauses if not each.body or not each.heading), None)
    if empty:
        raise _refusal(_("The clause “%(key)s” has no wording.") % {"key": empty.key})
    return clauses, variables


def _from_json(text: str) -> tuple[list[ClauseText], dict[str, Mapping[str, Any]]]:
    try:
        content = json.loads(text)
        clauses = [_clause(each, number) for number, each in enumerate(content["clauses"], 1)]
        variables = {str(each["name"]): each for each in content.get("variables", [])}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _refusal(
            _("The file is not JSON of the form {“clauses”: [{“key”, “heading”, “body”}]}.")
        ) from error
    bad = next((name for name in variables if not NAME.fullmatch(name)), None)
    if bad is not None:
        raise _refusal(_("“%(name)s” is no name of a variable.") % {"name": bad})
    return clauses, variables


def _clause(entry: Mapping[str, Any], number: int) -> ClauseText:
    key = str(entry.get("key") or f"clause-{number}")
    measures = tuple(HandlingMeasure(each).value for each in entry.get("measures", []))
    damages = str(entry.get("damages") or "").strip()
    if not _KEY.fullmatch(key) or (damages and HandlingMeasure.DAMAGES not in measures):
        raise ValueError(key)
    return ClauseText(
        key=key,
        heading=str(entry["heading"]).strip()[:120],
        body=str(entry["body"]).strip(),
        damages=damages[:300],
        measures=measures,
        is_mandatory=bool(entry.get("is_mandatory")),
        is_variable_term=bool(entry.get("is_variable_term")),
    )


def _from_markdown(text: str) -> list[ClauseText]:
    clauses: list[tuple[str, str, list[str]]] = []
    for line in text.splitlines():
        found = _HEADING.match(line)
        if found:
            key = found["key"] or f"clause-{len(clauses) + 1}"
            clauses.append((key, found["heading"][:120], []))
        elif clauses:
            clauses[-1][2].append(line.rstrip())
    return [ClauseText(key, heading, "\n".join(body).strip()) for key, heading, body in clauses]


def _type(value: Any) -> VariableType:
    return VariableType(value) if value in VariableType.values else VariableType.TEXT


def _refusal(text: str) -> Refusal:
    return Refusal([Obstacle("file_unreadable", text, remedy=_("Correct the file."))])
