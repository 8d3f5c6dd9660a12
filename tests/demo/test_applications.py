"""The invented applicants are possible: their codes and their people's numbers."""

import pytest

from agency.codes import credit_code_fault, id_number_fault
from demo.world.applicants import APPLICANTS
from demo.world.experts import INVITED
from demo.world.stories.applications import STATES
from institutions.codes import national_code_fault
from institutions.enums.designation import ApplicationState


@pytest.mark.parametrize("applicant", APPLICANTS, ids=lambda each: each.key)
def test_codes_and_identity_numbers_of_the_invented_are_possible(applicant):
    assert national_code_fault(applicant.institution.code) is None
    assert credit_code_fault(applicant.institution.credit_code) is None
    for someone in (*applicant.persons.values(), applicant.contact):
        assert id_number_fault(someone.id_number) is None, someone


def test_every_applicant_has_its_course_and_nobody_is_two_people():
    assert set(STATES) == {each.key for each in APPLICANTS}
    assert len(STATES) >= len(ApplicationState)
    people = {each.person.id_number: each.person.name for each in INVITED}
    for applicant in APPLICANTS:
        for someone in (*applicant.persons.values(), applicant.contact):
            assert people.setdefault(someone.id_number, someone.name) == someone.name
