"""The pages of letters: register, acts, texts, heads, and what the public sees."""

from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from agency.enums import LetterState, Role, ServiceMethod, TemplateState
from agency.forms.letters import CorrectionForm
from agency.models import LetterHead, LetterService, LetterTemplate, OfficialLetter
from agency.services.letters import correct_letter, send_letter, withdraw_letter
from agency.views.letters.public import mask_addressee, tidy_code
from tests.agency.factories import RegionFactory, user_with
from tests.agency.letters import ISSUED_ON, issued, issued_by_administration, moment, receipt

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture(autouse=True)
def clock():
    """Every page is looked at on the day after the letters' own."""
    with time_machine.travel(moment(date(2026, 11, 21)), tick=False):
        yield


def as_(*roles: Role) -> Client:
    client = Client()
    client.force_login(user_with(*roles), backend=BACKEND)
    return client


def url(name: str, *args) -> str:
    return reverse(f"agency_desk:{name}", args=args)


def numbers(response) -> list[str]:
    return [each.number for each in response.context["object_list"]]


def stamped(client: Client, address: str, **data):
    page = client.get(address)
    assert page.status_code == 200
    return client.post(address, {"stamp": page.context["stamp"], **data})


# --- register -----------------------------------------------------------------------------------


def test_the_register_is_searched_and_filtered():
    ours = issued(addressee="都昌县人民医院", matter="360400-2026-0099")
    other = issued(addressee="浔阳仁和医院")
    theirs = issued_by_administration(addressee="都昌县中医院")
    sent = send_letter(
        letter_id=ours.pk,
        method=ServiceMethod.POST,
        by=user_with(Role.AGREEMENT_OFFICER),
        at=moment(ISSUED_ON),
        on=ISSUED_ON,
        tracking_number="EA1",
    )
    client = as_(Role.AGREEMENT_OFFICER)
    register = url("letters")
    assert set(numbers(client.get(register))) == {ours.number, other.number}
    for query, found in {
        "q=都昌": [ours.number],
        "q=2026-0099": [ours.number],
        f"q={other.number[:4]} {other.number[-3:]}": [other.number],
        "q=nothing": [],
        "method=post": [ours.number],
        "service=pending": [ours.number],
        "service=none": [other.number],
        "service=failed": [],
        "state=served": [],
        "issued_from=2026-11-21": [],
        f"issued_to=2026-11-20&kind={ours.kind}&q=都昌": [ours.number],
    }.items():
        page = client.get(f"{register}?{query}")
        assert page.status_code == 200 and numbers(page) == found, query
    assert theirs.number in numbers(as_(Role.SUPERVISOR).get(f"{register}?q=都昌"))
    assert sent.letter.open_service == sent
    assert client.get(f"{register}?kind=x&issued_from=y").status_code == 200


def test_the_agency_does_not_see_the_administrations_letters():
    theirs = issued_by_administration()
    client = as_(Role.AGENCY_HEAD)
    for name in ("letter", "letter_pdf", "letter_hand"):
        assert client.get(url(name, theirs.pk)).status_code == 404
    assert as_(Role.SUPERVISOR).get(url("letter", theirs.pk)).status_code == 200


def test_the_page_of_a_letter_and_its_files():
    letter = issued()
    client = as_(Role.AGREEMENT_OFFICER)
    page = client.get(url("letter", letter.pk))
    text = page.content.decode()
    assert letter.sha256 in text and letter.code in text
    assert url("letter_page", letter.pk, 1) in text
    assert url("letter_hand", letter.pk) in text and url("letter_withdraw", letter.pk) not in text
    pdf = client.get(url("letter_pdf", letter.pk))
    assert b"".join(pdf.streaming_content) == letter.pdf.read()
    assert "attachment" in pdf["Content-Disposition"]
    assert "inline" in client.get(url("letter_pdf", letter.pk) + "?inline")["Content-Disposition"]
    picture = client.get(url("letter_page", letter.pk, 1))
    assert picture.content.startswith(b"\x89PNG") and "immutable" in picture["Cache-Control"]
    assert client.get(url("letter_page", letter.pk, 2)).status_code == 404
    assert client.get(url("letter_docx", letter.pk)).status_code == 404
    head = as_(Role.AGENCY_HEAD).get(url("letter", letter.pk)).content.decode()
    assert url("letter_withdraw", letter.pk) in head


def test_the_register_costs_the_same_for_many(django_assert_max_num_queries):
    client = as_(Role.AGREEMENT_OFFICER)
    region = RegionFactory()
    for _number in range(12):
        issued(region=region)
    with django_assert_max_num_queries(8):
        assert len(numbers(client.get(url("letters")))) == 12


# --- acts ---------------------------------------------------------------------------------------


def test_a_letter_is_served_by_hand_at_the_desk():
    letter = issued()
    client = as_(Role.AGREEMENT_OFFICER)
    address = url("letter_hand", letter.pk)
    given = {"served_on": "2026-11-21", "recipient": "李四", "proof": receipt()}
    assert stamped(client, address, served_on="2026-11-21").status_code == 400
    assert stamped(client, address, **{**given, "served_on": "2026-11-22"}).status_code == 409
    letter.refresh_from_db()
    assert letter.state == LetterState.ISSUED
    done = stamped(client, address, **{**given, "proof": receipt()})
    assert done.status_code == 302 and done["Location"] == letter.get_absolute_url()
    letter.refresh_from_db()
    assert letter.served_on == date(2026, 11, 21)
    page = client.get(letter.get_absolute_url()).content.decode()
    assert "李四" in page and "回执.pdf" in page
    again = client.get(address)
    assert "letter_served" in {each.code for each in again.context["obstacles"]}


def test_post_delivery_and_failure_at_the_desk():
    letter = issued()
    client = as_(Role.INTAKE_CLERK)
    no_service = client.get(url("letter_delivery", letter.pk))
    assert [each.code for each in no_service.context["obstacles"]] == ["no_service_under_way"]
    given = {"sent_on": "2026-11-20", "tracking_number": "EA1"}
    assert stamped(client, url("letter_post", letter.pk), **given).status_code == 302
    page = client.get(letter.get_absolute_url()).content.decode()
    assert url("letter_delivery", letter.pk) in page and url("letter_hand", letter.pk) not in page
    assert stamped(client, url("letter_failure", letter.pk), reason="拒收").status_code == 302
    assert stamped(client, url("letter_notice", letter.pk), sent_on="2026-11-21").status_code == 302
    assert LetterService.objects.get(state="pending").notice_until == date(2026, 12, 21)


def test_a_letter_is_corrected_and_withdrawn_at_the_desk():
    letter = issued()
    client = as_(Role.AGREEMENT_OFFICER)
    address = url("letter_correct", letter.pk)
    page = client.get(address)
    assert page.context["form"].fields["value_from_on"].initial == date(2026, 12, 1)
    given = {
        "addressee": letter.addressee,
        "value_agreement": "360400-2026-0031",
        "value_from_on": "2026-12-05",
        "value_reason": "整改验收合格",
        "reason": "日期有误",
    }
    done = stamped(client, address, **given)
    new = OfficialLetter.objects.get(corrects=letter)
    assert done["Location"] == new.get_absolute_url()
    assert new.context["from_on"] == {"date": "2026-12-05"}
    assert client.post(url("letter_withdraw", new.pk), {"reason": "x"}).status_code == 403
    head = as_(Role.AGENCY_HEAD)
    assert stamped(head, url("letter_withdraw", new.pk), reason="误发").status_code == 302
    new.refresh_from_db()
    assert new.state == LetterState.WITHDRAWN


def test_a_table_of_a_letter_is_corrected_line_by_line():
    values = {"rows": [{"name": "甲", "n": 1}, {"name": "乙", "n": 2}]}
    data = {"addressee": "x", "reason": "y", "value_rows": "甲 | 1\n丙 | 3"}
    form = CorrectionForm(data, values=values)
    assert form.is_valid()
    assert form.changes == {"rows": [{"name": "甲", "n": 1}, {"name": "丙", "n": "3"}]}
    form = CorrectionForm({**data, "value_rows": "甲 | 1 | 2"}, values=values)
    assert not form.is_valid() and "value_rows" in form.errors


def test_the_administration_acts_on_its_own_pages():
    letter = issued_by_administration()
    client = as_(Role.SUPERVISOR)
    page = client.get(letter.get_absolute_url()).content.decode()
    assert url("adm_letter_hand", letter.pk) in page
    given = {"served_on": "2026-11-21", "recipient": "李四", "proof": receipt()}
    assert stamped(client, url("adm_letter_hand", letter.pk), **given).status_code == 302
    assert client.get(url("letter_hand", letter.pk)).status_code == 403
    assert client.get(url("adm_letter_hand", issued().pk)).status_code == 404


# --- texts and heads ----------------------------------------------------------------------------

KIND = "resumption_decision"


def test_texts_are_listed_with_few_queries(django_assert_max_num_queries):
    client = as_(Role.AGREEMENT_OFFICER)
    with django_assert_max_num_queries(8):
        page = client.get(url("letter_templates"))
    assert len(page.context["rows"]) > 40
    assert not client.get(url("letter_templates") + "?q=nothing-like-it").context["rows"]
    kind = client.get(url("letter_kind", KIND)).content.decode()
    assert url("letter_template_write", KIND, "zh-hans") in kind and "agreement" in kind
    assert client.get(url("letter_kind", "no-kind")).status_code == 404
    assert client.get(url("letter_template_write", KIND, "fr")).status_code == 404
    assert not LetterTemplate.objects.exists()


def test_a_text_is_previewed_written_and_released():
    officer, head = as_(Role.AGREEMENT_OFFICER), as_(Role.AGENCY_HEAD)
    address = url("letter_template_write", KIND, "zh-hans")
    text = {"title": "新标题", "body": "{{ addressee }}：\n\n{{ reason }}，自{{ from_on }}起。"}
    tried = stamped(officer, address, **text, preview="1")
    assert tried.context["preview"][0].startswith("data:image/png;base64,")
    assert not LetterTemplate.objects.exists()
    wrong = stamped(officer, address, title="x", body="{{ nobody }}", preview="1")
    assert wrong.status_code == 409 and "nobody" in wrong.content.decode()
    assert stamped(officer, address, **text).status_code == 302
    draft = LetterTemplate.objects.get(state=TemplateState.DRAFT)
    page = officer.get(draft.get_absolute_url())
    assert ("new", "新标题") in page.context["changes"]
    assert page.context["preview"]
    assert officer.get(url("letter_template_release", draft.pk)).status_code == 403
    released = stamped(head, url("letter_template_release", draft.pk), effective_from="2026-11-21")
    assert released.status_code == 302
    draft.refresh_from_db()
    assert draft.state == TemplateState.RELEASED
    assert head.get(url("adm_letter_template_release", draft.pk)).status_code == 403


def test_a_letterhead_is_entered():
    region = RegionFactory()
    client = as_(Role.AGENCY_HEAD)
    address = url("letterhead_enter", region.pk)
    page = client.get(address)
    assert page.context["form"].initial["office_name"] == "九江市医疗保障经办机构"
    given = {
        "office_name": "九江市医疗保障事业管理中心",
        "prefix": "九医保",
        "number_format": "{prefix}{word}〔{year}〕{number}号",
        "effective_from": "2026-11-21",
    }
    wrong = stamped(client, address, **{**given, "number_format": "{word}{number}"})
    assert wrong.status_code == 409 and not LetterHead.objects.exists()
    seal = SimpleUploadedFile("seal.png", b"not a picture")
    assert stamped(client, address, **given, seal=seal).status_code == 409
    assert stamped(client, address, **given).status_code == 302
    assert "九医保" in client.get(url("letterheads")).content.decode()
    assert as_(Role.AGREEMENT_OFFICER).get(address).status_code == 403


# --- the public ---------------------------------------------------------------------------------


def test_the_public_verifies_a_letter(client):
    letter = issued(addressee="浔阳仁和医院(演示)", matter="SECRET-MATTER")
    entry = client.get(reverse("agency:letter_verify"))
    assert entry.status_code == 200
    typed = letter.code.lower().replace("-", " ")
    found = client.get(reverse("agency:letter_verify"), {"code": typed})
    address = reverse("agency:letter_code", args=[letter.code])
    assert found["Location"] == address
    text = client.get(address).content.decode()
    assert letter.number in text and letter.sha256 in text
    assert "浔阳****示)" in text and letter.addressee not in text
    assert "SECRET-MATTER" not in text
    same = client.post(address, {"file": SimpleUploadedFile("a.pdf", letter.pdf.read())})
    assert same.context["same"] is True
    other = client.post(address, {"file": SimpleUploadedFile("a.pdf", b"%PDF-1.4 x")})
    assert other.context["same"] is False
    assert client.post(address, {}).status_code == 400
    for nonsense in ("AAAA-BBBB-CCCC", "x" * 200, "%00", "医保"):
        missing = client.get(reverse("agency:letter_code", args=[nonsense]))
        assert missing.status_code in {400, 404}


def test_the_public_learns_of_withdrawal_and_correction(client):
    withdrawn, wrong = issued(), issued()
    by = user_with(Role.AGENCY_HEAD)
    when = {"by": by, "at": moment(ISSUED_ON), "on": ISSUED_ON}
    withdraw_letter(letter_id=withdrawn.pk, reason="内部理由", **when)
    new = correct_letter(letter_id=wrong.pk, context={"reason": "新"}, reason="误", **when)
    text = client.get(reverse("agency:letter_code", args=[withdrawn.code])).content.decode()
    assert "2026-11-20" in text and "内部理由" not in text
    assert (
        new.number in client.get(reverse("agency:letter_code", args=[wrong.code])).content.decode()
    )


def test_notices_that_run_are_published(client):
    letter, other = issued(), issued()
    send_letter(
        letter_id=letter.pk,
        method=ServiceMethod.NOTICE,
        by=user_with(Role.AGREEMENT_OFFICER),
        at=moment(ISSUED_ON),
        on=ISSUED_ON,
    )
    text = client.get(reverse("agency:public_notices")).content.decode()
    assert letter.number in text and letter.addressee in text and "2026-12-20" in text
    assert other.number not in text


def test_codes_and_masks():
    assert tidy_code(" abcd efgh-jkmn ") == "ABCD-EFGH-JKMN"
    assert mask_addressee("李四") == "李**"
    assert mask_addressee("九江市第一人民医院") == "九江****医院"


def test_the_api_lists_letters_for_staff():
    letter = issued()
    theirs = issued_by_administration()
    client = as_(Role.AGREEMENT_OFFICER)
    (row,) = client.get("/api/v1/letters/", {"q": letter.number}).json()["results"]
    assert (row["number"], row["state"], row["sha256"]) == (letter.number, "issued", letter.sha256)
    assert client.get(f"/api/v1/letters/{theirs.pk}/").status_code == 404
    assert as_(Role.INSTITUTION_CLERK).get("/api/v1/letters/").status_code == 403
