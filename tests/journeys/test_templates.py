"""A text from its draft to its publication: the officer, institutions, the head (B-22)."""

import pytest

from agreements.enums.templates import ConsultationState, TextKind, VersionState
from agreements.models import Consultation, ConsultationComment, TemplateVersion
from tests.journeys.conftest import confirm

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_a_new_version_is_drafted_asked_about_and_commented(office):
    officer = office.as_("agreement")
    officer.goto("/desk/agreement-texts/")
    officer.click("text=编写新文本")
    officer.select_option("select[name=kind]", TextKind.FIXED)
    officer.fill("input[name=title]", "九江市固定协议")
    national = TemplateVersion.objects.get(template__kind=TextKind.FIXED)
    officer.select_option("select[name=based_on]", str(national.pk))
    officer.fill("textarea[name=reason]", "结合本市实际")
    confirm(officer)
    version = TemplateVersion.objects.latest("pk")
    assert version.refines == national

    officer.locator("#settlement a[href$='/clauses/settlement/']").click()
    officer.fill("textarea[name=body]", "乙方按月申报;甲方自申报之日起二十个工作日内拨付。")
    confirm(officer)
    assert "地区表述" in officer.inner_text("#settlement")
    officer.click("text=比对")
    assert officer.locator(".marks del").first.is_visible()

    officer.goto(f"/desk/agreement-texts/versions/{version.pk}/consult/")
    confirm(officer)
    consultation = Consultation.objects.latest("pk")
    assert consultation.parties.count() > 20

    hospital = office.as_("hospital", viewport={"width": 390, "height": 844})
    hospital.goto("/portal/text-consultations/")
    hospital.click(f"a[href$='/text-consultations/{consultation.pk}/']")
    hospital.locator("#settlement a[href$='/clauses/settlement/']").click()
    hospital.fill("textarea[name=text]", "赞成缩短拨付期限")
    confirm(hospital)
    assert "赞成缩短拨付期限" in hospital.inner_text("#settlement")

    head = office.as_("head")
    head.goto(f"/desk/agreement-texts/versions/{version.pk}/")
    assert "征求意见至" in (head.text_content(".act-blocked") or "")
    officer.goto(f"/desk/agreement-texts/consultations/{consultation.pk}/")
    assert "赞成缩短拨付期限" in officer.inner_text("main")
    version.refresh_from_db()
    assert version.state == VersionState.CONSULTATION


def test_an_unanswered_comment_blocks_the_publication_until_it_is_answered(office):
    waiting = ConsultationComment.objects.get(
        answered_at=None, consultation__state=ConsultationState.CLOSED
    )
    version = waiting.consultation.version
    head = office.as_("head")
    head.goto(f"/desk/agreement-texts/versions/{version.pk}/publish/")
    assert "未答复的意见" in head.inner_text(".form-errors")
    assert head.locator("form.office-form").count() == 0

    officer = office.as_("agreement")
    officer.goto(f"/desk/agreement-texts/consultations/{waiting.consultation_id}/")
    officer.click(f"#comment-{waiting.pk} a[href$='/answer/']")
    officer.select_option("select[name=outcome]", "partly")
    officer.fill("textarea[name=text]", "程序另行公布")
    confirm(officer)

    head.goto(f"/desk/agreement-texts/versions/{version.pk}/publish/")
    confirm(head)
    version.refresh_from_db()
    assert version.state == VersionState.PUBLISHED
    assert version.based_on.superseded_on == version.effective_from

    anybody = office.window()
    anybody.goto("/agreement-texts/")
    anybody.click(f"a[href$='/agreement-texts/{version.pk}/']")
    anybody.click("summary:has-text('逐条对照')")
    assert "因收治危重病人" in anybody.inner_text("#diff-growth ins")
