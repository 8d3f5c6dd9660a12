"""Who sees which page, what it costs, and what bad input gets."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from rest_framework.test import APIClient

from agency.enums import Role
from agency.models import Attachment, Notice
from agency.permissions import ADMINISTRATION_STAFF, AGENCY_STAFF
from institutions.enums.changes import ChangeField, ChangeState
from institutions.models import ChangeRequest, Institution, Membership
from institutions.services.change_values import FieldChange
from institutions.services.changes import approve_change
from institutions.services.filing import file_change, withdraw_change
from tests.agency.factories import NOW, RegionFactory, user_with
from tests.institutions.factories import (
    EntryFactory,
    InstitutionFactory,
    credit_code,
    member_of,
)
from tests.institutions.factories_changes import checked

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n%"
APPROVED = "2026-11-10"


@pytest.fixture
def institution():
    return InstitutionFactory(name="浔阳仁和医院")


@pytest.fixture
def member(institution):
    return member_of(institution)


@pytest.fixture
def clerk():
    return user_with(Role.INTAKE_CLERK)


@pytest.fixture
def change(member):
    return filed(member)


def filed(member, field=ChangeField.NAME, value="浔阳新仁和医院", **kwargs):
    return file_change(
        institution_id=member.membership.institution_id,
        changes=[FieldChange(field, value, NOW.date() - timedelta(days=10))],
        by=member,
        at=NOW,
        **kwargs,
    )


def as_user(client, user):
    client.force_login(user)
    return client


def stamp_of(response):
    return response.context["stamp"]


# --- who may ------------------------------------------------------------------------------------

DESK = ["institutions_desk:list", "institutions_desk:changes"]
PORTAL = [
    "institutions_portal:home",
    "institutions_portal:institution",
    "institutions_portal:changes",
]


@pytest.mark.parametrize("role", list(Role))
def test_the_pages_of_a_role(client, institution, role):
    is_institution = role.value.startswith("institution.")
    is_office = role in (*AGENCY_STAFF, *ADMINISTRATION_STAFF)
    user = member_of(institution, role) if is_institution else user_with(role)
    as_user(client, user)
    for name in DESK:
        assert client.get(reverse(name)).status_code == (200 if is_office else 403), name
    for name in PORTAL:
        assert client.get(reverse(name)).status_code == (200 if is_institution else 403), name
    detail = client.get(institution.get_absolute_url()).status_code
    assert detail == (200 if is_office else 403)
    new = client.get(reverse("institutions_portal:change_new")).status_code
    assert new == (200 if role == Role.INSTITUTION_ADMINISTRATOR else 403)


@pytest.mark.parametrize("role", list(Role))
def test_who_decides(client, change, role):
    as_user(client, user_with(role))
    expected = 200 if role in {Role.INTAKE_CLERK, Role.AGENCY_HEAD} else 403
    for name in ("change_approve", "change_reject"):
        url = reverse(f"institutions_desk:{name}", args=[change.number])
        assert client.get(url).status_code == expected
        assert client.post(url, {"reason": "x"}).status_code == (409 if expected == 200 else 403)
    assert ChangeRequest.objects.get().state == ChangeState.FILED


def test_an_expired_session_leads_to_the_log_in_and_back(client, change):
    response = client.get(change.get_absolute_url())
    assert response.status_code == 302
    assert response["Location"] == f"{reverse('agency:login')}?next={change.get_absolute_url()}"


def test_another_institutions_filing_is_not_found(client, change):
    as_user(client, member_of(InstitutionFactory()))
    withdraw = reverse("institutions_portal:change_withdraw", args=[change.number])
    for url in (change.get_portal_url(), withdraw):
        assert client.get(url).status_code == 404
    assert client.post(withdraw, {"stamp": "filed.1"}).status_code == 404
    assert change.number not in client.get(reverse("institutions_portal:changes")).text
    assert ChangeRequest.objects.get().state == ChangeState.FILED


def test_an_account_without_an_institution_is_told_what_to_do(client):
    as_user(client, user_with(Role.INSTITUTION_ADMINISTRATOR))
    for name in ("home", "institution"):
        response = client.get(reverse(f"institutions_portal:{name}"))
        assert response.status_code == 403
        assert "系统管理员" in response.text
    assert client.get(reverse("institutions_portal:change_new")).status_code == 404


# --- filing -------------------------------------------------------------------------------------


def post_filing(client, **fields):
    url = reverse("institutions_portal:change_new")
    fields.setdefault("stamp", stamp_of(client.get(url)))
    return client.post(url, fields)


def test_filing_with_evidence_through_the_page(client, institution, member):
    as_user(client, member)
    response = post_filing(
        client,
        new_name="浔阳新仁和医院",
        approved_name=APPROVED,
        new_level="05",
        approved_level=APPROVED,
        explanation="更名升级",
        evidence=[SimpleUploadedFile("批文.pdf", PDF), SimpleUploadedFile("证.pdf", PDF)],
    )
    change = ChangeRequest.objects.get()
    assert response["Location"] == change.get_portal_url()
    assert {item.field for item in change.items.all()} == {"name", "level"}
    page = client.get(change.get_portal_url())
    assert "二级甲等" in page.text and "批文.pdf" in page.text
    attachment = change.evidence.order_by("pk").first()
    download = client.get(reverse("agency:file_download", args=[attachment.pk]))
    assert b"".join(download.streaming_content) == PDF
    assert download["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("fields", "status", "field"),
    [
        pytest.param({"new_name": "新"}, 400, "approved_name", id="no-day"),
        pytest.param({"approved_name": APPROVED}, 400, "new_name", id="no-value"),
        pytest.param(
            {"new_scale": "viele", "approved_scale": APPROVED}, 400, "new_scale", id="no-number"
        ),
        pytest.param(
            {"new_name": "新", "approved_name": "gestern"}, 400, "approved_name", id="no-date"
        ),
        pytest.param({}, 409, "__all__", id="nothing"),
        pytest.param(
            {"new_name": "新", "approved_name": "2099-01-01"}, 409, "__all__", id="future"
        ),
    ],
)
def test_a_filing_that_is_refused_says_where(client, member, fields, status, field):
    as_user(client, member)
    response = post_filing(client, **fields)
    assert response.status_code == status
    assert list(response.context["form"].errors) == [field]
    assert not ChangeRequest.objects.exists()


def test_a_file_of_the_wrong_kind_is_refused_and_nothing_stored(client, member):
    as_user(client, member)
    response = post_filing(
        client,
        new_name="新",
        approved_name=APPROVED,
        evidence=SimpleUploadedFile("批文.pdf", b"MZ\x90\x00"),
    )
    assert response.status_code == 409
    assert "批文.pdf" in response.text and 'value="新"' in response.text
    assert not ChangeRequest.objects.exists() and not Attachment.objects.exists()


def test_a_late_filing_says_so(client, member):
    as_user(client, member)
    response = post_filing(client, new_name="新", approved_name="2026-01-05")
    page = client.get(response["Location"])
    assert page.text.count("予以受理并提示") >= 2
    assert ChangeRequest.objects.get().is_late


def test_withdrawing_through_the_page(client, member, change):
    as_user(client, member)
    url = reverse("institutions_portal:change_withdraw", args=[change.number])
    response = client.post(url, {"stamp": stamp_of(client.get(url))})
    assert response["Location"] == change.get_portal_url()
    assert ChangeRequest.objects.get().state == ChangeState.WITHDRAWN
    assert change.number in client.get(response["Location"]).text


# --- deciding -----------------------------------------------------------------------------------


def test_a_filing_waits_at_the_desk_is_approved_and_gone(client, change, clerk):
    as_user(client, clerk)
    home = reverse("agency_desk:home")
    assert change.number in client.get(home).text
    for name in ("change_check", "change_approve"):
        assert change.number in client.get(home).text
        url = reverse(f"institutions_desk:{name}", args=[change.number])
        page = client.get(url)
        assert "浔阳新仁和医院" in page.text
        response = client.post(url, {"stamp": stamp_of(page), "reason": "属实"})
        assert response["Location"] == change.get_absolute_url()
    assert "已生效" in client.get(response["Location"]).text
    assert Institution.objects.get().name == "浔阳新仁和医院"
    assert change.number not in client.get(home).text
    detail = client.get(change.institution.get_absolute_url())
    assert "浔阳新仁和医院" in detail.text and "浔阳仁和医院" in detail.text


def test_a_filing_of_an_account_waits_for_the_head(client, member, clerk):
    change = filed(member, ChangeField.BANK_ACCOUNT, "6222000000009999")
    as_user(client, clerk)
    home, url = reverse("agency_desk:home"), change.get_absolute_url()
    approve = reverse("institutions_desk:change_approve", args=[change.number])
    checked(change, by=clerk)
    assert change.number not in client.get(home).text
    page = client.get(url)
    assert approve not in page.text
    assert reverse("institutions_desk:change_reject", args=[change.number]) in page.text
    response = client.post(approve, {"stamp": stamp_of(client.get(approve))})
    assert response.status_code == 409
    as_user(client, user_with(Role.AGENCY_HEAD))
    assert change.number in client.get(home).text
    assert approve in client.get(url).text


def test_a_stale_page_does_nothing(client, member, change, clerk):
    as_user(client, clerk)
    url = reverse("institutions_desk:change_approve", args=[change.number])
    old = stamp_of(client.get(url))
    withdraw_change(change_id=change.pk, by=member, at=NOW)
    response = client.post(url, {"stamp": old})
    assert response.status_code == 409
    assert ChangeRequest.objects.get().state == ChangeState.WITHDRAWN
    assert not Notice.objects.filter(recipient=member, key__startswith="change.").exists()


def test_rejecting_without_a_reason_is_refused_at_the_field(client, change, clerk):
    as_user(client, clerk)
    url = reverse("institutions_desk:change_reject", args=[change.number])
    response = client.post(url, {"stamp": stamp_of(client.get(url)), "reason": ""})
    assert response.status_code == 400
    assert "reason" in response.context["form"].errors


# --- the register -------------------------------------------------------------------------------


def test_filters_of_the_register(client, clerk):
    county = RegionFactory(code="360403", name="浔阳区", parent=RegionFactory())
    far = RegionFactory(code="360700", name="赣州市")
    here = InstitutionFactory(name="甲医院", region=county, level="02")
    there = InstitutionFactory(name="乙诊所", region=far, kind="clinic", level="11")
    entry = EntryFactory(name="丙卫生院", region=county)
    as_user(client, clerk)

    def found(**query):
        page = client.get(reverse("institutions_desk:list"), query)
        return set(page.context["object_list"])

    assert found() == {here, there, entry}
    assert found(q="医院") == {here}
    assert found(q=there.code[:12].lower()) == {there}
    assert found(region="360400") == {here, entry}
    assert found(kind="clinic") == {there}
    assert found(level="02") == {here}
    assert found(unverified="true") == {entry}
    assert found(q="%") == set()
    assert found(level="99") == {here, there, entry}


def test_verifying_an_entry_through_the_page(client, clerk):
    entry = EntryFactory(name="丙卫生院")
    as_user(client, clerk)
    url = reverse("institutions_desk:verify", args=[entry.pk])
    assert url in client.get(entry.get_absolute_url()).text
    fields = {
        "code": "H36040300900",
        "credit_code": credit_code(900)[:-1] + "?",
        "kind": "township_centre",
        "nature": "public",
        "level": "11",
        "registered_address": "丙镇1号",
        "stamp": stamp_of(client.get(url)),
    }
    response = client.post(url, fields)
    assert response.status_code == 400
    assert list(response.context["form"].errors) == ["credit_code"]
    client.post(url, fields | {"credit_code": credit_code(900)})
    assert Institution.objects.get().code == "H36040300900"
    assert client.get(Institution.objects.get().get_public_url()).status_code == 200
    assert client.post(url, fields).status_code == 409


def test_the_public_register_shows_verified_institutions_and_no_persons(client, institution):
    EntryFactory(name="丙卫生院")
    home = client.get(reverse("institutions_public:home"))
    assert [each.pk for each in home.context["object_list"]] == [institution.pk]
    page = client.get(institution.get_public_url()).text
    assert institution.code in page and institution.registered_address in page
    for secret in (
        institution.bank_account,
        institution.bank_account[-4:],
        institution.legal_representative,
        institution.principal,
        institution.credit_code,
    ):
        assert secret not in page
    search = client.get(reverse("institutions_public:home"), {"q": "没有这家"})
    assert not search.context["object_list"]
    assert (
        client.get(reverse("institutions_public:detail", args=["H00000000000"])).status_code == 404
    )


def test_the_public_page_on_a_day(client, institution, change, clerk):
    approve_change(change_id=checked(change).pk, by=clerk, at=NOW)
    url = institution.get_public_url()
    assert client.get(url).context["then"].name == "浔阳新仁和医院"
    day_before = (NOW.date() - timedelta(days=1)).isoformat()
    assert client.get(url, {"on": day_before}).context["then"].name == "浔阳仁和医院"
    for nonsense in ("2999-01-01", "gestern", ""):
        page = client.get(url, {"on": nonsense})
        assert page.status_code == 200
        assert page.context["is_today"]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_in_both_languages(client, member, change, language):
    client.cookies["django_language"] = language
    as_user(client, member)
    for url in (reverse("institutions_portal:home"), change.get_portal_url()):
        page = client.get(url)
        assert page.status_code == 200
        assert ("The agency" in page.text or "Filing" in page.text) == (language == "en")


# --- what a list costs --------------------------------------------------------------------------


def test_lists_cost_the_same_for_two_and_for_many(
    client, member, institution, clerk, django_assert_max_num_queries
):
    region = institution.region
    for number in range(60):
        other = InstitutionFactory(region=region, name=f"医院{number:02}")
        filed(member_of(other), value=f"新医院{number:02}")
    as_user(client, clerk)
    with django_assert_max_num_queries(8):
        page = client.get(reverse("institutions_desk:list"))
    assert len(page.context["object_list"]) == 50
    with django_assert_max_num_queries(8):
        after = client.get(reverse("institutions_desk:list") + page.context["pager"]["next"])
    seen = {each.pk for each in page.context["object_list"]}
    rest = {each.pk for each in after.context["object_list"]}
    assert len(seen | rest) == 61
    with django_assert_max_num_queries(7):
        client.get(reverse("institutions_desk:changes"))
    with django_assert_max_num_queries(18):
        client.get(reverse("agency_desk:home"))
    client.logout()
    with django_assert_max_num_queries(3):
        client.get(reverse("institutions_public:home"))
    as_user(client, member)
    with django_assert_max_num_queries(7):
        client.get(reverse("institutions_portal:changes"))


# --- machines and supervisors -------------------------------------------------------------------


def test_api_register_and_changes(institution, member, change):
    EntryFactory()
    foreign = filed(member_of(InstitutionFactory()))
    api = APIClient()
    assert api.get("/api/v1/institutions/").status_code == 401
    api.force_authenticate(member)
    body = api.get("/api/v1/institutions/", {"q": "仁和"}).json()
    assert [each["code"] for each in body["results"]] == [institution.code]
    one = api.get(f"/api/v1/institutions/{institution.code}/").json()
    assert "bank_account" not in one and "legal_representative" not in one
    own = api.get("/api/v1/changes/").json()["results"]
    assert [each["number"] for each in own] == [change.number]
    assert own[0]["items"][0]["new_value"] == "浔阳新仁和医院"
    assert api.get(f"/api/v1/changes/{foreign.number}/").status_code == 404
    api.force_authenticate(user_with(Role.SUPERVISOR))
    assert len(api.get("/api/v1/changes/").json()["results"]) == 2
    api.force_authenticate(user_with(Role.SOCIAL_SUPERVISOR))
    assert api.get("/api/v1/changes/").status_code == 403


def test_a_supervisor_reads_everything_in_the_admin_and_adds_nothing(client, change):
    as_user(client, user_with(Role.SUPERVISOR, is_staff=True))
    for model in ("institution", "membership", "changerequest", "institutionfact"):
        assert client.get(reverse(f"admin:institutions_{model}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:institutions_{model}_add")).status_code == 403
    url = reverse("admin:institutions_changerequest_change", args=[change.pk])
    assert change.number in client.get(url).text


def test_a_system_administrator_adds_an_account_in_the_admin(client, institution):
    administrator = user_with(Role.SYSTEM_ADMINISTRATOR, is_staff=True)
    person = user_with(Role.INSTITUTION_CLERK)
    as_user(client, administrator)
    url = reverse("admin:institutions_membership_add")
    assert client.get(url).status_code == 200
    response = client.post(url, {"user": person.pk, "institution": institution.pk})
    assert response.status_code == 302
    assert Membership.objects.get(user=person).institution == institution
