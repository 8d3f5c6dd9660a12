"""The world loads on any day, and what its reviews found is what was planted."""

from datetime import datetime

import pytest
from django.utils import timezone

from demo.world.load import load_world, read_answers
from settlements.models import ClaimBatch, Finding, Statement

SCALE = 0.1


def noon(text):
    return timezone.make_aware(datetime.fromisoformat(f"{text}T12:00"))


@pytest.fixture(
    params=[
        pytest.param("2026-11-22", id="a-sunday-in-november"),
        pytest.param("2027-01-04", id="in-a-year-without-calendar"),
    ]
)
def world(request, db):
    lines = []
    world = load_world(now=noon(request.param), say=lines.append, scale=SCALE)
    world.said = lines
    return world


def test_load(world):
    assert Statement.objects.count()
    assert ClaimBatch.objects.count()
    assert Finding.objects.count()
    assert read_answers()
