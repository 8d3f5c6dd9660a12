"""A large file in a real browser: it breaks off, the page is left, and it goes on."""

import hashlib
from datetime import date

import pytest
from playwright.sync_api import Page, expect

from agency.enums import Evidence, ParameterUnit
from agency.models import Attachment, PolicyParameter
from institutions.models import ChangeRequest
from tests.institutions.factories import InstitutionFactory, member_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CONTENT = b"%PDF-1.7\n" + bytes(range(256)) * 12 * 1024
NEW = "/portal/changes/new/"
# The evidence of the whole filing goes up in pieces; that of one field comes with the form.
WHOLE = "[data-name=evidence] input[type=file]"


def log_in(page: Page, user) -> None:
    page.goto("/login/")
    page.fill("input[name=username]", user.username)
    page.fill("input[name=password]", "correct-horse-battery")
    page.click(".office-form button[type=submit]")
    page.wait_for_url("**/portal/**")


def test_a_large_file_breaks_off_goes_on_and_is_filed(page, problems, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.UPLOAD_PIECE_BYTES = 512 * 1024
    PolicyParameter.objects.create(
        key="attachment_form_mb",
        profile="NATIONAL",
        value=1,
        unit=ParameterUnit.MEGABYTES,
        evidence=Evidence.DESIGN,
        effective_from=date(2026, 1, 1),
    )
    file = tmp_path / "检查报告.pdf"
    file.write_bytes(CONTENT)
    log_in(page, member_of(InstitutionFactory()))
    problems.expected_statuses.add(503)
    sent = []

    def break_off(route):
        sent.append(route.request)
        if route.request.method == "PATCH" and len(sent) > 3:
            route.fulfill(status=503, json={"text": "稍后再试", "state": "open", "offset": 0})
        else:
            route.continue_()

    page.goto(NEW)
    page.route("**/uploads/**", break_off)
    page.set_input_files(WHOLE, file)
    item = page.locator(".files-item")
    expect(item.locator(".files-words")).to_have_text("稍后再试")
    page.unroute("**/uploads/**")
    page.reload()
    expect(item).to_have_count(1)
    expect(item.locator(".files-words")).to_contain_text("1.0 / 3.0 MB")
    page.set_input_files(WHOLE, file)
    expect(item).to_have_attribute("data-state", "finished")
    page.fill("[name=new_phone]", "0792-8221234")
    page.fill("[name=approved_phone]", "2026-01-05")
    page.click(".office-form button[type=submit]")
    page.wait_for_url("**/portal/changes/CHG-*/")
    kept = ChangeRequest.objects.get().evidence.get()
    assert kept.sha256 == hashlib.sha256(CONTENT).hexdigest()
    assert Attachment.objects.count() == 1
    page.click("text=检查报告.pdf")
    expect(page.locator("h1")).to_have_text("检查报告.pdf")
