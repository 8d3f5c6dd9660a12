"""What the register said on a day, and who wrote what into it."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from agency.models import User
from institutions.models import Institution, InstitutionFact
from institutions.models.institution import label_of
from institutions.services.facts import clean_value

SHOWN_EVENTS = 20
EVENT_FIELDS = tuple(each.attname for each in Institution._meta.concrete_fields[1:])


@dataclass(frozen=True, slots=True)
class RegisterStep:
    """One writing of the register: which fields it changed."""

    at: datetime
    by: User | None
    is_first: bool
    labels: list[str]


def as_on(institution: Institution, day: date) -> Institution:
    """Return the institution, not to be saved, with the values in effect on the day. One query."""
    past = Institution.objects.model(
        **{name: getattr(institution, name) for name in ("id", *EVENT_FIELDS)}
    )
    past.region = institution.region
    for fact in InstitutionFact.objects.filter(institution=institution).in_effect_on(day):
        setattr(past, fact.field, clean_value(fact.field, fact.value))
    return past


def register_steps(institution: Institution) -> list[RegisterStep]:
    """Return the latest writings of an institution's row, newest first. Two queries."""
    rows: Any = institution.events  # type: ignore[attr-defined]
    events = list(rows.select_related("pgh_context").order_by("-pgh_id")[: SHOWN_EVENTS + 1])
    users = User.objects.in_bulk({user for each in events if (user := _user_of(each))})
    steps = [
        RegisterStep(new.pgh_created_at, users.get(_user_of(new) or 0), False, _changed(old, new))
        for new, old in pairwise(events)
    ]
    if events and len(events) <= SHOWN_EVENTS:
        first = events[-1]
        steps.append(RegisterStep(first.pgh_created_at, users.get(_user_of(first) or 0), True, []))
    return steps


def _user_of(event: Any) -> int | None:
    return event.pgh_context.metadata.get("user") if event.pgh_context else None


def _changed(old: Any, new: Any) -> list[str]:
    return [label_of(name) for name in EVENT_FIELDS if getattr(old, name) != getattr(new, name)]
