"""A round of performance assessment: opened, its figures computed, its third parties, its end."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.models import Region, User
from agency.rules import Obstacle, refuse_if
from agency.services.calendar import office
from agency.services.numbers import next_numbers
from agreements.enums.life import AgreementState
from agreements.enums.performance import BEFORE_PROPOSAL, PerformanceState, RoundState
from agreements.models import (
    Agreement,
    IndicatorScore,
    IndicatorSet,
    PerformanceAssessment,
    PerformanceRound,
)
from agreements.notifications import performance as notifications
from agreements.permissions.performance import OPEN_ROUND, RECOMPUTE, round_obstacles
from agreements.rules.performance import ASSESS_WORKDAYS, RULE, SELF_WORKDAYS, deadline
from agreements.services.performance.history import record, record_all
from agreements.services.performance.scoring import (
    figures_for,
    fill,
    indicators_by_set,
    refresh,
)
from agreements.services.performance.sets import set_for, sets_for

PIECE = 500
LONGEST_DAYS = 366


@transaction.atomic
def open_round(
    *, region_code: str, year: int, first: date, last: date, by: User, at: datetime
) -> PerformanceRound:
    """Open the round of a region and year. Who takes part and their figures are computed by
    `prepare_round` afterwards, piece by piece.
    """
    on = timezone.localdate(at)
    region = Region.objects.get(pk=region_code)
    general = set_for(sets_for(region, year), "")
    planned = _taking_part(region_code, first, last).values("institution").distinct().count()
    refuse_if(_opening_obstacles(region, year, first, last, general, planned, by, on))
    if general is None:
        raise AssertionError("refused above")
    region_office = office(on=on, region=region)
    self_due, self_basis = deadline(on, SELF_WORKDAYS, region_office)
    assess_due, assess_basis = deadline(self_due.on, ASSESS_WORKDAYS, region_office)
    made = PerformanceRound.objects.create(
        region=region,
        year=year,
        indicator_set=general,
        first=first,
        last=last,
        planned=planned,
        self_due_on=self_due.on,
        self_due_basis=self_basis.to_json(),
        assess_due_on=assess_due.on,
        assess_due_basis=assess_basis.to_json(),
        opened_at=at,
        opened_by=by,
    )
    record(made, act="open", source="", on=on, at=at, by=by)
    return made


def _opening_obstacles(
    region: Region,
    year: int,
    first: date,
    last: date,
    general: IndicatorSet | None,
    planned: int,
    by: User,
    on: date,
) -> list[Obstacle]:
    exists = PerformanceRound.objects.filter(region=region, year=year).exists()
    shown = {"year": year, "region": region, "first": first, "last": last}
    checks = {
        Obstacle(
            "round_exists",
            _("There is a round of %(region)s for %(year)s already.") % shown,
            RULE,
            _("Go on with that one."),
        ): exists,
        Obstacle(
            "period_in_disorder",
            _("The period %(first)s to %(last)s is no period of at most a year.") % shown,
            RULE,
            _("Name the first and the last day that are judged."),
        ): last < first or (last - first).days >= LONGEST_DAYS,
        Obstacle(
            "period_not_over",
            _("The period lasts until %(last)s: there are no figures of days to come.") % shown,
            RULE,
            _("Open the round on the day after, or name an earlier last day."),
        ): last >= on,
        Obstacle(
            "no_set",
            _("No indicator set for all types is published for %(year)s.") % shown,
            RULE,
            _("Publish one first."),
        ): general is None,
        Obstacle(
            "nobody_to_assess",
            _("No institution had an agreement with %(region)s in that period.") % shown,
            RULE,
        ): planned == 0,
        Obstacle("not_entitled", _("Agreement officers open rounds.")): not OPEN_ROUND.allows(by),
    }
    return [each for each, applies in checks.items() if applies]


def _taking_part(region_code: str, first: date, last: date) -> QuerySet[Agreement]:
    """Agreements with the region's agency whose term meets the period."""
    never = [AgreementState.DRAFT, AgreementState.CANCELLED]
    return Agreement.objects.exclude(state__in=never).filter(
        region=region_code, signed_on__isnull=False, valid_from__lte=last, last_day__gte=first
    )


def prepare_round(*, round_id: int, at: datetime) -> PerformanceRound:
    """Compute the figures of all who take part, a piece in each transaction. May be sent twice or
    after a crash: it goes on where it stopped.
    """
    while _prepare_piece(round_id, at):
        pass
    return PerformanceRound.objects.get(pk=round_id)


@transaction.atomic
def _prepare_piece(round_id: int, at: datetime) -> bool:
    """Prepare the next institutions; return whether some may be left."""
    round_ = PerformanceRound.objects.locked(round_id)
    if round_.state != RoundState.PREPARING:
        return False
    on = timezone.localdate(at)
    done = PerformanceAssessment.objects.filter(round=round_, institution=OuterRef("institution"))
    rows = (
        _taking_part(round_.region_id, round_.first, round_.last)
        .filter(~Exists(done))
        .order_by("institution_id", "-valid_from")
        .distinct("institution_id")
        .select_related("institution")
    )
    piece = list(rows[:PIECE])
    made = _assessments(round_, piece, at=at) if piece else []
    round_.prepared += len(made)
    round_.planned = max(round_.planned, round_.prepared)
    fields = ["prepared", "planned"]
    if len(piece) < PIECE:
        round_.begin()
        round_.figures_at, round_.planned = at, round_.prepared
        fields += ["state", "figures_at"]
        record(round_, act="begin", source=RoundState.PREPARING, on=on, at=at, by=None)
    round_.save(update_fields=fields)
    record_all(((each, "") for each in made), act="open", on=on, at=at, by=round_.opened_by)
    notifications.round_opened(round_, made, at=at)
    return len(piece) == PIECE


def _assessments(
    round_: PerformanceRound, agreements: Sequence[Agreement], *, at: datetime
) -> list[PerformanceAssessment]:
    """Create the assessments of a piece with their figures: as many queries as figures."""
    sets = sets_for(round_.region, round_.year)
    key = f"{round_.region_id}-{timezone.localdate(at).year}"
    numbers = next_numbers(f"performance:{key}", len(agreements))
    made = PerformanceAssessment.objects.bulk_create(
        PerformanceAssessment(
            number=f"PFA-{key}-{number:04}",
            round=round_,
            institution=each.institution,
            agreement=each,
            indicator_set=set_for(sets, each.institution.kind) or round_.indicator_set,
            self_due_on=round_.self_due_on,
            self_due_basis=round_.self_due_basis,
        )
        for number, each in zip(numbers, agreements, strict=True)
    )
    indicators = indicators_by_set({each.indicator_set_id for each in made})
    used = [row for rows in indicators.values() for row in rows]
    figures = figures_for(used, [each.institution_id for each in made], round_)
    scores = []
    for each in made:
        for indicator in indicators[each.indicator_set_id]:
            score = IndicatorScore(assessment=each, indicator=indicator, weight=indicator.weight)
            fill(score, indicator, figures[each.institution_id])
            scores.append(score)
    IndicatorScore.objects.bulk_create(scores, batch_size=1000)
    return made


@transaction.atomic
def recompute_figures(*, round_id: int, by: User, at: datetime) -> int:
    """Compute the figures of all assessments not proposed yet anew; return how many."""
    round_ = PerformanceRound.objects.locked(round_id)
    obstacles = round_obstacles(round_, by)
    if not RECOMPUTE.allows(by):
        obstacles.append(Obstacle("not_entitled", _("Agreement officers compute the figures.")))
    refuse_if(obstacles)
    rows = list(
        PerformanceAssessment.objects.filter(round=round_, state__in=BEFORE_PROPOSAL)
        .select_for_update(of=("self",), no_key=True)
        .order_by("pk")
    )
    done = refresh(rows, round_)
    round_.figures_at = at
    round_.save(update_fields=["figures_at"])
    on = timezone.localdate(at)
    record(round_, act="recompute", source=round_.state, on=on, at=at, by=by)
    return done


def close_if_done(round_: PerformanceRound, *, on: date, at: datetime, by: User | None) -> None:
    """Close the round once every result is published; reopen it while one is corrected."""
    waiting = PerformanceAssessment.objects.under_way().filter(round=round_).exists()
    if waiting == (round_.state == RoundState.OPEN):
        return
    source = round_.state
    if waiting:
        round_.reopen()
    else:
        round_.close(at=at)
    round_.save(update_fields=["state", "closed_at"])
    act = "reopen" if waiting else "close"
    record(round_, act=act, source=source, on=on, at=at, by=by)


def counts_of(rounds: Sequence[PerformanceRound], *, on: date) -> dict[int, dict[str, int]]:
    """Return how many assessments of each round stand where, and how many are late. One query."""
    late = (
        Q(state=PerformanceState.OPEN, self_due_on__lt=on)
        | Q(state=PerformanceState.SELF_ASSESSED, round__assess_due_on__lt=on)
        | Q(state=PerformanceState.PROPOSED, appeal_due_on__lt=on)
        | Q(state=PerformanceState.APPEALED, decision_due_on__lt=on)
    )
    counts = {
        each.pk: dict.fromkeys([*PerformanceState.values, "late", "all"], 0) for each in rounds
    }
    rows = PerformanceAssessment.objects.current().filter(round__in=rounds).order_by()
    for row in rows.values("round", "state").annotate(
        count=Count("pk"), late=Count("pk", filter=late)
    ):
        of_round = counts[row["round"]]
        of_round[row["state"]] += row["count"]
        of_round["all"] += row["count"]
        of_round["late"] += row["late"]
    return counts
