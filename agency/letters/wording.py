"""How values are written in a letter: days, amounts, lists, in Chinese or English."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from agency.letter_kinds import CHINESE
from agency.money import rounded

_DIGITS = "〇一二三四五六七八九"
_CAPITALS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")
_MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)


def written_day(day: date, language: str = CHINESE) -> str:
    """Return the day as running text writes it: 2026年11月22日, 22 November 2026."""
    if language == CHINESE:
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def signed_day(day: date, language: str = CHINESE) -> str:
    """Return the day as a signature writes it: 二〇二六年十一月二十二日."""
    if language != CHINESE:
        return written_day(day, language)
    year = "".join(_DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{_small(day.month)}月{_small(day.day)}日"


def _small(number: int) -> str:
    tens, ones = divmod(number, 10)
    head = "" if not tens else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones else "")


def money(amount: Decimal | int | str) -> str:
    """Return the amount with thousands separators and two decimals."""
    return f"{rounded(Decimal(amount)):,.2f}"


def capital(amount: Decimal | int | str) -> str:
    """Return the amount in the characters of cheques: 壹仟贰佰叁拾肆元伍角陆分."""
    value = Decimal(amount)
    cents = int((abs(value) * 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    yuan, rest = divmod(cents, 100)
    jiao, fen = divmod(rest, 10)
    sign = "负" if value < 0 and cents else ""
    text = f"{_yuan(yuan)}元" if yuan or not rest else ""
    if not rest:
        return f"{sign}{text}整"
    if jiao:
        text += f"{_CAPITALS[jiao]}角"
    elif yuan:
        text += "零"
    return sign + text + (f"{_CAPITALS[fen]}分" if fen else "整")


def _yuan(number: int) -> str:
    if number == 0:
        return "零"
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    text = ""
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            if text and not text.endswith("零"):
                text += "零"
            continue
        if text and group < 1000 and not text.endswith("零"):
            text += "零"
        text += _four(group) + _GROUPS[place]
    return text.rstrip("零")


def _four(number: int) -> str:
    text = ""
    for place in (3, 2, 1, 0):
        digit = number // 10**place % 10
        if digit:
            text += _CAPITALS[digit] + _PLACES[place]
        elif text and not text.endswith("零"):
            text += "零"
    return text.rstrip("零")


def worded(value: Any, language: str) -> str:
    """Return a value as plain text of a letter in the language."""
    chinese = language == CHINESE
    if value is None:
        return ""
    if isinstance(value, bool):
        return ("是" if value else "否") if chinese else ("yes" if value else "no")
    if isinstance(value, datetime):
        return f"{written_day(value.date(), language)} {value:%H:%M}"
    if isinstance(value, date):
        return written_day(value, language)
    if isinstance(value, Decimal):
        return f"{value:,f}"
    if isinstance(value, Iterable) and not isinstance(value, str | dict):
        return ("、" if chinese else ", ").join(worded(each, language) for each in value)
    return str(value)
