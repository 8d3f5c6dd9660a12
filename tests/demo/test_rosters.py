"""The demo's rosters: the doctors of its claim files, somebody in two places, two odd imports."""

from datetime import datetime

import pytest
from django.utils import timezone, translation

from agency.codes import id_number_fault
from demo.claims.stays import doctor_codes
from demo.world.institutions import BY_KEY
from demo.world.load import found
from demo.world.passwords import remembered_passwords
from demo.world.script import Script
from demo.world.stories import letters, rosters
from institutions.enums.practitioners import PaymentStatus
from institutions.models import Person, PractitionerStatus, RosterEntry, RosterImport
from institutions.services.practitioners.naming import may_be_named

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]


def test_rosters_fit_the_claims_of_the_demo(monkeypatch):
    few = [BY_KEY[key] for key in ("renhe", "central", "tcm", "lianxi")]
    monkeypatch.setattr(rosters, "claimants", lambda: few)
    now = timezone.make_aware(datetime.fromisoformat("2026-11-22T12:00"))
    with translation.override("zh-hans"):
        world = found(now=now, say=[].append)
        script = Script(world)
        script.on(world.ago(990), lambda on, at: letters.heads(world, on, at), hour=8)
        rosters.enter(script)
        with remembered_passwords():
            script.play()
    assert not any(id_number_fault(each.id_number) for each in Person.objects.all())
    for invented in few:
        for code in doctor_codes(invented.code):
            for days in (0, 100):
                named = may_be_named(
                    institution_id=world.of(invented).pk, staff_code=code, day=world.ago(days)
                )
                assert named.answer.may_be_named, (code, days)
    assert PractitionerStatus.objects.get().status == PaymentStatus.SUSPENDED
    today = RosterEntry.objects.on(world.today).annotated(world.today)
    assert today.filter(is_doubled=True).count() == 2
    assert today.filter(is_committed=False, institution=world.of(rosters.OWN)).count() == 2
    states = list(RosterImport.objects.values_list("state", flat=True))
    assert (states.count("undone"), states.count("previewed")) == (1, 1)
    assert RosterImport.objects.get(state="previewed").error_count == 7
