"""What every answer of the API keeps to: rates, ETags, problems, pages by key."""

import inspect

import pytest
from django.core.cache import cache
from django.test import Client, override_settings
from django.urls import get_resolver
from rest_framework.permissions import AllowAny

from agency.api import ActPermission, OfficePagination
from agency.enums import Role
from agency.models import IdempotentRequest
from config.api import KEY_REQUIRED, MATCHED
from institutions.models import ChangeRequest
from tests.agency.factories import user_with
from tests.institutions.factories import InstitutionFactory, member_of, token_of

pytestmark = pytest.mark.django_db

REGISTER = "/api/v1/institutions/"
CHANGES = "/api/v1/changes/"


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def member():
    return member_of(InstitutionFactory(name="旧名医院"))


@pytest.fixture
def api(member):
    return Client(headers={"Authorization": f"Token {token_of(member)}"})


def problem(answer, status: int, code: str) -> dict:
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == code
    return answer.json()


# --- rates ----------------------------------------------------------------------------------------


def test_each_answer_tells_how_many_requests_are_left(api):
    with override_settings(API_RATES={"token": 3, "user": 1, "anonymous": 9}):
        first, second, third, fourth = (api.get(REGISTER) for _each in range(4))
    assert [each["RateLimit-Remaining"] for each in (first, second, third)] == ["2", "1", "0"]
    assert first["RateLimit-Limit"] == "3"
    problem(fourth, 429, "throttled")
    assert 1 <= int(fourth["Retry-After"]) <= 61
    assert fourth["RateLimit-Remaining"] == "0"


def test_each_token_and_each_person_is_counted_apart(member, api):
    other = Client(headers={"Authorization": f"Token {token_of(member)}"})
    person = Client()
    person.force_login(member)
    with override_settings(API_RATES={"token": 1, "user": 1, "anonymous": 9}):
        assert [each.get(REGISTER).status_code for each in (api, other, person)] == [200] * 3
        assert [each.get(REGISTER).status_code for each in (api, other, person)] == [429] * 3


def test_who_guesses_at_tokens_is_made_to_wait():
    guesser = Client(headers={"Authorization": "Token 12345678.x"})
    with override_settings(API_RATES={"token": 9, "user": 9, "anonymous": 2}):
        assert [guesser.get(REGISTER).status_code for _each in range(2)] == [401] * 2
        answer = guesser.get(REGISTER)
        problem(answer, 429, "throttled")
        assert int(answer["Retry-After"]) >= 1
        assert Client().get("/").status_code == 200


# --- ETags ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("detail", [False, True])
def test_what_has_not_changed_is_not_sent_again(member, api, detail):
    institution = member.membership.institution
    url = f"{REGISTER}{institution.code}/" if detail else REGISTER
    first = api.get(url)
    etag = first["ETag"]
    assert etag.startswith('"')
    assert first["Cache-Control"] == "private, no-cache"
    again = api.get(url, headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == etag
    assert "RateLimit-Limit" in again
    assert api.get(url, headers={"If-None-Match": '"other"'}).status_code == 200
    InstitutionFactory()
    type(institution).objects.filter(pk=institution.pk).update(name="新名医院")
    changed = api.get(url, headers={"If-None-Match": etag})
    assert changed.status_code == 200
    assert changed["ETag"] != etag


def filed(api) -> str:
    body = {"changes": [{"field": "name", "value": "新名医院", "approved_on": "2026-11-02"}]}
    answer = api.post(CHANGES, body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    return answer.json()["number"]


def test_what_has_changed_is_not_changed_unseen(api):
    url = f"{CHANGES}{filed(api)}/"
    seen = api.get(url)["ETag"]
    stale = api.post(f"{url}withdraw/", headers={"If-Match": '"stale"'})
    problem(stale, 412, "precondition_failed")
    weak = api.post(f"{url}withdraw/", headers={"If-Match": f"W/{seen}"})
    problem(weak, 412, "precondition_failed")
    assert ChangeRequest.objects.get().state == "filed"
    done = api.post(f"{url}withdraw/", headers={"If-Match": f'"x", {seen}'})
    assert (done.status_code, done.json()["state"]) == (200, "withdrawn")
    problem(api.post(f"{url}withdraw/", headers={"If-Match": seen}), 412, "precondition_failed")
    problem(api.post(f"{url}withdraw/", headers={"If-Match": "*"}), 409, "refused")


# --- one shape of error ---------------------------------------------------------------------------


def test_whatever_goes_wrong_is_a_problem(api):
    problem(api.get("/api/v1/nowhere/"), 404, "not_found")
    problem(api.get("/api/nowhere/"), 404, "not_found")
    refused = api.put(REGISTER)
    problem(refused, 405, "method_not_allowed")
    assert "GET" in refused["Allow"]
    yaml = api.post("/api/v1/law/B-04/", "a: b", content_type="text/yaml")
    problem(yaml, 415, "unsupported_media_type")
    with override_settings(UPLOAD_MAX_BYTES=10):
        for url in ("/api/v1/claim-batches/", "/api/schema/", "/api/docs/"):
            long = api.post(url, {"x": "y" * 100})
            problem(long, 413, "too_large")


def test_a_change_that_cannot_be_filed_tells_the_field_or_every_obstacle(api):
    body = {"changes": [{"field": "height", "value": "", "approved_on": "x"}]}
    answer = problem(api.post(CHANGES, body, content_type="application/json"), 400, "invalid")
    assert set(answer["fields"]["changes"]["0"]) == {"field", "value", "approved_on"}
    same = {"changes": [{"field": "name", "value": "旧名医院", "approved_on": "2026-11-02"}]}
    refused = problem(api.post(CHANGES, same, content_type="application/json"), 409, "refused")
    assert [each["code"] for each in refused["obstacles"]] == ["value_unchanged"]


def test_a_foreign_filing_is_not_found(api):
    number = filed(api)
    stranger = member_of(InstitutionFactory())
    other = Client(headers={"Authorization": f"Token {token_of(stranger)}"})
    problem(other.get(f"{CHANGES}{number}/"), 404, "not_found")
    problem(other.post(f"{CHANGES}{number}/withdraw/"), 404, "not_found")
    clerk = Client()
    clerk.force_login(user_with(Role.INTAKE_CLERK))
    problem(clerk.post(f"{CHANGES}{number}/withdraw/"), 403, "permission_denied")


# --- every view -----------------------------------------------------------------------------------


def api_views() -> dict[str, type]:
    """Return every view class behind /api/v1/, by route."""
    found = {}
    stack = [("", get_resolver().url_patterns)]
    while stack:
        prefix, patterns = stack.pop()
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if hasattr(pattern, "url_patterns"):
                stack.append((route, pattern.url_patterns))
            elif route.startswith("api/v1/"):
                callback = pattern.callback
                found[route] = getattr(callback, "cls", None) or callback.view_class
    return found


# What anybody reads or files, as on the public pages.
FOR_ANYBODY = {
    r"api/v1/^dissolved-agreements/$",
    r"api/v1/^dissolved-agreements/(?P<pk>[^/.]+)/$",
    r"api/v1/^public-notices/$",
    r"api/v1/^public-notices/(?P<pk>[^/.]+)/$",
    r"api/v1/^public-notices/(?P<pk>[^/.]+)/objections/$",
    "api/v1/service-figures/",
    "api/v1/status/",
}


def test_every_view_has_an_act_a_throttle_and_pages_by_key():
    views = api_views()
    assert len(views) > 30
    assert set(views) >= FOR_ANYBODY
    for route, view in views.items():
        wanted = [AllowAny] if route in FOR_ANYBODY else [ActPermission]
        assert view.permission_classes == wanted, route
        assert view.throttle_classes, route
        pagination = getattr(view, "pagination_class", None)
        assert pagination is None or issubclass(pagination, OfficePagination), route


def test_every_post_honours_the_key_and_the_description_says_so(api):
    handlers = {}
    for route, view in api_views().items():
        for name in ("create", "post", "withdraw"):
            handler = inspect.getattr_static(view, name, None)
            if handler is not None and inspect.isfunction(handler):
                handlers[route, name] = handler
    assert handlers
    for key, handler in handlers.items():
        assert getattr(handler, "idempotency_key", None), key
    required = {
        f"/{route.replace('^', '').replace('$', '')}"
        for (route, _name), handler in handlers.items()
        if handler.idempotency_key == "required"
    }
    assert {url.rstrip("/") for url in KEY_REQUIRED} <= {url.rstrip("/") for url in required}
    schema = api.get("/api/schema/?format=json").json()
    for url, operations in schema["paths"].items():
        names = {
            method: {each["name"] for each in operation.get("parameters", [])}
            for method, operation in operations.items()
        }
        if "post" in names:
            assert "Idempotency-Key" in names["post"], url
            assert ("If-Match" in names["post"]) == (url in MATCHED), url
        assert "If-None-Match" in names.get("get", {"If-None-Match"}), url


def test_the_law_is_asked_again_with_the_same_key(api):
    ask = {"valid_to": "2025-12-31"}
    for _each in range(2):
        answer = api.post(
            "/api/v1/law/B-15/",
            ask,
            content_type="application/json",
            headers={"Idempotency-Key": "1"},
        )
        assert answer.json()["apply_by"] == "2025-09-30"
    assert IdempotentRequest.objects.count() == 1
