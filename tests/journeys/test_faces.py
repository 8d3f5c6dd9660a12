"""How the office looks from outside: register, languages, narrow windows, refusals."""

import pytest

from agreements.models import Agreement
from settlements.models import ClaimBatch, Statement
from supervision.models import Case

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PHONE = {"width": 390, "height": 844}
LONGEST = "H36040400003"


def test_register_works_without_javascript_on_a_phone(office):
    page = office.window(java_script_enabled=False, viewport=PHONE)
    page.goto("/")
    page.fill("input[name=q]", "仁和")
    page.click("form[role=search] button")
    assert page.locator("main li").count() == 1
    page.click("text=浔阳仁和医院(演示)")
    assert "H36040300002" in page.inner_text("main")
    # The state of another day, by a plain form.
    page.fill("input[name=on]", "2020-01-01")
    page.click("form.filters button")
    assert "on=2020-01-01" in page.url

    page.goto("/?q=没有这样的医院")
    assert page.locator("main li").count() == 0
    page.goto(f"/institutions/{LONGEST}/")
    assert overflow(page) <= 0


def test_language_is_switched_and_stays(office):
    page = office.as_("reviewer")
    assert page.get_attribute("html", "lang") == "zh-hans"
    chinese = page.inner_text("h1")
    page.click("form.language button")
    page.wait_for_load_state()
    assert page.get_attribute("html", "lang") == "en"
    assert page.inner_text("h1") != chinese
    for path in ("/desk/claims/", "/desk/statements/", "/desk/agreements/"):
        page.goto(path)
        assert page.get_attribute("html", "lang") == "en"
    page.click("form.language button")
    page.wait_for_load_state()
    assert page.get_attribute("html", "lang") == "zh-hans"


def overflow(page):
    """Return by how many pixels the page is wider than its window."""
    return page.evaluate("document.documentElement.scrollWidth - window.innerWidth")


def pages_of(username):
    agreement = Agreement.objects.filter(institution__code="H36040300002").latest("pk")
    batch = ClaimBatch.objects.filter(institution__code="H36040300002", state="reviewed").latest(
        "pk"
    )
    statement = Statement.objects.get(batch=batch)
    case = Case.objects.get(institution__code="H36040300002")
    return {
        "": ["/", f"/institutions/{LONGEST}/", "/login/"],
        "head": [
            "/desk/",
            "/desk/institutions/",
            "/desk/changes/",
            "/desk/agreements/",
            f"/desk/agreements/{agreement.pk}/",
            "/desk/agreements/requests/",
            "/desk/claims/",
            f"/desk/claims/{batch.number}/",
            "/desk/statements/",
            f"/desk/statements/{statement.number}/",
            "/desk/cases/",
            f"/desk/cases/{case.number}/",
            "/desk/records/",
            "/account/notices/",
        ],
        "hospital": [
            "/portal/",
            "/portal/institution/",
            "/portal/changes/new/",
            f"/portal/agreements/{agreement.pk}/",
            "/portal/claims/",
            "/portal/claims/new/",
            f"/portal/claims/{batch.number}/",
            f"/portal/statements/{statement.number}/",
            f"/portal/cases/{case.number}/",
        ],
    }[username]


@pytest.mark.parametrize("username", ["", "head", "hospital"])
def test_main_pages_fit_a_narrow_window(office, username):
    page = office.as_(username, viewport=PHONE) if username else office.window(viewport=PHONE)
    too_wide = []
    for path in pages_of(username):
        page.goto(path)
        if overflow(page) > 0:
            too_wide.append(f"{path}: {overflow(page)} px")
    assert too_wide == []


def test_refusals_are_pages_that_say_what_to_do(office, problems):
    problems.expected_statuses |= {403, 404}
    hospital = office.as_("hospital")
    foreign = ClaimBatch.objects.filter(institution__code="H36040300003").latest("pk")
    for path, status in (
        (f"/portal/claims/{foreign.number}/", 404),
        ("/portal/no-such-page/", 404),
        ("/desk/claims/", 403),
    ):
        response = hospital.goto(path)
        assert response.status == status, path
        assert hospital.get_attribute("html", "lang") == "zh-hans"
        assert hospital.locator("main h1").count() == 1
        assert foreign.institution.name not in hospital.content()
        # There is a way back.
        assert hospital.locator("a[href]").count() > 0

    # An ended session leads to the log-in, and back to where one was.
    hospital.context.clear_cookies()
    hospital.goto("/portal/claims/")
    assert "/login/?next=/portal/claims/" in hospital.url
