"""The pages of the first visit, and of requests for accounts."""

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from agency.enums import Role
from agency.models import Attachment
from agency.receipts import check_code
from institutions.models import AccountRequest, Institution
from tests.agency.factories import RegionFactory, user_with
from tests.institutions.factories import InstitutionFactory, credit_code, member_of
from tests.institutions.factories_accounts import PASSWORD, account_request

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7\n%licence"


@pytest.fixture(autouse=True)
def _no_earlier_visits():
    cache.clear()


@pytest.fixture(autouse=True)
def region():
    return RegionFactory(code="360403", name="浔阳区")


def typed(**changes):
    data = {
        "institution_name": "浔阳新诊所",
        "credit_code": credit_code(900).lower(),
        "national_code": "",
        "licence_no": "PDY36040317D2001",
        "kind": "clinic",
        "region": "360403",
        "address": "九江市浔阳区甘棠路9号",
        "contact_name": "林静",
        "phone": "0792-8112233",
        "email": "",
        "username": "linjing",
        "password": PASSWORD,
        "password_again": PASSWORD,
        "licence": SimpleUploadedFile("执照.pdf", PDF),
        **changes,
    }
    return {name: value for name, value in data.items() if value is not None}


def ask(client, **changes):
    return client.post(reverse("institutions_public:open_account"), typed(**changes))


def test_the_way_in_names_periods_and_materials(client):
    page = client.get(reverse("institutions_public:way_in"), {"kind": "clinic"})
    assert page.status_code == 200
    assert reverse("institutions_public:open_account") in page.content.decode()
    assert client.get(reverse("institutions_public:way_in"), {"kind": "no"}).status_code == 200


def test_a_stranger_opens_an_account_and_can_log_in(client):
    answer = ask(client)
    request = AccountRequest.objects.get()
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    assert page.status_code == 200
    text = page.content.decode()
    assert request.number in text
    assert check_code(request.number) in text
    came_in = client.post("/login/", {"username": "linjing", "password": PASSWORD})
    assert came_in.status_code == 302
    assert client.get(reverse("institutions_portal:home")).status_code == 200


def test_the_receipt_opens_with_its_code_only(client):
    request = account_request()
    address = reverse("institutions_public:account_asked", args=[request.number])
    assert client.get(address).status_code == 404
    assert client.get(address, {"code": "AAAAAA"}).status_code == 404
    assert client.get(address, {"code": check_code(request.number)}).status_code == 200


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"credit_code": credit_code(900)[:-1] + "0"}, "GB 32100"),
        ({"national_code": "36040300001"}, "36040300001"),
        ({"password": "password123", "password_again": "password123"}, "密码"),
        ({"password_again": "something else"}, "两次"),
        ({"region": ""}, ""),
        ({"kind": "casino"}, ""),
        ({"phone": "电话"}, ""),
        ({"username": "a b"}, "a b"),
    ],
)
def test_a_wrong_field_is_named_and_the_file_is_kept(client, changes, words):
    answer = ask(client, **changes)
    assert answer.status_code == 400
    text = answer.content.decode()
    assert words in text
    assert not AccountRequest.objects.exists()
    assert not Institution.objects.exists()
    assert PASSWORD not in text
    # The scan was received: the form goes without choosing it again.
    assert "执照.pdf" in text
    kept = answer.context["form"]["kept"].value()
    again = ask(client, licence=None, kept=kept)
    assert again.status_code == 302
    request = AccountRequest.objects.get()
    assert request.licence.name == "执照.pdf"
    assert Attachment.objects.count() == 1


def test_a_file_of_a_wrong_kind_is_refused_and_the_rest_kept(client):
    answer = ask(client, licence=SimpleUploadedFile("执照.pdf", b"MZ\x00\x00program"))
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "执照.pdf" in text
    assert "浔阳新诊所" in text
    assert not Attachment.objects.exists()
    assert not AccountRequest.objects.exists()
    missing = ask(client, licence=None, kept="made-up")
    assert missing.status_code == 400
    assert "C-08" in missing.content.decode()


def test_too_many_requests_from_one_address_are_stopped(client, monkeypatch):
    monkeypatch.setattr(
        "agency.services.rates.parameters_on", lambda _on: {"stranger_filings_per_hour": 1}
    )
    assert ask(client, region="").status_code == 400
    stopped = ask(client)
    assert stopped.status_code == 429
    assert not AccountRequest.objects.exists()


def test_a_page_does_not_tell_whether_an_institution_has_accounts(client):
    alone, busy = InstitutionFactory(), InstitutionFactory()
    member_of(busy)
    pages = []
    for known, name in ((alone, "erste"), (busy, "zweite")):
        answer = ask(
            client, credit_code=known.credit_code, username=name, institution_name="一家医院"
        )
        text = client.get(answer["Location"]).content.decode()
        assert known.name not in text
        request = AccountRequest.objects.get(username=name)
        for secret in (request.number, check_code(request.number)):
            text = text.replace(secret, "")
        pages.append(text.split("<main")[1].split("data:image")[0])
    assert pages[0] == pages[1]


def test_clerk_and_administrator_decide_on_their_pages(client):
    institution = InstitutionFactory()
    administrator, clerk = member_of(institution), user_with(Role.INTAKE_CLERK)
    request = account_request(credit_code=institution.credit_code)
    client.force_login(clerk)
    page = client.get(request.get_absolute_url())
    assert page.status_code == 200
    assert reverse("institutions_desk:account_approve", args=[request.number]) in (
        page.content.decode()
    )
    listed = client.get(reverse("institutions_desk:account_requests"), {"q": request.number})
    assert request.number in listed.content.decode()
    assert request.number in client.get("/desk/").content.decode()
    assert client.get(reverse("agency:file", args=[request.licence_id])).status_code == 200
    client.force_login(administrator)
    own = client.get(request.get_portal_url())
    assert own.status_code == 200
    assert request.number in client.get(reverse("institutions_portal:home")).content.decode()
    address = reverse("institutions_portal:account_approve", args=[request.number])
    form = client.get(address)
    answer = client.post(address, {"stamp": form.context["stamp"], "reason": ""})
    assert answer.status_code == 302
    assert AccountRequest.objects.get().state == "approved"
    stranger = member_of(InstitutionFactory())
    client.force_login(stranger)
    assert client.get(request.get_portal_url()).status_code == 404


def test_the_interface_lists_requests_for_the_office(client):
    request = account_request()
    client.force_login(user_with(Role.INTAKE_CLERK))
    answer = client.get("/api/v1/account-requests/", {"state": "opened"})
    assert [each["number"] for each in answer.json()["results"]] == [request.number]
    assert client.get(f"/api/v1/account-requests/{request.number}/").status_code == 200
    client.force_login(request.account)
    assert client.get("/api/v1/account-requests/").status_code == 403


def test_the_desk_enters_the_codes_of_an_entry_that_has_its_credit_code(client):
    request = account_request()
    client.force_login(user_with(Role.INTAKE_CLERK))
    address = reverse("institutions_desk:verify", args=[request.institution_id])
    form = client.get(address)
    codes = {**form.context["form"].initial, "code": "H36040300777"}
    answer = client.post(
        address,
        {**codes, "stamp": form.context["stamp"], "nature": "private_profit", "level": "11"},
    )
    assert answer.status_code == 302
    assert Institution.objects.get(code="H36040300777").credit_code == request.credit_code
