"""Invented institutions: no name, code, person, address or account here exists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from agency.codes import check_character
from institutions.enums.register import Kind, Level, Nature

MARK = "(演示)"
# GB 11714: the ninth character of an organisation code.
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
# GB 32100: who registered it, and as what.
_REGISTERED_AS = {
    Nature.PUBLIC: "12",
    Nature.PRIVATE_NONPROFIT: "52",
    Nature.PRIVATE_PROFIT: "91",
}
_PERSONS = (
    *("陈立新", "吴桂芳", "刘志平", "黄晓岚", "周国栋", "徐文静"),
    *("孙海涛", "胡秀英", "朱建民", "高雅琴", "林少华", "何春燕"),
)
_PARTS = (
    *("内科", "外科", "妇产科", "儿科", "中医科"),
    *("急诊医学科", "康复医学科", "医学检验科", "医学影像科"),
)
_BANKS = ("演示银行九江分行", "示例农商银行九江支行", "样本商业银行浔阳支行")


@dataclass(frozen=True, slots=True)
class Invented:
    """An institution of the demo. `lines` is the size of its monthly claim batch, 0 for none."""

    key: str
    code: str
    stem: str
    kind: Kind
    nature: Nature
    level: Level
    beds: int
    lines: int = 0

    @property
    def name(self) -> str:
        return f"{self.stem}{MARK}"

    @property
    def region(self) -> str:
        return self.code[1:7]

    @property
    def serial(self) -> int:
        return int(self.code[7:])

    @property
    def credit_code(self) -> str:
        number = f"{int(self.code[3:]) * 7 % 10**8:08d}"
        total = sum(
            int(one) * weight for one, weight in zip(number, _ORGANISATION_WEIGHTS, strict=True)
        )
        organisation = number + "0123456789X0"[11 - total % 11 if total % 11 else 11]
        first_17 = f"{_REGISTERED_AS[self.nature]}{self.region}{organisation}"
        return first_17 + check_character(first_17)

    def facts(self, today: date) -> dict[str, Any]:
        """Return what the register says of it."""
        number = int(self.code[5:])
        person = _PERSONS[number % len(_PERSONS)]
        return {
            "code": self.code,
            "credit_code": self.credit_code,
            "licence_no": f"PDY{self.code[1:]}36041",
            "name": self.name,
            "kind": self.kind,
            "nature": self.nature,
            "level": self.level,
            "beds": self.beds,
            "legal_representative": person,
            "principal": _PERSONS[(number + 5) % len(_PERSONS)],
            "actual_controller": "" if self.nature == Nature.PUBLIC else person,
            "registered_address": f"示范路{number % 300 + 1}号{MARK}",
            "subjects": "、".join(_PARTS[: 3 + min(6, self.beds // 60)]),
            "phone": f"0792-8{number % 10**6:06d}",
            "bank_name": _BANKS[number % len(_BANKS)],
            "bank_account": f"6200{int(self.code[1:]):015d}",
            "opened_on": date(today.year - 6 - number % 20, 1 + number % 12, 1 + number % 28),
            "email": f"office@{self.code.lower()}.invalid",
            "website": f"https://{self.code.lower()}.invalid/",
            "contact_name": _PERSONS[(number + 3) % len(_PERSONS)],
            "opening_hours": "每日8:00–17:30，急诊24小时" if self.beds >= 100 else "每日8:00–18:00",
            "licence_valid_to": date(today.year + number % 5, 1 + number % 12, 28),
            "floor_area": Decimal(300 + self.beds * 55),
        }


_GENERAL, _TCM = Kind.GENERAL_HOSPITAL, Kind.TCM_HOSPITAL
_PUBLIC, _NONPROFIT, _PROFIT = Nature.PUBLIC, Nature.PRIVATE_NONPROFIT, Nature.PRIVATE_PROFIT

# Whoever tries the program with files of their own uses this one: nothing is planted on it.
OPEN_FOR_TRIALS = Invented(
    "trial", "H36040300001", "浔阳同康医院", _GENERAL, _NONPROFIT, Level.L2_B, 160
)

INSTITUTIONS: tuple[Invented, ...] = (
    OPEN_FOR_TRIALS,
    Invented("renhe", "H36040300002", "浔阳仁和医院", _GENERAL, _PROFIT, Level.L2_A, 320, 4200),
    Invented(
        "central", "H36040300003", "浔阳江城中心医院", _GENERAL, _PUBLIC, Level.L3_A, 980, 5200
    ),
    Invented("tcm", "H36040300004", "甘棠湖中医医院", _TCM, _PUBLIC, Level.L2_A, 260, 2600),
    Invented(
        "mother",
        "H36040300005",
        "浔阳安和妇幼保健院",
        Kind.MCH_HOSPITAL,
        _PUBLIC,
        Level.L2_A,
        180,
        2200,
    ),
    Invented(
        "eyes",
        "H36040300006",
        "清朗眼科医院",
        Kind.SPECIALIST_HOSPITAL,
        _PROFIT,
        Level.L2_UNGRADED,
        60,
        1400,
    ),
    Invented("lianxi", "H36040200001", "濂溪博济医院", _GENERAL, _NONPROFIT, Level.L2_B, 210, 2400),
    Invented(
        "rehab",
        "H36040200002",
        "濂溪晨光康复医院",
        Kind.REHABILITATION_HOSPITAL,
        _PROFIT,
        Level.L2_UNGRADED,
        120,
        1600,
    ),
    Invented(
        "dialysis",
        "H36040200003",
        "濂溪康源血液透析中心",
        Kind.DIALYSIS,
        _PROFIT,
        Level.NONE,
        30,
        800,
    ),
    Invented("chaisang", "H36040400001", "柴桑惠民医院", _GENERAL, _PUBLIC, Level.L2_A, 300, 2400),
    Invented(
        "integrated",
        "H36040400002",
        "柴桑中西医结合医院",
        Kind.INTEGRATED_HOSPITAL,
        _PROFIT,
        Level.L2_B,
        140,
        1500,
    ),
    Invented("wuning", "H36042300001", "武宁西海医院", _GENERAL, _PUBLIC, Level.L2_A, 280, 2200),
    Invented("xiushui", "H36042400001", "修水河畔医院", _GENERAL, _PUBLIC, Level.L2_A, 310, 2200),
    Invented(
        "xiushui_private", "H36042400002", "修水德馨医院", _GENERAL, _PROFIT, Level.L1_A, 90, 1200
    ),
    Invented(
        "yongxiu", "H36042500001", "永修湖东医院", _GENERAL, _NONPROFIT, Level.L2_B, 150, 1600
    ),
    Invented("dean", "H36042600001", "德安博阳医院", _GENERAL, _PUBLIC, Level.L2_B, 160, 1500),
    Invented("duchang", "H36042800001", "都昌鄱湖医院", _GENERAL, _PUBLIC, Level.L2_A, 270, 1900),
    Invented("hukou", "H36042900001", "湖口石钟医院", _GENERAL, _PROFIT, Level.L2_B, 120, 1300),
    Invented("pengze", "H36043000001", "彭泽龙城医院", _GENERAL, _PUBLIC, Level.L2_B, 170, 1400),
    Invented("ruichang", "H36048100001", "瑞昌赤乌医院", _GENERAL, _PUBLIC, Level.L2_A, 260, 1800),
    Invented(
        "gongqing",
        "H36048200001",
        "共青城青年医院",
        _GENERAL,
        _PROFIT,
        Level.L2_UNGRADED,
        110,
        1200,
    ),
    Invented("lushan", "H36048300001", "庐山星子医院", _GENERAL, _PUBLIC, Level.L2_B, 150, 1300),
    Invented("nursing", "H36040300007", "浔阳夕照护理院", Kind.NURSING, _PROFIT, Level.NONE, 100),
    Invented(
        "station",
        "H36040300008",
        "浔阳柳巷社区卫生服务站",
        Kind.COMMUNITY_STATION,
        _NONPROFIT,
        Level.NONE,
        0,
    ),
    Invented(
        "community",
        "H36040300009",
        "浔阳南湖社区卫生服务中心",
        Kind.COMMUNITY_CENTRE,
        _PUBLIC,
        Level.L1_A,
        40,
    ),
    Invented("clinic", "H36040200004", "濂溪听松诊所", Kind.CLINIC, _PROFIT, Level.NONE, 0),
    Invented(
        "outpatient", "H36040200005", "濂溪明德门诊部", Kind.OUTPATIENT, _PROFIT, Level.NONE, 0
    ),
    Invented(
        "township",
        "H36042500002",
        "永修柘林镇卫生院",
        Kind.TOWNSHIP_CENTRE,
        _PUBLIC,
        Level.L1_B,
        60,
    ),
    Invented(
        "village",
        "H36042800002",
        "都昌渔溪村卫生室",
        Kind.VILLAGE_CLINIC,
        _NONPROFIT,
        Level.NONE,
        0,
    ),
    Invented(
        "hospice", "H36040300010", "浔阳静安安宁疗护中心", Kind.HOSPICE, _NONPROFIT, Level.NONE, 50
    ),
    Invented(
        "dental", "H36048100002", "瑞昌知齿口腔门诊部", Kind.OUTPATIENT, _PROFIT, Level.NONE, 0
    ),
    Invented(
        "bones", "H36042600002", "德安正骨医院", Kind.SPECIALIST_HOSPITAL, _PROFIT, Level.L1_A, 80
    ),
    Invented(
        "elderly",
        "H36048200002",
        "共青城松鹤养老院医务室",
        Kind.ELDERLY_CARE_CLINIC,
        _PROFIT,
        Level.NONE,
        0,
    ),
    Invented("new", "H36048300002", "庐山归宗医院", _GENERAL, _PROFIT, Level.L1_A, 70),
    Invented("applicant", "H36043000002", "彭泽马当医院", _GENERAL, _PROFIT, Level.L1_A, 65),
    Invented(
        "skin",
        "H36040400003",
        "柴桑长名称皮肤与过敏性疾病综合诊疗康复专科医院",
        Kind.SPECIALIST_HOSPITAL,
        _PROFIT,
        Level.L1_A,
        45,
    ),
    # With agreements in other regions as well.
    Invented("kidney", "H36040300031", "浔阳庾楼肾病医院", _GENERAL, _PROFIT, Level.L1_A, 90),
    Invented("joint", "H36040300032", "浔阳锁江骨关节医院", _GENERAL, _PROFIT, Level.L1_A, 60),
    Invented("sight", "H36040300033", "浔阳能仁五官医院", _GENERAL, _PROFIT, Level.L1_A, 60),
    Invented("breath", "H36040300034", "浔阳天花宫胸科医院", _GENERAL, _PROFIT, Level.L1_A, 40),
    Invented("spine", "H36040300035", "浔阳烟水亭脊柱医院", _GENERAL, _PROFIT, Level.L1_A, 40),
)
BY_KEY = {each.key: each for each in INSTITUTIONS}
