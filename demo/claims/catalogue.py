"""Ordinary charges: generic names with invented codes, which no rule can name.

Prices are in ten-thousandths of a yuan and counts in hundredths, so that every product is exact.
"""

from __future__ import annotations

from dataclasses import dataclass

PRICE_UNIT = 10_000
COUNT_UNIT = 100
# price × count is in millionths; an amount is in hundredths of a yuan.
PER_CENT = PRICE_UNIT * COUNT_UNIT // 100


@dataclass(frozen=True, slots=True)
class Good:
    """Something charged: `charge` is med_chrgitm_type, `counts` the usual quantities."""

    code: str
    name: str
    charge: str
    price: int
    counts: tuple[int, ...]


def rounded(price: int, count: int) -> int:
    """Return price × count in hundredths of a yuan, rounded half up; count may be negative."""
    product = abs(price * count)
    amount = (product + PER_CENT // 2) // PER_CENT
    return amount if count >= 0 else -amount


_BOXES = (100, 100, 200, 300)
_ONCE = (100,)
_VIALS = (100, 200, 200, 400)
_GRAMS = (600, 900, 1000, 1050, 1500)
_HALVES = (50, 100, 150, 200)

# name, charge type, price in yuan, counts, given to out-patients, given to in-patients
_TABLE: tuple[tuple[str, str, str, tuple[int, ...], bool, bool], ...] = (
    ("普通门诊诊查费", "02", "10.00", _ONCE, True, False),
    ("专家门诊诊查费", "02", "18.00", _ONCE, True, False),
    ("一般诊疗费", "12", "10.00", _ONCE, True, False),
    ("住院诊查费(示例)", "02", "12.00", _ONCE, False, True),
    ("三人间床位费", "01", "25.00", _ONCE, False, True),
    ("双人间床位费", "01", "35.00", _ONCE, False, True),
    ("一级护理", "07", "14.00", _ONCE, False, True),
    ("二级护理", "07", "10.00", _ONCE, False, True),
    ("血细胞分析", "04", "20.00", _ONCE, True, True),
    ("尿液分析", "04", "12.00", _ONCE, True, True),
    ("肝功能组合", "04", "48.00", _ONCE, True, True),
    ("肾功能组合", "04", "32.50", _ONCE, True, True),
    ("葡萄糖测定", "04", "4.50", _VIALS, True, True),
    ("血脂组合", "04", "36.00", _ONCE, True, True),
    ("凝血功能组合", "04", "55.00", _ONCE, False, True),
    ("电解质组合", "04", "24.00", _ONCE, False, True),
    ("C反应蛋白测定", "04", "22.00", _ONCE, True, True),
    ("常规心电图检查", "03", "18.00", _ONCE, True, True),
    ("胸部X线摄影", "03", "58.00", _ONCE, True, True),
    ("彩色多普勒超声检查", "03", "110.00", _ONCE, True, True),
    ("计算机体层扫描(平扫)", "03", "210.00", _ONCE, True, True),
    ("磁共振扫描(平扫)", "03", "420.00", _ONCE, False, True),
    ("电子胃镜检查", "03", "180.00", _ONCE, True, True),
    ("静脉输液", "05", "8.60", _VIALS, True, True),
    ("静脉注射", "05", "3.20", _VIALS, True, True),
    ("肌肉注射", "05", "2.60", _VIALS, True, True),
    ("雾化吸入", "05", "6.50", _VIALS, True, True),
    ("氧气吸入", "05", "3.0000", (100, 400, 800, 1200), False, True),
    ("换药(中)", "05", "14.00", _ONCE, True, True),
    ("普通针刺", "05", "16.00", _ONCE, True, True),
    ("红外线治疗", "05", "9.80", _ONCE, True, True),
    ("低频脉冲电治疗", "05", "12.40", _ONCE, True, True),
    ("阑尾切除术", "06", "860.00", _ONCE, False, True),
    ("清创缝合术(小)", "06", "95.00", _ONCE, True, True),
    ("一次性使用输液器", "08", "2.35", _VIALS, True, True),
    ("一次性使用留置针", "08", "14.80", _ONCE, False, True),
    ("医用敷料", "08", "3.6500", _VIALS, True, True),
    ("苯磺酸氨氯地平片", "09", "5.6000", _BOXES, True, True),
    ("缬沙坦胶囊", "09", "12.4600", _BOXES, True, True),
    ("阿托伐他汀钙片", "09", "6.2300", _BOXES, True, True),
    ("盐酸二甲双胍缓释片", "09", "7.8700", _BOXES, True, True),
    ("阿卡波糖片", "09", "9.1400", _BOXES, True, True),
    ("阿司匹林肠溶片", "09", "8.4400", _BOXES, True, True),
    ("氯吡格雷片", "09", "21.6600", _BOXES, True, True),
    ("奥美拉唑肠溶胶囊", "09", "4.7200", _BOXES, True, True),
    ("注射用泮托拉唑钠", "09", "3.8933", _VIALS, False, True),
    ("头孢克洛缓释片", "09", "16.3500", _BOXES, True, True),
    ("注射用头孢曲松钠", "09", "2.1875", _VIALS, True, True),
    ("左氧氟沙星氯化钠注射液", "09", "6.4267", _ONCE, True, True),
    ("阿莫西林胶囊", "09", "7.0500", _BOXES, True, True),
    ("布洛芬缓释胶囊", "09", "11.2000", _BOXES, True, True),
    ("氯雷他定片", "09", "5.3800", _BOXES, True, True),
    ("盐酸氨溴索注射液", "09", "1.9433", _VIALS, False, True),
    ("0.9%氯化钠注射液", "09", "1.5600", _VIALS, True, True),
    ("5%葡萄糖注射液", "09", "1.7200", _VIALS, True, True),
    ("氯化钾注射液", "09", "0.8733", _HALVES, False, True),
    ("维生素C注射液", "09", "0.6421", _VIALS, False, True),
    ("低分子肝素钠注射液", "09", "13.9850", _ONCE, False, True),
    ("胰岛素注射液", "09", "38.5000", _ONCE, True, True),
    ("复方甘草口服溶液,含糖", "09", "6.9000", _ONCE, True, True),
    ("板蓝根颗粒", "11", "9.6000", _BOXES, True, False),
    ("复方丹参滴丸", "11", "24.3000", _BOXES, True, True),
    ("六味地黄丸", "11", "13.8000", _BOXES, True, False),
    ("银黄颗粒", "11", "15.5000", _BOXES, True, True),
    ("黄芪", "10", "0.1450", _GRAMS, True, True),
    ("当归", "10", "0.2380", _GRAMS, True, True),
    ("甘草", "10", "0.0965", _GRAMS, True, True),
    ("茯苓", "10", "0.0720", _GRAMS, True, True),
)
_DRUGS = {"09", "10", "11"}


def _code(number: int, charge: str) -> str:
    if charge in _DRUGS:
        return f"X{'BCZ'[number % 3]}99ZZZ{number:03d}A001010199999"
    return f"0099{number:05d}000000-990{number:06d}"


def _goods(column: int) -> tuple[Good, ...]:
    return tuple(
        Good(_code(number, row[1]), row[0], row[1], round(float(row[2]) * PRICE_UNIT), row[3])
        for number, row in enumerate(_TABLE, start=1)
        if row[column]
    )


OUTPATIENT = _goods(4)
INPATIENT = _goods(5)
