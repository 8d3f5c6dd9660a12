"""Drawing the group, excusing one of it, and doing a draw again to prove it (A-06)."""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from agency.letter_kinds import CHINESE
from agency.models import User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from institutions.enums.assessment import ExcuseKind, ExpertField
from institutions.models import Assessment, AssessmentDraw, AssessmentMember, Expert
from institutions.notifications import assessment as notifications
from institutions.permissions.assessment import (
    BEGIN_WORK,
    DRAW_GROUP,
    EXCUSE_MEMBER,
    step_obstacles,
)
from institutions.rules import ALGORITHM, Candidate, Gap, Wanted, drawn, gaps, group_size
from institutions.rules.draw import SEED_BYTES
from institutions.services.assessment.conflicts import Conflict, expert_conflicts, pool_for
from institutions.services.assessment.history import RULE, record_step


@dataclass(frozen=True, slots=True)
class Pool:
    """Who can be drawn for an assessment, and who cannot, with the reasons."""

    candidates: list[Expert]
    left_out: list[tuple[Expert, list[Conflict]]]

    def gaps(self, wanted: Wanted) -> list[Gap]:
        return gaps([ExpertField(each.field) for each in self.candidates], wanted)


def pool_of(assessment: Assessment, *, on: date) -> Pool:
    """Return the pool of an assessment on a day. A bounded number of queries."""
    experts = pool_for(assessment.region, on)
    conflicts = expert_conflicts(assessment, experts, on=on)
    seated = set(assessment.members.values_list("expert", flat=True))
    candidates, left_out = [], []
    for expert in experts:
        why = list(conflicts.get(expert.pk, ()))
        if expert.pk in seated:
            why.append(Conflict("seated", _("drawn before")))
        if expert.account is None or not expert.account.is_active:
            why.append(Conflict("no_account", _("no account to sign with")))
        if why:
            left_out.append((expert, why))
        else:
            candidates.append(expert)
    return Pool(candidates, left_out)


@transaction.atomic
def draw_group(*, assessment_id: int, by: User, at: datetime) -> AssessmentDraw:
    """Draw the group: an odd number of at least five, one of each field, nobody with a conflict of
    interest. The seed is stored before it is used. Of two draws at once one is made.

    Refuses naming the fields whose experts do not suffice.
    """
    assessment = Assessment.objects.locked(assessment_id)
    refuse_if(step_obstacles(assessment, DRAW_GROUP, by))
    on = timezone.localdate(at)
    with translation.override(CHINESE):  # the reasons are stored with the draw
        pool = pool_of(assessment, on=on)
    wanted = Wanted.group(group_size(office(on=on, region=assessment.region)))
    refuse_if(gap_obstacles(pool, wanted))
    draw = _draw(assessment, pool, wanted, place=1, replaces=None, by=by, at=at)
    source = assessment.state
    assessment.draw()
    assessment.save(update_fields=["state"])
    record_step(assessment, act="draw", source=source, on=on, at=at, by=by, reason=_seed_of(draw))
    notifications.experts_drawn(assessment, draw.members.all(), at=at)
    return draw


@transaction.atomic
def excuse_member(
    *, member_id: int, kind: ExcuseKind, reason: str, by: User, at: datetime
) -> AssessmentDraw:
    """Let a drawn expert leave and draw another of the same field in their place, both or
    neither. Who has signed stays.
    """
    assessment = lock_assessment_of(member_id)
    member = AssessmentMember.objects.locked(member_id)
    on = timezone.localdate(at)
    refuse_if(excuse_obstacles(assessment, member, by))
    if not reason.strip():
        text = _("To excuse somebody needs its reason.")
        refuse_if([Obstacle("reason_missing", text, RULE)])
    return replace_member(assessment, member, kind=kind, reason=reason, by=by, at=at, on=on)


def replace_member(
    assessment: Assessment,
    member: AssessmentMember,
    *,
    kind: ExcuseKind,
    reason: str,
    by: User,
    at: datetime,
    on: date,
) -> AssessmentDraw:
    """Excuse a member and draw another; the caller holds the locks and has asked who may."""
    member.excuse_from_group(kind=kind, reason=reason, by=by, at=at)
    member.save(update_fields=["excuse", "excuse_reason", "excused_by", "excused_at"])
    with translation.override(CHINESE):  # the reasons are stored with the draw
        pool = pool_of(assessment, on=on)
    wanted = Wanted.replacement(ExpertField(member.field))
    refuse_if(gap_obstacles(pool, wanted))
    place = assessment.draws.count() + 1
    draw = _draw(assessment, pool, wanted, place=place, replaces=member, by=by, at=at)
    with translation.override(CHINESE):
        label = f"{member.expert}：{member.get_excuse_display()}"
    record_step(
        assessment,
        act="excuse",
        source=assessment.state,
        on=on,
        at=at,
        by=by,
        reason=f"{label}。{reason}",
    )
    notifications.member_excused(assessment, member, at=at)
    notifications.experts_drawn(assessment, draw.members.all(), at=at)
    return draw


def lock_assessment_of(member_id: int) -> Assessment:
    """Lock the assessment first, whatever is changed of it: two acts never wait for each other."""
    key = AssessmentMember.objects.values_list("assessment", flat=True).get(pk=member_id)
    return Assessment.objects.locked(key)


def excuse_obstacles(assessment: Assessment, member: AssessmentMember, by: User) -> list[Obstacle]:
    """Return why somebody cannot leave the group now."""
    obstacles = step_obstacles(assessment, EXCUSE_MEMBER, by)
    if not member.is_active:
        text = _("%(name)s has been excused already.") % {"name": member.expert}
        obstacles.append(Obstacle("already_excused", text, RULE))
    opinion = getattr(member, "opinion", None)
    if opinion is not None and opinion.is_signed:
        text = _("%(name)s has signed the opinion.") % {"name": member.expert}
        remedy = _("A signed opinion stays; the assessment could be broken off as a whole.")
        obstacles.append(Obstacle("opinion_signed", text, RULE, remedy))
    return obstacles


@transaction.atomic
def begin_work(*, assessment_id: int, by: User, at: datetime) -> Assessment:
    """Let the group begin: from now on it writes its opinions and nobody may be objected to.

    Refuses while an objection to an expert waits.
    """
    assessment = Assessment.objects.locked(assessment_id)
    refuse_if(beginning_obstacles(assessment, by))
    source = assessment.state
    assessment.begin(at=at)
    assessment.save(update_fields=["state", "begun_at"])
    on = timezone.localdate(at)
    record_step(assessment, act="begin", source=source, on=on, at=at, by=by)
    notifications.work_begun(assessment, at=at)
    return assessment


def beginning_obstacles(assessment: Assessment, by: User) -> list[Obstacle]:
    """Return why the work cannot begin now."""
    obstacles = step_obstacles(assessment, BEGIN_WORK, by)
    if assessment.recusals.waiting().exists():
        text = _("An objection to an expert has not been decided yet.")
        remedy = _("Decide it before the work begins.")
        obstacles.append(Obstacle("recusal_waits", text, RULE, remedy))
    return obstacles


def _draw(
    assessment: Assessment,
    pool: Pool,
    wanted: Wanted,
    *,
    place: int,
    replaces: AssessmentMember | None,
    by: User,
    at: datetime,
) -> AssessmentDraw:
    draw = AssessmentDraw.objects.create(
        assessment=assessment,
        place=place,
        algorithm=ALGORITHM,
        seed=secrets.token_hex(SEED_BYTES),
        pool=[_snapshot(each) for each in pool.candidates],
        left_out=[
            {**_snapshot(each), "why": [{"code": why.code, "text": why.text} for why in found]}
            for each, found in pool.left_out
        ],
        wanted=wanted.to_json(),
        replaces=replaces,
        drawn_at=at,
        drawn_by=by,
    )
    outcome = replayed(draw)
    draw.outcome = list(outcome)
    draw.save(update_fields=["outcome"])
    by_key = {each.pk: each for each in pool.candidates}
    first = assessment.members.count() + 1
    AssessmentMember.objects.bulk_create(
        AssessmentMember(
            assessment=assessment,
            expert=by_key[key],
            draw=draw,
            field=by_key[key].field,
            place=first + index,
        )
        for index, key in enumerate(outcome)
    )
    return draw


def _seed_of(draw: AssessmentDraw) -> str:
    with translation.override(CHINESE):
        return _("Seed: %(seed)s") % {"seed": draw.seed}


def _snapshot(expert: Expert) -> dict[str, object]:
    return {
        "id": expert.pk,
        "field": str(expert.field),
        "name": expert.person.name,
        "unit": expert.unit,
    }


def replayed(draw: AssessmentDraw) -> tuple[int, ...]:
    """Do a draw again from what is stored of it: the same seed and pool give the same group."""
    pool = [Candidate(each["id"], ExpertField(each["field"])) for each in draw.pool]
    return drawn(draw.seed, pool, Wanted.from_json(draw.wanted))


def seated(draw: AssessmentDraw) -> tuple[int, ...]:
    """Return who sits in the group by a draw, in order: to be compared with doing it again."""
    return tuple(draw.members.order_by("place").values_list("expert", flat=True))


def gap_obstacles(pool: Pool, wanted: Wanted) -> list[Obstacle]:
    """Return which fields lack how many experts."""
    return [_gap_obstacle(each, pool.left_out) for each in pool.gaps(wanted)]


def _gap_obstacle(gap: Gap, left_out: Sequence[tuple[Expert, Collection[Conflict]]]) -> Obstacle:
    remedy = _("Add experts to the pool, or engage a third party.")
    if gap.field is None:
        text = _("The pool has %(n)d experts too few for the group.") % {"n": gap.lacking}
        return Obstacle("pool_too_small", text, RULE, remedy)
    out = sum(each.field == gap.field for each, _why in left_out)
    text = _("%(field)s: %(n)d experts are lacking; %(out)d of the pool cannot take part.")
    shown = {"field": gap.field.label, "n": gap.lacking, "out": out}
    return Obstacle("field_lacks_experts", text % shown, RULE, remedy)
