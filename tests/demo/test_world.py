"""The world loads on any day, and what its reviews found is what was planted. That of today is
loaded, and asked the same, among the journeys.
"""

from datetime import datetime

import pytest
from django.utils import timezone

from agency.codes import credit_code_fault
from demo.world.institutions import INSTITUTIONS
from demo.world.load import load_world
from institutions.codes import national_code_fault
from settlements.models import Statement
from tests.demo.checks import assert_trials_are_possible, assert_world_is_complete

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]
SCALE = 0.05


def test_world_in_a_year_without_calendar_is_complete():
    noon = timezone.make_aware(datetime(2028, 1, 4, 12))
    world = load_world(now=noon, say=[].append, scale=SCALE)
    assert_world_is_complete(world)
    assert_trials_are_possible(world)
    assert Statement.objects.filter(due_provisional=True).exists()


def test_invented_codes_are_valid_and_different():
    assert len({each.code for each in INSTITUTIONS}) == len(INSTITUTIONS)
    assert len({each.credit_code for each in INSTITUTIONS}) == len(INSTITUTIONS)
    assert len({each.name for each in INSTITUTIONS}) == len(INSTITUTIONS)
    for each in INSTITUTIONS:
        assert national_code_fault(each.code) is None
        assert credit_code_fault(each.credit_code) is None
        assert each.name.endswith("(演示)")
