"""The desk's one search field: numbers of every kind, names, and nothing that is not one's own."""

import pytest

from agency.enums import Role
from tests.office.conftest import as_user
from tests.office.world import World

pytestmark = pytest.mark.django_db


def kinds(page) -> set[str]:
    return {str(label) for label, _rows in page.context["kinds"]}


@pytest.mark.parametrize("name", ["change", "agreement", "batch", "statement", "case"])
def test_a_whole_number_opens_its_matter(world: World, name: str):
    matter = getattr(world, name)
    page = as_user(world.person(Role.AGENCY_HEAD)).get("/desk/find/", {"q": matter.number})
    assert page.status_code in (200, 302)
    if page.status_code == 302:
        assert page["Location"] == matter.get_absolute_url()
    else:
        assert matter.get_absolute_url() in page.content.decode()


def test_a_name_is_found_by_its_pinyin(world: World):
    page = as_user(world.person(Role.AGENCY_HEAD)).get("/desk/find/", {"q": "浔阳保密"})
    assert page.status_code == 302
    assert page["Location"] == world.institution.get_absolute_url()


def test_nothing_is_found_for_nothing(world: World):
    client = as_user(world.person(Role.AGENCY_HEAD))
    for text in ("", "  ", "\x00", "没有的", "x" * 500):
        page = client.get("/desk/find/", {"q": text})
        assert page.status_code == 200
        assert not page.context["kinds"]


def test_who_may_not_see_a_kind_does_not_find_it(world: World):
    assert as_user(world.member).get("/desk/find/", {"q": "浔阳"}).status_code == 403
    page = as_user(world.person(Role.SYSTEM_ADMINISTRATOR)).get(
        "/desk/find/", {"q": world.case.number}
    )
    assert page.status_code in (200, 302, 403)
