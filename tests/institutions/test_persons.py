from datetime import date
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from agency.codes import id_check_character, id_number_fault
from agency.rules import Refusal
from institutions.enums.persons import Post
from institutions.models import Person, ResponsiblePerson
from institutions.services.persons import appoint, person_of
from tests.institutions.factories import InstitutionFactory

# Made up; only the check character is right (the sample of GB 11643).
NUMBER = "11010519491231002X"
ANOTHER = "440524188001010014"


@pytest.mark.parametrize(
    ("number", "fits"),
    [
        (NUMBER, True),
        (ANOTHER, True),
        ("110105194912310021", False),
        ("11010519491231002", False),
        ("11010519491331002X", False),
        ("１1010519491231002X", False),
        ("", False),
    ],
)
def test_identity_numbers(number: str, fits: bool) -> None:
    assert (id_number_fault(number) is None) is fits


def test_every_figure_of_an_identity_number_counts() -> None:
    for place in range(17):
        figure = "1" if NUMBER[place] != "1" else "2"
        changed = NUMBER[:place] + figure + NUMBER[place + 1 : 17]
        assert id_check_character(changed) != "X"


@pytest.mark.django_db
def test_one_person_one_file() -> None:
    first = person_of(name="王示例", id_number=NUMBER)
    again = person_of(name=" 王示例 ", id_number=NUMBER.lower())
    assert first == again
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number, id_digest FROM institutions_person")
        ((stored, digest),) = cursor.fetchall()
    assert NUMBER not in stored and NUMBER not in digest
    assert first.masked_number == "110*************2X"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "number", "code"),
    [
        ("李示例", NUMBER, "person_name_differs"),
        ("王示例", "110105194912310021", "id_number_invalid"),
    ],
)
def test_a_number_that_cannot_be_or_is_anothers(name: str, number: str, code: str) -> None:
    person_of(name="王示例", id_number=NUMBER)
    with pytest.raises(Refusal) as refused:
        person_of(name=name, id_number=number)
    assert [each.code for each in refused.value.obstacles] == [code]
    assert number not in str(refused.value.obstacles[0])
    assert Person.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_eight_at_once_make_one_file() -> None:
    barrier, found = Barrier(8), []

    def make() -> None:
        barrier.wait()
        try:
            found.append(person_of(name="王示例", id_number=NUMBER).pk)
        finally:
            connection.close()

    threads = [Thread(target=make) for _each in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 8
    assert set(found) == {Person.objects.get().pk}


@pytest.mark.django_db
def test_a_post_passes_from_one_to_the_next() -> None:
    institution = InstitutionFactory()
    old = person_of(name="王示例", id_number=NUMBER)
    new = person_of(name="李示例", id_number=ANOTHER)
    post = Post.LEGAL_REPRESENTATIVE
    first = appoint(institution_id=institution.pk, post=post, person=old, on=date(2024, 3, 1))
    assert (
        appoint(institution_id=institution.pk, post=post, person=old, on=date(2025, 1, 1)) == first
    )
    appoint(institution_id=institution.pk, post=post, person=new, on=date(2025, 6, 1))

    def holder(day: date) -> Person:
        return institution.responsible_persons.in_post_on(day).get().person

    assert holder(date(2024, 3, 1)) == old
    assert holder(date(2025, 5, 31)) == old
    assert holder(date(2025, 6, 1)) == new
    assert not institution.responsible_persons.in_post_on(date(2024, 2, 29)).exists()


@pytest.mark.django_db
def test_the_database_refuses_two_holders_of_a_post() -> None:
    institution = InstitutionFactory()
    person = person_of(name="王示例", id_number=NUMBER)
    appoint(institution_id=institution.pk, post=Post.PRINCIPAL, person=person, on=date(2024, 3, 1))
    with pytest.raises(IntegrityError, match="responsibleperson_one_a_time"), transaction.atomic():
        ResponsiblePerson.objects.create(
            institution_id=institution.pk,
            post=Post.PRINCIPAL,
            person=person,
            held_from=date(2025, 1, 1),
        )
