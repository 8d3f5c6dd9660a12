"""The pages and the interface of rosters."""

import re
from datetime import date

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from agency.enums import Role, Scope
from agency.models import ReadLog
from institutions.models import RosterEntry, RosterImport
from tests.agency.factories import user_with
from tests.institutions.factories import InstitutionFactory, member_of, token_of
from tests.institutions.factories_practitioners import (
    csv_file,
    department,
    facts,
    hired,
    id_number,
    line,
    staff_code,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def institution():
    return InstitutionFactory()


@pytest.fixture
def administrator(institution):
    return member_of(institution)


@pytest.fixture
def ward(institution):
    return department(institution)


def sent(client, url: str, data: dict):
    """Fill the form of an act in and send it, with the stamp of its page."""
    page = client.get(url)
    assert page.status_code == 200, url
    stamp = re.search(r'name="stamp" value="([^"]*)"', page.content.decode())
    assert stamp, url
    return client.post(url, {"stamp": stamp[1], **data})


def test_a_person_is_looked_up_masked_and_hired(client, administrator, ward):
    other = InstitutionFactory()
    hired(member_of(other), department(other), facts(1, name="欧阳示范"))
    client.force_login(administrator)
    look_up = reverse("institutions_portal:roster_look_up")
    said = {"staff_code": staff_code(1), "name": "欧阳示范"}
    found = client.post(look_up, said).content.decode()
    assert "欧**" in found
    assert "欧阳" not in found
    fits = found
    assert client.post(look_up, {**said, "name": "别人"}).content.decode() != fits
    answer = sent(
        client,
        reverse("institutions_portal:roster_hire"),
        {
            **said,
            "department": ward.pk,
            "employment": "multi_site",
            "starts_on": "2026-03-01",
        },
    )
    entry = RosterEntry.objects.get(department=ward)
    assert answer.headers["Location"] == entry.get_portal_url()
    assert entry.practitioner.staff_code == staff_code(1)
    refused = sent(
        client,
        reverse("institutions_portal:roster_hire"),
        {
            "name": "谁",
            "id_number": "110101199003077777",
            "category": "medical",
            "qualification": "physician",
            "department": ward.pk,
            "employment": "full_time",
            "starts_on": "2026-03-01",
        },
    )
    assert refused.status_code == 409
    assert "110101199003077777" in refused.content.decode()


def test_acts_on_a_row_lead_back_to_the_person(client, administrator, institution, ward):
    entry = hired(administrator, ward, facts(1))
    surgery = department(institution, "A04", name="外科")
    client.force_login(administrator)
    home = entry.get_portal_url()
    acts = [
        ("roster_move", {"department": surgery.pk, "on": "2026-05-01"}),
        ("commitment_sign", {"kind": "electronic", "signed_on": "2026-01-02"}),
        ("roster_leave", {"ends_on": "2026-09-30", "reason": "退休"}),
        ("roster_strike", {"reason": "录错"}),
    ]
    for name, data in acts:
        row = RosterEntry.objects.valid().order_by("-pk")[0]
        answer = sent(client, reverse(f"institutions_portal:{name}", args=[row.pk]), data)
        assert answer.headers["Location"] == home, name
    page = client.get(home).content.decode()
    assert "录错" in page
    assert RosterEntry.objects.valid().get().department == ward


def test_a_roster_is_filtered_and_downloaded(client, administrator, institution, ward):
    hired(administrator, ward, facts(1, name="=张"), position="主任")
    hired(administrator, ward, facts(2, staff_code=""), starts_on=date(2026, 6, 1))
    client.force_login(user_with(Role.INTAKE_CLERK))
    url = reverse("institutions_desk:roster", args=[institution.pk])

    def shown(**query) -> int:
        return len(client.get(url, query).context["object_list"])

    assert shown() == 2
    assert shown(on="2026-05-31") == 1
    assert shown(q=staff_code(1)) == 1
    assert shown(missing="code") == 1
    assert shown(missing="commitment") == 2
    assert shown(missing="blocked") == 0
    assert shown(category="nursing") == 0
    csv_url = reverse("institutions_desk:roster_csv", args=[institution.pk])
    text = b"".join(client.get(csv_url).streaming_content).decode("utf-8-sig")
    assert "'=张" in text
    assert id_number(1) not in text
    xlsx = client.get(reverse("institutions_desk:roster_xlsx", args=[institution.pk]))
    assert b"".join(xlsx.streaming_content)[:2] == b"PK"
    assert client.get(csv_url, {"on": "nonsense"}).status_code == 400


def test_an_identity_number_is_shown_for_a_purpose_and_logged(client, administrator, ward):
    entry = hired(administrator, ward, facts(1))
    clerk = user_with(Role.INTAKE_CLERK)
    client.force_login(clerk)
    person = entry.practitioner.get_absolute_url()
    assert id_number(1) not in client.get(person).content.decode()
    find = reverse("institutions_desk:practitioner_find")
    assert client.post(find, {"id_number": id_number(1)}).headers["Location"] == person
    url = reverse("institutions_desk:practitioner_number", args=[entry.practitioner_id])
    answer = sent(client, url, {"purpose": "audit", "note": "核对身份"})
    assert id_number(1) in answer.content.decode()
    read = ReadLog.objects.get(user=clerk)
    assert (read.kind, read.fields, read.note) == ("practitioner", ["id_number"], "核对身份")


def test_a_file_is_uploaded_previewed_applied_and_undone(client, administrator, ward):
    client.force_login(administrator)
    upload = reverse("institutions_portal:roster_upload")
    wrong = client.post(upload, {"file": csv_file([line(1), line(2, department="B9")])})
    run = RosterImport.objects.get()
    assert wrong.headers["Location"] == run.get_portal_url()
    page = client.get(run.get_portal_url()).content.decode()
    assert "B9" in page
    errors = client.get(
        reverse("institutions_portal:roster_import_errors", args=[run.number])
    ).content.decode("utf-8-sig")
    assert errors.splitlines()[1].startswith("3,科室编码,B9,")
    client.post(upload, {"file": csv_file([line(1), line(2)])})
    run = RosterImport.objects.latest("pk")
    for name in ("roster_import_apply", "roster_import_undo"):
        url = reverse(f"institutions_portal:{name}", args=[run.number])
        assert sent(client, url, {}).headers["Location"] == run.get_portal_url()
    run.refresh_from_db()
    assert run.state == "undone"
    # The office sees what was imported, not the file with the identity numbers.
    client.force_login(user_with(Role.INTAKE_CLERK))
    assert client.get(run.get_absolute_url()).status_code == 200
    assert client.get(reverse("agency:file_download", args=[run.file_id])).status_code == 404


def test_templates_are_files_that_are_read(client, administrator):
    client.force_login(administrator)
    url = reverse("institutions_portal:roster_template")
    for content in ("roster", "departments"):
        text = client.get(url, {"content": content}).content.decode("utf-8-sig")
        assert text.strip()
        book = client.get(url, {"content": content, "suffix": "xlsx"})
        assert book.content[:2] == b"PK"
    assert client.get(url, {"content": "nonsense"}).status_code == 404


def test_an_institutions_system_keeps_its_roster(administrator, institution, ward):
    surgery = department(institution, "A04", name="外科")
    api = APIClient()
    token = token_of(administrator, Scope.READ_ROSTER, Scope.FILE_ROSTER)
    api.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    said = {
        "name": "张示1",
        "id_number": id_number(1),
        "staff_code": staff_code(1),
        "category": "medical",
        "qualification": "physician",
        "first_place": "here",
        "department": "A03",
        "employment": "full_time",
        "starts_on": "2026-01-01",
    }
    key = {"HTTP_IDEMPOTENCY_KEY": "one"}
    first = api.post("/api/v1/roster/", said, format="json", **key)
    again = api.post("/api/v1/roster/", said, format="json", **key)
    assert (first.status_code, again.json()) == (201, first.json())
    assert RosterEntry.objects.count() == 1
    refused = api.post("/api/v1/roster/", said, format="json")
    assert refused.status_code == 409
    assert refused.json()["obstacles"][0]["code"] == "already_on_roster"
    pk = first.json()["id"]
    moved = api.post(f"/api/v1/roster/{pk}/move/", {"department": surgery.code, "on": "2026-02-01"})
    assert (moved.status_code, moved.json()["department"]) == (201, "A04")
    left = api.post(f"/api/v1/roster/{moved.json()['id']}/leave/", {"ends_on": "2026-03-31"})
    assert [each["ends_on"] for each in left.json()] == ["2026-03-31"]
    listed = api.get("/api/v1/roster/", {"on": "2026-03-31"}).json()["results"]
    assert [each["staff_code"] for each in listed] == [staff_code(1)]
    assert api.get("/api/v1/roster/", {"on": "2026-04-01"}).json()["results"] == []
    assert len(api.get("/api/v1/departments/").json()["results"]) == 2


def test_an_institutions_system_imports(administrator, ward):
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Token {token_of(administrator, Scope.READ_ROSTER)}")
    assert api.post("/api/v1/roster-imports/", {"file": csv_file([line(1)])}).status_code == 403
    api.credentials(HTTP_AUTHORIZATION=f"Token {token_of(administrator, Scope.FILE_ROSTER)}")
    made = api.post("/api/v1/roster-imports/", {"file": csv_file([line(1)])})
    assert (made.status_code, made.json()["counts"]["add"]) == (201, 1)
    assert api.post("/api/v1/roster-imports/", {"file": csv_file([line(1)])}).status_code == 200
    number = made.json()["number"]
    states = [
        api.post(f"/api/v1/roster-imports/{number}/{act}/").json()["state"]
        for act in ("apply", "undo")
    ]
    assert states == ["applied", "undone"]
