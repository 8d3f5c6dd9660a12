"""Invented natural persons: names that many have, identity numbers that nobody has."""

from __future__ import annotations

from dataclasses import dataclass

from agency.codes import id_check_character

# No county has this code, so that no number below is anybody's.
NOWHERE = "360499"
_SURNAMES = (
    "陈吴刘黄周徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶"
)
_GIVEN = (
    *("建华", "志强", "秀兰", "国平", "晓明", "丽娟", "文斌", "海燕"),
    *("永康", "素芳", "立群", "佩玲", "正阳", "慧敏", "启东", "雅琴"),
)


@dataclass(frozen=True, slots=True)
class Someone:
    """A person of the demo, told by a number of our own."""

    serial: int

    @property
    def name(self) -> str:
        surname = _SURNAMES[self.serial * 7 % len(_SURNAMES)]
        return f"{surname}{_GIVEN[self.serial * 5 % len(_GIVEN)]}"

    @property
    def id_number(self) -> str:
        year, month, day = 1958 + self.serial % 35, 1 + self.serial % 12, 1 + self.serial % 28
        first_17 = f"{NOWHERE}{year}{month:02}{day:02}{self.serial:03}"
        return first_17 + id_check_character(first_17)
