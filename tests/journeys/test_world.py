"""The world that the journeys start from, loaded as of today."""

from types import SimpleNamespace

import pytest
from django.utils import timezone

from agency.jobs import in_order
from agency.models import AuditHead, JobRun, ReadLog
from tests.demo.checks import (
    assert_every_role_has_an_account,
    assert_trials_are_possible,
    assert_world_is_complete,
)

pytestmark = pytest.mark.timeout(600)


def test_world_of_today_is_complete(world):
    loaded = SimpleNamespace(today=timezone.localdate())
    assert_world_is_complete(loaded)
    assert_trials_are_possible(loaded)
    assert_every_role_has_an_account()
    # Nothing is left for the jobs of the day, and running them again changes nothing.
    assert {each.name for each in in_order()} <= set(JobRun.objects.values_list("job", flat=True))
    assert list(JobRun.objects.exclude(status="done").values_list("job", "status")) == [
        ("settlements.send_alarms", "failed")
    ]
    assert AuditHead.objects.count() > 900 and ReadLog.objects.count() == 4
