"""Indicator sets and rounds as the services make them."""

from datetime import date
from decimal import Decimal

from agency.enums import Role
from agreements.enums.performance import Direction, IndicatorSource, Scoring
from agreements.models import IndicatorSet, PerformanceAssessment, PerformanceRound
from agreements.services.performance import answers, assessing, publishing, rounds, sets
from agreements.services.performance.assessing import Entry
from tests.agency.factories import user_with
from tests.agreements.factories import AgreementFactory, World, at
from tests.institutions.factories import InstitutionFactory

YEAR = 2025
OPENED = date(2026, 1, 5)
SELF_DUE = date(2026, 1, 26)
ASSESSED = date(2026, 1, 27)
PROPOSED = date(2026, 2, 12)
APPEAL_DUE = date(2026, 3, 4)
PUBLISHED = date(2026, 3, 10)

FIGURE = {
    "code": "A1",
    "name": "协议中止",
    "measures": "考核期内中止天数",
    "weight": Decimal(40),
    "source": IndicatorSource.FIGURE,
    "formula": "suspension_days",
    "unit": "天",
    "scoring": Scoring.LINEAR,
    "direction": Direction.LOWER,
    "floor": Decimal(90),
    "full": Decimal(0),
}
BOTH = {
    "code": "A2",
    "name": "培训参加",
    "measures": "参加培训比例",
    "weight": Decimal(30),
    "source": IndicatorSource.BOTH,
    "formula": "ratio(trainings_attended, trainings_invited, 1) * 100",
    "unit": "%",
    "scoring": Scoring.BANDS,
    "direction": Direction.HIGHER,
    "bands": [["100", "1"], ["80", "0.8"], ["60", "0.5"]],
}
EVIDENCE = {
    "code": "A3",
    "name": "内部管理制度",
    "measures": "制度是否健全",
    "weight": Decimal(30),
    "source": IndicatorSource.EVIDENCE,
    "scoring": Scoring.ENTERED,
}


class Office(World):
    """A round of 2025 in a region, with its people and one institution under agreement."""

    def __init__(self) -> None:
        super().__init__()
        self.agreement = AgreementFactory(institution=self.institution, region=self.region)
        self.colleague = user_with(Role.AGREEMENT_OFFICER)

    def draft(self, *indicators, **fields) -> IndicatorSet:
        made = sets.draft_set(
            **{"title": "年度考核指标", "year": YEAR, "by": self.officer, "at": at("2024-12-01")}
            | fields
        )
        for each in indicators:
            self.save(made, each)
        return made

    def save(self, indicators: IndicatorSet, values: dict, pk: int | None = None):
        return sets.save_indicator(
            set_id=indicators.pk,
            indicator_id=pk,
            values=values,
            by=self.officer,
            at=at("2024-12-01"),
        )

    def published_set(self, *indicators, **fields) -> IndicatorSet:
        made = self.draft(*(indicators or (FIGURE, BOTH, EVIDENCE)), **fields)
        return sets.publish_set(set_id=made.pk, by=self.head, at=at("2024-12-10"))

    def others(self, count: int) -> None:
        """Further institutions under agreement."""
        for _each in range(count):
            AgreementFactory(institution=InstitutionFactory(region=self.region), region=self.region)

    def round(self, **fields) -> PerformanceRound:
        made = rounds.open_round(
            **{
                "region_code": self.region.pk,
                "year": YEAR,
                "first": date(2025, 1, 1),
                "last": date(2025, 12, 31),
                "by": self.officer,
                "at": at(OPENED),
            }
            | fields
        )
        return rounds.prepare_round(round_id=made.pk, at=at(OPENED))

    def opened(self) -> PerformanceAssessment:
        self.published_set()
        self.round()
        return PerformanceAssessment.objects.get(institution=self.institution)

    def self_assessed(self) -> PerformanceAssessment:
        assessment = self.opened()
        return assessing.self_assess(
            assessment_id=assessment.pk,
            entries={self.score(assessment, "A3").pk: Entry(points=Decimal(28), text="制度汇编")},
            by=self.member,
            at=at("2026-01-12"),
        )

    def score(self, assessment: PerformanceAssessment, code: str):
        return assessment.scores.select_related("indicator").get(indicator__code=code)

    def assessed(self, points: str = "20", **fields) -> PerformanceAssessment:
        assessment = self.self_assessed()
        return assessing.assess(
            **{
                "assessment_id": assessment.pk,
                "entries": {
                    self.score(assessment, "A3").pk: Entry(
                        points=Decimal(points), text="现场查看，制度不全"
                    )
                },
                "opinion": "总体良好",
                "by": self.officer,
                "at": at(ASSESSED),
            }
            | fields
        )

    def proposed(self, points: str = "20") -> PerformanceAssessment:
        assessment = self.assessed(points)
        return assessing.propose(assessment_id=assessment.pk, by=self.officer, at=at(PROPOSED))

    def confirmed(self, points: str = "20") -> PerformanceAssessment:
        assessment = self.proposed(points)
        return answers.confirm(assessment_id=assessment.pk, by=self.member, at=at("2026-02-25"))

    def appealed(self, *codes: str) -> PerformanceAssessment:
        assessment = self.proposed()
        return answers.file_appeals(
            assessment_id=assessment.pk,
            entries={
                self.score(assessment, code).pk: Entry(points=Decimal(28), text="制度齐全")
                for code in codes or ("A3",)
            },
            by=self.member,
            at=at("2026-02-25"),
        )

    def published(self, points: str = "20") -> PerformanceAssessment:
        assessment = self.confirmed(points)
        return publishing.publish(assessment_id=assessment.pk, by=self.head, at=at(PUBLISHED))


class Left:
    """What an assessment leaves behind, of an institution under agreement: a draft and a published
    set, a round, an assessment appealed against.
    """

    def __init__(self, agreement, member) -> None:
        officer, head = user_with(Role.AGREEMENT_OFFICER), user_with(Role.AGENCY_HEAD)
        day = at("2026-01-05")
        self.published = self._set(officer)
        sets.publish_set(set_id=self.published.pk, by=head, at=day)
        self.draft = self._set(officer)
        self.indicator = self.draft.indicators.get()
        self.round = rounds.open_round(
            region_code=agreement.region_id,
            year=YEAR + PerformanceRound.objects.count(),
            first=agreement.valid_from,
            last=agreement.valid_from,
            by=officer,
            at=day,
        )
        rounds.prepare_round(round_id=self.round.pk, at=day)
        assessment = PerformanceAssessment.objects.get(
            round=self.round, institution=agreement.institution_id
        )
        score = assessment.scores.get()
        entry = {score.pk: Entry(points=Decimal(60), text="制度汇编")}
        values = {"assessment_id": assessment.pk}
        assessing.self_assess(**values, entries=entry, by=member, at=day)
        assessing.assess(**values, entries=entry, opinion="", by=officer, at=day)
        assessing.propose(**values, by=officer, at=day)
        self.assessment = answers.file_appeals(**values, entries=entry, by=member, at=day)
        self.appeal = self.assessment.appeals.get()

    def _set(self, officer) -> IndicatorSet:
        made = sets.draft_set(title="年度考核指标", year=YEAR, by=officer, at=at("2025-01-05"))
        sets.save_indicator(
            set_id=made.pk,
            indicator_id=None,
            values=EVIDENCE | {"weight": Decimal(100)},
            by=officer,
            at=at("2025-01-05"),
        )
        return made
