"""The pages of cascades, the ledger, the dissolved list and inpatients."""

from datetime import date

import pytest
from django.urls import reverse
from django.utils import timezone

from agreements.enums.cascade import CascadeKind
from agreements.models import CascadeReceipt, DissolvedEntry, InpatientWarning, Suspension
from tests.agreements.cascades import Regions, plain_letters
from tests.agreements.factories import at, fresh

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("plain_letters")]

__all__ = ["plain_letters"]


def post(client, url, **data):
    stamp = client.get(url).context["stamp"]
    return client.post(url, {"stamp": stamp, **data})


@pytest.fixture
def today(monkeypatch):
    def on(day: str) -> None:
        monkeypatch.setattr(timezone, "now", lambda: at(day))

    return on


def test_the_agreement_shows_its_ledger_its_line_and_other_regions(client, today):
    world = Regions(others=("360100",))
    world.suspend(world.home, "2025-02-10")
    world.resume(world.home, "2025-03-20")
    world.suspend(world.home, "2025-05-12")
    today("2025-05-20")
    client.force_login(world.officer)
    page = client.get(world.home.get_absolute_url())
    text = page.content.decode()
    assert page.status_code == 200
    ledger = page.context["life"]["marks"]
    assert [str(each.on) for each in ledger][:2] == ["2025-01-01", "2025-02-10"]
    assert page.context["life"]["suspended"]["place"] == 2
    for each in CascadeReceipt.objects.filter(home=world.home):
        assert each.number in text
    assert reverse("agreements_desk:check", args=[world.home.pk]) in text
    assert "已符合第四十三条第（一）项解除情形" in text
    client.force_login(world.member)
    own = client.get(world.home.get_portal_url()).content.decode()
    warning = InpatientWarning.objects.get(agreement=world.home, boundary_on=date(2025, 5, 12))
    assert reverse("agreements_portal:inpatients", args=[warning.pk]) in own


def test_the_check_is_recorded_and_the_resumption_follows(client, today):
    world = Regions(others=())
    world.suspend(world.home, "2025-05-12")
    today("2025-06-19")
    client.force_login(world.officer)
    resume = reverse("agreements_desk:resume", args=[world.home.pk])
    assert "rectification" not in client.get(resume).content.decode()
    assert post(client, resume, on="2025-06-19").status_code == 409
    check = reverse("agreements_desk:check", args=[world.home.pk])
    assert post(client, check, rectified="yes", findings="").status_code == 400
    assert post(client, check, rectified="yes", findings="已整改").status_code == 302
    assert Suspension.objects.get().rectified is True
    assert post(client, resume, on="2025-06-19").status_code == 302
    assert fresh(world.home).state == "effective"


def test_a_region_answers_on_its_pages(client, today):
    world = Regions(others=("360100", "330400"))
    world.suspend(world.home, "2025-05-12")
    today("2025-05-13")
    nanchang = world.officer_of("360100")
    client.force_login(nanchang)
    receipt = CascadeReceipt.objects.get(region="360100")
    other = CascadeReceipt.objects.get(region="330400")
    home = client.get(reverse("agency_desk:home")).content.decode()
    assert receipt.number in home
    assert other.number not in home
    url = reverse("agreements_desk:cascade_acknowledge", args=[other.number])
    assert post(client, url).status_code == 409
    url = reverse("agreements_desk:cascade_acknowledge", args=[receipt.number])
    assert post(client, url).status_code == 302
    world.resume(world.home, "2025-06-20")
    today("2025-06-23")
    client.force_login(nanchang)
    proposal = CascadeReceipt.objects.get(region="360100", kind=CascadeKind.PROPOSAL)
    page = client.get(proposal.get_absolute_url())
    assert [each["act"].code for each in page.context["buttons"]] == [
        "agreements.acknowledge_cascade",
        "agreements.accept_proposal",
        "agreements.decline_proposal",
    ]
    url = reverse("agreements_desk:cascade_accept", args=[proposal.number])
    assert post(client, url, on="2025-06-23").status_code == 302
    assert fresh(world.followers[0]).state == "effective"
    proposal = CascadeReceipt.objects.get(region="330400", kind=CascadeKind.PROPOSAL)
    client.force_login(world.officer)
    url = reverse("agreements_desk:cascade_decline", args=[proposal.number])
    assert post(client, url, reason="未整改").status_code == 302
    assert fresh(proposal).answer == "未整改"


def test_the_list_at_the_desk_publishes_and_withdraws(client, today):
    world = Regions(others=())
    world.dissolve(world.home, "2025-04-25")
    entry = DissolvedEntry.objects.get()
    DissolvedEntry.objects.filter(pk=entry.pk).update(letter=None)
    today("2025-04-30")
    client.force_login(world.officer)
    assert entry.name in client.get(reverse("agreements_desk:dissolved")).content.decode()
    url = reverse("agreements_desk:dissolved_publish", args=[entry.pk])
    assert post(client, url).status_code == 302
    assert fresh(entry).state == "published"
    url = reverse("agreements_desk:dissolved_withdraw", args=[entry.pk])
    assert post(client, url, reason="误").status_code == 409


def test_inpatients_are_answered_in_the_portal(client, today):
    world = Regions(others=())
    world.suspend(world.home, "2025-04-29")
    warning = InpatientWarning.objects.get()
    today("2025-04-30")
    client.force_login(world.member)
    url = reverse("agreements_portal:inpatients", args=[warning.pk])
    assert post(client, url, inpatients="3").status_code == 409
    assert post(client, url, inpatients="3", told_on="2025-04-29").status_code == 302
    assert fresh(warning).inpatients == 3
    assert client.get(world.home.get_portal_url()).status_code == 200


def test_everybody_sees_an_empty_list_and_the_interface(client):
    page = client.get(reverse("agreements_public:dissolved"))
    assert "目前没有解除协议的医疗机构" in page.content.decode()
    assert client.get(reverse("agreements_public:dissolved_csv")).status_code == 200
    assert client.get("/api/v1/dissolved-agreements/").json()["results"] == []
