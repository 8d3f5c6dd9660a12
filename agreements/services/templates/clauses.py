"""Writing, moving and removing the clauses and variables of a version in work."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import User
from agency.rules import Obstacle, refuse_if
from agreements.enums.templates import HandlingMeasure, VariableType
from agreements.models import TemplateClause, TemplateVariable, TemplateVersion
from agreements.rules.clauses import ClauseText, names_in
from agreements.services.templates.drafting import locked_for_writing
from agreements.services.templates.history import record_version
from agreements.services.templates.wording import is_refinement, texts_of, wordings


@transaction.atomic
def save_clause(
    *,
    version_id: int,
    heading: str,
    body: str,
    by: User,
    at: datetime,
    key: str = "",
    damages: str = "",
    measures: Sequence[int] = (),
    is_mandatory: bool = False,
    is_variable_term: bool = False,
    is_new: bool = False,
    after: int | None = None,
) -> TemplateClause:
    """Write a clause: the one of the key, or a new one, at the end or after a position."""
    version = locked_for_writing(version_id, by)
    own = None if is_new else version.clauses.filter(key=key).first()
    key = key or _free_key(version)
    taken = is_new and version.clauses.filter(key=key).exists()
    measures = sorted({int(each) for each in measures})
    refuse_if(_clause_obstacles(heading, body, damages, measures, taken=taken, key=key))
    text = ClauseText(
        key=key,
        heading=heading.strip(),
        body=body.strip(),
        damages=damages.strip(),
        measures=tuple(measures),
        is_mandatory=is_mandatory,
        is_variable_term=is_variable_term,
    )
    national = {each.key: each for each in texts_of(version.refines)}
    clause = own or TemplateClause(version=version, key=key)
    clause.heading, clause.body, clause.damages = text.heading, text.body, text.damages
    clause.measures, clause.is_breach = list(measures), bool(measures)
    clause.is_mandatory, clause.is_variable_term = is_mandatory, is_variable_term
    clause.is_refinement = is_refinement(version, text, national)
    if own is None:
        clause.position = _room_after(version, after)
    clause.save()
    _note(version, _("Clause: %(heading)s") % {"heading": clause.heading}, by=by, at=at)
    return clause


@transaction.atomic
def remove_clause(*, version_id: int, key: str, by: User, at: datetime) -> TemplateVersion:
    """Take a clause out. A mandatory national one may not be left out when it comes to asking
    the institutions; until then a region may still replace it.
    """
    version = locked_for_writing(version_id, by)
    clause = version.clauses.get(key=key)
    clause.delete()
    _renumber(version)
    _note(version, _("Taken out: %(heading)s") % {"heading": clause.heading}, by=by, at=at)
    return version


@transaction.atomic
def move_clause(*, version_id: int, key: str, to: int, by: User, at: datetime) -> TemplateVersion:
    """Put a clause at a position, from 1; the others close up."""
    version = locked_for_writing(version_id, by)
    clauses = list(version.clauses.all())
    moved = next(each for each in clauses if each.key == key)
    rest = [each for each in clauses if each.key != key]
    rest.insert(max(0, min(to, len(clauses)) - 1), moved)
    _renumber(version, rest)
    _note(version, _("Moved: %(heading)s") % {"heading": moved.heading}, by=by, at=at)
    return version


@transaction.atomic
def save_variable(
    *,
    version_id: int,
    name: str,
    label: str,
    by: User,
    at: datetime,
    type: VariableType = VariableType.TEXT,  # noqa: A002
    default: str = "",
    sample: str = "",
) -> TemplateVariable:
    """Declare a variable, or change its label, type, default and sample."""
    version = locked_for_writing(version_id, by)
    variable, _new = TemplateVariable.objects.update_or_create(
        version=version,
        name=name.strip(),
        defaults={
            "label": label.strip(),
            "type": VariableType(type),
            "default": default.strip(),
            "sample": sample.strip(),
        },
    )
    _note(version, _("Variable: %(name)s") % {"name": variable.name}, by=by, at=at)
    return variable


@transaction.atomic
def remove_variable(*, version_id: int, name: str, by: User, at: datetime) -> TemplateVersion:
    """Take a variable away that no clause names."""
    version = locked_for_writing(version_id, by)
    used = name in names_in(*wordings(texts_of(version)))
    text = _("“%(name)s” is still named in a clause.") % {"name": name}
    refuse_if(
        [Obstacle("variable_used", text, remedy=_("Take it out of the wording first."))] * used
    )
    version.variables.get(name=name).delete()
    _note(version, _("Variable taken away: %(name)s") % {"name": name}, by=by, at=at)
    return version


def _clause_obstacles(
    heading: str, body: str, damages: str, measures: Sequence[int], *, taken: bool, key: str
) -> list[Obstacle]:
    known = {each.value for each in HandlingMeasure}
    checks = {
        Obstacle("clause_empty", _("A clause needs a heading and its wording.")): not (
            heading.strip() and body.strip()
        ),
        Obstacle(
            "clause_exists",
            _("There is a clause “%(key)s” already.") % {"key": key},
            remedy=_("Choose another key, or change that clause."),
        ): taken,
        Obstacle(
            "measure_unknown", _("Order 2 art. 38 knows the measures 1 to 6."), rule="B-11"
        ): not set(measures) <= known,
        Obstacle(
            "damages_without_measure",
            _("Liquidated damages are named, but not among the measures."),
            rule="B-11",
            remedy=_("Choose the measure “Liquidated damages” too."),
        ): bool(damages.strip()) and HandlingMeasure.DAMAGES not in measures,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def _free_key(version: TemplateVersion) -> str:
    """Return a key for a new clause that no clause of this version or its national one has."""
    taken = set(version.clauses.values_list("key", flat=True))
    taken |= {each.key for each in texts_of(version.refines)}
    number = len(taken) + 1
    while f"clause-{number}" in taken:
        number += 1
    return f"clause-{number}"


def _room_after(version: TemplateVersion, after: int | None) -> int:
    last = version.clauses.aggregate(last=Max("position"))["last"] or 0
    if after is None or after >= last:
        return last + 1
    version.clauses.filter(position__gt=after).update(position=F("position") + 1)
    return after + 1


def _renumber(version: TemplateVersion, clauses: Sequence[TemplateClause] | None = None) -> None:
    rows = list(version.clauses.all()) if clauses is None else clauses
    moved = []
    for position, each in enumerate(rows, start=1):
        if each.position != position:
            each.position = position
            moved.append(each)
    TemplateClause.objects.bulk_update(moved, ["position"])


def _note(version: TemplateVersion, words: str, *, by: User, at: datetime) -> None:
    record_version(
        version,
        act="write",
        source=version.state,
        on=timezone.localdate(at),
        at=at,
        by=by,
        reason=words,
    )
