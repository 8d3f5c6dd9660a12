"""The API keeps to its own description, whoever asks whatever, and has one shape of error."""

import json

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.middleware.csrf import _get_new_csrf_string
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from agency.enums import Role
from config.wsgi import application
from tests.institutions.factories import token_of
from tests.office.conftest import as_user
from tests.office.world import World

pytestmark = pytest.mark.django_db

CONFORMS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
# What anybody may ask or file without an account.
OPEN_TO_ALL = {
    "GET /api/v1/status/",
    "GET /api/v1/public-notices/",
    "GET /api/v1/public-notices/{id}/",
    "POST /api/v1/public-notices/{id}/objections/",
    "GET /api/v1/service-figures/",
    "GET /api/v1/dissolved-agreements/",
    "GET /api/v1/dissolved-agreements/{id}/",
    "POST /api/v1/service-matters/",
}
EXAMPLES = {"staff": 5, "institution": 3, "nobody": 1}


@pytest.fixture
def one_connection():
    """Requests of the whole application stay in the test's transaction, as those of a test client
    do.
    """
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_the_schema_is_valid_and_free_of_warnings(tmp_path):
    call_command("spectacular", validate=True, fail_on_warn=True, file=str(tmp_path / "schema.yml"))


def headers_of(world: World, reader: str) -> dict[str, str]:
    if reader == "nobody":
        return {}
    if reader == "institution":
        return {"Authorization": f"Token {token_of(world.member)}"}
    session = as_user(world.person(Role.AGENCY_HEAD)).cookies["sessionid"].value
    # A browser's session, with the proof that the request comes from a page of ours.
    token = _get_new_csrf_string()
    return {"Cookie": f"sessionid={session}; csrftoken={token}", "X-CSRFToken": token}


def ask_everything(operation, reader: str, headers: dict[str, str]) -> None:
    @settings(
        max_examples=EXAMPLES[reader],
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case):
        response = case.call(headers=headers)
        if reader == "nobody" and operation.label not in OPEN_TO_ALL:
            assert response.status_code == 401
        case.validate_response(response, checks=CONFORMS)

    ask()


@pytest.mark.parametrize("reader", list(EXAMPLES))
def test_whatever_is_asked_is_answered_as_described(world: World, one_connection, reader: str):
    headers = headers_of(world, reader)
    schema = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application)
    operations = [result.ok() for result in schema.get_all_operations()]
    assert len(operations) > 20
    for operation in operations:
        ask_everything(operation, reader, headers)


# --- one shape of error ---------------------------------------------------------------------------


def problem(response, status: int, code: str) -> dict:
    assert response.status_code == status, response.content
    assert response.headers["Content-Type"] == "application/problem+json"
    body = json.loads(response.content)
    assert (body["status"], body["code"]) == (status, code)
    assert body["title"] and body["detail"]
    return body


@pytest.mark.parametrize(
    ("method", "url", "status", "code"),
    [
        ("get", "/api/v1/nonsense/", 404, "not_found"),
        ("get", "/api/v1/agreements/0/", 404, "not_found"),
        ("get", "/api/v1/agreements/nonsense/", 404, "not_found"),
        ("get", "/api/v1/statements/%00/", 404, "not_found"),
        ("get", "/api/v1/agreements/?cursor=garbage", 404, "not_found"),
        ("get", "/api/v1/agreements/?state=garbage", 400, "invalid"),
        ("delete", "/api/v1/agreements/", 405, "method_not_allowed"),
        ("put", "/api/v1/law/T-02/", 405, "method_not_allowed"),
    ],
)
def test_errors_have_one_shape(world: World, method, url, status, code):
    problem(getattr(as_user(world.person(Role.AGENCY_HEAD)), method)(url), status, code)


def test_a_body_of_another_kind_or_none_at_all(world: World):
    client = as_user(world.member)
    law = "/api/v1/law/T-02/"
    problem(client.post(law, "a: b", content_type="text/yaml"), 415, "unsupported_media_type")
    problem(client.post(law, "{", content_type="application/json"), 400, "parse_error")
    problem(client.post(law, b"\xff", content_type="application/json"), 400, "parse_error")
    for body in ("[]", "null", "1", '"x"', "{}", '{"start": []}', '{"start": "\\u0000"}'):
        problem(client.post(law, body, content_type="application/json"), 400, "invalid")
    batches = "/api/v1/claim-batches/"
    key = {"Idempotency-Key": "1"}
    yaml = client.post(batches, "{}", "application/json", headers=key)
    problem(yaml, 415, "unsupported_media_type")
    problem(client.post(batches, headers=key), 400, "invalid")
    problem(client.post(batches), 400, "idempotency_key_missing")
    problem(Client().get(batches), 401, "not_authenticated")
    problem(Client().get(batches, headers={"Authorization": "Token x"}), 401, "token_unknown")
    problem(as_user(world.person(Role.ARCHIVIST)).post(batches), 403, "permission_denied")


def test_problems_speak_the_language_asked_for(world: World):
    client = as_user(world.member)
    chinese = client.get("/api/v1/nonsense/").json()["detail"]
    client.cookies["django_language"] = "en"
    assert client.get("/api/v1/nonsense/").json()["detail"] != chinese
