"""Invented staff of the demo's institutions: the doctors whom the claim files name, and others."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from agency.codes import id_check_character
from demo.claims.stays import DEPARTMENTS, DOCTORS, doctor_codes
from demo.world.institutions import INSTITUTIONS, Invented
from demo.world.people import Someone
from institutions.enums.practitioners import Category, Employment, Qualification

# No county has this code; the other invented persons are of another one.
NOWHERE = "360498"
DEPARTMENT_NAMES = {
    "A03": ("内科", "03"),
    "A04": ("外科", "04"),
    "A05": ("妇产科", "05"),
    "A07": ("儿科", "07"),
    "A20": ("急诊医学科", "20"),
    "A50": ("中医科", "50"),
    "A30": ("医学检验科", "30"),
    "A99": ("医保管理科", ""),
}
# Doctors beyond those of the claim files, then the other categories, with the code's letter.
_GROUPS = (
    (DOCTORS + 1, Category.MEDICAL, Qualification.PHYSICIAN, "D", "主治医师"),
    (10, Category.NURSING, Qualification.NURSE, "N", "护师"),
    (3, Category.PHARMACY, Qualification.PHARMACIST, "Y", "药师"),
    (3, Category.TECHNICAL, Qualification.TECHNICIAN, "J", "检验技师"),
    (2, Category.AUDIT, Qualification.NONE, "", "医保审核员"),
)
_OF = {each.key: place for place, each in enumerate(INSTITUTIONS)}
_UNCOMMITTED = (7, 19, 30)
_VISITING = (23, 24)


@dataclass(frozen=True, slots=True)
class Employee:
    """Somebody on a demo roster; `number` counts within the institution, from 1."""

    invented: Invented
    number: int
    category: Category
    qualification: Qualification
    staff_code: str
    position: str

    @property
    def _serial(self) -> int:
        return _OF[self.invented.key] * 60 + self.number

    @property
    def name(self) -> str:
        return Someone(self._serial).name

    @property
    def id_number(self) -> str:
        serial = self._serial
        year, month, day = 1962 + serial % 30, 1 + serial // 30 % 12, 1 + serial % 28
        first_17 = f"{NOWHERE}{year}{month:02}{day:02}{500 + _OF[self.invented.key]:03}"
        return first_17 + id_check_character(first_17)

    @property
    def department(self) -> str:
        if self.category in (Category.MEDICAL, Category.NURSING):
            return DEPARTMENTS[self.number % len(DEPARTMENTS)]
        return {Category.TECHNICAL: "A30", Category.PHARMACY: "A03"}.get(self.category, "A99")

    def row(self, *, starts_on: str, committed_on: str) -> dict[str, str]:
        """Return the line of a roster file."""
        visiting = self.number in _VISITING
        return {
            "name": self.name,
            "id_number": self.id_number,
            "staff_code": self.staff_code,
            "category": self.category.value,
            "qualification": self.qualification.value,
            "licence_no": f"{NOWHERE}{self._serial:09}" if self.staff_code else "",
            "first_place": "外省示范医院(演示)" if visiting else "here",
            "department": self.department,
            "position": self.position,
            "employment": (Employment.MULTI_SITE if visiting else Employment.FULL_TIME).value,
            "starts_on": starts_on,
            "committed_on": "" if self.number in _UNCOMMITTED else committed_on,
        }


def staff_of(invented: Invented) -> list[Employee]:
    """Return the staff of an institution, the doctors of its claim files first."""
    return list(_staff(invented))


def _staff(invented: Invented) -> Iterator[Employee]:
    number, named = 0, doctor_codes(invented.code)
    for count, category, qualification, letter, position in _GROUPS:
        for place in range(count):
            number += 1
            if category is Category.MEDICAL and place < len(named):
                code = named[place]
            else:
                stem = f"{letter}{invented.region}{invented.code[-4:]}"
                code = f"{stem}{place + 1:02d}" if letter else ""
            yield Employee(invented, number, category, qualification, code, position)
