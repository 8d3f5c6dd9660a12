"""What is known before a roster file is applied: a handful of queries, however many rows."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from institutions.enums.practitioners import PaymentStatus
from institutions.models import (
    Department,
    FirstRegistration,
    Institution,
    Person,
    Practitioner,
    PractitionerStatus,
    RosterEntry,
    ServiceCommitment,
)
from institutions.services.practitioners.rows import Row

FILE_COLUMNS = ("staff_code", "category", "qualification", "licence_no")


@dataclass(slots=True)
class Known:
    """A person on file, and their file as one who works in institutions, if there is one."""

    name: str
    practitioner_id: int | None
    file: dict[str, str | None]


@dataclass(slots=True)
class Period:
    """A roster row that is there: its days may be changed by the plan."""

    entry_id: int | None
    starts_on: date
    ends_on: date | None
    position: str = ""
    employment: str = ""
    line: int = 0

    def overlaps(self, starts_on: date, ends_on: date | None) -> bool:
        return (ends_on is None or self.starts_on <= ends_on) and (
            self.ends_on is None or self.ends_on >= starts_on
        )


@dataclass(slots=True)
class Ground:
    """The state of things the rows are held against."""

    departments: dict[str, Department] = field(default_factory=dict)
    persons: dict[str, Known] = field(default_factory=dict)
    # Staff code -> the fingerprint of the person who has it.
    codes: dict[str, str] = field(default_factory=dict)
    # (person's fingerprint, department) -> rows.
    periods: dict[tuple[str, int], list[Period]] = field(default_factory=dict)
    institutions: dict[str, int] = field(default_factory=dict)
    first_places: dict[str, FirstRegistration] = field(default_factory=dict)
    terminations: dict[str, list[PractitionerStatus]] = field(default_factory=dict)
    committed: set[str] = field(default_factory=set)


def ground_for(institution: Institution, rows: Collection[Row]) -> Ground:
    """Return what is known of the rows' persons, departments and places. Eight queries."""
    ground = Ground()
    ground.departments = {each.code: each for each in institution.departments.all()}
    digests = {each.id_digest for each in rows if each.id_digest}
    _read_persons(ground, digests)
    _read_codes(ground, {code for each in rows if (code := each.values.get("staff_code"))})
    of = {
        each.practitioner_id: digest
        for digest, each in ground.persons.items()
        if each.practitioner_id
    }
    _read_periods(ground, institution, of)
    codes = {each.values.get("first_place", "") for each in rows}
    ground.institutions = {
        code: pk
        for code, pk in Institution.objects.filter(code__in=codes).values_list("code", "pk")
        if code
    }
    for place in FirstRegistration.objects.filter(practitioner__in=list(of), ends_on__isnull=True):
        ground.first_places[of[place.practitioner_id]] = place
    for status in PractitionerStatus.objects.filter(
        practitioner__in=list(of), status=PaymentStatus.TERMINATED
    ):
        ground.terminations.setdefault(of[status.practitioner_id], []).append(status)
    signed = ServiceCommitment.objects.filter(institution=institution, signed_on__isnull=False)
    ground.committed = {
        of[pk]
        for pk in signed.filter(practitioner__in=list(of)).values_list("practitioner", flat=True)
    }
    return ground


def _read_persons(ground: Ground, digests: Iterable[str]) -> None:
    columns = [f"practitioner__{name}" for name in FILE_COLUMNS]
    rows = Person.objects.filter(id_digest__in=list(digests))
    for digest, name, pk, *values in rows.values_list(
        "id_digest", "name", "practitioner", *columns
    ):
        ground.persons[digest] = Known(name, pk, dict(zip(FILE_COLUMNS, values, strict=True)))


def _read_codes(ground: Ground, codes: Iterable[str]) -> None:
    rows = Practitioner.objects.filter(staff_code__in=list(codes))
    for code, digest in rows.values_list("staff_code", "person__id_digest"):
        if code:
            ground.codes[code] = digest


def _read_periods(ground: Ground, institution: Institution, of: dict[int, str]) -> None:
    rows = RosterEntry.objects.valid().filter(institution=institution, practitioner__in=list(of))
    for pk, practitioner, department, starts_on, ends_on, position, employment in rows.values_list(
        "pk", "practitioner", "department", "starts_on", "ends_on", "position", "employment"
    ):
        ground.periods.setdefault((of[practitioner], department), []).append(
            Period(pk, starts_on, ends_on, position, employment)
        )
