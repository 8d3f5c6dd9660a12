"""From the upload in the portal to the bank reference, each step by the person it belongs to."""

import re

import pytest
from django.utils import timezone

from demo.claims import generate
from demo.claims.batch import previous_month
from demo.knowledge import in_use
from settlements.enums import StatementState
from settlements.models import ClaimBatch, Statement
from tests.journeys.conftest import confirm

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
HOSPITAL = "H36040300002"


def claim_files(today):
    files = generate(
        institution=HOSPITAL,
        hosp_lv="05",
        month=previous_month(today, 6),
        lines=600,
        knowledge=in_use(today),
        tag="j",
    )
    uploads = [
        {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": content}
        for name, content in (("setl_d", files.settlements), ("fee_list_d", files.lines))
    ]
    return files, uploads


def test_batch_goes_from_the_upload_to_the_bank_reference(office, worker):
    today = timezone.localdate()
    files, (settlements, lines) = claim_files(today)

    hospital = office.as_("hospital")
    hospital.goto("/portal/claims/new/")
    hospital.set_input_files("input[name=settlements]", settlements)
    hospital.set_input_files("input[name=lines]", lines)
    hospital.click("form.office-form button[type=submit]")
    hospital.wait_for_url(re.compile(r"/portal/claims/B\d{4}-\d+/$"))
    # The page follows the worker by itself until the review is done.
    hospital.wait_for_selector("#checks", timeout=60_000)
    number = hospital.url.rstrip("/").rpartition("/")[2]
    batch = ClaimBatch.objects.get(number=number)
    assert batch.line_count == 600
    assert batch.findings.count() == len(files.answers)

    reviewer = office.as_("reviewer")
    reviewer.goto(f"/desk/claims/{number}/")
    undecided = reviewer.locator("a[href*='/checks/']")
    for _ in range(undecided.count()):
        undecided.first.click()
        reviewer.check("input[name=verdict][value=confirmed]")
        reviewer.fill("textarea[name=reason]", "与病历核对属实")
        confirm(reviewer)
        reviewer.goto(f"/desk/claims/{number}/")
    assert not batch.findings.undecided().exists()
    statement = Statement.objects.get(batch=batch)
    reviewer.locator(f"main a[href='/desk/statements/{statement.number}/']").first.click()
    reviewer.wait_for_url(f"**/desk/statements/{statement.number}/")

    for username, act in (
        ("reviewer", "audit"),
        ("settlement", "approve"),
        ("audit", "verify"),
        ("payment", "issue-order"),
    ):
        page = reviewer if username == "reviewer" else office.as_(username)
        page.goto(f"/desk/statements/{statement.number}/")
        # The next act is the button of the page, not an address one has to know.
        page.click(f".acts a[href$='/{act}/']")
        confirm(page)

    page.goto(f"/desk/statements/{statement.number}/")
    page.click(".acts a[href$='/pay/']")
    page.fill("input[name=bank_reference]", "YH-JOURNEY-1")
    page.fill("input[name=paid_on]", str(today))
    confirm(page)
    statement = Statement.objects.get(pk=statement.pk)
    assert statement.state == StatementState.PAID
    assert statement.deducted > 0

    hospital.goto(f"/portal/statements/{statement.number}/")
    assert "YH-JOURNEY-1" in hospital.inner_text("main")
    # And nobody can pay it again: no act is left.
    page.goto(f"/desk/statements/{statement.number}/")
    assert page.locator(".acts a[href$='/pay/']").count() == 0


def test_broken_files_come_back_with_every_error(office, worker):
    files, (settlements, lines) = claim_files(timezone.localdate())
    rows = files.lines.decode().splitlines(keepends=True)
    rows[5] = rows[5].replace(":", "点", 1)
    lines["buffer"] = "".join(rows).encode("gb18030")

    hospital = office.as_("hospital")
    hospital.goto("/portal/claims/new/")
    hospital.set_input_files("input[name=settlements]", settlements)
    hospital.set_input_files("input[name=lines]", lines)
    hospital.click("form.office-form button[type=submit]")
    hospital.wait_for_url(re.compile(r"/portal/claims/B\d{4}-\d+/$"))

    hospital.wait_for_selector("a[href$='/errors.csv']", timeout=60_000)
    number = hospital.url.rstrip("/").rpartition("/")[2]
    batch = ClaimBatch.objects.get(number=number)
    assert batch.state == "rejected"
    assert batch.shelf_id is None
    with hospital.expect_download() as report:
        hospital.click("a[href$='/errors.csv']")
    text = report.value.path().read_text("utf-8-sig")
    assert "fee_ocur_time" in text
    assert files.lines.decode().splitlines()[5].split(",")[5][:10] in text
