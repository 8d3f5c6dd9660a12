"""Addresses and query strings that make no sense, and matters of others: never a 500, never a
trace of what is not one's own.
"""

import base64
import json
from uuid import UUID

import pytest
from django.contrib.admin import site
from django.urls import reverse

from agency.enums import Role
from agency.permissions import ACTS
from agency.views.pages import ActPage, KeysetList
from tests.office.conftest import as_user, nothing_written
from tests.office.routes import API, PAGES, PLACEHOLDER, PORTAL, ROUTES, Route, api_readers
from tests.office.world import World

pytestmark = pytest.mark.django_db

# A kind of deadline is nobody's: the stranger's list of it is empty.
OF_A_KIND = {"agency_portal:clock"}
OTHERS = [each for each in PORTAL if each.names_something and each.name not in OF_A_KIND]
LISTS = [each for each in ROUTES if each.view_class and issubclass(each.view_class, KeysetList)]
# The register and what is published, by the API's names.
OPEN_TO_ALL = {
    *("institution", "publicnotice", "procedure", "frequentquestion"),
    *("templateversion", "dissolvedentry"),
}


def cursor(*values) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode()


NONSENSE = [
    "garbage",
    "-1",
    "99999999999999999999999",
    "NaN",
    "'; DROP TABLE x; --",
    "\x00",
    "9999-99",
    "10000-01-01",
    "2026-02-30",
    "x" * 5000,
    "𝕏\ufffe\u202e",
    "null",
]
CURSORS = [
    "garbage",
    "=",
    "ä",
    cursor(None, None),
    cursor("x"),
    cursor({}, []),
    cursor("\x00", 1),
    cursor("2026-11-20", "x"),
    cursor("9" * 40, "9" * 40),
    cursor(10**30, 10**30),
    cursor("2026-11-20T00:00:00+08:00", 10**30),
    cursor("2026-11-20T00:00:00", 1),
    cursor("99999-01-01T00:00:00", 1),
    base64.urlsafe_b64encode(b"[1").decode(),
    base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    base64.urlsafe_b64encode(b"[" * 3000).decode(),
]


# --- what is another institution's ---------------------------------------------------------------


@pytest.mark.parametrize("route", OTHERS, ids=str)
def test_a_strangers_page_is_not_found(world: World, route: Route):
    client = as_user(world.stranger)
    url = route.url(world)
    for method in (client.get, client.post):
        with nothing_written():
            response = method(url, {"stamp": "filed.1"})
        is_act = issubclass(route.view_class, ActPage)
        refused = {404} if method is client.get or is_act else {404, 405}
        assert response.status_code in refused, (route, response.status_code)
        body = response.content.decode()
        assert not [secret for secret in world.secrets if secret in body]
        if response.status_code == 404:
            assert "请核对编号" in body


def test_a_strangers_lists_are_empty(world: World):
    client = as_user(world.stranger)
    for route in PORTAL:
        if route.names_something:
            continue
        response = client.get(route.url(world))
        assert not [secret for secret in world.secrets if secret in text_of(response)], route


def text_of(response) -> str:
    """Return what an answer says, a file sent in pieces included; of a workbook, what it may."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode(errors="ignore")


def test_a_strangers_resources_are_not_found(world: World):
    client = as_user(world.stranger)
    found = set()
    for route in API:
        base, _, kind = route.name.rpartition(":")[2].rpartition("-")
        if not route.path.endswith("/$") or base not in world.api_keys:
            continue
        if kind == "list":
            response = client.get(reverse(route.name))
            assert response.status_code in {200, 403}, route
            found.add(base)
            if base not in OPEN_TO_ALL:
                assert not response.json().get("results"), route
            continue
        if "(?P<" not in route.path:
            continue  # it names nobody's matter
        key = world.api_keys[base]
        ask = client.get if "get" in route.callback.actions else client.post
        response = ask(reverse(route.name, args=[key]))
        found.add(base)
        if base in OPEN_TO_ALL:
            # What is not public of it is not there; a draft is nobody's yet.
            drafted = base in {"procedure", "frequentquestion", "templateversion"}
            assert response.status_code in ({404} if drafted else {200, 400}), base
            assert world.institution.bank_account not in response.content.decode()
            continue
        assert response.status_code in {403, 404}, (route, response.status_code)
        assert response.headers["Content-Type"] == "application/problem+json", route
        body = response.content.decode()
        assert not [secret for secret in world.secrets if secret in body], route
    assert found == set(world.api_keys)


# --- nonsense -----------------------------------------------------------------------------------


def parameters(route: Route) -> list[str]:
    filterset = route.view_class.filterset_class
    names = list(filterset.base_filters) if filterset else []
    return [*names, "page", "on", "lang", "finding", "order"]


@pytest.mark.parametrize("route", LISTS, ids=str)
def test_a_list_asked_nonsense(world: World, route: Route):
    client = as_user(world.person(reader_of(route)))
    url = route.url(world) if route.area in {"desk", "portal"} else reverse(route.name)
    for after in CURSORS:
        response = client.get(url, {"after": after})
        assert response.status_code in {200, 404}, (after, response.status_code)
    for value in NONSENSE:
        response = client.get(url, dict.fromkeys(parameters(route), value))
        assert response.status_code == 200, value


def reader_of(route: Route) -> Role:
    """Somebody who may read the list; the public lists are read by an institution."""
    if route.area == "desk":
        return min(ACTS[route.view_class.act.code].roles)
    return Role.INSTITUTION_ADMINISTRATOR


def test_pages_of_one_asked_nonsense(world: World):
    staff, member = as_user(world.person(Role.AGENCY_HEAD)), as_user(world.member)
    public = [each for each in ROUTES if each.name.startswith(("institutions_public:", "agency:"))]
    for route in [*PAGES, *public]:
        client = member if route.area == "portal" else staff
        for value in ("garbage", "\x00", "10000-01-01"):
            query = dict.fromkeys(
                ["on", "after", "q", "format", "finding", "order", "rule", "start", "n", "next"],
                value,
            )
            response = client.get(public_url(route, world), query)
            assert response.status_code != 500, (route, value)


def public_url(route: Route, world: World) -> str:
    if route.area in {"desk", "portal"}:
        return route.url(world)
    if route.name == "institutions_public:detail":
        return reverse(route.name, args=[world.institution.code])
    made_up = {"int": 1, "uuid": UUID(int=0)}
    return reverse(route.name, args=[made_up.get(each, "x") for each in route.converters])


@pytest.mark.parametrize("value", ["x\x00y", "9" * 30, "..", "%", "x" * 500, "𝕏"])
def test_addresses_that_name_nothing(world: World, value: str):
    staff, member = as_user(world.person(Role.AGENCY_HEAD)), as_user(world.member)
    public = [each for each in ROUTES if each.name.startswith("institutions_public:")]
    for route in [*PAGES, *public]:
        for match in PLACEHOLDER.finditer(route.path):
            is_number = match[0].startswith("<int:")
            if is_number and not value.isdigit():
                continue
            url = "/" + spoilt(route, world, match[1], value)
            client = member if route.area == "portal" else staff
            response = client.get(url)
            assert response.status_code in {403, 404}, (url, response.status_code)


def spoilt(route: Route, world: World, place: str, value: str) -> str:
    """Return the path with one placeholder filled by nonsense, the others by what is there."""
    places = world.places

    def fill(match):
        if match[1] == place:
            return value.replace("%", "%25").replace("\x00", "%00")
        begin = route.path[: match.end()]
        within = begin.partition("/")[2] if route.area in {"desk", "portal"} else begin
        return str(places.get(within, 1))

    return PLACEHOLDER.sub(fill, route.path)


def test_supervision_lists_asked_nonsense(world: World):
    client = as_user(world.person(Role.SYSTEM_ADMINISTRATOR))
    for model in site._registry:
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        for query in (
            {"q": "\x00"},
            {"q": "garbage"},
            {"p": "99999"},
            {"p": "x"},
            {"o": "x.-y"},
            {"o": "99"},
            {"e": "1"},
            {"state__exact": "\x00"},
            {"nonsense__exact": "1"},
            {"id__exact": "x"},
        ):
            response = client.get(url, query)
            assert response.status_code in {200, 302, 400, 403, 404}, (url, query)


def test_api_lists_asked_nonsense(world: World):
    staff, member = as_user(world.person(Role.AGENCY_HEAD)), as_user(world.member)
    lists = [each for each in API if each.name.endswith(("-list", "-findings"))]
    assert len(lists) > 5
    for route in lists:
        if not route.path.endswith("/$"):
            continue
        client = staff if Role.AGENCY_HEAD in api_readers(route) else member
        args = [world.batch.pk] if route.name.endswith("-findings") else []
        filters = route.callback.cls.filterset_class
        for name in ["cursor", "page_size", "format", *(filters.base_filters if filters else ())]:
            values = [*NONSENSE[:3], "10000-01-01", "\x00"]
            for value in [*values, "cD0y", "cD0lMDA="] if name == "cursor" else values:
                response = client.get(reverse(route.name, args=args), {name: value})
                assert response.status_code in {200, 400, 404}, (route, name, value)
                if response.status_code != 200:
                    assert response.headers["Content-Type"] == "application/problem+json"
