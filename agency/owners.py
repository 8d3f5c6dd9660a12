"""Whose files are whose: apps say here, from their `views`, for each relation to a file who may
see it. One view hands all files out by it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q

from agency.models import Attachment, User
from agency.permissions import Act


@dataclass(frozen=True, slots=True)
class Owner:
    """A relation to files: `field` of `model` holds them; `visible_to` returns the objects a
    person sees; `acts` are those of which one must be permitted as well.
    """

    model: type[models.Model]
    field: str
    acts: tuple[Act, ...]
    visible_to: Callable[[User], Any]


OWNERS: list[Owner] = []


def file_owner(
    model: type[models.Model], field: str, *acts: Act
) -> Callable[[Callable[[User], Any]], Callable[[User], Any]]:
    """Enter a relation: decorates the function that returns the objects a person may see."""

    def enter(visible_to: Callable[[User], Any]) -> Callable[[User], Any]:
        if any(each.model is model and each.field == field for each in OWNERS):
            raise ValueError(f"{model.__name__}.{field} entered twice")
        OWNERS.append(Owner(model, field, acts, visible_to))
        return visible_to

    return enter


def visible_files(user: User) -> models.QuerySet[Attachment]:
    """Return the files a person may see: those of objects they see, and their own uploads that
    belong to nothing yet. One query.
    """
    seen, held = Q(pk__in=[]), Q(pk__in=[])
    for owner in OWNERS:
        here = {owner.field: OuterRef("pk")}
        held |= Q(Exists(owner.model._default_manager.filter(**here)))
        if any(act.allows(user) for act in owner.acts):
            seen |= Q(Exists(owner.visible_to(user).filter(**here)))
    return Attachment.objects.filter(seen | (Q(uploaded_by=user) & ~held))
