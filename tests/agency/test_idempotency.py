"""A request repeated with its key is answered as before, and nothing is done twice."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from agency.enums import Scope
from agency.models import IdempotentRequest
from agency.services.idempotency import forget_requests
from institutions.models import ChangeRequest
from tests.institutions.factories import InstitutionFactory, member_of, token_of

URL = "/api/v1/changes/"


def body(name: str = "新名医院") -> dict:
    return {"changes": [{"field": "name", "value": name, "approved_on": "2026-11-02"}]}


def api(member) -> Client:
    return Client(headers={"Authorization": f"Token {token_of(member)}"})


def post(client: Client, key: str | None, data: dict, url: str = URL):
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post(url, data, content_type="application/json", headers=headers)


@pytest.fixture
def member():
    return member_of(InstitutionFactory(name="旧名医院"))


@pytest.mark.django_db
def test_the_same_request_is_answered_as_before(member):
    client = api(member)
    first, again = post(client, "k1", body()), post(client, "k1", body())
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert "Idempotency-Replayed" not in first
    assert again["Idempotency-Replayed"] == "true"
    assert ChangeRequest.objects.count() == 1


@pytest.mark.django_db
def test_the_order_of_the_fields_does_not_matter(member):
    client = api(member)
    data = {"explanation": "x", **body()}
    first = post(client, "k1", data)
    again = post(client, "k1", dict(reversed(data.items())))
    assert again.json()["number"] == first.json()["number"]


@pytest.mark.django_db
def test_the_same_key_for_another_request_is_refused(member):
    client = api(member)
    post(client, "k1", body())
    other = post(client, "k1", body("别名医院"))
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    elsewhere = post(client, "k1", {"valid_to": "2026-01-01"}, "/api/v1/law/B-15/")
    assert elsewhere.status_code == 422
    assert ChangeRequest.objects.count() == 1


@pytest.mark.django_db
def test_a_key_belongs_to_its_owner(member):
    stranger = member_of(InstitutionFactory(name="别的医院"))
    assert post(api(member), "k1", body()).status_code == 201
    assert post(api(stranger), "k1", body()).status_code == 201
    assert ChangeRequest.objects.count() == 2


@pytest.mark.django_db
def test_what_was_refused_may_be_asked_again_with_the_same_key(member):
    client = api(member)
    assert post(client, "k1", {"changes": []}).status_code == 400
    assert post(client, "k1", body("旧名医院")).status_code == 409
    assert not IdempotentRequest.objects.exists()
    assert post(client, "k1", body()).status_code == 201


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", " ", "x" * 201, "钥匙", "a\tb"])
def test_a_key_is_a_short_plain_text(member, key):
    answer = api(member).post(
        URL,
        body(),
        content_type="application/json",
        HTTP_IDEMPOTENCY_KEY=key,
    )
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_invalid")
    assert not ChangeRequest.objects.exists()


@pytest.mark.django_db
def test_claims_are_not_taken_without_a_key(member):
    answer = api(member).post("/api/v1/claim-batches/", {})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")


@pytest.mark.django_db
def test_old_keys_are_forgotten(member, settings):
    settings.IDEMPOTENCY_HOURS = 48
    client = api(member)
    post(client, "k1", body())
    now = timezone.now()
    assert forget_requests(at=now + timedelta(hours=47)) == 0
    assert forget_requests(at=now + timedelta(hours=49)) == 1
    assert not IdempotentRequest.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_at_once_one_is_done_and_both_are_answered():
    member = member_of(InstitutionFactory(name="旧名医院"))
    text = token_of(member, Scope.FILE_CHANGES)
    gate = threading.Barrier(4)
    answers = []

    def ask() -> None:
        client = Client(headers={"Authorization": f"Token {text}"})
        gate.wait()
        try:
            answers.append(post(client, "k1", body()))
        finally:
            connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [each.status_code for each in answers] == [201] * 4
    assert len({each.json()["number"] for each in answers}) == 1
    assert sum("Idempotency-Replayed" in each for each in answers) == 3
    assert ChangeRequest.objects.count() == 1
