"""The next acts on a letter, for those of the side whose letter it is."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from agency import permissions
from agency.enums import Actor
from agency.models import OfficialLetter, User
from agency.permissions import Act
from agency.rules import Obstacle
from agency.services.letters.obstacles import (
    correcting_obstacles,
    delivery_obstacles,
    failing_obstacles,
    sending_obstacles,
    withdrawing_obstacles,
)

# Slug of the page -> the act of the agency, the act of the administration.
ACTS: dict[str, tuple[Act, Act]] = {
    "hand": (permissions.SERVE_BY_HAND, permissions.SERVE_ADM_BY_HAND),
    "post": (permissions.SERVE_BY_POST, permissions.SERVE_ADM_BY_POST),
    "notice": (permissions.SERVE_BY_NOTICE, permissions.SERVE_ADM_BY_NOTICE),
    "delivery": (permissions.RECORD_DELIVERY, permissions.RECORD_ADM_DELIVERY),
    "failure": (permissions.RECORD_FAILURE, permissions.RECORD_ADM_FAILURE),
    "correct": (permissions.CORRECT_LETTER, permissions.CORRECT_ADM_LETTER),
    "withdraw": (permissions.WITHDRAW_LETTER, permissions.WITHDRAW_ADM_LETTER),
}
SIDES = (Actor.AGENCY, Actor.ADMINISTRATION)


def address_of(slug: str, owner: Actor, pk: int) -> str:
    side = "adm_letter" if owner == Actor.ADMINISTRATION else "letter"
    return reverse(f"agency_desk:{side}_{slug}", args=[pk])


def next_acts(letter: OfficialLetter, user: User) -> list[dict[str, Any]]:
    """Return the buttons of the letter's page: what its state allows, or why not."""
    owner = Actor.ADMINISTRATION if letter.actor == Actor.ADMINISTRATION else Actor.AGENCY
    if user.actor != owner:
        return []
    pending = letter.open_service
    waiting: dict[str, list[Obstacle]] = {}
    if pending is not None:
        waiting["delivery"] = delivery_obstacles(pending, user)
        waiting["failure"] = failing_obstacles(pending, user)
    elif letter.the_kind is None or letter.the_kind.served:
        sending = sending_obstacles(letter, user)
        if not sending:
            waiting |= dict.fromkeys(("hand", "post", "notice"), sending)
    waiting["correct"] = correcting_obstacles(letter, user)
    waiting["withdraw"] = withdrawing_obstacles(letter, user)
    return [
        {"act": act, "url": address_of(slug, owner, letter.pk), "obstacles": obstacles}
        for slug, obstacles in waiting.items()
        if (act := ACTS[slug][SIDES.index(owner)]).allows(user)
    ]
