"""Every matter has a receipt at once: its pages show it, and the public page finds it."""

import pytest
from django.core.cache import cache
from django.test import Client

from agency.enums import Role
from agency.receipts import RECEIPT_KINDS, check_code, status_url
from tests.office.conftest import as_user
from tests.office.world import World

pytestmark = pytest.mark.django_db

# Kinds of which the world has a matter.
IN_THE_WORLD = {"APP", "BND", "CHG", "REQ"}
# A stranger's matter, shown in the portal to those who are asked about it: the code is not theirs.
OF_OTHERS = {"OBJ", "REG"}


def test_every_matter_shows_its_receipt_and_is_found_by_it(world: World):
    cache.clear()
    staff = [as_user(world.person(role)) for role in (Role.INTAKE_CLERK, Role.AGENCY_HEAD)]
    member = as_user(world.member)
    seen = set()
    for kind in RECEIPT_KINDS.values():
        received = {f"{kind.received}__isnull": False}
        for row in kind.model._default_manager.filter(**received)[:3]:
            number = kind.number_of(row)
            assert number.startswith(f"{kind.code}-"), number
            pages = [client.get(kind.url(row)) for client in staff]
            if kind.portal_url is not None and kind.code not in OF_OTHERS:
                pages.append(member.get(kind.portal_url(row)))
            shown = [page for page in pages if page.status_code == 200]
            assert shown, number
            for page in shown:
                text = page.content.decode()
                assert number in text, (number, page.request["PATH_INFO"])
                assert check_code(number) in text, (number, page.request["PATH_INFO"])
            status = Client().get(status_url(number))
            assert status.status_code == 200, number
            assert status.context["status"].number == number
            assert world.institution.name not in status.content.decode()
            seen.add(kind.code)
    assert seen >= IN_THE_WORLD
