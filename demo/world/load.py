"""Loading the world: reference data and people first, then the script."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import astuple
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from agency.models import Region
from demo.claims import Answer
from demo.world import access, messages
from demo.world.accounts import load_accounts
from demo.world.institutions import INSTITUTIONS, OPEN_FOR_TRIALS
from demo.world.passwords import remembered_passwords
from demo.world.regions import AGENCY_REGION, load_regions
from demo.world.script import Script, World
from demo.world.stories import (
    agreements,
    applications,
    audit,
    cases,
    changes,
    claims,
    clocks,
    disputes,
    guidance,
    ledger,
    letters,
    measures,
    orders,
    performance,
    policy,
    proceedings,
    renewals,
    rosters,
    service_matters,
    signing,
    templates,
    unfiled,
)
from institutions.models import Institution
from institutions.services.registry import register_institution
from settlements.models import KnowledgeVersion
from settlements.services.rulebase import import_rulebase, release_as_operator

RULEBASE = Path(settings.BASE_DIR) / "settlements" / "rulebase"
# Before the first act of the script.
BEGINNING_DAYS = 1000
STORIES = (
    policy,
    letters,
    templates,
    agreements,
    ledger,
    signing,
    changes,
    unfiled,
    rosters,
    claims,
    cases,
    measures,
    proceedings,
    orders,
    disputes,
    performance,
    renewals,
    clocks,
    audit,
    applications,
    service_matters,
    guidance,
)


def is_loaded() -> bool:
    return Institution.objects.filter(code=OPEN_FOR_TRIALS.code).exists()


@transaction.atomic
def load_world(*, now: datetime, say: Callable[[str], None], scale: float = 1.0) -> World:
    """Load everything or, when interrupted, nothing; what the acts record is as of the days of
    the script. `scale` makes the claim batches smaller, for tests.
    """
    with translation.override("zh-hans"):
        world = found(now=now, say=say, scale=scale)
        script = Script(world)
        for story in STORIES:
            story.enter(script)
        enter_nights(script)
        with remembered_passwords():
            script.play()
        access.enter(world)
        messages.enter(world)
        write_answers(world.made.get("answers", {}))
    return world


def found(*, now: datetime, say: Callable[[str], None], scale: float = 1.0) -> World:
    """Enter regions, institutions, people and the knowledge base."""
    beginning = now - timedelta(BEGINNING_DAYS)
    load_regions()
    say(f"{len(INSTITUTIONS)} institutions, their accounts …")
    institutions = {
        each.key: register_institution(
            by=None,
            at=beginning,
            region=Region.objects.get(code=each.region),
            **each.facts(timezone.localdate(now)),
        )
        for each in INSTITUTIONS
    }
    users = load_accounts(beginning)
    if KnowledgeVersion.objects.in_use_on(timezone.localdate(beginning)) is None:
        say("knowledge base …")
        version = import_rulebase(folder=RULEBASE, source="sample", at=beginning).version
        release_as_operator(version_id=version.pk, at=beginning)
    return World(
        now=now,
        region=Region.objects.get(code=AGENCY_REGION),
        users=users,
        institutions=institutions,
        say=say,
        scale=scale,
    )


def enter_nights(script: Script) -> None:
    """Have the nightly jobs run every other week for half a year, weekly for two months and every
    night of the last week; the stories add the nights on which something must happen.
    """
    ago = [*range(210, 60, -14), *range(60, 7, -7), *range(7, -1, -1)]
    for days in ago:
        script.night(script.world.ago(days))


# --- the answer key ---------------------------------------------------------------------------


def answers_file() -> Path:
    return Path(settings.MEDIA_ROOT) / "demo" / "answers.json"


def write_answers(answers: dict[str, list[Answer]]) -> None:
    """Keep what the reviews of the world's batches must have found, by batch number."""
    file = answers_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    rows: dict[str, Any] = {
        number: [[str(value) for value in astuple(each)] for each in answer]
        for number, answer in answers.items()
    }
    file.write_text(json.dumps(rows, ensure_ascii=False, indent=0), encoding="utf-8")


def read_answers() -> dict[str, list[tuple[str, ...]]]:
    rows = json.loads(answers_file().read_text(encoding="utf-8"))
    return {number: [tuple(each) for each in answer] for number, answer in rows.items()}
