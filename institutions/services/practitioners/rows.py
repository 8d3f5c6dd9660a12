"""What the rows of a roster file and of a file of departments say: columns, cells, their faults.
Touches no database.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from functools import cache
from typing import Any

from django.db.models import Choices
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from agency.codes import id_number_fault
from agency.privacy import mask_certificate
from agency.rules import Obstacle, Refusal
from institutions.codes import national_code_fault, staff_code_fault
from institutions.enums.practitioners import Category, Employment, ImportContent, Qualification
from institutions.models.practitioners.departments import CODE_FORM
from institutions.rules import certificate_fits
from institutions.services.persons import clean_number, digest_of
from institutions.services.practitioners.table import Table

RULE = "D-01"
Text = str | Promise

ROSTER_COLUMNS: Mapping[str, Text] = {
    "name": pgettext_lazy("person", "Name"),
    "id_number": gettext_lazy("Identity number"),
    "staff_code": gettext_lazy("National staff code"),
    "category": gettext_lazy("Category"),
    "qualification": gettext_lazy("Qualification"),
    "licence_no": gettext_lazy("Certificate number"),
    "first_place": gettext_lazy("First place of registration"),
    "department": pgettext_lazy("department", "Department code"),
    "position": gettext_lazy("Position"),
    "employment": gettext_lazy("Employment"),
    "starts_on": gettext_lazy("On the roster from"),
    "ends_on": gettext_lazy("On the roster through"),
    "committed_on": gettext_lazy("Commitment signed on"),
}
ROSTER_REQUIRED = (
    *("name", "id_number", "category", "qualification", "department", "employment", "starts_on"),
)
DEPARTMENT_COLUMNS: Mapping[str, Text] = {
    "code": pgettext_lazy("department", "Department code"),
    "name": pgettext_lazy("department", "Department name"),
    "subject_code": gettext_lazy("National subject code"),
    "opened_on": pgettext_lazy("department", "Opened on"),
    "closed_on": pgettext_lazy("department", "Closed on"),
}
DEPARTMENT_REQUIRED = ("code", "name", "opened_on")
COLUMNS = {
    ImportContent.ROSTER: (ROSTER_COLUMNS, ROSTER_REQUIRED),
    ImportContent.DEPARTMENTS: (DEPARTMENT_COLUMNS, DEPARTMENT_REQUIRED),
}
CHOICES: Mapping[str, type[Choices]] = {
    "category": Category,
    "qualification": Qualification,
    "employment": Employment,
}
LENGTHS = {"name": 80, "licence_no": 40, "position": 60, "first_place": 120, "subject_code": 10}
HERE = gettext_lazy("this institution")
FIRST_DAY = date(1949, 10, 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class RowError:
    """What is wrong with one cell: its line and column, the value as it may be shown, why, under
    which rule, and what to do.
    """

    line: int
    field: str = ""
    value: str = ""
    text: str
    rule: str = RULE
    remedy: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(slots=True)
class Row:
    """One row as it was read. `values` are plain text, as they are kept; a faulty row has none of
    the faulty values.
    """

    line: int
    values: dict[str, str] = field(default_factory=dict)
    name: str = ""
    id_number: str = ""
    id_digest: str = ""
    errors: list[RowError] = field(default_factory=list)

    def fault(self, column: str, text: Text, remedy: Text, *, rule: str = RULE) -> None:
        value = self.values.get(column, "")
        if column == "id_number":
            value = mask_certificate(self.id_number)
        elif column == "name":
            value = self.name
        self.errors.append(
            RowError(
                line=self.line,
                field=column,
                value=value[:80],
                text=str(text),
                rule=rule,
                remedy=str(remedy),
            )
        )

    def refuse(self, column: str, obstacle: Obstacle) -> None:
        self.fault(column, obstacle.text, obstacle.remedy, rule=obstacle.rule or RULE)

    @property
    def first_day(self) -> date:
        """The first day of a row without faults."""
        return date.fromisoformat(self.values.get("starts_on") or self.values["opened_on"])

    def day(self, column: str) -> date | None:
        text = self.values.get(column, "")
        return date.fromisoformat(text) if text else None


@cache
def _labels(content: ImportContent) -> dict[str, str]:
    """Return what a column may be called -> its name: the name, and its label in each language."""
    found = {}
    for name, label in COLUMNS[content][0].items():
        found[name] = name
        for language in ("zh-hans", "en"):
            with translation.override(language):
                found[str(label).lower()] = name
    return found


def header_of(content: ImportContent, language: str) -> list[str]:
    """Return the line of columns as people of a language read it."""
    with translation.override(language):
        return [str(label) for label in COLUMNS[content][0].values()]


def content_of(table: Table) -> tuple[ImportContent, list[str]]:
    """Return what the file is by its columns, and the columns by their names. Refuses columns
    that are missing, unknown or named twice.
    """
    header = [each.lower() for each in table.header]
    known = _labels(ImportContent.ROSTER)
    is_roster = "id_number" in {known.get(each) for each in header}
    content = ImportContent.ROSTER if is_roster else ImportContent.DEPARTMENTS
    labels, (columns, required) = _labels(content), COLUMNS[content]
    names = [labels.get(each, "") for each in header]
    absent = [str(columns[each]) for each in required if each not in names]
    strange = [
        each or _("(empty)") for each, name in zip(table.header, names, strict=True) if not name
    ]
    twice = sorted({str(columns[each]) for each in names if each and names.count(each) > 1})
    if not (absent or strange or twice):
        return content, names
    text = _(
        "The columns are not those of a file of this kind (%(content)s). Missing: %(absent)s. "
        "Unknown: %(strange)s. Named twice: %(twice)s."
    ) % {
        "content": content.label,
        "absent": "、".join(absent) or "—",
        "strange": "、".join(strange) or "—",
        "twice": "、".join(twice) or "—",
    }
    remedy = _("Download the template and keep its first line.")
    raise Refusal([Obstacle("columns_wrong", text, RULE, remedy)])


def read_rows(table: Table, content: ImportContent, names: list[str]) -> Iterator[Row]:
    """Yield the rows with the faults of their cells."""
    read: Callable[[Row], None] = (
        _read_person if content == ImportContent.ROSTER else _read_department
    )
    required = COLUMNS[content][1]
    for line, cells in table.rows:
        row = Row(line)
        if len(cells) > len(names) and any(cells[len(names) :]):
            text = _("the row has %(found)d cells, the line of columns has %(expected)d")
            counts = {"found": len(cells), "expected": len(names)}
            row.fault("", text % counts, _("Put cells that contain a comma between marks."))
            yield row
            continue
        row.values = {name: value for name, value in zip(names, cells, strict=False) if value}
        row.name = row.values.get("name", "")
        row.id_number = clean_number(row.values.pop("id_number", ""))
        for column in required:
            if not row.values.get(column) and not (column == "id_number" and row.id_number):
                row.fault(column, _("is missing"), _("Fill the cell in."))
        _read_common(row)
        read(row)
        yield row


def _read_common(row: Row) -> None:
    for column, longest in LENGTHS.items():
        if len(row.values.get(column, "")) > longest:
            text = _("is longer than %(n)d characters") % {"n": longest}
            row.fault(column, text, _("Shorten it."))
            row.values[column] = row.values[column][:longest]
    for column in ("starts_on", "ends_on", "committed_on", "opened_on", "closed_on"):
        said = row.values.get(column)
        if not said:
            continue
        day = _day(said)
        if day is None or day < FIRST_DAY:
            row.fault(column, _("is no day"), _("Write the date as YYYY-MM-DD."))
            del row.values[column]
        else:
            row.values[column] = day.isoformat()


def _day(text: str) -> date | None:
    parts = re.fullmatch(r"(\d{4})[-/.年]?(\d{1,2})[-/.月]?(\d{1,2})日?", text, re.ASCII)
    if not parts:
        return None
    try:
        return date(*(int(each) for each in parts.groups()))
    except ValueError:
        return None


def _read_person(row: Row) -> None:
    if row.id_number:
        if fault := id_number_fault(row.id_number):
            row.fault("id_number", fault, _("Compare it with the identity card."), rule="GB 11643")
        else:
            row.id_digest = digest_of(row.id_number)
    for column, choices in CHOICES.items():
        if text := row.values.get(column):
            row.values[column] = value = _choice(choices, text)
            if value not in choices.values:
                labels = "、".join(str(label) for _value, label in choices.choices)
                row.fault(column, _("is not known"), _("Use one of: %s.") % labels)
                del row.values[column]
    row.values["department"] = row.values.get("department", "").upper()
    _read_code(row)
    category, qualification = row.values.get("category"), row.values.get("qualification")
    pair = (Category(category), Qualification(qualification)) if category and qualification else ()
    if pair and not certificate_fits(*pair):
        text = _("is no certificate of the category “%s”") % pair[0].label
        row.fault("qualification", text, _("Correct one of the two."))
    _read_place(row)
    starts_on, ends_on = row.day("starts_on"), row.day("ends_on")
    if starts_on and ends_on and ends_on < starts_on:
        text = _("lies before the first day, %(day)s") % {"day": starts_on}
        row.fault("ends_on", text, _("Correct one of the two days."))


def _read_code(row: Row) -> None:
    code = clean_number(row.values.get("staff_code", ""))
    if not code:
        return
    row.values["staff_code"] = code
    if fault := staff_code_fault(code, row.values.get("category", "")):
        row.fault("staff_code", fault, _("Copy it from the certificate."))


def _read_place(row: Row) -> None:
    place = row.values.get("first_place", "")
    if place.lower() in _here():
        row.values["first_place"] = "here"
    elif place[:1] in "Hh" and place[1:2].isdigit():
        row.values["first_place"] = place.upper()
        if fault := national_code_fault(place.upper()):
            row.fault("first_place", fault, _("Copy the code, or write the place in words."))


@cache
def _here() -> frozenset[str]:
    words = {"here"}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            words.add(str(HERE).lower())
    return frozenset(words)


def _read_department(row: Row) -> None:
    code = row.values.get("code", "").upper()
    if code:
        row.values["code"] = code
        if not re.fullmatch(CODE_FORM, code):
            text = _("is no department code: figures, capital letters, dots and dashes")
            row.fault("code", text, _("Use the code your claim files name the department by."))
    opened_on, closed_on = row.day("opened_on"), row.day("closed_on")
    if opened_on and closed_on and closed_on <= opened_on:
        text = _("must lie after the day of opening, %(day)s") % {"day": opened_on}
        row.fault("closed_on", text, _("Correct one of the two days."))


def _choice(choices: type[Choices], text: str) -> str:
    """Return the stored value for a value or its label in a language; else the text itself."""
    return _choice_labels(choices).get(text.lower(), text)


@cache
def _choice_labels(choices: type[Choices]) -> dict[str, str]:
    found = {}
    for value, label in choices.choices:
        found[str(value)] = str(value)
        for language in ("zh-hans", "en"):
            with translation.override(language):
                found[str(label).lower()] = str(value)
    return found
