"""Two organisers draw at once; two experts sign at once."""

from collections.abc import Callable
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection

from agency.rules import Refusal
from institutions.enums.assessment import AssessmentState, ExpertField
from institutions.models import Assessment, AssessmentDraw, AssessmentOpinion
from institutions.services.assessment.drawing import draw_group
from tests.agency.factories import NOW
from tests.institutions.factories_assessment import Team, sign, write

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run the acts at the same time; return what each gave or raised."""
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


def test_two_organisers_draw_one_group():
    team = Team()
    assessment = team.opened()
    found = at_once(
        *(
            lambda by=by: draw_group(assessment_id=assessment.pk, by=by, at=NOW)
            for by in (team.organiser, team.second)
        )
    )
    (refusal,) = [each for each in found if isinstance(each, Refusal)]
    assert [each.code for each in refusal.obstacles] == ["wrong_state"]
    assert AssessmentDraw.objects.count() == 1
    assert assessment.members.count() == 5
    assert assessment.transitions.filter(act="draw").count() == 1


def test_the_last_two_experts_sign_at_once():
    team = Team([*ExpertField, ExpertField.FINANCE])
    assessment = team.begun()
    members = list(assessment.members.select_related("expert__account"))
    for member in members:
        write(member)
    for member in members[:-2]:
        sign(member)
    found = at_once(*(lambda member=member: sign(member) for member in members[-2:]))
    assert all(isinstance(each, AssessmentOpinion) for each in found)
    assert AssessmentOpinion.objects.filter(signed_at__isnull=False).count() == 5
    assessment = Assessment.objects.get(pk=assessment.pk)
    assert assessment.state == AssessmentState.COMPLETE
    assert assessment.transitions.filter(act="complete").count() == 1
