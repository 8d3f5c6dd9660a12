"""B-14, C-04: the public list of dissolved agreements, and the warning of inpatients (B-13)."""

from datetime import date

import pytest
from django.db import IntegrityError, InternalError, transaction
from django.urls import reverse

from agency.enums import ServiceMethod
from agency.rules import Refusal
from agency.services.letters import serve_letter
from agreements.enums.cascade import EntryState
from agreements.models import DissolvedEntry, InpatientWarning
from agreements.services import annulment, dissolved, inpatients
from tests.agency.letters import receipt
from tests.agreements.cascades import Regions, plain_letters
from tests.agreements.factories import at, fresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_letters")]

__all__ = ["plain_letters"]


def codes(refusal) -> list[str]:
    return [each.code for each in refusal.value.obstacles]


def served(world, entry, on):
    serve_letter(
        letter_id=entry.letter_id,
        method=ServiceMethod.HAND,
        served_on=date.fromisoformat(on),
        recipient="王主任",
        proof=receipt(),
        by=world.head,
        at=at(on),
        on=date.fromisoformat(on),
    )
    return fresh(entry)


def dissolved_world(**facts) -> tuple[Regions, DissolvedEntry]:
    world = Regions(others=("360100",), name="浔阳长名称综合医院")
    world.dissolve(world.home, "2025-04-25", **facts)
    return world, DissolvedEntry.objects.get(agreement=world.home)


def published(world, entry, on="2025-04-30"):
    served(world, entry, "2025-04-29")
    return dissolved.publish_entry(entry_id=entry.pk, by=world.officer, at=at(on))


def test_an_entry_comes_with_the_dissolution_and_waits_for_service(client):
    world, entry = dissolved_world()
    assert (entry.name, entry.code, entry.ground, entry.dissolved_on, entry.state) == (
        world.institution.name,
        world.institution.code,
        3,
        date(2025, 4, 25),
        EntryState.PENDING,
    )
    assert entry.publish_due_on is None
    with pytest.raises(Refusal) as refusal:
        dissolved.publish_entry(entry_id=entry.pk, by=world.officer, at=at("2025-04-26"))
    assert codes(refusal) == ["decision_not_served"]
    page = client.get(reverse("agreements_public:dissolved")).content.decode()
    assert world.institution.name not in page


def test_it_is_due_five_working_days_after_service_with_the_followers_entries():
    world, entry = dissolved_world()
    entry = served(world, entry, "2025-04-29")
    assert (entry.served_on, entry.publish_due_on) == (date(2025, 4, 29), date(2025, 5, 9))
    copy = DissolvedEntry.objects.get(agreement=world.followers[0])
    assert (copy.served_on, copy.publish_due_on, copy.by_cascade) == (
        date(2025, 4, 29),
        date(2025, 5, 9),
        True,
    )


def test_everybody_reads_it_once_published(client):
    world, entry = dissolved_world()
    published(world, entry)
    entry = fresh(entry)
    assert (entry.state, entry.published_on) == ("published", date(2025, 4, 30))
    url = reverse("agreements_public:dissolved")
    for query, shown in [
        ("", True),
        ("?q=浔阳长", True),
        (f"?q={entry.code[:9]}", True),
        ("?q=不存在", False),
        ("?year=2025", True),
        ("?year=2024", False),
        ("?ground=3", True),
        ("?ground=4", False),
    ]:
        page = client.get(url + query)
        assert page.status_code == 200
        assert (entry.name in page.content.decode()) is shown, query
    lines = client.get(reverse("agreements_public:dissolved_csv") + "?year=2025").content.decode()
    assert lines.splitlines()[1] == f"{entry.name},{entry.code},九江市,2025-04-25,3,2025-04-30"
    with pytest.raises(Refusal) as refusal:
        dissolved.publish_entry(entry_id=entry.pk, by=world.officer, at=at("2025-05-01"))
    assert codes(refusal) == ["entry_not_pending"]


def test_an_annulled_one_is_withdrawn_within_three_working_days_with_an_explanation(client):
    world, entry = dissolved_world()
    published(world, entry)
    with pytest.raises(Refusal) as refusal:
        dissolved.withdraw_entry(
            entry_id=entry.pk, by=world.officer, at=at("2025-04-30"), explanation="误"
        )
    assert codes(refusal) == ["entry_stands"]
    annulment.annul_dissolution(
        agreement_id=world.home.pk,
        by=world.head,
        at=at("2025-04-30"),
        on=date(2025, 4, 30),
        reason="复议撤销",
    )
    entry = fresh(entry)
    assert (entry.state, entry.withdraw_due_on) == ("to_withdraw", date(2025, 5, 8))
    copy = DissolvedEntry.objects.get(agreement=world.followers[0])
    assert copy.state == EntryState.VOID
    with pytest.raises(Refusal) as refusal:
        dissolved.withdraw_entry(
            entry_id=entry.pk, by=world.officer, at=at("2025-05-06"), explanation=" "
        )
    assert codes(refusal) == ["reason_missing"]
    dissolved.withdraw_entry(
        entry_id=entry.pk, by=world.officer, at=at("2025-05-06"), explanation="复议撤销原决定"
    )
    page = client.get(reverse("agreements_public:dissolved")).content.decode()
    assert "复议撤销原决定" in page
    assert entry.name not in client.get(reverse("agreements_public:dissolved_csv")).content.decode()


def test_dissolved_anew_it_gets_a_new_entry():
    world, entry = dissolved_world()
    annulment.annul_dissolution(
        agreement_id=world.home.pk,
        by=world.head,
        at=at("2025-04-30"),
        on=date(2025, 4, 30),
        reason="撤销",
    )
    world.dissolve(world.home, "2025-05-12", ground=4)
    states = DissolvedEntry.objects.filter(agreement=world.home).order_by("pk")
    assert list(states.values_list("state", "ground")) == [("void", 3), ("pending", 4)]
    with pytest.raises(IntegrityError, match="dissolvedentry_one_alive"), transaction.atomic():
        DissolvedEntry.objects.create(
            agreement=world.home,
            region=world.region,
            name="x",
            code="x",
            ground=4,
            dissolved_on=date(2025, 5, 12),
        )
    assert entry.pk


def test_what_an_entry_says_is_fixed():
    _world, entry = dissolved_world()
    with pytest.raises(InternalError, match="what_it_says_is_fixed"), transaction.atomic():
        DissolvedEntry.objects.filter(pk=entry.pk).update(ground=4)


def test_inpatients_are_asked_about_at_each_boundary_and_once():
    world = Regions(others=("360100",))
    world.suspend(world.home, "2025-04-29")
    rows = InpatientWarning.objects.order_by("agreement_id")
    assert [(each.agreement_id, each.boundary_on, each.due_on) for each in rows] == [
        (world.home.pk, date(2025, 4, 29), date(2025, 5, 7)),
        (world.followers[0].pk, date(2025, 4, 29), date(2025, 5, 7)),
    ]
    world.dissolve(world.home, "2025-05-12")
    assert InpatientWarning.objects.count() == 2  # suspended before: no new boundary


@pytest.mark.parametrize(
    ("count", "told_on", "code"),
    [
        (3, None, "told_on_missing"),
        (0, date(2025, 4, 29), "told_nobody"),
        (3, date(2025, 5, 1), "told_on_to_come"),
    ],
)
def test_an_answer_about_inpatients_holds_together(count, told_on, code):
    world = Regions(others=())
    world.suspend(world.home, "2025-04-29")
    warning = InpatientWarning.objects.get()
    with pytest.raises(Refusal) as refusal:
        inpatients.answer_warning(
            warning_id=warning.pk,
            inpatients=count,
            told_on=told_on,
            by=world.member,
            at=at("2025-04-30"),
        )
    assert codes(refusal) == [code]
    assert fresh(warning).is_open


def test_the_institution_answers_in_the_portal(client):
    world = Regions(others=())
    world.suspend(world.home, "2025-04-29")
    warning = InpatientWarning.objects.get()
    inpatients.answer_warning(
        warning_id=warning.pk,
        inpatients=12,
        told_on=date(2025, 4, 29),
        note="已转院3人",
        by=world.member,
        at=at("2025-04-30"),
    )
    warning = fresh(warning)
    assert (warning.inpatients, warning.answered_by, warning.note) == (
        12,
        world.member,
        "已转院3人",
    )
    with pytest.raises(Refusal) as refusal:
        inpatients.answer_warning(
            warning_id=warning.pk, inpatients=0, told_on=None, by=world.member, at=at("2025-05-06")
        )
    assert codes(refusal) == ["warning_answered"]
    with pytest.raises(InternalError, match="answered_once"), transaction.atomic():
        InpatientWarning.objects.filter(pk=warning.pk).update(inpatients=1)


def test_its_boundary_is_on_the_institutions_public_page(client):
    world = Regions(others=())
    url = reverse("institutions_public:detail", args=[world.institution.code])
    assert 'id="boundary"' not in client.get(url + "?on=2025-04-30").content.decode()
    world.suspend(world.home, "2025-04-29")
    assert "2025-04-29" in client.get(url + "?on=2025-04-30").content.decode()
    assert 'id="boundary"' in client.get(url + "?on=2025-04-30").content.decode()
