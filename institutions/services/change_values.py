"""The values a change of information is filed with: what they mean, and what is wrong with them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _

from agency.rules import Obstacle
from agency.services.attachments import UploadRef
from institutions.enums.changes import PERSON_FIELDS, ChangeField
from institutions.models import ChangeItem, ChangeRequest, Institution
from institutions.rules.change_values import tidied, value_fault
from institutions.services.facts import as_text, clean_value
from institutions.services.persons import person_obstacles

RULE = "B-13a"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field, its new value as written, and the day the competent authority approved it (for a
    bank account: the day the new one takes over); the identity number of a person who takes over
    a post; what vouches for this field.
    """

    field: ChangeField
    value: str
    approved_on: date
    id_number: str = ""
    evidence: Sequence[UploadedFile | UploadRef] = ()


def filed_value(field: ChangeField, text: str) -> Any:
    """Return the value a filing gives a field; raises `ValidationError`."""
    text = tidied(field.value, text)
    if text and (fault := value_fault(field.value, text)):
        raise ValidationError(str(fault))
    return clean_value(field.column, text)


def new_values(changes: Iterable[FieldChange]) -> dict[ChangeField, Any]:
    """Return the values of changes that were found possible."""
    return {each.field: filed_value(each.field, each.value) for each in changes}


def approval_days(days: Iterable[tuple[ChangeField, date]]) -> Mapping[str, date]:
    """Return the fields as rule B-13a asks for them, each with its (earliest) day of approval."""
    found: dict[str, date] = {}
    for field, approved_on in days:
        name = field.law_field
        found[name] = min(approved_on, found.get(name, approved_on))
    return found


def value_obstacles(
    institution: Institution, changes: Sequence[FieldChange], *, on: date
) -> list[Obstacle]:
    """Return what is wrong with the changes. One query for the fields that already wait, one for
    each person.
    """
    if not changes:
        text = _("No field has a new value.")
        remedy = _("Enter the new value of at least one field.")
        return [Obstacle("nothing_changed", text, remedy=remedy)]
    waiting = set(
        ChangeItem.objects.filter(
            request__in=ChangeRequest.objects.filter(institution=institution).busy(),
            effective_on__isnull=True,
        ).values_list("field", flat=True)
    )
    obstacles = []
    for each in changes:
        obstacles += _field_obstacles(institution, each, on=on, waits=each.field in waiting)
        if each.field in PERSON_FIELDS:
            obstacles += _person_obstacles(each)
    return obstacles


def _field_obstacles(
    institution: Institution, change: FieldChange, *, on: date, waits: bool
) -> list[Obstacle]:
    label, column = change.field.label, change.field.column
    try:
        value = filed_value(change.field, change.value)
    except ValidationError as error:
        text = _("%(field)s: %(error)s") % {"field": label, "error": " ".join(error.messages)}
        return [Obstacle("value_invalid", text)]
    checks = {
        Obstacle("value_empty", _("%(field)s: the new value is empty.") % {"field": label}): (
            as_text(value) == ""
        ),
        Obstacle(
            "value_unchanged",
            _("%(field)s: the new value is the present one.") % {"field": label},
            remedy=_("Leave out what does not change."),
        ): value == getattr(institution, column),
        Obstacle(
            "approved_in_future",
            _("%(field)s: %(day)s has not come yet.") % {"field": label, "day": change.approved_on},
            rule=RULE,
            remedy=_("File the change once it has been approved."),
        ): change.approved_on > on,
        Obstacle(
            "field_waits_already",
            _("%(field)s: another filing for it is not done yet.") % {"field": label},
            remedy=_("Withdraw that filing first, or wait until it is decided and in effect."),
        ): waits,
    }
    return [obstacle for obstacle, applies in checks.items() if applies]


def _person_obstacles(change: FieldChange) -> list[Obstacle]:
    """Return what is wrong with the person who takes over a post. One query."""
    label = change.field.label
    if not change.id_number.strip():
        text = _("%(field)s: the identity number of the new person is missing.")
        remedy = _("Enter it as on the identity card; bans follow the person by it.")
        return [Obstacle("id_number_missing", text % {"field": label}, "A-05", remedy)]
    return person_obstacles(name=change.value.strip(), id_number=change.id_number)
