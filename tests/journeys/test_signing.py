"""An agreement from its draft to the verified document: the officer draws it up, the institution
counters a clause, the agency accepts, both sign, and anybody who holds the file can check it.
"""

from pathlib import Path

import pytest

from agreements.enums.life import AgreementState
from agreements.enums.texts import ProposalState, TextState
from agreements.models import Agreement, AgreementText, ClauseProposal
from tests.journeys.conftest import confirm

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
PHONE = {"width": 390, "height": 844}
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
WORDING = "结算资料保存期限按国家规定执行,电子资料同等有效。"


def act(page, path: str) -> None:
    page.click(f".acts a[href$='{path}']")


def test_from_a_draft_to_the_verified_document(office, tmp_path):
    of_hospital = {"institution__memberships__user__username": "hospital_xiushui"}
    running = Agreement.objects.running().get(**of_hospital)
    officer, hospital = office.as_("agreement"), office.as_("hospital_xiushui", viewport=PHONE)
    officer.goto(f"/desk/agreements/{running.pk}/")
    act(officer, "/renew/")
    confirm(officer)
    draft = Agreement.objects.get(renewal_of=running)
    text = AgreementText.objects.get(agreement=draft)
    officer.goto(f"/desk/agreements/texts/{text.pk}/")
    act(officer, "/send/")
    confirm(officer)

    clause = text.clauses.order_by("position").last()
    page = f"/portal/agreements/texts/{text.pk}/"
    hospital.goto(page)
    assert hospital.evaluate(WIDE) <= 0
    hospital.click(f"#clause-{clause.pk} a[href$='/propose/']")
    hospital.fill("textarea[name=body]", WORDING)
    hospital.fill("textarea[name=reason]", "我院已实行电子归档")
    confirm(hospital)
    proposal = ClauseProposal.objects.get(clause=clause)

    officer.goto(f"/desk/agreements/texts/{text.pk}/")
    assert "我院已实行电子归档" in officer.inner_text(f"#clause-{clause.pk}")
    officer.click(f"#clause-{clause.pk} a[href$='/accept/']")
    confirm(officer)
    proposal.refresh_from_db()
    clause.refresh_from_db()
    assert (proposal.state, clause.body) == (ProposalState.ACCEPTED, WORDING)
    act(officer, "/agree/")
    confirm(officer)
    hospital.goto(page)
    act(hospital, "/agree/")
    confirm(hospital)
    assert AgreementText.objects.get(pk=text.pk).state == TextState.AGREED

    act(hospital, "/sign/")
    hospital.check("input[name=confirmed]")
    confirm(hospital)
    assert hospital.locator("#signatures + p").count() == 1
    head = office.as_("head")
    head.goto(f"/desk/agreements/{draft.pk}/")
    act(head, "/sign/")
    confirm(head)
    draft.refresh_from_db()
    text.refresh_from_db()
    assert (draft.state, text.state) == (AgreementState.SIGNED, TextState.SIGNED)

    hospital.goto(page)
    with hospital.expect_download() as download:
        hospital.click("a[href$='/document/']")
    file = Path(tmp_path, "signed.pdf")
    download.value.save_as(file)
    verify(hospital, file)
    assert "真实" in hospital.inner_text("#verdict")
    file.write_bytes(file.read_bytes() + b"\n%")
    verify(hospital, file, number=draft.number)
    assert "真实" not in hospital.inner_text("#verdict")
    stranger = office.window()
    stranger.goto(f"/agreements/{text.code}/")
    assert text.sha256 in stranger.inner_text("main")


def verify(page, file: Path, number: str = "") -> None:
    page.goto("/portal/agreements/verify/")
    page.fill("input[name=number]", number)
    page.set_input_files("input[name=file]", file)
    page.click("form.office-form button[type=submit]")
    page.wait_for_selector("#verdict")
