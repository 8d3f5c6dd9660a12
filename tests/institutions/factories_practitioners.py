"""Persons, files of rosters and their tables for tests."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date
from itertools import count

from django.core.files.uploadedfile import SimpleUploadedFile

from agency.codes import id_check_character
from institutions.enums.practitioners import Category, Employment, Qualification
from institutions.models import Department, Institution, RosterEntry
from institutions.services.practitioners.files import FileFacts, FirstPlace
from institutions.services.practitioners.places import EntryFacts
from institutions.services.practitioners.roster import hire
from tests.agency.factories import NOW

_numbers = count(1)
HEADER = (
    *("name", "id_number", "staff_code", "category", "qualification", "licence_no"),
    *("first_place", "department", "position", "employment", "starts_on", "ends_on"),
    "committed_on",
)


def id_number(number: int) -> str:
    """Return a valid identity number; no number gives another one's."""
    first_17 = f"360403{1960 + number // 1000 % 40}0101{number % 1000:03}"
    return first_17 + id_check_character(first_17)


def staff_code(number: int, letter: str = "D") -> str:
    return f"{letter}360403{number:06}"


def department(institution: Institution, code: str = "A03", **values) -> Department:
    found = {"name": "内科", "opened_on": date(2015, 3, 1), **values}
    return Department.objects.create(institution=institution, code=code, **found)


def facts(number: int | None = None, **values) -> FileFacts:
    number = next(_numbers) if number is None else number
    said = {
        "name": f"张示{number}",
        "id_number": id_number(number),
        "staff_code": staff_code(number),
        "category": Category.MEDICAL,
        "qualification": Qualification.PHYSICIAN,
        **values,
    }
    return FileFacts(**said)


def row(place: Department, starts_on: date = date(2026, 1, 1), **values) -> EntryFacts:
    said = {"employment": Employment.FULL_TIME, **values}
    return EntryFacts(department_id=place.pk, starts_on=starts_on, **said)


def hired(by, place: Department, person: FileFacts | None = None, **values) -> RosterEntry:
    """Return the row of a person hired the way the institution does it."""
    return hire(
        institution_id=place.institution_id,
        person=person or facts(),
        entry=row(place, **values),
        by=by,
        at=NOW,
    )


def here(institution: Institution) -> FirstPlace:
    return FirstPlace(institution_id=institution.pk)


def line(number: int, **values: str) -> dict[str, str]:
    """Return a row of a roster file."""
    return {
        "name": f"李示{number}",
        "id_number": id_number(number),
        "staff_code": staff_code(number),
        "category": "medical",
        "qualification": "physician",
        "first_place": "here",
        "department": "A03",
        "position": "主治医师",
        "employment": "full_time",
        "starts_on": "2026-01-01",
        **values,
    }


def csv_file(
    lines: Iterable[Mapping[str, str]],
    *,
    header: Iterable[str] = HEADER,
    encoding: str = "utf-8-sig",
    name: str = "roster.csv",
) -> SimpleUploadedFile:
    columns = list(header)
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", restval="")
    writer.writeheader()
    writer.writerows(lines)
    return SimpleUploadedFile(name, text.getvalue().encode(encoding), content_type="text/csv")
