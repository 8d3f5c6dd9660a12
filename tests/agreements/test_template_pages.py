"""The pages of texts and consultations: who sees what, what an act does, what each side reads."""

from datetime import date

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from rest_framework.test import APIClient

from agency.enums import Role
from agency.home import gather
from agreements.enums.templates import Stance, TextKind, VersionState
from agreements.models import ConsultationComment, TemplateVersion
from agreements.views.templates.consultations import comments_to_answer
from agreements.views.templates.portal import consultations_open
from agreements.views.templates.versions import texts_to_publish
from tests.agency.factories import user_with
from tests.agreements.factories import at
from tests.agreements.factories_templates import CLAUSES, Texts, as_file
from tests.institutions.factories import InstitutionFactory, member_of, token_of

pytestmark = pytest.mark.django_db

TODAY = date(2025, 10, 20)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(at(TODAY), tick=True):
        yield


@pytest.fixture
def texts() -> Texts:
    texts = Texts()
    texts.member  # noqa: B018
    return texts


@pytest.fixture
def revised(texts) -> TemplateVersion:
    """A second version in draft: another payment clause, one more, none of the data."""
    first = texts.published("2024-01-02")
    version = texts.drafted("2025-09-01", based_on_id=first.pk)
    changed = {**CLAUSES[1], "body": "审核后二十个工作日内拨付。"}
    added = {"key": "training", "heading": "培训", "body": "甲方每年组织培训。"}
    texts.written(version, at("2025-09-01"), [CLAUSES[0], changed, CLAUSES[2], added])
    return version


def url(name, *args):
    return reverse(name, args=args)


def act(client, address, **data):
    page = client.get(address)
    assert page.status_code == 200, page
    return client.post(address, {**data, "stamp": page.context["stamp"]}, follow=True)


def read(client, user, address) -> str:
    client.force_login(user)
    page = client.get(address)
    assert page.status_code == 200
    return page.content.decode()


def pages(version, consultation=None):
    names = ("template_version", "version_preview", "version_difference", "version_export")
    found = [url(f"agreements_desk:{name}", version.pk) for name in names]
    found += [
        url("agreements_desk:templates"),
        url("agreements_desk:template_consultations"),
        url("agreements_desk:template", version.template_id),
    ]
    if consultation:
        found.append(url("agreements_desk:template_consultation", consultation.pk))
    return found


@pytest.mark.parametrize(
    "role", [Role.AGREEMENT_OFFICER, Role.AGENCY_HEAD, Role.CLAIM_REVIEWER, Role.SUPERVISOR]
)
def test_agency_and_administration_read_every_page(client, texts, revised, role):
    consultation = texts.asked(revised, "2025-10-13")
    texts.said(consultation, "2025-10-14", "建议保留三十日", clause_key="payment")
    reader = user_with(role)
    for address in pages(revised, consultation):
        assert read(client, reader, address)
    assert "建议保留三十日" in read(client, reader, consultation.get_absolute_url())
    client.force_login(texts.member)
    assert {client.get(each).status_code for each in pages(revised, consultation)} == {403}


def test_the_officer_writes_a_text_from_nothing(client, texts):
    client.force_login(texts.officer)
    act(
        client,
        url("agreements_desk:template_new"),
        kind=TextKind.MAIN,
        region="",
        title="服务协议",
        origin="agency",
    )
    version = TemplateVersion.objects.get()
    clause = {"heading": "期限", "body": "自{{ valid_from }}起{{ months }}个月", "key": "term"}
    act(client, url("agreements_desk:clause_new", version.pk), **clause)
    page = client.get(version.get_absolute_url()).content.decode()
    assert "variable_unknown" not in page and "months" in page
    act(
        client,
        url("agreements_desk:variable_new", version.pk),
        name="months",
        label="月数",
        type="number",
        sample="12",
    )
    preview = client.get(url("agreements_desk:version_preview", version.pk)).content.decode()
    assert "12个月" in preview
    act(
        client,
        url("agreements_desk:clause_edit", version.pk, "term"),
        heading="期限",
        body="十二个月",
        measures=["1", "4"],
        damages="一千元",
    )
    clause = version.clauses.get()
    assert (clause.is_breach, clause.measures, clause.damages) == (True, [1, 4], "一千元")
    act(client, url("agreements_desk:variable_remove", version.pk, "months"))
    assert not version.variables.exists()
    file = SimpleUploadedFile("text.json", as_file())
    act(client, url("agreements_desk:version_import", version.pk), file=file)
    assert version.clauses.count() == 3
    act(client, url("agreements_desk:clause_move", version.pk, "breach"), to="1")
    act(client, url("agreements_desk:clause_remove", version.pk, "payment"))
    assert list(version.clauses.values_list("key", flat=True)) == ["breach", "parties"]
    exported = client.get(url("agreements_desk:version_export", version.pk))
    assert exported["Content-Disposition"].endswith('"main-national-v1.json"')


def test_a_difference_is_marked_word_by_word(client, texts, revised):
    page = read(client, texts.head, url("agreements_desk:version_difference", revised.pk))
    assert "<del>{{ pay_days }}</del><ins>二十</ins>个工作日内拨付。" in page
    assert "<ins>甲方每年组织培训。</ins>" in page
    # Of another text nothing is compared with.
    other = texts.drafted("2025-09-01", kind=TextKind.FIXED)
    strange = f"{url('agreements_desk:version_difference', revised.pk)}?with={other.pk}"
    assert read(client, texts.head, strange) == page or "二十" in read(client, texts.head, strange)


def test_a_change_goes_its_whole_way(client, texts, revised):
    client.force_login(texts.officer)
    consult = url("agreements_desk:version_consult", revised.pk)
    page = act(client, consult, explanation="二十日拨付")
    consultation = revised.consultations.get()
    assert consultation.parties.count() == 1
    assert "<dt>征求机构数</dt><dd>1</dd>" in page.content.decode()
    revised.refresh_from_db()
    assert revised.state == VersionState.CONSULTATION
    assert [each.url for each in gather([consultations_open], texts.member, TODAY)] == [
        consultation.get_portal_url()
    ]
    shown = read(client, texts.member, consultation.get_portal_url())
    assert "<ins>二十</ins>" in shown and "二十日拨付" in shown
    comment = url("agreements_portal:comment_clause", consultation.pk, "payment")
    assert act(client, comment, stance="comment", text="").status_code == 409
    act(client, comment, stance="comment", text="建议十五日")
    said = ConsultationComment.objects.get()
    assert not list(gather([consultations_open], texts.member, TODAY))
    client.force_login(texts.head)
    publish = url("agreements_desk:version_publish", revised.pk)
    assert client.post(publish, {"stamp": "", "effective_from": "2025-12-01"}).status_code == 409
    with time_machine.travel(at("2025-11-11"), tick=True):
        client.force_login(texts.officer)
        act(client, url("agreements_desk:consultation_close", consultation.pk))
        assert [each.url for each in gather([comments_to_answer], texts.officer, TODAY)] == [
            consultation.get_absolute_url()
        ]
        client.force_login(texts.head)
        refused = client.get(publish)
        assert [each.code for each in refused.context["obstacles"]] == ["comments_unanswered"]
        client.force_login(texts.officer)
        answer = url("agreements_desk:comment_answer", said.pk)
        act(client, answer, outcome="partly", text="以二十日为限")
        assert not list(gather([comments_to_answer], texts.officer, TODAY))
        assert len(list(gather([texts_to_publish], texts.head, TODAY))) == 1
        client.force_login(texts.head)
        act(client, publish, effective_from="2025-12-01")
    revised.refresh_from_db()
    assert (revised.state, revised.effective_from) == (VersionState.PUBLISHED, date(2025, 12, 1))
    assert "以二十日为限" in read(client, texts.member, consultation.get_portal_url())


def test_one_click_says_no_objection(client, texts, revised):
    consultation = texts.asked(revised, "2025-10-13")
    client.force_login(texts.member)
    act(client, url("agreements_portal:comment_none", consultation.pk))
    said = ConsultationComment.objects.get()
    assert (said.stance, said.clause_key, said.text) == (Stance.NO_OBJECTION, "", "")


def test_another_institution_finds_nothing(client, texts, revised):
    consultation = texts.asked(revised, "2025-10-13")
    client.force_login(member_of(InstitutionFactory()))
    for name, args in (
        ("consultation", [consultation.pk]),
        ("comment_whole", [consultation.pk]),
        ("comment_none", [consultation.pk]),
        ("comment_clause", [consultation.pk, "payment"]),
    ):
        assert client.get(url(f"agreements_portal:{name}", *args)).status_code == 404
    assert "二十" not in client.get(url("agreements_portal:consultations")).content.decode()


def test_an_unknown_clause_is_not_found(client, texts, revised):
    client.force_login(texts.officer)
    for name in ("clause_edit", "clause_remove", "clause_move"):
        assert client.get(url(f"agreements_desk:{name}", revised.pk, "zz")).status_code == 404
    for name in ("variable_edit", "variable_remove"):
        assert client.get(url(f"agreements_desk:{name}", revised.pk, "zz")).status_code == 404


def test_everybody_reads_what_is_published_and_nothing_else(client, texts, revised):
    first = TemplateVersion.objects.get(number=1)
    listed = client.get(url("agreements_public:texts")).content.decode()
    assert url("agreements_public:text", first.pk) in listed
    assert url("agreements_public:text", revised.pk) not in listed
    assert client.get(url("agreements_public:text", first.pk)).status_code == 200
    assert client.get(url("agreements_public:text", revised.pk)).status_code == 404
    texts.closed(texts.asked(revised, "2025-09-01"), "2025-10-13")
    texts.publish(revised, "2025-10-13")
    page = client.get(url("agreements_public:text", revised.pk)).content.decode()
    assert "<ins>二十</ins>" in page


def test_the_pages_cost_the_same_for_many_clauses_and_comments(
    client, texts, revised, django_assert_max_num_queries
):
    consultation = texts.asked(revised, "2025-10-13")
    for each in range(5):
        other = InstitutionFactory()
        consultation.parties.create(institution=other)
        texts.institution = other
        texts.said(consultation, "2025-10-14", f"意见{each}", by=member_of(other))
    client.force_login(texts.officer)
    for address in pages(revised, consultation):
        with django_assert_max_num_queries(24):
            client.get(address)


def test_the_office_reads_all_comments_by_machine_and_an_institution_its_own(texts, revised):
    consultation = texts.asked(revised, "2025-10-13")
    texts.said(consultation, "2025-10-14", "自己的意见", clause_key="payment")
    other = InstitutionFactory()
    consultation.parties.create(institution=other)
    stranger = member_of(other)
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Token {token_of(stranger)}")
    base = reverse("consultation-detail", args=[consultation.pk])
    assert api.get(base).json()["comments"] == []
    sent = api.post(f"{base}comment/", {"stance": "comment", "text": "别家意见"}, format="json")
    assert (sent.status_code, sent.json()["text"]) == (200, "别家意见")
    bad = api.post(f"{base}comment/", {"stance": "comment"}, format="json")
    assert (bad.status_code, bad.json()["obstacles"][0]["code"]) == (409, "comment_empty")
    office = APIClient()
    office.force_authenticate(texts.officer)
    assert {each["text"] for each in office.get(base).json()["comments"]} == {
        "自己的意见",
        "别家意见",
    }
    versions = reverse("templateversion-list")
    assert [each["number"] for each in api.get(versions).json()["results"]] == [1]
    assert [each["number"] for each in office.get(versions).json()["results"]] == [2, 1]
    detail = api.get(reverse("templateversion-detail", args=[revised.based_on_id])).json()
    assert [each["key"] for each in detail["clauses"]] == ["parties", "payment", "breach"]
    assert api.get(reverse("templateversion-detail", args=[revised.pk])).status_code == 404
