"""Pages of packages under our policy in a real browser; seeds kept from test to test."""

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.test import Client

from agency.enums import Role
from tests.agency.factories import user_with


@pytest.mark.browser
def test_api_documentation_works_under_the_policy(live_server, page):
    page.goto("/api/docs/")

    page.wait_for_selector(".swagger-ui .info .title")


@pytest.mark.browser
def test_admin_works_under_the_policy(live_server, context, page):
    client = Client()
    client.force_login(user_with(Role.SUPERVISOR))
    context.add_cookies(
        [
            {
                "name": settings.SESSION_COOKIE_NAME,
                "value": client.cookies[settings.SESSION_COOKIE_NAME].value,
                "url": live_server.url,
            }
        ]
    )

    page.goto("/admin/supervision/case/")
    page.wait_for_load_state("networkidle")

    assert page.locator("html").get_attribute("lang") == "zh-hans"
    assert page.url.endswith("/admin/supervision/case/")


@pytest.mark.parametrize("turn", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_seeds_are_there_again_after_a_test_that_commits(turn):
    assert Group.objects.exists()
    assert Permission.objects.exists()
    Group.objects.all().delete()
