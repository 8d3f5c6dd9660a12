"""A register by the million: names as institutions have them, the same for the same seed."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from functools import cache
from random import Random

from django.db import connection

from agency.enums import RegionLevel
from agency.models import Region
from institutions.services.names import spelling_of

REGION = "360400"
CITIES = (
    "九江 南昌 上饶 景德镇 萍乡 新余 鹰潭 赣州 吉安 宜春 抚州 杭州 宁波 "
    "温州 嘉兴 湖州 绍兴 金华 衢州 舟山 台州 丽水 南京 无锡 徐州 常州 "
    "苏州 南通 连云港 淮安 盐城 扬州 镇江 泰州 宿迁 合肥 芜湖 蚌埠 淮南 "
    "马鞍山 安庆 黄山 滁州 阜阳 六安 亳州 福州 厦门 莆田 三明 泉州 漳州 "
    "南平 龙岩 宁德 武汉 黄石 十堰 宜昌 襄阳 荆门 孝感 荆州 黄冈 咸宁 "
    "长沙 株洲 湘潭 衡阳 邵阳 岳阳 常德 益阳 郴州 永州 怀化"
)
DISTRICTS = (
    "浔阳 濂溪 柴桑 庐山 永修 德安 都昌 湖口 彭泽 武宁 修水 瑞昌 共青城 "
    "东湖 西湖 青云谱 青山湖 新建 红谷滩 上城 拱墅 西湖 滨江 萧山 余杭 "
    "临平 鼓楼 玄武 秦淮 建邺 雨花台 浦口 江北 天河 越秀 海珠 荔湾 白云 "
    "黄埔 番禺 江岸 江汉 硚口 汉阳 武昌 洪山 岳麓 芙蓉 天心 开福 雨花 "
    "望城 城关 中山 东城"
)
FIRST = "仁康德济慈安和平健民博爱惠华同春广益永福长寿新世明光佳美瑞祥宏泰恒信诚善普众"
SECOND = "和康济民爱安心生泰宁德善堂源林茂春晖达仁益寿福民康华盛佑恩信义全复元"
KINDS = (
    *["诊所"] * 9,
    *["中医诊所"] * 4,
    *["口腔门诊部"] * 4,
    *["村卫生室"] * 8,
    *["社区卫生服务站"] * 4,
    *["乡镇卫生院"] * 3,
    *["医院"] * 4,
    *[
        "人民医院",
        "中医院",
        "妇幼保健院",
        "康复医院",
        "护理院",
        "门诊部",
        "精神病医院",
        "第一人民医院",
    ],
)
_INDEXES = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND indexdef LIKE %s"
_PIECE = 50_000


def names(count: int, seed: int) -> Iterator[str]:
    """Yield names; a few thousand of them hold any three characters, some hold many more."""
    rng = Random(seed)  # noqa: S311 - reproducible, not secret
    cities, districts = CITIES.split(), DISTRICTS.split()
    for _n in range(count):
        place = f"{rng.choice(cities)}{rng.choice(districts)}"
        yield f"{place}{rng.choice(FIRST)}{rng.choice(SECOND)}{rng.choice(KINDS)}"


def load(*, rows: int, seed: int) -> list[str]:
    """Enter `rows` institutions with their searched names, and return the names in order."""
    Region.objects.get_or_create(
        code=REGION, defaults={"name": "九江市", "level": RegionLevel.PREFECTURE}
    )
    entered = list(names(rows, seed))
    with connection.cursor() as cursor:
        # No history of how bench rows came to be; the indexes are built at the end, as a restored
        # database has them.
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(_INDEXES, ["institutions_institutionname", "CREATE INDEX%"])
        built = cursor.fetchall()
        for name, _definition in built:
            cursor.execute(f"DROP INDEX {name}")
        for start in range(0, rows, _PIECE):
            piece = entered[start : start + _PIECE]
            cursor.copy_expert(_INSTITUTIONS, _csv(_institution, piece, start))
            cursor.copy_expert(_NAMES, _csv(_spelt, piece, start))
        for _name, definition in built:
            cursor.execute(definition)
        cursor.execute("SET session_replication_role = origin")
    return entered


_INSTITUTIONS = """COPY institutions_institution (id, code, credit_code, licence_no, name, kind,
nature, level, beds, legal_representative, principal, actual_controller, registered_address,
subjects, phone, region_id, bank_name, bank_account, contact_name, website, email,
opening_hours) FROM STDIN (FORMAT csv, NULL '-')"""
_NAMES = """COPY institutions_institutionname (institution_id, name, is_current, initials, pinyin)
FROM STDIN (FORMAT csv)"""


def _institution(number: int, name: str) -> str:
    return (
        f"{number},H3604{number:07},52360403{number:010},,{name},clinic,private_profit,11,0,,,,"
        f"九江市浔阳区庐峰路{number % 900}号,,,{REGION},,,,,,"
    )


def _spelt(number: int, name: str) -> str:
    # Piece by piece the spelling is that of the whole, and known already.
    parts = [_spelling(name[at : at + 1]) for at in range(len(name))]
    initials = "".join(initial for initial, _pinyin in parts)
    return f"{number},{name},t,{initials},{''.join(pinyin for _initial, pinyin in parts)}"


@cache
def _spelling(part: str) -> tuple[str, str]:
    return spelling_of(part)


def _csv(write: Callable[[int, str], str], piece: list[str], start: int) -> io.BytesIO:
    rows = (write(start + at + 1, name) for at, name in enumerate(piece))
    return io.BytesIO("\n".join(rows).encode())
