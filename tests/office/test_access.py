"""Who gets in where: every address, every role."""

from collections import Counter

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from agency.enums import Actor, Role
from agency.permissions import ACTS, USE_ADMIN
from agency.views.pages import ActPage
from tests.office.conftest import as_user, nothing_written
from tests.office.routes import ADMIN, DESK, PAGES, PORTAL, Route
from tests.office.world import World

pytestmark = pytest.mark.django_db

SEEN = {200, 204}
# A letter of text, the errors of a batch that has none, minutes of no meeting, an order and a
# decision to come.
ABSENT = {
    "agency_desk:letter_docx",
    "settlements_desk:batch_errors",
    "settlements_portal:batch_errors",
    "settlements_desk:statement_minutes",
    "settlements_desk:statement_order",
    "supervision_desk:decision",
    "supervision_portal:decision",
}
# What a form would lead to, drawn while it is filled in: nothing is done, so nothing can be stale.
PREVIEWS = {"institutions_portal:change_preview"}
ACT_PAGES = [
    each
    for each in PAGES
    if each.view_class and issubclass(each.view_class, ActPage) and each.name not in PREVIEWS
]


def act_of(route: Route):
    """The act that a page is for; a page without one is open to everybody, so there is none."""
    return ACTS[route.view_class.act.code]


def test_every_page_is_for_an_act():
    assert len(DESK) > 40 and len(PORTAL) > 15 and len(ADMIN) > 100
    for route in PAGES:
        assert act_of(route).roles, route


def test_every_address_has_a_name_of_its_own():
    """Of two pages of one name only the later could be linked to."""
    taken = Counter(route.name for route in PAGES)
    assert not [name for name, times in taken.items() if times > 1]


def test_agency_and_administration_share_no_act_but_looking():
    for act in ACTS.values():
        actors = {role.actor for role in act.roles}
        if not act.code.endswith(".view"):
            assert not {Actor.AGENCY, Actor.ADMINISTRATION} <= actors, act.code
    for route in ACT_PAGES:
        assert not act_of(route).code.endswith(".view"), route


def test_nobody_gets_in_without_logging_in(world):
    client = Client(raise_request_exception=False)
    for route in PAGES:
        url = route.url(world)
        for method in (client.get, client.post):
            with nothing_written():
                response = method(url)
            assert response.status_code == 302, (route, response.status_code)
            assert response["Location"].startswith(f"{reverse('agency:login')}?next=/"), route


@pytest.mark.parametrize("role", list(Role))
def test_pages_of_a_role(world: World, role: Role):
    client = as_user(world.person(role))
    for route in PAGES:
        response = client.get(route.url(world))
        if role in act_of(route).roles:
            seen = {404} if route.name in ABSENT else SEEN
            assert response.status_code in seen, (route, response.status_code)
        else:
            assert response.status_code == 403, (route, response.status_code)


@pytest.mark.parametrize("role", list(Role))
def test_acts_of_a_role(world: World, role: Role):
    """Sent without the stamp of a page looked at, an act of one's own is refused as stale (409);
    an act of others is forbidden. Neither writes anything.
    """
    client = as_user(world.person(role))
    roles = list(Role)
    for place, route in enumerate(ACT_PAGES):
        is_own = role in act_of(route).roles
        # Who may not look may not act: `test_pages_of_a_role` asks for every page and role, here
        # each page is tried by one role in turn.
        if not is_own and roles[place % len(roles)] != role:
            continue
        with nothing_written():
            response = client.post(route.url(world), {"stamp": "long.ago", "reason": "x"})
        expected = 409 if is_own else 403
        assert response.status_code == expected, (route, response.status_code)


@pytest.mark.parametrize("role", list(Role))
def test_acts_sent_without_what_they_ask_for(world: World, role: Role):
    """An act looked at and confirmed with an empty form is refused at the form, or done where it
    asks for nothing; it never fails.
    """
    client = as_user(world.person(role))
    for route in ACT_PAGES:
        if role not in act_of(route).roles:
            continue
        url = route.url(world)
        with transaction.atomic():
            response = client.post(url, {"stamp": client.get(url).context["stamp"]})
            transaction.set_rollback(True)
        assert response.status_code in {302, 400, 409}, (route, response.status_code)


def test_every_supervision_page(world: World):
    client = as_user(world.person(Role.SUPERVISOR))
    for route in ADMIN:
        response = client.get(admin_url(route, world))
        assert response.status_code in {200, 302, 403, 404, 405}, (route, response.status_code)


@pytest.mark.parametrize("role", sorted(USE_ADMIN.roles))
def test_supervision_pages_of_one(world: World, role: Role):
    client = as_user(world.person(role))
    assert client.get(reverse("admin:index")).status_code == 200
    for name, subject in ADMIN_SUBJECTS.items():
        url = reverse(f"admin:{name}_change", args=[getattr(world, subject).pk])
        assert client.get(url).status_code in readable(name, role), url
        assert client.get(reverse(f"admin:{name}_delete", args=[1])).status_code in {403, 404}


def readable(name: str, role: Role) -> set[int]:
    """The administration reads every matter; accounts are the system administrator's."""
    if role == Role.SYSTEM_ADMINISTRATOR:
        return {200} if name == "agency_user" else {200, 403}
    return {403} if name == "agency_user" else {200}


@pytest.mark.parametrize("role", [each for each in Role if each not in USE_ADMIN.roles])
def test_others_see_no_supervision_page(world: World, role: Role):
    client = as_user(world.person(role))
    for route in ADMIN if role in ONE_OF_EACH_SIDE else ADMIN[::12]:
        if route.name == "admin:login":
            continue
        response = client.get(admin_url(route, world))
        assert response.status_code in {302, 403, 404}, (route, response.status_code)
        if response.status_code == 302:
            assert "/login" in response["Location"] or route.name == "admin:logout", route


# The others are asked for every twelfth page only: the door is the same for all pages.
ONE_OF_EACH_SIDE = {Role.AGENCY_HEAD, Role.INSTITUTION_ADMINISTRATOR, Role.SOCIAL_SUPERVISOR}
ADMIN_SUBJECTS = {
    "agency_user": "member",
    "institutions_institution": "institution",
    "institutions_changerequest": "change",
    "agreements_agreement": "agreement",
    "settlements_claimbatch": "batch",
    "settlements_statement": "statement",
    "supervision_case": "case",
    "archives_record": "record",
}


def admin_url(route: Route, world: World) -> str:
    model = route.name.removeprefix("admin:").rpartition("_")[0]
    subject = getattr(world, ADMIN_SUBJECTS[model]).pk if model in ADMIN_SUBJECTS else 0
    names = {
        "object_id": subject,
        "content_type_id": 1,
        "app_label": "supervision",
        "url": "nonsense/",
    }
    given = [name for name in names if f"{name}>" in route.path]
    return reverse(route.name, kwargs={name: names[name] for name in given})
