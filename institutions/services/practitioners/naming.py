"""What rosters say on a day: who may be named by a charge, and whose physicians are whose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from institutions.enums.practitioners import PHYSICIANS
from institutions.models import FirstRegistration, Practitioner, PractitionerStatus, RosterEntry
from institutions.querysets.practitioners import RosterEntryQuerySet
from institutions.rules import NEVER, NamingAnswer, NamingQuestion, naming_answer


def own_physicians_on(institution_id: int, day: date) -> int:
    """Return how many persons who hold a physician's certificate and stand on the institution's
    roster on the day have their first registered place there (A-03, item 2). One query.
    """
    return physicians_of(institution_id, day).count()


def physicians_of(institution_id: int, day: date) -> QuerySet[Practitioner]:
    """Return the physicians who count for the institution on the day (A-03, item 2)."""
    first_here = FirstRegistration.objects.on(day).filter(institution=institution_id)
    listed = RosterEntry.objects.on(day).filter(institution=institution_id)
    return Practitioner.objects.filter(
        qualification__in=PHYSICIANS,
        pk__in=first_here.values("practitioner"),
    ).filter(pk__in=listed.values("practitioner"))


def roster_on(institution_id: int, day: date) -> RosterEntryQuerySet:
    """Return the roster of an institution as at a day, with what pages show of it."""
    return (
        RosterEntry.objects.on(day)
        .filter(institution=institution_id)
        .select_related("practitioner__person", "department")
    )


@dataclass(frozen=True, slots=True)
class Naming:
    """Whether a charge may name a person, with the reasons."""

    practitioner: Practitioner | None
    answer: NamingAnswer


def may_be_named(
    *, institution_id: int, staff_code: str, day: date, emergency: bool = False
) -> Naming:
    """Say whether a charge of the institution on a day may name the person of a staff code, and
    why (D-01, D-06). Three queries.
    """
    practitioner = (
        Practitioner.objects.select_related("person").filter(staff_code=staff_code).first()
    )
    roster: Sequence[RosterEntry] = ()
    blocks: Sequence[PractitionerStatus] = ()
    if practitioner is not None:
        roster = list(practitioner.entries.valid().filter(institution=institution_id))
        blocks = list(practitioner.statuses.all())
    question = NamingQuestion(
        service_on=day,
        roster=tuple((each.starts_on, each.ends_on or NEVER) for each in roster),
        blocks=tuple((each.starts_on, each.ends_on or NEVER) for each in blocks),
        emergency=emergency,
    )
    return Naming(practitioner, naming_answer(question))
