"""What bars an application, evaluated from what is on record (A-02, A-05, A-07)."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from agency.services.calendar import office
from agency.workdays import ONE_DAY
from institutions.bars import Bar, BarSource, bars_of, enter_bars
from institutions.enums.designation import LicenceKind, NotAcceptedGround
from institutions.enums.register import Kind
from institutions.models import DesignationApplication, Person, RefusalFact
from institutions.rules import (
    AcceptanceQuestion,
    EligibilityQuestion,
    RefusalGround,
    RefusalRecord,
    acceptance,
    eligibility,
)
from institutions.services.persons import digest_of


@dataclass(frozen=True, slots=True)
class GroundFound:
    """One ground that bars, from what, and the first day without it, if that can be known."""

    ground: NotAcceptedGround
    source: str
    free_from: date | None = None
    url: str = ""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What bars an application on a day."""

    found: tuple[GroundFound, ...]

    @property
    def grounds(self) -> list[str]:
        return list(dict.fromkeys(each.ground.value for each in self.found))

    @property
    def free_from(self) -> date | None:
        """The first day without any of them; none while one lasts without a known end."""
        days = [each.free_from for each in self.found]
        return max((day for day in days if day), default=None) if all(days) else None


def recorded(institutions: Sequence[int], persons: Sequence[int], on: date) -> Iterator[Bar]:
    """Yield what staff have recorded. A performed penalty bars nothing from the day after."""
    for fact in RefusalFact.objects.about(institutions, persons).not_ended_on(on):
        if fact.ground == NotAcceptedGround.N3 and fact.performed_on and fact.performed_on < on:
            continue
        yield Bar(
            RefusalRecord(
                ground=RefusalGround(fact.ground),
                event_on=fact.event_on,
                performed_on=fact.performed_on,
            ),
            fact.source_document,
            fact.get_absolute_url(),
            fact.institution_id,
            fact.person_id,
        )


enter_bars(BarSource("recorded", recorded))


def evaluate(application: DesignationApplication, on: date) -> Evaluation:
    """Tell what bars the application on a day, ground by ground. Persons count by their number,
    whatever institution they answered for (N7, N8).
    """
    return Evaluation(
        (
            *eligibility_grounds(application, on),
            *recorded_grounds(application, on),
            *failure_bans(application, on),
        )
    )


def eligibility_grounds(application: DesignationApplication, on: date) -> Iterator[GroundFound]:
    answer = eligibility(
        EligibilityQuestion(
            licence_kind=LicenceKind(application.licence_kind),
            kind=Kind(application.kind) if application.kind else None,
            internet_hospital=application.is_internet_hospital,
            has_parent=application.parent_id is not None,
        ),
        office(on=on, region=application.region),
    )
    if answer.reason:
        yield GroundFound(NotAcceptedGround(answer.reason), str(answer.because[-1]))


def recorded_grounds(application: DesignationApplication, on: date) -> Iterator[GroundFound]:
    """Ask the rule about each record apart, so that each is shown with its source and its end."""
    bars = bars_of([application.institution_id], persons_of(application), on)
    if application.mainly_non_basic:
        record = RefusalRecord(ground=RefusalGround.N1, event_on=on)
        bars.append(Bar(record, _("the application itself")))
    region_office = office(on=on, region=application.region)
    for bar in bars:
        question = AcceptanceQuestion(records=(bar.record,), on=on)
        answer = acceptance(question, region_office)
        if answer.refused:
            ground = NotAcceptedGround(bar.record.ground.value)
            yield GroundFound(ground, bar.source, answer.free_from, bar.url)


def persons_of(application: DesignationApplication) -> list[int]:
    """Return the files of the persons the form names, by their numbers. Two queries."""
    named = application.persons.all()
    known = {each.person_id for each in named if each.person_id}
    digests = [digest_of(each.id_number) for each in named if each.id_number and not each.person_id]
    found = Person.objects.filter(id_digest__in=digests).values_list("pk", flat=True)
    return sorted(known | set(found))


def failure_bans(application: DesignationApplication, on: date) -> Iterator[GroundFound]:
    """Yield the bans after a second failure: of the institution, its licence, its credit code."""
    same = Q(institution=application.institution_id) | Q(licence_no=application.licence_no)
    if application.credit_code:
        same |= Q(credit_code=application.credit_code)
    earlier = DesignationApplication.objects.filter(same, banned_through__gte=on)
    for each in earlier.exclude(pk=application.pk).order_by("-banned_through")[:1]:
        through = each.banned_through
        yield GroundFound(
            NotAcceptedGround.FAILED_TWICE,
            str(each.number),
            through + ONE_DAY if through else None,
            each.get_absolute_url(),
        )


def chosen(evaluation: Evaluation, grounds: Iterable[str]) -> date | None:
    """Return the first day without the chosen grounds, if each one has such a day."""
    wanted = set(grounds)
    found = tuple(each for each in evaluation.found if each.ground.value in wanted)
    if {each.ground.value for each in found} != wanted:
        return None
    return Evaluation(found).free_from
