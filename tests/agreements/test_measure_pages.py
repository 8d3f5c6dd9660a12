"""The pages of obligations and blocks: found, filtered, taken away as CSV, acted on."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from agency.enums import Role
from agreements.enums.measures import ObligationKind
from agreements.models import Obligation
from tests.agency.factories import user_with
from tests.agreements.factories import AgreementFactory, at, fresh
from tests.agreements.factories_measures import blocked, owed, practitioner
from tests.institutions.factories import InstitutionFactory, member_of

pytestmark = pytest.mark.django_db
TODAY = date(2025, 6, 10)


@pytest.fixture
def institution():
    return InstitutionFactory()


@pytest.fixture
def head(time_machine):
    time_machine.move_to(at(TODAY), tick=False)
    return user_with(Role.AGENCY_HEAD)


def text(client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return response.text


def test_the_office_finds_filters_and_takes_away(client, institution, head):
    late = owed(institution)  # due 3 June
    withheld = owed(institution, ObligationKind.WITHHELD, "1200.00", region=late.region)
    client.force_login(head)
    page = reverse("agreements_desk:obligations")
    shown = text(client, page)
    assert late.number in shown
    assert "整改验收合格" in shown
    only = text(client, f"{page}?overdue=1")
    assert late.number in only
    assert withheld.number not in only
    assert withheld.number in text(client, f"{page}?kind=withheld&q={institution.code}")
    sheet = client.get(f"{page}?kind=recovery&format=csv")
    lines = sheet.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(f"{late.number},{institution.name},")
    assert ",8400.00,0.00,8400.00," in lines[1]
    assert "2025-06-03" in text(client, late.get_absolute_url())


def test_a_payment_is_entered_on_its_page_once(client, institution, head):
    obligation = owed(institution)
    client.force_login(user_with(Role.PAYMENT_OFFICER))
    page = reverse("agreements_desk:obligation_pay", args=[obligation.number])
    sent = {
        "amount": "8400.00",
        "on": "2025-06-10",
        "voucher": "V-9",
        "stamp": client.get(page).context["stamp"],
    }
    assert client.post(page, sent).status_code == 302
    assert client.post(page, sent).status_code == 409  # the page has aged
    assert fresh(obligation).entries.get().amount == Decimal("8400.00")


def test_a_block_ends_early_on_its_page(client, institution, head):
    block = blocked(institution, head, practitioner=practitioner(institution))
    client.force_login(head)
    shown = text(client, reverse("agreements_desk:blocks"))
    assert block.practitioner.staff_code in shown
    assert block.practitioner.staff_code in text(
        client, f"{reverse('agreements_desk:blocks')}?q={block.practitioner.staff_code}"
    )
    empty = text(client, f"{reverse('agreements_desk:blocks')}?on=2025-09-01")
    assert block.practitioner.staff_code not in empty
    page = reverse("agreements_desk:block_end", args=[block.pk])
    stamp = client.get(page).context["stamp"]
    sent = {"last_day": "2025-06-09", "reason": "整改到位", "stamp": stamp}
    assert client.post(page, sent).status_code == 409
    assert client.post(page, sent | {"last_day": "2025-06-30"}).status_code == 302
    assert fresh(block).last_day == date(2025, 6, 30)


def test_the_institution_sees_its_own_on_list_and_agreement(client, institution, head):
    agreement = AgreementFactory(institution=institution)
    obligation = owed(institution, agreement=agreement, region=agreement.region)
    block = blocked(institution, head, agreement=agreement)
    foreign = owed(InstitutionFactory(), region=agreement.region)
    client.force_login(member_of(institution))
    shown = text(client, reverse("agreements_portal:obligations"))
    assert obligation.number in shown
    assert block.department.name in shown
    assert foreign.number not in shown
    assert obligation.number in text(client, agreement.get_portal_url())
    assert "8,400.00" in text(client, obligation.get_portal_url())
    assert text(client, block.get_portal_url())
    assert client.get(foreign.get_portal_url()).status_code == 404
    assert client.get(obligation.get_absolute_url()).status_code == 403
    assert obligation.number in text(client, "/portal/")  # to be paid, and to be netted
    client.force_login(head)
    assert obligation.number in text(client, agreement.get_absolute_url())


def test_over_the_interface_they_are_read(client, institution, head):
    obligation, block = owed(institution), blocked(institution, head)
    client.force_login(head)
    found = client.get("/api/v1/obligations/", {"institution": institution.code}).json()
    assert found["results"][0]["outstanding"] == "8400.00"
    one = client.get(f"/api/v1/obligations/{obligation.number}/").json()
    assert (one["kind"], one["due_on"], one["entries"]) == ("recovery", "2025-06-03", [])
    rows = client.get("/api/v1/service-blocks/", {"on": "2025-06-15"}).json()["results"]
    assert [each["department_code"] for each in rows] == [block.department.code]
    assert client.get("/api/v1/service-blocks/", {"on": "2025-09-01"}).json()["results"] == []


def test_lists_cost_the_same_for_one_and_for_many(
    client, institution, head, django_assert_max_num_queries
):
    first = owed(institution)
    for _ in range(6):
        owed(institution, region=first.region)
    for _ in range(3):
        blocked(institution, head, practitioner=practitioner(institution))
    client.force_login(head)
    for name in ("obligations", "blocks"):
        with django_assert_max_num_queries(16):
            text(client, reverse(f"agreements_desk:{name}"))
    client.force_login(member_of(institution))
    with django_assert_max_num_queries(16):
        text(client, reverse("agreements_portal:obligations"))
    assert Obligation.objects.count() == 7
