"""The demo shows service matters in every state, one part overdue, and figures to publish."""

from datetime import datetime

import pytest
from django.utils import timezone, translation

from agency.bundles import BundleKind, BundlePartState, BundleState, ReturnGround
from agency.codes import credit_code_fault, id_number_fault
from agency.models import BundlePart, ServiceBundle
from agency.services.published import published
from agency.services.turns import compute_figures
from demo.world.load import found
from demo.world.passwords import remembered_passwords
from demo.world.script import Script
from demo.world.stories import service_matters

pytestmark = [pytest.mark.django_db, pytest.mark.timeout(600)]


@pytest.mark.parametrize("day", ["2026-11-22", "2026-10-05"])
def test_every_state_is_shown(day):
    now = timezone.make_aware(datetime.fromisoformat(f"{day}T12:00"))
    with translation.override("zh-hans"):
        world = found(now=now, say=[].append)
        script = Script(world)
        service_matters.enter(script)
        with remembered_passwords():
            script.play()
    matters = list(ServiceBundle.objects.all())
    assert {each.state for each in matters} == set(BundleState.values)
    assert {each.kind for each in matters} == set(BundleKind.values)
    assert set(BundlePart.objects.values_list("state", flat=True)) == set(BundlePartState.values)
    assert not any(id_number_fault(each.id_number) for each in matters)
    assert not any(credit_code_fault(each.credit_code) for each in matters if each.credit_code)
    late = BundlePart.objects.filter(state=BundlePartState.FILED, due_on__lt=world.today)
    assert late.exists()
    assert BundlePart.objects.filter(ground=ReturnGround.NOTHING_TO_PAY).exists()
    assert {each.taken_in_by is None for each in matters} == {True, False}
    compute_figures(on=world.today, at=now)
    [shown] = [each for each in published(world.today) if each.code == "BND"]
    assert shown.year.is_shown and shown.year.share >= 90
    assert any(month.is_shown for month in shown.months)
