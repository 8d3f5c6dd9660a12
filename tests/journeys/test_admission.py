"""From the first visit to a signed agreement, without paper (C-08): the applicant, a citizen and
everybody of the office, each in a window of their own.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.utils import timezone

from agency.codes import check_character
from agreements.enums.life import AgreementState
from agreements.models import Agreement
from demo.world.accounts import PASSWORD
from demo.world.experts import INVITED
from demo.world.papers import paper
from demo.world.people import Someone
from institutions.enums.designation import ApplicationState
from institutions.enums.persons import Post
from institutions.models import (
    AccountRequest,
    Assessment,
    DesignationApplication,
    Institution,
    Objection,
    PublicNotice,
    ResultFiling,
    ResultToFile,
)
from institutions.services.assessment import opinions
from tests.agreements.texts import agree_text
from tests.journeys.conftest import confirm

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
S = ApplicationState
PHONE = {"width": 390, "height": 844}
NAME = "浔阳初心医院(演示)"
FIRST_17 = "91360403MA0DEM0XK"
LICENCE_NO = "PDY36040399917"
USERNAME = "chuxin"
OWN_PASSWORD = "梧桐-四棵-下雨-1987"
CODE = "H36040399917"
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def credit_code() -> str:
    return FIRST_17 + check_character(FIRST_17)


@contextmanager
def days_later(days: int) -> Iterator[None]:
    """Let everybody, the server included, live so many days later."""
    real = timezone.now
    with patch.object(timezone, "now", lambda: real() + timedelta(days)):
        yield


def pdf(title: str) -> dict:
    file = paper(title)
    return {"name": f"{title}.pdf", "mimeType": "application/pdf", "buffer": file.read()}


def application() -> DesignationApplication:
    return DesignationApplication.objects.get(institution__name=NAME)


def test_from_the_first_visit_to_a_signed_agreement(office):
    visitor = first_visit(office)
    draft_and_submit(office, visitor)
    assess(office)
    file_and_post(office)
    object_and_decide(office)
    last_day = PublicNotice.objects.latest("pk").ends_on
    with days_later((last_day - timezone.localdate()).days + 1):
        sign_agreement(office)


def first_visit(office):
    """A wrong check character is named; the scan and the rest stay; then the account is open."""
    office.problems.expected_statuses.add(400)
    page = office.window()
    page.goto("/")
    page.click("nav a[href='/apply/']")
    page.select_option("select[name=kind]", "general_hospital")
    page.click("form.filters button[type=submit]")
    assert page.locator("#materials tbody tr").count() >= 4
    page.click(".acts a[href='/apply/account/']")
    expected = credit_code()
    wrong = FIRST_17 + ("0" if expected[-1] != "0" else "1")
    facts = {
        "institution_name": NAME,
        "credit_code": wrong,
        "licence_no": LICENCE_NO,
        "address": "浔阳区示范路917号(演示)",
        "contact_name": "林静",
        "phone": "0792-8917917",
        "username": USERNAME,
        "password": OWN_PASSWORD,
        "password_again": OWN_PASSWORD,
    }
    for name, value in facts.items():
        page.fill(f"input[name={name}]", value)
    page.select_option("select[name=kind]", "general_hospital")
    page.select_option("select[name=region]", "360403")
    page.set_input_files("input[name=licence]", pdf("执业许可证"))
    page.click("form.office-form button[type=submit]")
    page.wait_for_selector(".form-errors")
    said = page.inner_text(".form-errors")
    assert wrong in said and expected[-1] in said
    assert page.input_value("input[name=institution_name]") == NAME
    assert not AccountRequest.objects.filter(username=USERNAME).exists()
    page.fill("input[name=credit_code]", expected)
    page.fill("input[name=password]", OWN_PASSWORD)
    page.fill("input[name=password_again]", OWN_PASSWORD)
    page.click("form.office-form button[type=submit]")
    page.wait_for_url(re.compile(r"/apply/account/REG-"))
    request = AccountRequest.objects.get(username=USERNAME)
    assert request.number in page.inner_text("main")
    assert request.licence.name == "执业许可证.pdf"
    page.click("main a[href='/login/'] >> nth=0")
    page.fill("input[name=username]", USERNAME)
    page.fill("input[name=password]", OWN_PASSWORD)
    page.click("form.office-form button[type=submit]")
    page.wait_for_url("**/portal/**")
    return page


def draft_and_submit(office, page):
    """Five steps; a file of the wrong kind is refused and replaced; accepted on the spot."""
    office.problems.expected_statuses.add(409)
    page.goto("/portal/applications/new/")
    save(page)
    page.wait_for_url("**/institution/")
    today = timezone.localdate()
    page.fill("input[name=licence_valid_to]", str(today + timedelta(900)))
    page.fill("input[name=credit_code]", credit_code())
    for name, value in (
        ("kind", "general_hospital"),
        ("nature", "private_profit"),
        ("level", "08"),
    ):
        page.select_option(f"select[name={name}]", value)
    page.fill("input[name=beds]", "60")
    page.fill("input[name=contact_name]", "林静")
    page.fill("input[name=contact_phone]", "0792-8917917")
    save(page)
    page.wait_for_url("**/persons/")
    for place, post in enumerate(Post):
        someone = Someone(917 + place)
        page.fill(f"input[name=name_{post.value}]", someone.name)
        page.fill(f"input[name=id_{post.value}]", someone.id_number)
    save(page)
    page.wait_for_url("**/conditions/")
    page.fill("input[name=opened_on]", str(today - timedelta(400)))
    page.fill("input[name=own_physicians]", "6")
    page.select_option("select[name=insurance_staff]", "part")
    for name in ("principal_in_charge", "systems", "information_system", "other_conditions"):
        page.check(f"input[name={name}]")
    page.fill("input[name=expected_fund_use]", "860000")
    save(page)
    page.wait_for_url("**/documents/")
    fields = page.locator("input[type=file]")
    names = [fields.nth(place).get_attribute("name") for place in range(fields.count())]
    for name in names:
        page.set_input_files(f"input[name={name}]", pdf("材料"))
    program = {"name": "制度.pdf", "mimeType": "application/pdf", "buffer": b"MZ\x00\x00program"}
    page.set_input_files(f"input[name={names[-1]}]", program)
    save(page)
    page.wait_for_selector(".form-errors")
    assert "制度.pdf" in page.inner_text(".form-errors")
    page.set_input_files(f"input[name={names[-1]}]", pdf("材料"))
    save(page)
    page.wait_for_url("**/check/")
    save(page)
    page.wait_for_url(re.compile(r"/portal/applications/APP-"))
    found = application()
    assert (found.state, found.accepted_on) == (S.ACCEPTED, today)
    # Anybody with number and check code sees where it stands.
    code = page.locator("main a[href*='/status/?'] >> nth=0").get_attribute("href")
    outside = office.window()
    outside.goto(code)
    assert found.number in outside.inner_text("main")


def save(page):
    page.click("form.office-form button[type=submit] >> nth=0")


def act(page, path: str) -> None:
    """Press the button of an object's page that leads to the act."""
    page.click(f".acts a[href$='{path}']")


def assess(office):
    """The group is drawn; four sign elsewhere, the fifth in the browser; the head decides."""
    found = application()
    officer = office.as_("agreement")
    officer.goto(f"/desk/applications/{found.number}/")
    act(officer, "/assess/")
    officer.check("input[name=kind][value=on_site]")
    officer.check("input[name=site_mode][value=video]")
    confirm(officer)
    assessment = Assessment.objects.get(application=found)
    for step in ("draw", "begin"):
        officer.goto(f"/desk/assessments/{assessment.number}/")
        act(officer, f"/{step}/")
        confirm(officer)
    members = list(assessment.members.select_related("expert__account").order_by("place"))
    assert len(members) == 5
    for member in members[:4]:
        write_and_sign(assessment, member)
    last = members[4]
    expert = office.as_(last.expert.account.username)
    expert.goto(f"/desk/my-assessments/{assessment.number}/write/")
    for item in opinions.items_for(assessment):
        if item.field == last.field:
            expert.select_option(f"select[name=result_{item.pk}]", "met")
    expert.check("input[name=verdict][value=qualified]")
    expert.fill("textarea[name=reasons]", "材料与现场情况相符")
    confirm(expert)
    expert.goto(f"/desk/my-assessments/{assessment.number}/sign/")
    expert.fill("input[name=signed_name]", str(last.expert.account))
    expert.fill("input[name=password]", PASSWORD)
    confirm(expert)
    head = office.as_("head")
    head.goto(f"/desk/assessments/{assessment.number}/")
    act(head, "/decide/")
    head.check("input[name=result][value=qualified]")
    head.fill("textarea[name=reasons]", "五名专家一致认为合格")
    confirm(head)
    assert application().state == S.PASSED


def write_and_sign(assessment, member) -> None:
    by, at = member.expert.account, timezone.now()
    assert by.username in {each.username for each in INVITED}
    opinions.save_opinion(
        member_id=member.pk,
        verdict="qualified",
        reasons="材料与现场情况相符",
        advice="",
        findings=[
            opinions.FindingDraft(item_id=item.pk, result="met")
            for item in opinions.items_for(assessment)
            if item.field == member.field
        ],
        by=by,
        at=at,
    )
    opinions.sign_opinion(member_id=member.pk, signed_name=str(by), password=PASSWORD, by=by, at=at)


def choose_only(page, key: int) -> None:
    for box in page.locator("input[name=chosen]").all():
        box.set_checked(box.get_attribute("value") == str(key))


def file_and_post(office):
    """The result goes to the administration, which takes note; then everybody can read it."""
    found = application()
    officer = office.as_("agreement")
    officer.goto("/desk/filings/new/")
    choose_only(officer, ResultToFile.objects.get(application=found).pk)
    confirm(officer)
    filing = ResultFiling.objects.latest("pk")
    supervisor = office.as_("supervisor")
    supervisor.goto(filing.get_absolute_url())
    act(supervisor, "/acknowledge/")
    confirm(supervisor)
    officer.goto("/desk/public-notices/new/")
    choose_only(officer, found.pk)
    confirm(officer)
    assert application().state == S.PUBLIC_NOTICE


def object_and_decide(office):
    """A citizen objects on a phone and follows it; the head rejects it with a reason."""
    notice = PublicNotice.objects.latest("pk")
    citizen = office.window(viewport=PHONE)
    citizen.goto(notice.get_public_url())
    assert NAME in citizen.inner_text("main")
    assert citizen.evaluate(WIDE) <= 0
    citizen.fill("textarea[name=text]", "该院停车场占用消防通道")
    citizen.click("form.office-form button[type=submit]")
    citizen.wait_for_url("**/status/**")
    objection = Objection.objects.latest("pk")
    assert objection.number in citizen.inner_text("main")
    assert citizen.evaluate(WIDE) <= 0
    assert application().state == S.OBJECTION
    head = office.as_("head")
    head.goto(f"/desk/objections/{objection.number}/")
    act(head, "/reject/")
    head.fill("textarea[name=reason]", "消防部门已出具验收合格意见")
    confirm(head)
    citizen.reload()
    assert "消防部门已出具验收合格意见" in citizen.inner_text("main")
    assert application().state == S.PUBLIC_NOTICE


def sign_agreement(office):
    """After the notice: negotiated, the codes entered, drawn up, signed, and on the register."""
    found = application()
    officer = office.as_("agreement")
    officer.goto(f"/desk/applications/{found.number}/")
    act(officer, "/negotiate/")
    confirm(officer)
    clerk = office.as_("intake")
    clerk.goto(f"/desk/institutions/{found.institution_id}/verify/")
    clerk.fill("input[name=code]", CODE)
    clerk.select_option("select[name=nature]", "private_profit")
    clerk.select_option("select[name=level]", "08")
    confirm(clerk)
    officer.goto(f"/desk/applications/{found.number}/")
    act(officer, "/agreement/")
    confirm(officer)
    agreement = Agreement.objects.get(application=found)
    # How a text is negotiated and signed is a journey of its own.
    agree_text(agreement, at=timezone.now())
    head = office.as_("head")
    head.goto(f"/desk/agreements/{agreement.pk}/")
    act(head, "/sign/")
    confirm(head)
    assert Agreement.objects.get(pk=agreement.pk).state == AgreementState.EFFECTIVE
    assert application().state == S.SIGNED
    public = office.window(viewport=PHONE)
    public.goto(f"/institutions/{CODE}/")
    assert NAME in public.inner_text("main")
    assert public.locator(".state-good").count() >= 1
    assert Institution.objects.get(code=CODE).name == NAME
