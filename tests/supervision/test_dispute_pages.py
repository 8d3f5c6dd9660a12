"""The pages and the interface of disputes: what each side sees and may do."""

from datetime import date

import pytest
from django.urls import reverse

from agency.enums import Role
from supervision.enums.disputes import DisputeRoute
from supervision.models import CorrectionDemand, Dispute
from tests.agency.factories import user_with
from tests.supervision.factories import at
from tests.supervision.factories_disputes import (
    accepted,
    breach_of,
    demand_of,
    filed,
    left_about,
    overdue_request,
    served,
)

pytestmark = pytest.mark.django_db
TODAY = date(2025, 6, 3)


@pytest.fixture(autouse=True)
def june(time_machine):
    time_machine.move_to(at(TODAY))


def test_the_desk_shows_every_list_and_page(client, office):
    left = left_about(
        overdue_request(office), member=office.member, supervisor=office.supervisor, on=TODAY
    )
    rows = (left.breach, left.demand, left.measure, left.dispute)
    for role in (Role.AGENCY_HEAD, Role.SUPERVISOR):
        client.force_login(user_with(role))
        for name in ("disputes", "breaches", "demands", "agency_measures"):
            page = client.get(reverse(f"supervision_desk:{name}"))
            assert page.status_code == 200
        for row in rows:
            page = client.get(row.get_absolute_url())
            assert page.status_code == 200
            assert row.number in page.content.decode()


def test_the_portal_says_what_can_still_be_done(client, office, django_assert_max_num_queries):
    case = served(office)
    client.force_login(office.member)
    with django_assert_max_num_queries(60):
        page = client.get(reverse("supervision_portal:remedies"))
    text = page.content.decode()
    assert case.number in text
    assert "2025-07-14" in text  # sixty days from 14 May
    for route in DisputeRoute:
        assert reverse("supervision_portal:dispute_new", args=["case", case.pk, route]) in text


def test_a_dispute_is_filed_in_the_portal_with_its_receipt(client, office):
    case = served(office)
    client.force_login(office.member)
    url = reverse("supervision_portal:dispute_new", args=["case", case.pk, "reconsideration"])
    page = client.get(url)
    data = {
        "stamp": page.context["stamp"],
        "claim": "撤销",
        "grounds": "事实不清",
        "body": "市政府",
        "filed_on": "2025-06-02",
    }
    answer = client.post(url, data)
    dispute = Dispute.objects.get()
    assert answer["Location"] == dispute.get_portal_url()
    assert (dispute.filed_on, dispute.is_late) == (date(2025, 6, 2), False)
    page = client.get(dispute.get_portal_url())
    assert dispute.number in page.content.decode()


def test_another_institution_finds_nothing(client, office):
    dispute = filed(served(office), office.member)
    client.force_login(type(office)().member)
    assert client.get(dispute.get_portal_url()).status_code == 404


def test_each_act_has_its_page(client, office):
    case = served(office, "suspend")
    dispute = accepted(filed(case, office.member), office.officer)
    client.force_login(office.head)
    for name in ("dispute_step", "dispute_result", "dispute_extend"):
        page = client.get(reverse(f"supervision_desk:{name}", args=[dispute.number]))
        assert page.status_code == 200, name
    enter = reverse("supervision_desk:dispute_enter")
    page = client.get(enter, {"institution": case.institution.code})
    assert case.number in page.content.decode()
    page = client.get(enter, {"q": case.institution.name})
    assert case.institution.code in page.content.decode()
    coordination = filed(case, office.member, DisputeRoute.COORDINATION, on=TODAY)
    client.force_login(office.law)
    page = client.get(reverse("supervision_desk:coordination_accept", args=[coordination.number]))
    assert page.status_code == 200
    accepted(coordination, office.law, on=TODAY)
    for name in ("dispute_invite", "dispute_propose", "coordination_result"):
        page = client.get(reverse(f"supervision_desk:{name}", args=[coordination.number]))
        assert page.status_code == 200, name


def test_a_breach_leads_to_a_demand(client, office):
    breach = breach_of(office, on=TODAY)
    client.force_login(office.member)
    page = client.get(breach.get_portal_url())
    url = f"{reverse('supervision_portal:demand_new')}?breach={breach.number}"
    assert url in page.content.decode()
    page = client.get(url)
    client.post(url, {"stamp": page.context["stamp"], "text": "请尽快办理"})
    demand = CorrectionDemand.objects.get()
    client.force_login(user_with(Role.AGREEMENT_OFFICER))
    for name in ("demand_accept", "demand_refuse"):
        page = client.get(reverse(f"supervision_desk:{name}", args=[demand.number]))
        assert page.status_code == 200
    assert demand.number in client.get("/desk/").content.decode()


def test_the_interface_reads_and_files(client, office):
    case = served(office)
    client.force_login(office.member)
    ways = client.get("/api/v1/disputes/remedies/").json()
    mine = next(each for each in ways if each["subject"] == "case")
    assert mine["key"] == case.pk
    body = {
        "subject": "case",
        "key": case.pk,
        "route": "negotiation",
        "claim": "撤销",
        "grounds": "事实不清",
    }
    made = client.post("/api/v1/disputes/", body, content_type="application/json")
    assert made.status_code == 201, made.content
    assert client.get("/api/v1/disputes/").json()["results"][0]["number"] == made.json()["number"]
    again = client.post("/api/v1/disputes/", body, content_type="application/json")
    assert again.status_code == 409
    demand = demand_of(office.institution, office.member, on=TODAY)
    rows = client.get("/api/v1/correction-demands/").json()["results"]
    assert [each["number"] for each in rows] == [demand.number]
    assert client.get("/api/v1/agency-breaches/").status_code == 200
