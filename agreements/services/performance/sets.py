"""Indicator sets: drawn up, copied, published; and which of them holds for whom (B-09)."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from agency.enums import Profile
from agency.models import Region, User
from agency.rules import Obstacle, Refusal, refuse_if
from agreements.enums.performance import Direction, IndicatorSource, Scoring, SetState
from agreements.figures import FIGURES
from agreements.models import Indicator, IndicatorSet
from agreements.permissions.performance import (
    EDIT_INDICATORS,
    set_obstacles,
    set_publishing_obstacles,
)
from agreements.rules.formulas import FormulaError, trial
from agreements.rules.performance import RULE, BandError, bands_from, weights_missing
from agreements.services.performance.history import record

INDICATOR_FIELDS = (
    *("code", "name", "measures", "weight", "source", "formula", "unit"),
    *("scoring", "direction", "floor", "full", "bands"),
)


@transaction.atomic
def draft_set(
    *,
    title: str,
    year: int,
    profile: Profile = Profile.NATIONAL,
    region: Region | None = None,
    kind: str = "",
    basis: str = "",
    copy_of: int | None = None,
    by: User,
    at: datetime,
) -> IndicatorSet:
    """Draw up a set, empty or with the indicators of another."""
    obstacles = []
    if not EDIT_INDICATORS.allows(by):
        obstacles.append(Obstacle("not_entitled", _("Agreement officers draw up indicators.")))
    if not title.strip():
        obstacles.append(Obstacle("title_missing", _("The title is missing."), RULE))
    refuse_if(obstacles)
    same = IndicatorSet.objects.filter(profile=profile, region=region, kind=kind)
    newest = same.aggregate(newest=Max("version"))["newest"] or 0
    try:
        with transaction.atomic():
            made = IndicatorSet.objects.create(
                title=title.strip(),
                year=year,
                profile=profile,
                region=region,
                kind=kind,
                basis=basis.strip(),
                version=newest + 1,
                created_by=by,
                created_at=at,
            )
    except IntegrityError as error:
        raise Refusal(
            [
                Obstacle(
                    "version_taken",
                    _("Somebody has just drawn up version %(version)d.") % {"version": newest + 1},
                    RULE,
                    _("Look at it, then try again."),
                )
            ]
        ) from error
    if copy_of is not None:
        for each in Indicator.objects.filter(indicator_set=copy_of):
            each.pk, each.indicator_set = None, made
            each.save(force_insert=True)
    record(made, act="draft", source="", on=timezone.localdate(at), at=at, by=by)
    return made


@transaction.atomic
def save_indicator(
    *, set_id: int, indicator_id: int | None, values: Mapping[str, Any], by: User, at: datetime
) -> Indicator:
    """Add an indicator to a draft, or change one: the formula and the bands are tried at once."""
    indicators = IndicatorSet.objects.locked(set_id)
    refuse_if(set_obstacles(indicators, by))
    if indicator_id is None:
        last = indicators.indicators.aggregate(last=Max("position"))["last"] or 0
        row = Indicator(indicator_set=indicators, position=last + 1)
    else:
        row = indicators.indicators.get(pk=indicator_id)
    for name in INDICATOR_FIELDS:
        if name in values:
            setattr(row, name, values[name])
    obstacles = indicator_obstacles(row)
    twins = indicators.indicators.filter(code=row.code).exclude(pk=row.pk)
    if twins.exists():
        text = _("There is an indicator %(code)s already.") % {"code": row.code}
        obstacles.append(Obstacle("code_taken", text, RULE))
    refuse_if(obstacles)
    row.save()
    return row


@transaction.atomic
def remove_indicator(*, set_id: int, indicator_id: int, by: User) -> IndicatorSet:
    """Take an indicator out of a draft."""
    indicators = IndicatorSet.objects.locked(set_id)
    refuse_if(set_obstacles(indicators, by))
    indicators.indicators.get(pk=indicator_id).delete()
    return indicators


@transaction.atomic
def publish_set(*, set_id: int, by: User, at: datetime) -> IndicatorSet:
    """Publish a set; the one it replaces for the same year is superseded. Refuses weights that
    are not 100 and formulas that cannot be computed.
    """
    indicators = IndicatorSet.objects.locked(set_id)
    rows = list(indicators.indicators.all())
    refuse_if(set_publishing_obstacles(indicators, by) + content_obstacles(rows))
    on = timezone.localdate(at)
    older = IndicatorSet.objects.published().filter(
        profile=indicators.profile,
        region=indicators.region,
        kind=indicators.kind,
        year=indicators.year,
    )
    for each in older.select_for_update():
        each.supersede()
        each.save(update_fields=["state"])
        record(each, act="supersede", source=SetState.PUBLISHED, on=on, at=at, by=by)
    indicators.publish(by=by, at=at)
    indicators.save(update_fields=["state", "published_at", "published_by"])
    record(indicators, act="publish", source=SetState.DRAFT, on=on, at=at, by=by)
    return indicators


def content_obstacles(rows: Sequence[Indicator]) -> list[Obstacle]:
    """Return why these indicators cannot be published."""
    obstacles = [each for row in rows for each in indicator_obstacles(row)]
    missing = weights_missing(row.weight for row in rows)
    if missing:
        text = _("The weights sum to %(sum)s, not to 100: %(missing)s.") % {
            "sum": 100 - missing,
            "missing": missing if missing < 0 else f"+{missing}",
        }
        remedy = _("Change the weights until they are 100.")
        obstacles.append(Obstacle("weights_not_100", text, RULE, remedy))
    return obstacles


def indicator_obstacles(row: Indicator) -> list[Obstacle]:
    """Return what is wrong with an indicator: its formula, its scoring, its weight."""
    found: list[tuple[str, str]] = []
    if not 0 < row.weight <= 100:
        found.append(("weight_out_of_bounds", _("the weight lies above 0 and up to 100.")))
    if row.source == IndicatorSource.EVIDENCE:
        if row.formula or row.scoring != Scoring.ENTERED:
            found.append(
                ("evidence_without_formula", _("entered evidence has no formula and no bands."))
            )
    else:
        found += _computed_faults(row)
    name = str(row)
    return [
        Obstacle(code, _("%(indicator)s: %(fault)s") % {"indicator": name, "fault": fault}, RULE)
        for code, fault in found
    ]


def _computed_faults(row: Indicator) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    try:
        trial(row.formula, FIGURES)
    except FormulaError as error:
        found.append((f"formula_{error.code}", str(error)))
    if row.scoring == Scoring.ENTERED:
        found.append(("scoring_missing", _("a formula needs bands or a floor and a full value.")))
    elif row.scoring == Scoring.BANDS:
        try:
            bands_from(row.bands, Direction(row.direction))
        except BandError:
            text = _("bands need falling shares between 0 and 1, each from another value.")
            found.append(("bands_unreadable", text))
    elif not _ends_fit(row.floor, row.full, Direction(row.direction)):
        found.append(
            ("ends_do_not_fit", _("floor and full are both needed and must fit the direction."))
        )
    return found


def _ends_fit(floor: Decimal | None, full: Decimal | None, direction: Direction) -> bool:
    if floor is None or full is None:
        return False
    return full > floor if direction == Direction.HIGHER else full < floor


def sets_for(region: Region, year: int) -> list[IndicatorSet]:
    """Return the published sets that may hold in a region for a year, the closest first: of the
    region before its profile before the nation, and of these the newest.
    """
    rows = IndicatorSet.objects.published().filter(
        Q(region=region) | Q(region__isnull=True, profile__in={region.profile, Profile.NATIONAL}),
        year__lte=year,
    )

    def closeness(row: IndicatorSet) -> tuple[bool, bool, bool, int, int]:
        own = row.region_id == region.pk
        return (own, row.profile == region.profile, bool(row.kind), row.year, row.version)

    return sorted(rows, key=closeness, reverse=True)


def set_for(sets: Sequence[IndicatorSet], kind: str) -> IndicatorSet | None:
    """Return the set of a type of institution among those of its region and year."""
    return next((each for each in sets if each.kind in ("", kind)), None)
