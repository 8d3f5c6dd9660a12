"""The next acts on a text of a kind of letter."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils import timezone

from agency import permissions
from agency.enums import Actor, TemplateState
from agency.letter_kinds import KINDS, LetterKind
from agency.models import LetterTemplate, User
from agency.services.letters.templates import (
    release_obstacles,
    retirement_obstacles,
    writing_obstacles,
)


def _side(kind: LetterKind) -> tuple[str, int]:
    """Return how addresses of the kind's side begin, and which of two acts is its."""
    return ("adm_", 1) if kind.actor == Actor.ADMINISTRATION else ("", 0)


def writing_act(kind: LetterKind, language: str, user: User) -> list[dict[str, Any]]:
    prefix, side = _side(kind)
    act = (permissions.WRITE_TEMPLATE, permissions.WRITE_ADM_TEMPLATE)[side]
    if not act.allows(user):
        return []
    url = reverse(f"agency_desk:{prefix}letter_template_write", args=[kind.code, language])
    return [{"act": act, "url": url, "obstacles": writing_obstacles(kind, language, user)}]


def template_acts(template: LetterTemplate, user: User) -> list[dict[str, Any]]:
    """Return the buttons of a version's page."""
    kind = KINDS.get(template.kind)
    if kind is None or template.state == TemplateState.RETIRED:
        return []
    prefix, side = _side(kind)
    on = timezone.localdate()
    buttons = []
    if template.state == TemplateState.DRAFT:
        release = (permissions.RELEASE_TEMPLATE, permissions.RELEASE_ADM_TEMPLATE)[side]
        found = release_obstacles(template, user, effective_from=on, on=on)
        buttons.append((release, f"{prefix}letter_template_release", found))
    retire = (permissions.RETIRE_TEMPLATE, permissions.RETIRE_ADM_TEMPLATE)[side]
    buttons.append(
        (retire, f"{prefix}letter_template_retire", retirement_obstacles(template, user))
    )
    return [
        *(
            {
                "act": act,
                "url": reverse(f"agency_desk:{name}", args=[template.pk]),
                "obstacles": obstacles,
            }
            for act, name, obstacles in buttons
            if act.allows(user)
        ),
        *(
            writing_act(kind, template.language, user)
            if template.state == TemplateState.DRAFT
            else []
        ),
    ]
