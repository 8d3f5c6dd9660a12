"""The pages of filings, notices, objections and negotiations, for each who may see them."""

import re
from datetime import date

import pytest
import time_machine
from django.urls import reverse

from agency.enums import Role
from institutions.enums.designation import ApplicationState
from institutions.enums.notices import FilingState
from institutions.models import Objection, PublicNotice, ResultFiling
from tests.agency.factories import user_with
from tests.agreements.texts import published_text
from tests.institutions.factories import InstitutionFactory, member_of
from tests.institutions.factories_assessment import pdf
from tests.institutions.factories_notices import NoticeTeam, applicant, at

pytestmark = pytest.mark.django_db

MORNING = at("2025-10-09", 9)


@pytest.fixture
def team():
    return NoticeTeam()


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


def stamp(page) -> str:
    found = re.search(r'name="stamp" value="([^"]*)"', page.content.decode())
    assert found
    return found[1]


def text(page) -> str:
    return page.content.decode()


def test_officer_and_administration_file_and_acknowledge(team, client):
    application = team.assessed(on=date(2025, 10, 9))
    client.force_login(team.officer)
    page = client.get(reverse("institutions_desk:filings"))
    assert application.number in text(page)
    url = reverse("institutions_desk:filing_new")
    page = client.get(url)
    chosen = [key for key, _label in page.context["form"].fields["chosen"].choices]
    stale = client.post(url, {"stamp": "0", "chosen": chosen})
    assert stale.status_code == 409
    done = client.post(url, {"stamp": stamp(page), "chosen": chosen}, follow=True)
    filing = ResultFiling.objects.get()
    assert filing.number in text(done)
    client.force_login(team.supervisor)
    assert filing.number in text(client.get(reverse("institutions_desk:filings")))
    page = client.get(filing.get_absolute_url())
    url = reverse("institutions_desk:filing_ack", args=[filing.pk])
    assert url in text(page)
    page = client.get(url)
    client.post(url, {"stamp": stamp(page), "remark": "已阅"})
    assert ResultFiling.objects.get().state == FilingState.ACKNOWLEDGED


def test_the_officer_posts_and_the_public_reads_and_prints(team, client):
    application = team.filed(on=date(2025, 10, 9))
    client.force_login(team.officer)
    url = reverse("institutions_desk:notice_new")
    page = client.get(url)
    assert "2025-10-17" in text(page)
    client.post(url, {"stamp": stamp(page), "chosen": [application.pk]})
    notice = PublicNotice.objects.get()
    assert application.number in text(client.get(notice.get_absolute_url()))
    client.logout()
    assert notice.number in text(client.get(reverse("institutions_public:notices")))
    page = text(client.get(notice.get_public_url()))
    assert application.institution.name in page
    assert application.institution.registered_address in page
    assert notice.letter.code in page
    assert "data:image/svg+xml" in page
    assert "data-print" in page


def test_anybody_objects_on_the_page_of_the_notice(team, client, clock, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    notice = team.posted()
    entry = notice.entries.get()
    url = notice.get_public_url()
    empty = client.post(url, {"entry": entry.pk, "text": "", "objector": "王示范"})
    assert empty.status_code == 400
    assert "王示范" in text(empty)
    sent = {"entry": entry.pk, "text": "负责人曾被解除协议", "evidence": [pdf("证据.pdf")]}
    page = client.post(url, sent, follow=True)
    objection = Objection.objects.get()
    assert page.status_code == 200
    assert objection.number in text(page)
    assert [each.name for each in objection.evidence.all()] == ["证据.pdf"]
    clock.move_to(at("2025-10-14", 0, 5))
    late = client.post(url, {"entry": entry.pk, "text": "迟到的异议"})
    assert late.status_code == 409
    assert "2025-10-13" in text(late)
    assert "迟到的异议" in text(late)
    assert Objection.objects.count() == 1


def test_a_program_that_fills_in_every_field_is_thanked(team, client):
    notice = team.posted()
    data = {"entry": notice.entries.get().pk, "text": "广告", "website_url": "x"}
    assert client.post(notice.get_public_url(), data).status_code == 200
    assert not Objection.objects.exists()


def test_the_desk_masks_who_objected_until_a_purpose_is_given(team, client):
    notice = team.posted()
    objection = team.objected(notice, when=MORNING, objector="王示范", contact="13812345678")
    client.force_login(team.head)
    page = text(client.get(objection.get_absolute_url()))
    assert "王**" in page
    assert "王示范" not in page
    assert "13812345678" not in page
    assert reverse("institutions_desk:objector", args=[objection.number]) in page
    url = reverse("institutions_desk:objector", args=[objection.number])
    page = client.get(url)
    shown = client.post(url, {"stamp": stamp(page), "purpose": "inquiry", "note": "核实"})
    assert "王示范" in text(shown)


def test_the_applicant_sees_the_objection_without_the_objector(team, client):
    notice = team.posted()
    objection = team.objected(notice, when=MORNING, objector="王示范", evidence=[])
    member = member_of(applicant(notice).institution)
    client.force_login(member)
    page = text(client.get(objection.get_portal_url()))
    assert objection.text in page
    assert "王" not in page.split("<main")[1]
    url = reverse("institutions_portal:objection_comment", args=[objection.number])
    page = client.get(url)
    client.post(url, {"stamp": stamp(page), "text": "不属实"})
    assert Objection.objects.get().comment == "不属实"
    client.force_login(member_of(InstitutionFactory()))
    assert client.get(objection.get_portal_url()).status_code == 404


@pytest.mark.parametrize(
    ("name", "state", "application_state"),
    [
        ("objection_reject", "rejected", ApplicationState.PUBLIC_NOTICE),
        ("objection_dismiss", "inadmissible", ApplicationState.PUBLIC_NOTICE),
        ("objection_uphold", "upheld", ApplicationState.FAILED),
    ],
)
def test_the_head_decides_on_the_page(team, client, name, state, application_state):
    notice = team.posted()
    objection = team.objected(notice, when=MORNING)
    client.force_login(team.head)
    assert objection.number in text(client.get(reverse("agency_desk:home")))
    url = reverse(f"institutions_desk:{name}", args=[objection.number])
    page = client.get(url)
    assert objection.text in text(page)
    client.post(url, {"stamp": stamp(page), "reason": "经核实"})
    assert Objection.objects.get().state == state
    assert applicant(notice).state == application_state
    client.force_login(team.officer)
    assert client.get(url).status_code == 403


def test_the_application_page_leads_on_to_the_agreement(team, client, clock):
    published_text()
    notice = team.posted()
    application = applicant(notice)
    client.force_login(team.officer)
    page = text(client.get(application.get_absolute_url()))
    assert notice.number in page
    clock.move_to(at("2025-10-14"))
    client.force_login(team.officer)
    url = reverse("institutions_desk:application_negotiate", args=[application.number])
    page = client.get(url)
    client.post(url, {"stamp": stamp(page)})
    assert applicant(notice).state == ApplicationState.NEGOTIATING
    page = text(client.get(application.get_absolute_url()))
    assert reverse("agreements_desk:application_draft", args=[application.number]) in page
    url = reverse("agreements_desk:application_draft", args=[application.number])
    page = client.get(url)
    done = client.post(
        url, {"stamp": stamp(page), "valid_from": "2025-11-01", "months": ""}, follow=True
    )
    assert application.number in text(done)
    member = member_of(application.institution)
    client.force_login(member)
    page = text(client.get(application.get_portal_url()))
    assert "2025-11-01" in page
    assert reverse("agreements_portal:application_decline", args=[application.number]) in page


def test_lists_cost_the_same_for_one_and_for_many(team, client, django_assert_max_num_queries):
    client.force_login(team.head)
    for _each in range(3):
        team.objected(team.posted(), when=MORNING)
    for name in ("filings", "notices", "objections"):
        with django_assert_max_num_queries(8):
            assert client.get(reverse(f"institutions_desk:{name}")).status_code == 200
    client.logout()
    with django_assert_max_num_queries(8):
        assert client.get(reverse("institutions_public:notices")).status_code == 200


def test_machines_read_notices_and_object(team, client):
    notice = team.posted()
    url = "/api/v1/public-notices/"
    (row,) = client.get(url).json()["results"]
    assert (row["number"], row["ends_on"]) == (notice.number, "2025-10-13")
    data = {"entry": row["entries"][0]["id"], "text": "负责人曾被解除协议"}
    answer = client.post(f"{url}{notice.pk}/objections/", data, content_type="application/json")
    assert answer.status_code == 201, answer.content
    number = answer.json()["number"]
    assert client.get("/api/v1/objections/").status_code in (401, 403)
    client.force_login(user_with(Role.AGENCY_HEAD))
    found = client.get(f"/api/v1/objections/{number}/").json()
    assert found["text"] == "负责人曾被解除协议"
    assert "objector" not in found
    (filing,) = client.get("/api/v1/result-filings/").json()["results"]
    assert filing["results"][0]["result"] == "passed"
