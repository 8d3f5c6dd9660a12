"""The archives at the desk, in the admin and in the API."""

import json

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from agency.enums import Role
from agency.permissions import ADMINISTRATION_STAFF, AGENCY_STAFF
from archives.models import RecordCheck, RecordFile
from tests.agency.factories import user_with
from tests.archives.factories import closed_case, collect, dissolved_agreement, paid_statement
from tests.institutions.factories import member_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def records(office):
    closed_case(office)
    paid_statement(office)
    dissolved_agreement(office)
    return collect()


def as_user(client, user):
    client.force_login(user)
    return client


def desk(name, record=None, *more):
    return reverse(f"archives_desk:{name}", args=[record.number, *more] if record else [])


@pytest.mark.parametrize("role", list(Role))
def test_who_reads_the_archives(client, office, records, role):
    is_office = role in (*AGENCY_STAFF, *ADMINISTRATION_STAFF)
    user = user_with(role)
    as_user(client, user)
    row = records[0].files.first()
    expected = 200 if is_office else 403
    assert client.get(desk("list")).status_code == expected
    assert client.get(desk("detail", records[0])).status_code == expected
    assert client.get(desk("download", records[0], row.pk)).status_code == expected
    checks = 200 if role == Role.ARCHIVIST else 403
    assert client.get(desk("verify", records[0])).status_code == checks


def test_the_list_is_bounded(client, office, records, django_assert_max_num_queries):
    as_user(client, user_with(Role.ARCHIVIST))
    with django_assert_max_num_queries(9):
        page = client.get(desk("list"))
    assert len(page.context["object_list"]) == 3


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, 3),
        ({"q": "CASE-360400"}, 1),
        ({"q": "J001-ZY·2025-Y"}, 1),
        ({"q": "结算单"}, 1),
        ({"q": "没有这个"}, 0),
        ({"retention": "D30"}, 2),
        ({"year": "2025"}, 3),
        ({"year": "2024"}, 0),
        ({"category": "ZY"}, 3),
        ({"category": "WS"}, 0),
        ({"matter": "dissolution"}, 1),
    ],
)
def test_search_and_filters(client, office, records, query, found):
    as_user(client, user_with(Role.ARCHIVIST))
    assert len(client.get(desk("list"), query).context["object_list"]) == found


def test_the_page_of_each_record(client, office, records, django_assert_max_num_queries):
    as_user(client, user_with(Role.ARCHIVIST))
    for record in records:
        with django_assert_max_num_queries(15):
            page = client.get(record.get_absolute_url())
        assert page.status_code == 200
        assert record.number in page.content.decode()
        assert record.subject.get_absolute_url() in page.content.decode()


def test_a_file_is_handed_out_as_it_was_stored(client, office, records):
    as_user(client, user_with(Role.SUPERVISOR))
    row = records[0].files.get(role="facts")
    response = client.get(desk("download", records[0], row.pk))
    body = b"".join(response.streaming_content)
    assert "attachment" in response["Content-Disposition"]
    assert json.loads(body)["metadata"]["archive_number"] == records[0].number


def test_a_file_of_another_record_is_not_found(client, office, records):
    as_user(client, user_with(Role.ARCHIVIST))
    foreign = RecordFile.objects.filter(record=records[1]).first()
    assert client.get(desk("download", records[0], foreign.pk)).status_code == 404


def test_a_lost_file_is_not_found_and_no_failure(client, office, records):
    as_user(client, user_with(Role.ARCHIVIST))
    row = records[0].files.first()
    row.file.storage.delete(row.file.name)
    assert client.get(desk("download", records[0], row.pk)).status_code == 404


@pytest.mark.parametrize(("tamper", "word"), [(False, "一致"), (True, "不一致")])
def test_the_check_is_shown(client, office, records, tamper, word):
    as_user(client, user_with(Role.ARCHIVIST))
    record = records[0]
    if tamper:
        row = record.files.first()
        row.file.storage.delete(row.file.name)
    stamp = client.get(desk("verify", record)).context["stamp"]
    assert client.post(desk("verify", record), {"stamp": stamp}).status_code == 302
    page = client.get(record.get_absolute_url()).content.decode()
    assert f">{word}<" in page
    assert RecordCheck.objects.get().matches != tamper


@pytest.mark.parametrize("model", ["record", "recordfile", "recordcheck", "fonds"])
def test_the_admin_reads_and_never_writes(client, office, records, model):
    as_user(client, user_with(Role.SUPERVISOR))
    listed = client.get(reverse(f"admin:archives_{model}_changelist"), {"q": "J001"})
    assert listed.status_code == 200
    assert client.get(reverse(f"admin:archives_{model}_add")).status_code == 403


def test_the_admin_page_of_a_record(client, office, records):
    as_user(client, user_with(Role.SUPERVISOR))
    address = reverse("admin:archives_record_change", args=[records[0].pk])
    assert client.get(address).status_code == 200
    assert client.post(address, {"title": "x"}).status_code == 403
    gone = reverse("admin:archives_record_delete", args=[records[0].pk])
    assert client.post(gone, {"post": "yes"}).status_code == 403


def api(user=None) -> APIClient:
    client = APIClient()
    if user:
        client.force_authenticate(user)
    return client


def test_the_api_is_for_the_office(office, records, django_assert_max_num_queries):
    client = api(user_with(Role.ARCHIVIST))
    with django_assert_max_num_queries(4):
        listed = client.get("/api/v1/records/").json()["results"]
    assert {each["number"] for each in listed} == {each.number for each in records}
    one = client.get(f"/api/v1/records/{records[0].number}/").json()
    assert {each["name"] for each in one["files"]} == {"facts.json", "record.html"}
    assert (
        client.get("/api/v1/records/", {"retention": "Y"}).json()["results"][0]["retention"] == "Y"
    )
    assert api(member_of(office.institution)).get("/api/v1/records/").status_code == 403
    assert api().get("/api/v1/records/").status_code == 401
