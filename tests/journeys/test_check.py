"""`demo_check` goes through on the demo world, and again on the world it leaves behind."""

import pytest

from demo.check.job import MainJob
from demo.check.visitor import Failed, Visitor
from settlements.enums import StatementState
from settlements.models import Statement

pytestmark = pytest.mark.timeout(300)


def test_main_job_can_be_done_again_and_again(live_server, worker):
    paid = Statement.objects.filter(state=StatementState.PAID)
    before = paid.count()
    for _ in range(2):
        said = []
        assert MainJob(live_server.url, say=said.append).run(), said[-1]
    assert paid.count() == before + 2


def test_failed_step_ends_the_check_and_is_named(live_server, world):
    job = MainJob(live_server.url, say=(said := []).append)
    job.visitors["hospital"] = Visitor(live_server.url)  # Somebody who never logged in.
    assert job.run() is False
    assert said[-1].startswith("FAILED  The hospital hands in a claim batch")


def test_visitor_reports_what_a_form_says(live_server, world):
    with pytest.raises(Failed, match="reviewer"):
        Visitor(live_server.url).log_in("reviewer", "not the password")
