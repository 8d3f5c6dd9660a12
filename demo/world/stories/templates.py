"""Texts of agreements: a national one and its Jiujiang refinement since long ago, a revision that
institutions are asked about now, one that waits for an answer, one in draft, and the texts of
fixed, yearly and supplementary agreements (B-15, B-22).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

from agency.models import Region
from agency.services.calendar import office_calendar
from agreements.enums.templates import CommentOutcome, Stance, TextKind, VariableType, VersionOrigin
from agreements.models import ConsultationComment, TemplateVersion
from agreements.services.templates.clauses import save_clause, save_variable
from agreements.services.templates.commenting import answer, comment
from agreements.services.templates.consulting import close_consultation, open_consultation
from agreements.services.templates.drafting import draft_version, rebase
from agreements.services.templates.files import import_text
from agreements.services.templates.publishing import publish_version
from demo.world import template_supplements as more
from demo.world import template_texts as texts
from demo.world.accounts import account_of
from demo.world.institutions import BY_KEY
from demo.world.regions import AGENCY_REGION
from demo.world.script import Script, World

OFFICER, HEAD = "agreement", "head"
# Before the first agreement of the demo is drawn up.
FOUNDED, REFINED = 980, 960
# Time enough for fifteen working days, whatever holidays there are.
CONSULTED_DAYS = 38
AMENDED, LOCAL_ASKED, YEARLY_ASKED, DRAFTED = 190, 11, 45, 4


def enter(script: Script) -> None:
    world = script.world
    _on(script, FOUNDED, partial(found, world))
    _on(script, REFINED, partial(refine, world))
    _on(script, REFINED - CONSULTED_DAYS, partial(settle, world, "main.local"))
    _on(script, REFINED - CONSULTED_DAYS, partial(settle, world, "yearly.local"), hour=11)
    _on(script, AMENDED, partial(amend_national, world))
    _on(script, AMENDED - 5, partial(speak, world, "main.national", texts.NATIONAL_COMMENTS))
    _on(script, AMENDED - CONSULTED_DAYS, partial(settle, world, "main.national"))
    _on(script, YEARLY_ASKED, partial(amend_yearly, world))
    _on(script, YEARLY_ASKED - 6, partial(speak, world, "yearly.new", texts.YEARLY_COMMENTS))
    last = YEARLY_ASKED - CONSULTED_DAYS
    _on(script, last, partial(close, world, "yearly.new"))
    _on(script, last, partial(answer_all, world, "yearly.new", texts.YEARLY_COMMENTS), hour=15)
    _on(script, LOCAL_ASKED, partial(revise_local, world))
    _on(script, 3, partial(speak, world, "main.new", texts.OPEN_COMMENTS))
    _on(script, 2, partial(no_objection, world, "main.new", "bones"))
    _on(script, DRAFTED, partial(leave_draft, world), hour=16)


def _on(script: Script, days: int, act: partial[None], *, hour: int = 10) -> None:
    """Have it happen so many days ago, or on the last day worked before."""
    calendar, day = office_calendar(), script.world.ago(days)
    while not calendar.is_workday(day):
        day -= timedelta(1)
    script.on(day, act, hour=hour, label=f"texts: {act.func.__name__}")


# --- long ago -----------------------------------------------------------------------------------


def found(world: World, on: date, at: datetime) -> None:
    """The national texts: they refine none, and nobody was there to be asked."""
    for kind, title, clauses, variables in (
        (TextKind.MAIN, texts.NATIONAL_TITLE, texts.MAIN, texts.VARIABLES),
        (TextKind.FIXED, more.FIXED_TITLE, more.FIXED, texts.VARIABLES),
        (TextKind.YEARLY, more.YEARLY_TITLE, more.YEARLY, [*texts.VARIABLES, more.GROWTH]),
        (
            TextKind.SUPPLEMENTARY_INTERNET,
            more.INTERNET_TITLE,
            more.INTERNET,
            [more.RECORD_YEARS],
        ),
        (TextKind.AMENDMENT, more.AMENDMENT_TITLE, more.AMENDMENT, [more.CHANGE]),
    ):
        version = draft_version(
            kind=kind,
            region=None,
            title=title,
            document="演示范本",
            by=world.users[OFFICER],
            at=at,
        )
        content = {"clauses": clauses, "variables": _named_in(clauses, variables)}
        import_text(
            version_id=version.pk,
            content=json.dumps(content).encode(),
            filename="范本.json",
            by=world.users[OFFICER],
            at=at,
        )
        publish(world, version, on, at)
        world.made[f"text.{kind}.national"] = version


def _named_in(clauses: Sequence[dict[str, Any]], variables: Any) -> list[dict[str, str]]:
    wording = json.dumps(clauses, ensure_ascii=False)
    return [each for each in variables if f"{{{{ {each['name']} }}}}" in wording]


def refine(world: World, on: date, at: datetime) -> None:
    """Jiujiang's own texts, upon the national ones."""
    region, officer = Region.objects.get(pk=AGENCY_REGION), world.users[OFFICER]
    for kind, title, name in (
        (TextKind.MAIN, texts.LOCAL_TITLE, "main.local"),
        (TextKind.YEARLY, f"九江市{more.YEARLY_TITLE}", "yearly.local"),
    ):
        version = draft_version(
            kind=kind,
            region=region,
            title=title,
            based_on_id=world.made[f"text.{kind}.national"].pk,
            document="九医保发〔演示〕1号",
            reason="结合本市实际细化",
            by=officer,
            at=at,
        )
        if kind == TextKind.MAIN:
            reword(world, version, texts.LOCAL_WORDING, at)
            add(world, version, texts.LOCAL_ADDED, at)
        ask(world, name, version, at)


# --- later --------------------------------------------------------------------------------------


def amend_national(world: World, on: date, at: datetime) -> None:
    first = world.made["text.main.national"]
    version = draft_version(
        kind=TextKind.MAIN,
        region=None,
        title=texts.NATIONAL_TITLE,
        based_on_id=first.pk,
        reason=texts.NATIONAL_CHANGE,
        origin=VersionOrigin.ADMINISTRATION,
        by=world.users[OFFICER],
        at=at,
    )
    reword(world, version, texts.NATIONAL_AMENDED, at)
    ask(world, "main.national", version, at)


def revise_local(world: World, on: date, at: datetime) -> None:
    """The second Jiujiang version follows the newer national one, and is asked about now."""
    version = draft_version(
        kind=TextKind.MAIN,
        region=Region.objects.get(pk=AGENCY_REGION),
        title=texts.LOCAL_TITLE,
        based_on_id=world.made["text.main.local"].pk,
        reason=texts.LOCAL_CHANGE,
        by=world.users[OFFICER],
        at=at,
    )
    national = world.made["text.main.national"].pk
    rebase(version_id=version.pk, national_id=national, by=world.users[OFFICER], at=at)
    reword(world, version, texts.SECOND_WORDING, at)
    add(world, version, texts.SECOND_ADDED, at)
    ask(world, "main.new", version, at)


def amend_yearly(world: World, on: date, at: datetime) -> None:
    version = draft_version(
        kind=TextKind.YEARLY,
        region=Region.objects.get(pk=AGENCY_REGION),
        title=f"九江市{more.YEARLY_TITLE}",
        based_on_id=world.made["text.yearly.local"].pk,
        reason=more.YEARLY_CHANGE,
        by=world.users[OFFICER],
        at=at,
    )
    ask(world, "yearly.new", version, at)


def leave_draft(world: World, on: date, at: datetime) -> None:
    """A draft that names a variable nobody has declared yet."""
    version = draft_version(
        kind=TextKind.SUPPLEMENTARY_INTERNET,
        region=None,
        title=more.INTERNET_TITLE,
        based_on_id=world.made["text.supplementary_internet.national"].pk,
        reason=more.INTERNET_CHANGE,
        by=world.users["agreement2"],
        at=at,
    )
    add(world, version, more.LONG_PRESCRIPTION, at)
    save_variable(
        version_id=version.pk,
        name="record_years",
        label="记录保存年限",
        type=VariableType.NUMBER,
        default="15",
        sample="15",
        by=world.users["agreement2"],
        at=at,
    )


# --- what the acts above have in common ---------------------------------------------------------


def reword(world: World, version: TemplateVersion, wording: dict[str, str], at: datetime) -> None:
    for key, body in wording.items():
        clause = version.clauses.get(key=key)
        save_clause(
            version_id=version.pk,
            key=key,
            heading=clause.heading,
            body=body,
            damages=clause.damages,
            measures=clause.measures,
            is_mandatory=clause.is_mandatory,
            is_variable_term=clause.is_variable_term,
            by=world.users[OFFICER],
            at=at,
        )


def add(world: World, version: TemplateVersion, clause: texts.Clause, at: datetime) -> None:
    save_clause(version_id=version.pk, is_new=True, by=world.users[OFFICER], at=at, **clause)


def ask(world: World, name: str, version: TemplateVersion, at: datetime) -> None:
    world.made[f"text.{name}"] = version
    world.made[f"consultation.{name}"] = open_consultation(
        version_id=version.pk, by=world.users[OFFICER], at=at
    )


def close(world: World, name: str, on: date, at: datetime) -> None:
    consultation = world.made[f"consultation.{name}"]
    consultation.refresh_from_db()
    if consultation.is_open:  # the night may have closed it
        close_consultation(consultation_id=consultation.pk, by=world.users[OFFICER], at=at)


def settle(world: World, name: str, on: date, at: datetime) -> None:
    """Close the consultation, answer what came, publish."""
    close(world, name, on, at)
    answer_all(world, name, texts.NATIONAL_COMMENTS, on, at)
    publish(world, world.made[f"text.{name}"], on, at)


def publish(world: World, version: TemplateVersion, on: date, at: datetime) -> None:
    publish_version(version_id=version.pk, effective_from=on, by=world.users[HEAD], at=at)


def speak(world: World, name: str, comments: Any, on: date, at: datetime) -> None:
    """Let those speak who are asked: whose agreement is running on the day."""
    consultation = world.made[f"consultation.{name}"]
    for key, clause_key, words, *_rest in comments:
        institution = world.of(BY_KEY[key])
        if consultation.parties.filter(institution=institution).exists():
            comment(
                consultation_id=consultation.pk,
                institution_id=institution.pk,
                clause_key=clause_key,
                text=words,
                by=world.users[account_of(BY_KEY[key])],
                at=at,
            )


def no_objection(world: World, name: str, key: str, on: date, at: datetime) -> None:
    consultation, institution = world.made[f"consultation.{name}"], world.of(BY_KEY[key])
    if consultation.parties.filter(institution=institution).exists():
        comment(
            consultation_id=consultation.pk,
            institution_id=institution.pk,
            stance=Stance.NO_OBJECTION,
            by=world.users[account_of(BY_KEY[key])],
            at=at,
        )


def answer_all(world: World, name: str, comments: Any, on: date, at: datetime) -> None:
    """Answer each comment as the texts say; one without an answer stays open."""
    said = {(key, clause): rest for key, clause, _words, *rest in comments}
    names = {world.of(BY_KEY[key]).pk: key for key, *_rest in comments}
    rows = ConsultationComment.objects.filter(consultation=world.made[f"consultation.{name}"])
    for row in rows:
        outcome, words = said[names[row.institution_id], row.clause_key]
        if outcome:
            answer(
                comment_id=row.pk,
                outcome=CommentOutcome(outcome),
                text=words,
                by=world.users[OFFICER],
                at=at,
            )
        if name == "yearly.new" and outcome == CommentOutcome.ADOPTED:
            version = world.made[f"text.{name}"]
            reword(world, version, {"growth": more.YEARLY_AMENDED}, at)
