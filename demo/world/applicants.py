"""Who wants to be designated: invented institutions, one for each state of an application."""

from __future__ import annotations

from dataclasses import dataclass

from demo.world.institutions import Invented
from demo.world.people import Someone
from institutions.enums.persons import Post
from institutions.enums.register import Kind, Level, Nature

_PROFIT, _NONPROFIT, _PUBLIC = Nature.PRIVATE_PROFIT, Nature.PRIVATE_NONPROFIT, Nature.PUBLIC
_GENERAL, _CLINIC = Kind.GENERAL_HOSPITAL, Kind.CLINIC


@dataclass(frozen=True, slots=True)
class Applicant:
    """An institution that applies, and who answers for it. `culprit` is somebody whose former
    institution was dissolved through their fault.
    """

    institution: Invented
    culprit: Someone | None = None

    @property
    def key(self) -> str:
        return self.institution.key

    @property
    def username(self) -> str:
        return f"applicant_{self.key}"

    @property
    def serial(self) -> int:
        return 10 + 3 * (self.institution.serial - 100)

    @property
    def contact(self) -> Someone:
        return Someone(500 + self.institution.serial - 100)

    @property
    def persons(self) -> dict[Post, Someone]:
        legal = self.culprit or Someone(self.serial)
        return {
            Post.LEGAL_REPRESENTATIVE: legal,
            Post.PRINCIPAL: Someone(self.serial + 1),
            Post.ACTUAL_CONTROLLER: legal,
        }


CULPRIT = Someone(700)


def _applicant(
    key: str,
    code: str,
    stem: str,
    kind: Kind,
    nature: Nature,
    level: Level,
    beds: int = 0,
    culprit: Someone | None = None,
) -> Applicant:
    return Applicant(Invented(key, code, stem, kind, nature, level, beds), culprit)


APPLICANTS: tuple[Applicant, ...] = (
    _applicant("draft", "H36040300101", "浔阳甘棠口腔门诊部", Kind.OUTPATIENT, _PROFIT, Level.NONE),
    _applicant(
        "waiting", "H36040300102", "浔阳长虹诊所", _CLINIC, _PROFIT, Level.NONE, culprit=CULPRIT
    ),
    _applicant(
        "supplement",
        "H36040400103",
        "柴桑赤湖护理院",
        Kind.NURSING,
        _NONPROFIT,
        Level.NONE,
        80,
    ),
    _applicant("barred", "H36042600104", "德安聂桥医院", _GENERAL, _PROFIT, Level.L1_A, 40),
    _applicant(
        "person",
        "H36048100105",
        "瑞昌桂林康复医院",
        Kind.REHABILITATION_HOSPITAL,
        _PROFIT,
        Level.L2_UNGRADED,
        90,
        CULPRIT,
    ),
    _applicant("accepted", "H36042900106", "湖口双钟医院", _GENERAL, _PROFIT, Level.L1_A, 60),
    _applicant("plan", "H36040200107", "濂溪虞家河诊所", _CLINIC, _PROFIT, Level.NONE),
    _applicant(
        "assessing", "H36042500108", "永修吴城中医医院", Kind.TCM_HOSPITAL, _PUBLIC, Level.L2_B, 110
    ),
    _applicant("passed", "H36042300109", "武宁庐山湖医院", _GENERAL, _NONPROFIT, Level.L1_A, 70),
    _applicant("failed", "H36042400110", "修水黄沙医院", _GENERAL, _PROFIT, Level.L1_B, 50),
    _applicant("rectifying", "H36042800111", "都昌蔡岭医院", _GENERAL, _PROFIT, Level.L1_A, 55),
    _applicant("reassessing", "H36043000112", "彭泽浪溪医院", _GENERAL, _PROFIT, Level.L1_B, 45),
    _applicant("twice", "H36048200113", "共青城茶山医院", _GENERAL, _PROFIT, Level.L1_A, 65),
    _applicant(
        "filed",
        "H36048300114",
        "庐山温泉康复医院",
        Kind.REHABILITATION_HOSPITAL,
        _PROFIT,
        Level.L2_UNGRADED,
        95,
    ),
    _applicant(
        "notice",
        "H36040300115",
        "浔阳白水湖社区卫生服务站",
        Kind.COMMUNITY_STATION,
        _NONPROFIT,
        Level.NONE,
    ),
    _applicant(
        "objection", "H36040400116", "柴桑沙河口腔门诊部", Kind.OUTPATIENT, _PROFIT, Level.NONE
    ),
    _applicant("negotiating", "H36042500117", "永修艾城医院", _GENERAL, _NONPROFIT, Level.L1_A, 60),
    _applicant(
        "signed", "H36042300118", "武宁罗坪安宁疗护中心", Kind.HOSPICE, _NONPROFIT, Level.NONE, 30
    ),
    _applicant(
        "declined",
        "H36042400119",
        "修水义宁眼科医院",
        Kind.SPECIALIST_HOSPITAL,
        _PROFIT,
        Level.L2_UNGRADED,
        50,
    ),
    _applicant("withdrawn", "H36043000120", "彭泽棉船医院", _GENERAL, _PROFIT, Level.L1_A, 40),
)
BY_KEY = {each.key: each for each in APPLICANTS}
