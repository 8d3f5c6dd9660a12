"""What a dissolved agreement holds against institution and persons (A-05 N5, N6, N7)."""

from datetime import date

import pytest

from agency.enums import Role
from agency.lawbook import Office
from agency.rules import Refusal
from agency.services.calendar import office
from agreements.models import LiabilityPerformance
from agreements.rules.barring import BREACHES, UNLAWFUL, bars_persons, institution_ground
from agreements.services.bars import bars, record_performance
from institutions.bars import bars_of
from institutions.enums.persons import Post
from institutions.models import ResponsiblePerson
from institutions.rules.designation import AcceptanceQuestion, RefusalGround, acceptance
from institutions.services.persons import person_of
from tests.agency.factories import user_with
from tests.agreements.factories import AgreementFactory, at
from tests.institutions.factories import InstitutionFactory
from tests.institutions.factories_changes import id_number

pytestmark = pytest.mark.django_db

FRAUD, UNFILED, REQUEST = 3, 6, 12


def dissolved(ended_on: date, ground: int = FRAUD, institution=None):
    return AgreementFactory(
        institution=institution or InstitutionFactory(),
        state="dissolved",
        valid_from=date(ended_on.year, 1, 1),
        ended_on=ended_on,
        dissolution_ground=ground,
    )


def performed(agreement, day: date) -> None:
    record_performance(
        agreement_id=agreement.pk,
        performed_on=day,
        note="退回基金并缴清违约金",
        documents=(),
        by=user_with(Role.AGREEMENT_OFFICER),
        at=at(day),
    )


def barred(agreement, on: date, persons=()) -> bool:
    known: Office = office(on=on, region=agreement.region)
    found = bars([agreement.institution_id] if not persons else [], list(persons), on)
    records = tuple(each.record for each in found)
    return acceptance(AcceptanceQuestion(records=records, on=on), known).refused


def test_every_ground_but_the_institutions_own_wish_bars_it():
    assert UNLAWFUL | BREACHES | {REQUEST} == set(range(1, 15))
    assert not UNLAWFUL & BREACHES
    assert institution_ground(FRAUD) is RefusalGround.N5
    assert institution_ground(UNFILED) is RefusalGround.N6
    assert institution_ground(REQUEST) is None
    assert bars_persons(FRAUD)
    assert not bars_persons(UNFILED)


@pytest.mark.parametrize(
    ("ended_on", "ground", "paid_on", "last_barred", "free"),
    [
        # N5: three years, the anniversary included.
        (date(2022, 5, 31), FRAUD, date(2023, 1, 5), date(2025, 5, 31), date(2025, 6, 1)),
        # N5: performed after the ban: free the day after.
        (date(2022, 5, 31), FRAUD, date(2025, 8, 10), date(2025, 8, 10), date(2025, 8, 11)),
        # N6 from a leap day: one year.
        (date(2024, 2, 29), UNFILED, date(2024, 3, 1), date(2025, 2, 28), date(2025, 3, 1)),
    ],
)
def test_the_institution_is_barred_to_the_day(ended_on, ground, paid_on, last_barred, free):
    agreement = dissolved(ended_on, ground)
    performed(agreement, paid_on)
    assert barred(agreement, last_barred)
    assert not barred(agreement, free)


def test_an_unperformed_liability_has_no_end():
    agreement = dissolved(date(2015, 5, 31))
    assert barred(agreement, date(2025, 11, 1))
    assert not barred(dissolved(date(2025, 1, 15), REQUEST), date(2025, 2, 1))


def test_a_performance_counts_from_when_it_happened():
    """On a day before it, what was unperformed then still bars."""
    agreement = dissolved(date(2022, 5, 31))
    performed(agreement, date(2025, 8, 10))
    (bar,) = bars([agreement.institution_id], [], date(2025, 8, 9))
    assert bar.record.performed_on is None


def test_the_ban_follows_whoever_held_a_post_on_the_day_of_the_dissolution():
    agreement = dissolved(date(2020, 7, 15))
    people = {
        "在任": (date(2018, 1, 1), None),
        "当日离任": (date(2018, 1, 1), date(2020, 7, 15)),
        "早已离任": (date(2018, 1, 1), date(2020, 7, 14)),
        "后来接任": (date(2020, 7, 16), None),
    }
    posts = iter([Post.LEGAL_REPRESENTATIVE, Post.PRINCIPAL, Post.ACTUAL_CONTROLLER])
    keys = {}
    for serial, (name, (first, last)) in enumerate(people.items(), 1):
        person = person_of(name=name, id_number=id_number(serial))
        post = Post.PRINCIPAL if name == "后来接任" else next(posts)
        ResponsiblePerson.objects.create(
            institution=agreement.institution,
            post=post,
            person=person,
            held_from=first,
            held_to=last,
        )
        keys[name] = person.pk
    found = {bar.person_id for bar in bars([], list(keys.values()), date(2025, 7, 15))}
    assert found == {keys["在任"], keys["当日离任"]}
    for name in ("在任", "当日离任"):
        assert barred(agreement, date(2025, 7, 15), [keys[name]])
        assert not barred(agreement, date(2025, 7, 16), [keys[name]])
    assert list(bars([], list(keys.values()), date(2020, 7, 14))) == []


def test_dissolutions_are_among_the_sources_of_bars(django_assert_num_queries):
    agreements = [dissolved(date(2024, 1, 31)) for _place in range(3)]
    keys = [each.institution_id for each in agreements]
    person = person_of(name="在任", id_number=id_number(7))
    found = [bar.source for bar in bars_of(keys, [person.pk], date(2025, 1, 1))]
    assert len(found) == 3
    with django_assert_num_queries(2):
        list(bars(keys, [person.pk], date(2025, 1, 1)))


def test_performance_is_recorded_once_and_never_before_the_dissolution():
    agreement = dissolved(date(2024, 1, 31))
    with pytest.raises(Refusal) as refusal:
        performed(agreement, date(2024, 1, 30))
    assert [each.code for each in refusal.value.obstacles] == ["performed_before_dissolution"]
    performed(agreement, date(2024, 2, 5))
    with pytest.raises(Refusal) as refusal:
        performed(agreement, date(2024, 2, 6))
    assert [each.code for each in refusal.value.obstacles] == ["performance_recorded"]
    assert LiabilityPerformance.objects.get().performed_on == date(2024, 2, 5)
    step = agreement.transitions.get(act="record_performance")
    assert step.on == date(2024, 2, 5)
