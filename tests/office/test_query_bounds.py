"""What a list costs does not grow with its rows: every list, of every app."""

from datetime import date

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agency.enums import Role
from agency.permissions import ACTS
from agency.views.pages import KeysetList
from tests.institutions.factories import InstitutionFactory
from tests.office.conftest import as_user
from tests.office.routes import API, PAGES, ROUTES, Route, api_readers
from tests.office.world import World
from tests.supervision import factories as cases

pytestmark = pytest.mark.django_db

LISTS = [each for each in ROUTES if each.view_class and issubclass(each.view_class, KeysetList)]
HOMES = [each for each in PAGES if each.name in {"agency_desk:home", "institutions_portal:home"}]
RESOURCES = [
    each for each in API if each.path.endswith("/$") and each.name.endswith(("-list", "-findings"))
]
# A page of a list; a home gathers queues of every app, a page of one shows more than its list, the
# board of renewals asks each of its columns about all agreements of the page.
BOUND = {
    "agency_desk:home": 33,
    "institutions_portal:home": 47,
    "agreements_desk:renewals": 27,
}
BOUND_OF_ONE = 18
BOUND_OF_LIST = 8


def cost(client, url: str) -> int:
    cache.clear()
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200, url
    return len(captured)


def reader(route: Route) -> Role:
    if route.area == "desk":
        roles = ACTS[route.view_class.act.code].roles
        return Role.AGENCY_HEAD if Role.AGENCY_HEAD in roles else min(roles)
    if route.area == "api" and Role.AGENCY_HEAD in api_readers(route):
        return Role.AGENCY_HEAD
    return Role.INSTITUTION_ADMINISTRATOR


def url_of(route: Route, world: World) -> str:
    if route.area in {"desk", "portal"}:
        return route.url(world)
    return reverse(route.name, args=[world.batch.pk] if route.name.endswith("-findings") else [])


def test_every_list_costs_the_same_for_one_matter_and_for_many(world: World):
    assert len(LISTS) > 15 and len(RESOURCES) > 5 and len(HOMES) == 2
    routes = [*LISTS, *HOMES, *RESOURCES]
    clients = {
        role: as_user(
            world.member if role == Role.INSTITUTION_ADMINISTRATOR else world.person(role)
        )
        for role in {reader(each) for each in routes}
    }
    # One that ends soon: of none the board of renewals asks nothing.
    cases.agreement_in_force(InstitutionFactory(), date(2026, 1, 1))
    before = {}
    for route in routes:
        client, url = clients[reader(route)], url_of(route, world)
        cost(client, url)  # what is kept between requests is kept now
        before[route.name] = cost(client, url)
    for number in range(4):
        World(seed=str(number + 1))
    world.grow()
    dear = {}
    for route in routes:
        after = cost(clients[reader(route)], url_of(route, world))
        of_one = route.names_something
        bound = BOUND.get(route.name, BOUND_OF_ONE if of_one else BOUND_OF_LIST)
        if after > before[route.name] or after > bound:
            dear[route.name] = (before[route.name], after)
    assert not dear
