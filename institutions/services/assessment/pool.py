"""The pool of experts, their ties, and the third parties (A-06)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from agency.codes import credit_code_fault
from agency.enums import Role
from agency.models import Region, User
from agency.rules import Obstacle, refuse_if
from institutions.enums.assessment import ExpertField, TieKind
from institutions.models import Expert, ExpertTie, Institution, ThirdParty, ThirdPartyTie
from institutions.permissions.assessment import (
    ADD_EXPERT,
    ADD_THIRD_PARTY,
    DECLARE_THIRD_PARTY_TIE,
    DECLARE_TIE,
    EDIT_EXPERT,
    END_TIE,
    RETIRE_EXPERT,
    RETURN_EXPERT,
    not_entitled,
)
from institutions.services.persons import person_of

RULE = "A-06"
EDITABLE = ["field", "unit", "unit_institution", "title", "region", "phone", "account", "note"]


@dataclass(frozen=True, kw_only=True, slots=True)
class ExpertFacts:
    """What the pool keeps of an expert besides who they are."""

    field: ExpertField
    unit: str
    region: Region
    title: str = ""
    phone: str = ""
    account: User | None = None
    unit_institution: Institution | None = None
    note: str = ""


@transaction.atomic
def add_expert(
    *, name: str, id_number: str, facts: ExpertFacts, by: User, at: datetime, on: date
) -> Expert:
    """Take a person into the pool from a day on. Refuses an identity number that cannot be, and
    somebody who is in the pool already.
    """
    refuse_if(not_entitled(ADD_EXPERT, by) + fact_obstacles(facts, None))
    person = person_of(name=name, id_number=id_number)
    if Expert.objects.filter(person=person).exists():
        text = _("%(name)s is in the pool already.") % {"name": person.name}
        remedy = _("Open that entry; somebody who left can be taken back.")
        refuse_if([Obstacle("expert_exists", text, RULE, remedy)])
    expert = Expert(person=person, active_from=on, added_at=at, added_by=by)
    _write(expert, facts)
    expert.save(force_insert=True)
    return expert


@transaction.atomic
def edit_expert(*, expert_id: int, facts: ExpertFacts, by: User) -> Expert:
    """Correct what the pool keeps of an expert. Who they are never changes."""
    expert = Expert.objects.locked(expert_id)
    refuse_if(not_entitled(EDIT_EXPERT, by) + fact_obstacles(facts, expert))
    _write(expert, facts)
    expert.save(update_fields=EDITABLE)
    return expert


def _write(expert: Expert, facts: ExpertFacts) -> None:
    expert.field, expert.unit, expert.title = facts.field, facts.unit.strip(), facts.title.strip()
    expert.region, expert.phone, expert.note = facts.region, facts.phone.strip(), facts.note
    expert.account, expert.unit_institution = facts.account, facts.unit_institution


def fact_obstacles(facts: ExpertFacts, expert: Expert | None) -> list[Obstacle]:
    """Return what is wrong with the facts: no unit, or an account that is not an expert's own."""
    obstacles = []
    if not facts.unit.strip():
        obstacles.append(Obstacle("unit_missing", _("An expert has a unit."), RULE))
    account = facts.account
    if account is not None and Role.EXPERT not in account.own_roles:
        text = _("The account %(account)s has not the role of an assessment expert.")
        remedy = _("The security administrator gives the role.")
        facts_shown = {"account": account.username}
        obstacles.append(Obstacle("account_no_expert", text % facts_shown, "B-02", remedy))
    if account is not None:
        others = Expert.objects.filter(account=account).exclude(pk=expert.pk if expert else 0)
        if others.exists():
            text = _("The account %(account)s belongs to another expert.")
            shown = {"account": account.username}
            obstacles.append(Obstacle("account_taken", text % shown, "B-02"))
    return obstacles


@transaction.atomic
def retire_expert(*, expert_id: int, by: User, on: date) -> Expert:
    """Let an expert leave the pool: the day is the last one on which they can be drawn."""
    expert = Expert.objects.locked(expert_id)
    obstacles = not_entitled(RETIRE_EXPERT, by)
    if expert.active_to is not None:
        text = _("%(name)s left the pool on %(day)s.")
        shown = {"name": expert, "day": expert.active_to}
        obstacles.append(Obstacle("already_retired", text % shown, RULE))
    refuse_if(obstacles)
    expert.retire(on=max(on, expert.active_from))
    expert.save(update_fields=["active_to"])
    return expert


@transaction.atomic
def return_expert(*, expert_id: int, by: User, on: date) -> Expert:
    """Take somebody back who has left the pool."""
    expert = Expert.objects.locked(expert_id)
    obstacles = not_entitled(RETURN_EXPERT, by)
    if expert.active_to is None:
        obstacles.append(Obstacle("in_the_pool", _("%(name)s is in the pool.") % {"name": expert}))
    refuse_if(obstacles)
    expert.return_to_pool(on=on)
    expert.save(update_fields=["active_from", "active_to"])
    return expert


# --- ties -------------------------------------------------------------------------------------


@transaction.atomic
def declare_tie(
    *,
    expert_id: int,
    institution: Institution,
    kind: TieKind,
    held_from: date,
    by: User,
    at: datetime,
    held_to: date | None = None,
    note: str = "",
) -> ExpertTie:
    """Enter what ties an expert to an institution: they are not drawn for it meanwhile."""
    refuse_if(not_entitled(DECLARE_TIE, by) + _span_obstacles(held_from, held_to))
    expert = Expert.objects.locked(expert_id)
    return ExpertTie.objects.create(
        expert=expert,
        institution=institution,
        kind=kind,
        held_from=held_from,
        held_to=held_to,
        note=note,
        declared_at=at,
        declared_by=by,
    )


@transaction.atomic
def end_tie(*, tie_id: int, by: User, on: date) -> ExpertTie:
    """End a tie: the day is its last."""
    tie = ExpertTie.objects.select_for_update(of=("self",)).get(pk=tie_id)
    obstacles = not_entitled(END_TIE, by)
    if tie.held_to is not None:
        text = _("This tie ended on %(day)s.") % {"day": tie.held_to}
        obstacles.append(Obstacle("tie_ended", text, RULE))
    refuse_if(obstacles)
    tie.end(on=max(on, tie.held_from))
    tie.save(update_fields=["held_to"])
    return tie


def _span_obstacles(held_from: date, held_to: date | None) -> list[Obstacle]:
    if held_to is None or held_to >= held_from:
        return []
    text = _("It would end on %(to)s, before it began on %(from)s.")
    shown = {"to": held_to, "from": held_from}
    return [Obstacle("ends_before_begin", text % shown, remedy=_("Correct one of the days."))]


# --- third parties ----------------------------------------------------------------------------


@transaction.atomic
def add_third_party(
    *,
    name: str,
    credit_code: str,
    qualified_from: date,
    qualified_to: date,
    by: User,
    at: datetime,
    phone: str = "",
    controller_name: str = "",
    controller_id_number: str = "",
) -> ThirdParty:
    """Enter a company that may be engaged. Refuses a credit code with a wrong check character."""
    code = credit_code.strip().upper()
    obstacles = not_entitled(ADD_THIRD_PARTY, by) + _span_obstacles(qualified_from, qualified_to)
    if not name.strip():
        obstacles.append(Obstacle("name_missing", _("A third party has a name.")))
    if fault := credit_code_fault(code):
        text = _("Unified social credit code: %(fault)s.") % {"fault": fault}
        remedy = _("Compare it with the business licence.")
        obstacles.append(Obstacle("credit_code_invalid", text, "GB 32100", remedy))
    elif ThirdParty.objects.filter(credit_code=code).exists():
        text = _("A third party with the code %(code)s is on file.") % {"code": code}
        obstacles.append(Obstacle("third_party_exists", text))
    refuse_if(obstacles)
    controller = None
    if controller_name.strip() or controller_id_number.strip():
        controller = person_of(name=controller_name, id_number=controller_id_number)
    return ThirdParty.objects.create(
        name=name.strip(),
        credit_code=code,
        controller=controller,
        qualified_from=qualified_from,
        qualified_to=qualified_to,
        phone=phone.strip(),
        added_at=at,
        added_by=by,
    )


@transaction.atomic
def declare_third_party_tie(
    *,
    third_party_id: int,
    institution: Institution,
    kind: TieKind,
    held_from: date,
    by: User,
    at: datetime,
    held_to: date | None = None,
    note: str = "",
) -> ThirdPartyTie:
    """Enter a contract or another tie of a third party to an institution."""
    refuse_if(not_entitled(DECLARE_THIRD_PARTY_TIE, by) + _span_obstacles(held_from, held_to))
    return ThirdPartyTie.objects.create(
        third_party_id=third_party_id,
        institution=institution,
        kind=kind,
        held_from=held_from,
        held_to=held_to,
        note=note,
        declared_at=at,
        declared_by=by,
    )
