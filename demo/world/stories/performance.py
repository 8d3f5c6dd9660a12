"""Performance assessment: the sets of two years, last year's round published with varied grades,
this year's under way at every stage (B-09).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from agency.codes import check_character
from agency.enums import Profile
from agency.services.calendar import office_calendar
from agreements.enums.performance import (
    AppealOutcome,
    Direction,
    IndicatorSource,
    Scoring,
)
from agreements.models import PerformanceAssessment
from agreements.services.performance import (
    answers,
    assessing,
    entrusting,
    publishing,
    rounds,
    sets,
)
from agreements.services.performance.assessing import Entry
from demo.world.accounts import account_of
from demo.world.institutions import BY_KEY
from demo.world.papers import paper
from demo.world.regions import AGENCY_REGION
from demo.world.script import Script, World
from institutions.services.assessment.pool import add_third_party

# The first 17 characters of its unified social credit code.
THIRD_PARTY = "91360403MA0000001"
FIGURE, EVIDENCE, BOTH = IndicatorSource.FIGURE, IndicatorSource.EVIDENCE, IndicatorSource.BOTH
OFFICER, COLLEAGUE, HEAD = "agreement", "agreement2", "head"
# Days ago.
FIRST_SET, SECOND_SET = 420, 60
LAST_OPENED, LAST_ASSESSED, LAST_PROPOSED, LAST_SILENT, LAST_PUBLISHED = 290, 250, 248, 225, 222
THIS_OPENED, ENTRUSTED, SELF, ASSESSED, PROPOSED = 32, 25, 21, 18, 17
APPEALED, CONFIRMED, DECIDED, LATE_ASSESSED, LATE_PROPOSED = 13, 12, 8, 6, 4
DECIDED_CASE, APPEALED_CASE, CONFIRMED_CASE = "lianxi", "central", "dialysis"
PROPOSED_CASE, ENTRUSTED_CASE, WRITTEN_CASE = "renhe", "bones", "dental"
SELF_ASSESSED = (
    *(DECIDED_CASE, APPEALED_CASE, CONFIRMED_CASE, PROPOSED_CASE),
    *(ENTRUSTED_CASE, WRITTEN_CASE),
)

# Code, name, what it measures, weights last year and this year, source, formula, unit, scoring.
INDICATORS: tuple[tuple[Any, ...], ...] = (
    (
        *("A1", "协议连续履行", "考核期内协议中止的天数", 6, 10, FIGURE),
        *("suspension_days", "天", ("60", "0")),
    ),
    (
        *("A2", "重大信息变更申报", "被查实未申报的重大信息变更次数", 5, 8, FIGURE),
        *("unfiled_changes", "次", [["0", "1"], ["1", "0.4"]]),
    ),
    (
        *("A3", "信息变更及时率", "按期申报的变更占全部变更的比例", 5, 7, FIGURE),
        *("ratio(changes_filed - changes_late, changes_filed, 1) * 100", "%", ("60", "100")),
    ),
    (
        *("A4", "培训参加率", "参加经办机构培训的比例", 6, 8, FIGURE),
        "ratio(trainings_attended, trainings_invited, 1) * 100",
        *("%", [["100", "1"], ["80", "0.8"], ["60", "0.5"]]),
    ),
    (
        *("A5", "文书签收及时率", "平台文书按期签收的比例", 4, 5, FIGURE),
        "ratio(letters_received - letters_unconfirmed, letters_received, 1) * 100",
        *("%", ("50", "100")),
    ),
    (
        *("B1", "违规疑点确认率", "每千人次结算中确认的违规疑点数", 8, 12, FIGURE),
        *("ratio(findings_confirmed, claims) * 1000", "‰", ("50", "0")),
    ),
    (
        *("B2", "扣减金额占比", "审核扣减金额占申报金额的比例", 7, 10, FIGURE),
        "ratio(deducted_amount, declared_amount) * 100",
        *("%", [["0.5", "1"], ["2", "0.7"], ["5", "0.3"]]),
    ),
    (
        *("B3", "结算数据退回率", "因错误被退回的结算批次比例", 6, 8, FIGURE),
        *("ratio(batches_rejected, batches_submitted) * 100", "%", ("30", "0")),
    ),
    (
        *("B4", "次均费用控制", "次均医疗费用,可结合病例构成调整", 13, 7, BOTH),
        *("ratio(medical_costs, claims)", "元", ("20000", "8000")),
    ),
    (
        *("C1", "协议违约处理", "考核期内作出的处理,重大处理加倍计算", 8, 10, FIGURE),
        *("cases_decided + 2 * grave_cases", "次", [["0", "1"], ["1", "0.6"], ["3", "0.2"]]),
    ),
    ("C2", "医保管理制度", "医保管理机构、制度和内部检查落实情况", 20, 8, EVIDENCE, "", "", None),
    (
        *("C3", "参保人员服务", "查实的投诉次数和现场服务评价", 12, 7, BOTH),
        *("complaints_upheld", "次", [["0", "1"], ["1", "0.6"], ["2", "0.3"]]),
    ),
)
# Points of last year's B4, C2 and C3, in turn: of 13, 20 and 12.
MARKS = (
    ("13", "19", "12"),
    ("11", "15", "9"),
    ("6", "11", "8"),
    ("12", "18.5", "12"),
    ("3", "7", "5"),
    ("0", "0", "3"),
    ("9.5", "14", "10"),
)
LOWER = {"A1", "A2", "B1", "B2", "B3", "B4", "C1", "C3"}


def enter(script: Script) -> None:
    world = script.world
    _on(script, FIRST_SET, partial(first_set, world))
    _on(script, SECOND_SET, partial(second_set, world))
    _on(script, LAST_OPENED, partial(open_last, world))
    _on(script, LAST_ASSESSED, partial(assess_last, world))
    _on(script, LAST_PROPOSED, partial(propose_last, world))
    _on(script, LAST_SILENT, partial(let_pass, world))
    _on(script, LAST_PUBLISHED, partial(publish_last, world))
    _on(script, THIS_OPENED, partial(open_this, world), hour=9)
    _on(script, ENTRUSTED, partial(entrust_one, world))
    for key in SELF_ASSESSED:
        _on(script, SELF, partial(self_assess, world, key))
    for key in (DECIDED_CASE, APPEALED_CASE, CONFIRMED_CASE):
        _on(script, ASSESSED, partial(assess, world, key))
        _on(script, PROPOSED, partial(propose, world, key))
    for key in (DECIDED_CASE, APPEALED_CASE):
        _on(script, APPEALED, partial(appeal, world, key))
    _on(script, CONFIRMED, partial(confirm, world, CONFIRMED_CASE))
    _on(script, DECIDED, partial(decide, world, DECIDED_CASE))
    _on(script, LATE_ASSESSED, partial(assess, world, ENTRUSTED_CASE))
    _on(script, LATE_ASSESSED, partial(assess, world, PROPOSED_CASE))
    _on(script, LATE_PROPOSED, partial(propose, world, PROPOSED_CASE), hour=11)


def _on(script: Script, days: int, act: partial[None], *, hour: int = 10) -> None:
    """Have it happen so many days ago, or on the last day worked before."""
    calendar, day = office_calendar(), script.world.ago(days)
    while not calendar.is_workday(day):
        day -= timedelta(1)
    script.on(day, act, hour=hour, label=f"performance: {act.func.__name__}")


def _last_year(world: World) -> int:
    return world.ago(LAST_OPENED).year - 1


# --- the sets -----------------------------------------------------------------------------------


def first_set(world: World, on: date, at: datetime) -> None:
    year = _last_year(world)
    _publish(world, year, f"定点医疗机构协议履行绩效考核指标({year}年版)", 3, at)


def second_set(world: World, on: date, at: datetime) -> None:
    year = _last_year(world) + 1
    _publish(world, year, f"定点医疗机构协议履行绩效考核指标({year}年版)", 4, at)
    draft = sets.draft_set(
        title=f"基层医疗机构绩效考核指标({year + 1}年征求意见稿)",
        year=year + 1,
        kind="village_clinic",
        copy_of=world.made["performance.set"],
        by=world.users[OFFICER],
        at=at,
    )
    # A weight still to be found: the page of the set says how much is missing.
    draft.indicators.filter(code="B4").update(weight=3)


def _publish(world: World, year: int, title: str, weight: int, at: datetime) -> None:
    made = sets.draft_set(
        title=title,
        year=year,
        profile=Profile.NATIONAL,
        basis=f"本机构绩效考核实施方案({year}年)",
        by=world.users[OFFICER],
        at=at,
    )
    for row in INDICATORS:
        sets.save_indicator(
            set_id=made.pk,
            indicator_id=None,
            values=_values(row, row[weight]),
            by=world.users[OFFICER],
            at=at,
        )
    sets.publish_set(set_id=made.pk, by=world.users[HEAD], at=at)
    world.made["performance.set"] = made.pk


def _values(row: tuple[Any, ...], weight: int) -> dict[str, object]:
    code, name, measures, _last, _this, source, formula, unit, scale = row
    values: dict[str, object] = {
        "code": code,
        "name": name,
        "measures": measures,
        "weight": Decimal(weight),
        "source": source,
        "formula": formula,
        "unit": unit,
        "direction": Direction.LOWER if code in LOWER else Direction.HIGHER,
    }
    if scale is None:
        return values | {"scoring": Scoring.ENTERED}
    if isinstance(scale, tuple):
        floor, full = scale
        ends = {"floor": Decimal(floor), "full": Decimal(full)}
        return values | {"scoring": Scoring.LINEAR, **ends}
    return values | {"scoring": Scoring.BANDS, "bands": scale}


# --- last year ----------------------------------------------------------------------------------


def open_last(world: World, on: date, at: datetime) -> None:
    year = _last_year(world)
    _open(world, "last", year, date(year, 12, 31), at)


def _open(world: World, name: str, year: int, last: date, at: datetime) -> None:
    made = rounds.open_round(
        region_code=AGENCY_REGION,
        year=year,
        first=date(year, 1, 1),
        last=last,
        by=world.users[OFFICER],
        at=at,
    )
    rounds.prepare_round(round_id=made.pk, at=at)
    world.made[f"performance.{name}"] = made.pk


def assess_last(world: World, on: date, at: datetime) -> None:
    rows = PerformanceAssessment.objects.filter(round=world.made["performance.last"])
    for number, each in enumerate(rows.order_by("pk")):
        marks = dict(zip(("B4", "C2", "C3"), MARKS[number % len(MARKS)], strict=True))
        entries = {
            score.pk: Entry(points=Decimal(marks[score.indicator.code]), text="现场考核记录")
            for score in each.scores.select_related("indicator")
            if score.indicator.code in marks
        }
        assessing.assess(
            assessment_id=each.pk, entries=entries, opinion="", by=world.users[OFFICER], at=at
        )


def propose_last(world: World, on: date, at: datetime) -> None:
    assessing.propose_all(round_id=world.made["performance.last"], by=world.users[OFFICER], at=at)


def let_pass(world: World, on: date, at: datetime) -> None:
    answers.confirm_by_silence(on=on, at=at)


def publish_last(world: World, on: date, at: datetime) -> None:
    key = world.made["performance.last"]
    publishing.publish_all(round_id=key, by=world.users[HEAD], at=at)
    publishing.disclose(round_id=key, by=world.users[HEAD], at=at)
    publishing.write_letters(at=at)


# --- this year ----------------------------------------------------------------------------------


def open_this(world: World, on: date, at: datetime) -> None:
    year = _last_year(world) + 1
    _open(world, "this", year, min(on - timedelta(1), date(year, 12, 31)), at)


def _of(world: World, key: str) -> PerformanceAssessment:
    rows = PerformanceAssessment.objects.filter(round=world.made["performance.this"])
    return rows.get(institution=world.of(BY_KEY[key]))


def _score(assessment: PerformanceAssessment, code: str) -> int:
    return assessment.scores.values_list("pk", flat=True).get(indicator__code=code)


def self_assess(world: World, key: str, on: date, at: datetime) -> None:
    assessment = _of(world, key)
    entry = Entry(
        points=Decimal("7.5"),
        text="医保办3人专职;制度汇编12项;每季度自查一次",
        files=[paper("医保管理制度自评材料", world.of(BY_KEY[key]).name)],
    )
    assessing.self_assess(
        assessment_id=assessment.pk,
        entries={_score(assessment, "C2"): entry},
        by=world.users[account_of(BY_KEY[key])],
        at=at,
    )


def entrust_one(world: World, on: date, at: datetime) -> None:
    party = add_third_party(
        name="九江衡信医疗管理咨询有限公司(演示)",
        credit_code=THIRD_PARTY + check_character(THIRD_PARTY),
        qualified_from=world.ago(400),
        qualified_to=world.today + timedelta(500),
        by=world.users[OFFICER],
        at=at,
    )
    entrusting.entrust(
        round_id=world.made["performance.this"],
        third_party_id=party.pk,
        contract=f"采购-{on.year}-018",
        contract_from=on - timedelta(5),
        contract_to=on + timedelta(120),
        assessors="梁启文 注册会计师\n顾晓琳 主任医师",
        assessment_ids=[_of(world, ENTRUSTED_CASE).pk],
        by=world.users[OFFICER],
        at=at,
    )


def assess(world: World, key: str, on: date, at: datetime) -> None:
    assessment = _of(world, key)
    is_outside = assessment.entrustment_id is not None
    entries = {
        _score(assessment, "C2"): Entry(points=Decimal(5), text="现场检查:自查记录缺第三季度")
    }
    for code, points in (("B4", 6), ("C3", 6)):
        entries[_score(assessment, code)] = Entry(points=Decimal(points), text="结合病例构成评定")
    assessing.assess(
        assessment_id=assessment.pk,
        entries=entries,
        opinion="协议履行总体良好,内部检查需常态化。",
        report=[paper("第三方考核报告", assessment.number)] if is_outside else (),
        report_on=on - timedelta(2) if is_outside else None,
        by=world.users[OFFICER],
        at=at,
    )


def propose(world: World, key: str, on: date, at: datetime) -> None:
    assessing.propose(assessment_id=_of(world, key).pk, by=world.users[OFFICER], at=at)


def appeal(world: World, key: str, on: date, at: datetime) -> None:
    assessment = _of(world, key)
    entry = Entry(
        points=Decimal(7),
        text="第三季度自查记录因换章延后归档,现补充提交。",
        files=[paper("第三季度自查记录", assessment.number)],
    )
    answers.file_appeals(
        assessment_id=assessment.pk,
        entries={_score(assessment, "C2"): entry},
        by=world.users[account_of(BY_KEY[key])],
        at=at,
    )


def confirm(world: World, key: str, on: date, at: datetime) -> None:
    answers.confirm(
        assessment_id=_of(world, key).pk, by=world.users[account_of(BY_KEY[key])], at=at
    )


def decide(world: World, key: str, on: date, at: datetime) -> None:
    answers.decide_appeal(
        appeal_id=_of(world, key).appeals.get().pk,
        outcome=AppealOutcome.GRANTED,
        points=Decimal(7),
        reason="补充材料属实,予以采纳。",
        by=world.users[COLLEAGUE],
        at=at,
    )
