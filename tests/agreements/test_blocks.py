"""Blocks of persons and departments: no overlap, early end, annulment (B-18)."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from agency.enums import Role
from agency.rules import Refusal
from agreements.enums.measures import BlockWord
from agreements.models import ServiceBlock
from agreements.services.blocks import annul_block, end_block
from tests.agency.factories import user_with
from tests.agreements.factories import at, fresh
from tests.agreements.factories_measures import blocked, department, practitioner
from tests.institutions.factories import InstitutionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def institution():
    return InstitutionFactory()


@pytest.fixture
def head():
    return user_with(Role.AGENCY_HEAD)


def codes(refusal) -> set[str]:
    return {each.code for each in refusal.value.obstacles}


@pytest.mark.parametrize(
    ("day", "holds", "word"),
    [
        ("2025-05-31", False, BlockWord.COMING),
        ("2025-06-01", True, BlockWord.SUSPENDED),
        ("2025-08-31", True, BlockWord.SUSPENDED),
        ("2025-09-01", False, BlockWord.OVER),
    ],
)
def test_both_ends_are_blocked(institution, head, day, holds, word):
    block, day = blocked(institution, head), date.fromisoformat(day)
    assert (block.holds_on(day), block.word_on(day)) == (holds, word)
    assert ServiceBlock.objects.holding_on(day).exists() is holds


def test_without_a_last_day_it_is_terminated(institution, head):
    block = blocked(institution, head, last=None)
    assert block.word_on(date(2030, 1, 1)) == BlockWord.TERMINATED
    assert block.holds_on(date(2030, 1, 1))


@pytest.mark.parametrize(
    ("first", "last", "refused"),
    [
        ("2025-08-31", "2025-09-30", True),  # shares its last day
        ("2025-09-01", "2025-09-30", False),
        ("2025-05-01", "2025-06-01", True),
        ("2025-05-01", "2025-05-31", False),
        ("2025-05-01", None, True),
    ],
)
@pytest.mark.parametrize("of_person", [True, False])
def test_nobody_is_blocked_twice_on_a_day(institution, head, of_person, first, last, refused):
    if of_person:
        target = {"practitioner": practitioner(institution)}
    else:
        target = {"department": department(institution)}
    blocked(institution, head, **target)
    if refused:
        with pytest.raises(Refusal) as refusal:
            blocked(institution, head, first=first, last=last, **target)
        assert codes(refusal) == {"blocked_already"}
    else:
        blocked(institution, head, first=first, last=last, **target)
    assert ServiceBlock.objects.count() == (1 if refused else 2)


def test_whom_the_institution_has_not_is_not_blocked(institution, head):
    elsewhere = InstitutionFactory()
    for target in (
        {"practitioner": practitioner(elsewhere)},
        {"department": department(elsewhere)},
    ):
        with pytest.raises(Refusal) as refusal:
            blocked(institution, head, **target)
        assert codes(refusal) == {"not_on_the_roster"}
    with pytest.raises(Refusal) as refusal:
        blocked(institution, head, practitioner=practitioner(institution, None))
    assert codes(refusal) == {"no_staff_code"}
    with pytest.raises(Refusal) as refusal:
        blocked(institution, head, last="2025-05-31")
    assert codes(refusal) == {"ends_before_it_begins"}
    assert not ServiceBlock.objects.exists()


def test_the_database_refuses_what_passes_the_service_by(institution, head):
    person = practitioner(institution)
    of_person = blocked(institution, head, practitioner=person)
    of_department = blocked(institution, head)
    changes = [
        (of_person, {"department": department(institution)}, "serviceblock_one_target"),
        (of_person, {"last_day": date(2025, 5, 31)}, "serviceblock_ends_after_it_begins"),
        (of_person, {"ground": ""}, "serviceblock_has_its_ground"),
        (of_person, {"end_reason": "x"}, "serviceblock_early_end_has_its_facts"),
        (of_person, {"annul_reason": "x"}, "serviceblock_annulment_has_its_facts"),
    ]
    for row, values, constraint in changes:
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            ServiceBlock.objects.filter(pk=row.pk).update(**values)
    for row, constraint in (
        (of_person, "serviceblock_person_one_at_a_time"),
        (of_department, "serviceblock_department_one_at_a_time"),
    ):
        row.pk = None
        row._state.adding = True
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            row.save(force_insert=True)
    with pytest.raises(Exception, match="never_deleted"), transaction.atomic():
        ServiceBlock.objects.all().delete()


@pytest.mark.parametrize(
    ("last_day", "on", "code"),
    [
        ("2025-05-31", "2025-05-20", "before_it_begins"),
        ("2025-06-30", "2025-07-01", "day_has_passed"),
        ("2025-08-31", "2025-07-01", "not_earlier"),
        ("2025-07-01", "2025-07-01", ""),
        ("2025-08-30", "2025-07-01", ""),
    ],
)
def test_it_ends_early_today_or_later(institution, head, last_day, on, code):
    block, day = blocked(institution, head), date.fromisoformat(last_day)
    asked = {"block_id": block.pk, "last_day": day, "reason": "整改到位", "at": at(on)}
    if code:
        with pytest.raises(Refusal) as refusal:
            end_block(by=head, **asked)
        assert code in codes(refusal)
        assert fresh(block).last_day == date(2025, 8, 31)
    else:
        end_block(by=head, **asked)
        ended = fresh(block)
        assert (ended.last_day, ended.planned_to) == (day, date(2025, 8, 31))
        assert ended.ended_early_by == head


def test_only_the_head_ends_it(institution, head):
    block = blocked(institution, head)
    with pytest.raises(Refusal) as refusal:
        end_block(
            block_id=block.pk,
            last_day=date(2025, 7, 1),
            reason="x",
            by=user_with(Role.AUDIT_OFFICER),
            at=at("2025-07-01"),
        )
    assert codes(refusal) == {"not_permitted"}


def test_annulled_it_never_held_and_gives_its_days_back(institution, head):
    block = blocked(institution, head)
    days = annul_block(block_id=block.pk, reason="复议撤销", by=head, at=at("2025-07-01"))
    assert days == (date(2025, 6, 1), date(2025, 8, 31))
    assert fresh(block).word_on(date(2025, 6, 15)) == BlockWord.ANNULLED
    assert not ServiceBlock.objects.holding_on(date(2025, 6, 15)).exists()
    blocked(institution, head)  # the days are free again
    with pytest.raises(Refusal) as refusal:
        annul_block(block_id=block.pk, reason="复议撤销", by=head, at=at("2025-07-01"))
    assert codes(refusal) == {"block_annulled"}
