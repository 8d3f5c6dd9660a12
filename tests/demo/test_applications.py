"""The demo shows applications for designation in every state, each reached by its services."""

from datetime import datetime

import pytest
from django.utils import timezone, translation

from agency.enums import Role
from agreements.models import Agreement
from demo.world.accounts import PASSWORD
from demo.world.applicants import APPLICANTS
from demo.world.load import found
from demo.world.passwords import remembered_passwords
from demo.world.script import Script
from demo.world.stories import applications, letters, policy
from institutions.codes import credit_code_fault, id_number_fault
from institutions.enums.designation import ApplicationState
from institutions.models import AccountRequest, DesignationApplication, Objection

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]
S = ApplicationState


def played(day):
    now = timezone.make_aware(datetime.fromisoformat(f"{day}T12:00"))
    with translation.override("zh-hans"):
        world = found(now=now, say=[].append)
        script = Script(world)
        script.on(world.ago(990), lambda on, at: letters.heads(world, on, at), hour=8)
        policy.enter(script)
        applications.enter(script)
        for days in (120, 60, 30, 14, 7, 1, 0):
            script.night(world.ago(days))
        with remembered_passwords():
            script.play()
    return world


def test_every_state_is_shown_and_its_people_can_log_in(client):
    world = played("2026-11-22")
    states = {each.state for each in DesignationApplication.objects.all()}
    assert states == set(S.values)
    assert set(AccountRequest.objects.values_list("state", flat=True)) == {
        "opened",
        "reviewed",
        "waiting",
    }
    assert Objection.objects.undecided().count() == 1
    own = Agreement.objects.filter(application__isnull=False)
    assert sorted(own.values_list("state", flat=True)) == ["draft", "effective"]
    came_in = client.post("/login/", {"username": "applicant_draft", "password": PASSWORD})
    assert came_in.status_code == 302
    assert world.users["expert"].has_role(Role.EXPERT)


def test_codes_and_identity_numbers_of_the_invented_are_possible():
    for applicant in APPLICANTS:
        assert credit_code_fault(applicant.institution.credit_code) is None
        for someone in (*applicant.persons.values(), applicant.contact):
            assert id_number_fault(someone.id_number) is None, someone
