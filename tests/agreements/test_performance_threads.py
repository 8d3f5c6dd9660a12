"""Two people decide the same appeal at the same moment."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from agency.enums import Role
from agency.rules import Refusal
from agreements.enums.performance import AppealOutcome, PerformanceState
from agreements.models import PerformanceAppeal, PerformanceAssessment
from agreements.services.performance.answers import decide_appeal
from tests.agency.factories import user_with
from tests.agreements.factories import at
from tests.agreements.factories_performance import Office

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    barrier, found = Barrier(len(acts)), []

    def run(act: Callable[[], Any]) -> None:
        barrier.wait()
        try:
            found.append(act())
        except Refusal as refusal:
            found.append(refusal)
        finally:
            connection.close()

    threads = [Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_two_people_decide_one_appeal():
    office = Office()
    assessment = office.appealed()
    appeal = assessment.appeals.get()
    deciders = [office.colleague, user_with(Role.AGENCY_HEAD)]
    found = at_once(
        *(
            lambda by=by: decide_appeal(
                appeal_id=appeal.pk,
                outcome=AppealOutcome.REFUSED,
                points=None,
                reason="维持",
                by=by,
                at=at("2026-03-02"),
            )
            for by in deciders
        )
    )
    (refusal,) = [each for each in found if isinstance(each, Refusal)]
    assert [each.code for each in refusal.obstacles] == ["appeal_decided"]
    decided = PerformanceAppeal.objects.get()
    assert decided.outcome == AppealOutcome.REFUSED
    done = PerformanceAssessment.objects.get()
    assert done.state == PerformanceState.APPEAL_DECIDED
    assert done.transitions.filter(act="decide_appeal").count() == 1


def test_two_people_decide_the_last_two_appeals():
    """Whoever is second ends the appeals; the score counts both decisions."""
    office = Office()
    assessment = office.appealed("A2", "A3")
    deciders = [office.colleague, user_with(Role.AGENCY_HEAD)]
    found = at_once(
        *(
            lambda by=by, appeal=appeal: decide_appeal(
                appeal_id=appeal.pk,
                outcome=AppealOutcome.REFUSED,
                points=None,
                reason="维持",
                by=by,
                at=at("2026-03-02"),
            )
            for by, appeal in zip(deciders, assessment.appeals.order_by("pk"), strict=True)
        )
    )
    assert not [each for each in found if isinstance(each, Refusal)]
    done = PerformanceAssessment.objects.get()
    assert done.state == PerformanceState.APPEAL_DECIDED
