"""Receipts and the public status of matters; the public pages of service matters."""

from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.translation import override

from agency.bundles import BundleKind, BundleState
from agency.enums import RegionLevel, Role
from agency.models import BundlePartType, ReadLog, Region, ServiceBundle
from agency.receipts import ALPHABET, RECEIPT_KINDS, check_code, code_fits, status_url
from agency.services import rates
from agency.services.bundle_parts import ask_supplement, return_part
from agency.views.strangers import HONEYPOT
from tests.agency.factories import RegionFactory, user_with
from tests.agency.factories_bundles import CREDIT_CODE, FILED_AT, ID_NUMBER, bundle

PDF = b"%PDF-1.7\n%"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh_counts():
    cache.clear()


@pytest.fixture
def limit(monkeypatch):
    """Set how many an hour there are."""

    def set_to(number: int) -> None:
        everything: defaultdict[str, Decimal] = defaultdict(lambda: Decimal(number))
        monkeypatch.setattr(rates, "parameters_on", lambda _on: everything)

    return set_to


# --- check codes ----------------------------------------------------------------------------------


def test_a_code_goes_with_one_number_and_survives_new_keys(settings):
    number = "CHG-360400-2026-0001"
    code = check_code(number)
    assert len(code) == 6 and set(code) <= set(ALPHABET)
    assert not set(ALPHABET) & set("01IOU")
    assert code_fits(f" {number.lower()} ", f" {code.lower()} ")
    assert not code_fits("CHG-360400-2026-0002", code)
    assert not code_fits(number, "")
    assert len({check_code(f"CHG-360400-2026-{n:04}") for n in range(500)}) == 500
    settings.FIELD_KEYS = ["A" * 43, *settings.FIELD_KEYS]
    assert check_code(number) == code


def test_every_kind_says_whose_turn_it_is_in_every_state():
    assert {"CHG", "REQ", "BND"} <= set(RECEIPT_KINDS)
    for kind in RECEIPT_KINDS.values():
        states = {str(value) for value, _label in kind.model._meta.get_field("state").flatchoices}
        assert set(kind.turns) <= states, kind.code
        assert kind.open_states and set(kind.answered) <= set(kind.turns), kind.code
        assert all(kind.turns[state] is None for state in kind.answered), kind.code
        assert kind.clocks or not kind.promise, kind.code
        # What is left out must be a state before it was received.
        assert states - set(kind.turns) <= {"draft"}, kind.code


# --- the status page ------------------------------------------------------------------------------


def test_the_status_names_nobody(client, django_assert_max_num_queries):
    filed = bundle()
    clerk = user_with(Role.INTAKE_CLERK, name="王小明")
    return_part(part_id=filed.parts.first().pk, ground="arrears", by=clerk, at=FILED_AT, note="张")
    with django_assert_max_num_queries(16):
        response = client.get(status_url(filed.number))
    text = response.content.decode()
    assert response.status_code == 200
    for told in (filed.number, "2025-05-16", check_code(filed.number)):
        assert told in text
    for secret in ("张三丰", ID_NUMBER, "李四", "13812345678", "王小明"):
        assert secret not in text
    assert "no-store" in response["Cache-Control"]


def test_wrong_pairs_and_unknown_numbers_answer_the_same(client):
    filed = bundle()
    unknown = filed.number.replace("0001", "0002")
    answers = set()
    for number, code in (
        (filed.number, "222222"),
        (unknown, "222222"),
        (unknown, check_code(unknown)),
        ("XXX-1", check_code("XXX-1")),
        ("💥", "💥💥💥"),
        ("CHG\x00", check_code("CHG\x00")),
    ):
        page = client.get(reverse("agency:status"), {"number": number, "code": code})
        said = client.get("/api/v1/status/", {"number": number, "code": code})
        assert said.status_code == 404, number
        answers.add((page.status_code, tuple(page.context["form"].non_field_errors())))
    # What no form takes is another answer: it was no number at all.
    assert len({answer for answer in answers if answer[0] == 404}) == 1
    assert {answer[0] for answer in answers} <= {400, 404}


def test_guessing_is_slow(client, limit):
    limit(3)
    filed = bundle()
    asked = {"number": filed.number, "code": "222222"}
    url = reverse("agency:status")
    assert [client.get(url, asked).status_code for _each in range(4)] == [404, 404, 404, 429]
    right = client.get(status_url(filed.number))
    assert right.status_code == 429
    assert filed.get_kind_display() not in right.content.decode()
    assert client.get("/api/v1/status/", asked).status_code == 429
    # Another connection is not held up by it.
    assert client.get(status_url(filed.number), REMOTE_ADDR="10.9.8.7").status_code == 200


def test_the_api_says_the_same_without_logging_in(client):
    filed = bundle()
    asked = {"number": filed.number.lower(), "code": check_code(filed.number)}
    body = client.get("/api/v1/status/", asked).json()
    assert (body["number"], body["kind"], body["state"]) == (filed.number, "BND", "filed")
    assert (body["turn"], body["due_on"], body["days_theirs"]) == ("ours", "2025-05-16", 0)
    assert len(body["parts"]) == 2
    assert body["counted_days"][-1]["counted_as"] == 10
    assert "张三丰" not in str(body)


def test_both_languages(client):
    filed = bundle()
    assert "承诺办结日期" in client.get(status_url(filed.number)).content.decode()
    client.cookies["django_language"] = "en"
    assert "It is the agency" in client.get(status_url(filed.number)).content.decode()


# --- filing publicly ------------------------------------------------------------------------------


def form_of(kind: BundleKind, **fields):
    county = Region.objects.filter(level=RegionLevel.COUNTY).first() or RegionFactory(
        code="360403", name="浔阳区"
    )
    parts = BundlePartType.objects.filter(bundle=kind)
    return {
        "person_name": "张三丰",
        "id_number": ID_NUMBER,
        "contact_name": "李四",
        "phone": "138 1234 5678",
        "region": county.pk,
        "parts": [each.pk for each in parts],
        "details": "",
        "form_key": "one",
        **fields,
    }


def test_anybody_files_and_has_a_receipt(client):
    url = reverse("agency:bundle_file", args=["employee_leaves"])
    assert client.get(url).status_code == 200
    given = form_of(BundleKind.EMPLOYEE_LEAVES, credit_code=CREDIT_CODE)
    given["files"] = SimpleUploadedFile("离职证明.pdf", PDF)
    response = client.post(url, given)
    assert response.status_code == 302
    filed = ServiceBundle.objects.get()
    asked = parse_qs(urlsplit(response["Location"]).query)
    assert asked == {"number": [filed.number], "code": [check_code(filed.number)]}
    receipt = client.get(response["Location"])
    assert receipt.status_code == 200 and check_code(filed.number) in receipt.content.decode()
    assert filed.files.count() == 1
    # Sent once more, it is the same matter.
    given["files"] = SimpleUploadedFile("离职证明.pdf", PDF)
    assert client.post(url, given)["Location"] == response["Location"]
    assert ServiceBundle.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"id_number": ID_NUMBER[:-1] + ("1" if ID_NUMBER[-1] != "1" else "2")}, "id_number"),
        ({"credit_code": "1"}, "credit_code"),
        ({"credit_code": ""}, "credit_code"),
        ({"parts": []}, "parts"),
        ({"phone": "call me"}, "phone"),
        ({"person_name": ""}, "person_name"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_lost(client, wrong, field):
    url = reverse("agency:bundle_file", args=["employee_leaves"])
    given = form_of(BundleKind.EMPLOYEE_LEAVES, credit_code=CREDIT_CODE)
    response = client.post(url, {**given, **wrong})
    assert response.status_code == 400
    form = response.context["form"]
    assert list(form.errors) == [field]
    assert form["contact_name"].value() == "李四"
    assert not ServiceBundle.objects.exists()


def test_a_file_of_a_wrong_kind_is_refused(client):
    url = reverse("agency:bundle_file", args=["after_death"])
    given = form_of(BundleKind.AFTER_DEATH, files=SimpleUploadedFile("a.exe", b"MZ\x00\x01"))
    response = client.post(url, given)
    assert response.status_code == 409 and "a.exe" in response.content.decode()
    assert not ServiceBundle.objects.exists()


def test_programs_are_thanked_and_too_many_told_so(client, limit):
    url = reverse("agency:bundle_file", args=["after_death"])
    given = form_of(BundleKind.AFTER_DEATH)
    assert client.post(url, {**given, HONEYPOT: "http://x"}).status_code == 200
    assert not ServiceBundle.objects.exists()
    limit(1)
    response = client.post(url, given)
    assert response.status_code == 429
    assert response.context["form"]["contact_name"].value() == "李四"
    assert not ServiceBundle.objects.exists()


def test_the_holder_of_the_receipt_supplies_and_withdraws(client):
    clerk = user_with(Role.INTAKE_CLERK)
    filed = bundle()
    for part in filed.parts.all():
        ask_supplement(part_id=part.pk, missing="死亡证明", by=clerk, at=FILED_AT)
    asked = f"?number={filed.number}&code={check_code(filed.number)}"
    page = client.get(status_url(filed.number)).content.decode()
    assert "死亡证明" in page and reverse("agency:bundle_supplement") in page
    supply = reverse("agency:bundle_supplement")
    assert client.get(f"{supply}?number={filed.number}&code=222222").status_code == 404
    assert client.get(supply + asked).status_code == 200
    response = client.post(supply + asked, {"files": SimpleUploadedFile("a.pdf", PDF)})
    assert (response.status_code, response["Location"]) == (302, status_url(filed.number))
    withdraw = reverse("agency:bundle_withdraw")
    assert client.post(f"{withdraw}?number={filed.number}&code=222222").status_code == 404
    assert client.post(withdraw + asked).status_code == 302
    filed.refresh_from_db()
    assert filed.state == BundleState.WITHDRAWN
    assert client.post(withdraw + asked).status_code == 409


def test_machines_file_once_with_a_key(client):
    RegionFactory(code="360403", name="浔阳区")
    body = {
        "kind": "identity_change",
        "region": "360403",
        "person_name": "张三丰",
        "id_number": ID_NUMBER,
        "contact_name": "李四",
        "phone": "13812345678",
        "details": "改名",
    }

    def send(**fields):
        return client.post(
            "/api/v1/service-matters/",
            {**body, **fields},
            "application/json",
            headers={"Idempotency-Key": "k1"},
        )

    first, again = send(), send()
    assert first.status_code == 201 and again.json() == first.json()
    assert first.json()["code"] == check_code(first.json()["number"])
    # Another's key opens nothing of this one.
    assert send(phone="13900000000").json()["number"] != first.json()["number"]
    assert send(region="999999").status_code == 400
    assert send(parts=["nonsense"]).status_code == 400
    refused = send(id_number="360400199001010010")
    assert (refused.status_code, refused.json()["obstacles"][0]["code"]) == (
        409,
        "id_number_invalid",
    )
    assert client.get("/api/v1/service-matters/").status_code == 401


# --- the desk -------------------------------------------------------------------------------------


def test_the_desk_masks_and_logs_every_look(client):
    filed = bundle()
    client.force_login(user_with(Role.INTAKE_CLERK))
    page = client.get(filed.get_absolute_url()).content.decode()
    assert "张**" in page and ID_NUMBER not in page and "张三丰" not in page
    assert check_code(filed.number) in page
    url = reverse("agency_desk:bundle_person", args=[filed.number])
    stamp = client.get(url).context["stamp"]
    shown = client.post(url, {"stamp": stamp, "purpose": "change", "note": "核对身份"})
    assert ID_NUMBER in shown.content.decode()
    assert ReadLog.objects.get().label == filed.number


def test_the_desk_settles_a_part_and_lists_what_is_overdue(client):
    filed = bundle()
    client.force_login(user_with(Role.INTAKE_CLERK))
    url = reverse("agency_desk:bundles")
    assert filed.number in client.get(url, {"late": "1"}).content.decode()
    for part in filed.parts.all():
        page = reverse("agency_desk:bundle_part_done", args=[part.pk])
        stamp = client.get(page).context["stamp"]
        assert client.post(page, {"stamp": stamp}).status_code == 302
    filed.refresh_from_db()
    assert filed.state == BundleState.COMPLETED
    client.get(filed.get_absolute_url())  # what was done is said there
    assert filed.number not in client.get(url, {"late": "1"}).content.decode()


def test_the_counter_records_and_prints(client):
    RegionFactory(code="360403", name="浔阳区")
    client.force_login(user_with(Role.INTAKE_CLERK))
    url = reverse("agency_desk:bundle_record", args=["after_death"])
    given = form_of(BundleKind.AFTER_DEATH, stamp=client.get(url).context["stamp"])
    response = client.post(url, given)
    filed = ServiceBundle.objects.get()
    assert response["Location"] == filed.get_absolute_url()
    assert filed.taken_in_by is not None


def test_the_lists_cost_the_same_however_long(client, django_assert_max_num_queries):
    for number in range(12):
        bundle(at=FILED_AT + timedelta(minutes=number))
    client.force_login(user_with(Role.INTAKE_CLERK))
    client.get(reverse("agency_desk:bundles"))
    with django_assert_max_num_queries(14):
        client.get(reverse("agency_desk:bundles"))


def test_figures_are_published(client):
    for url in ("/service-figures/", "/service-figures/figures.csv", "/api/v1/service-figures/"):
        assert client.get(url).status_code == 200
    with override("zh-hans"):
        assert RECEIPT_KINDS["BND"].label


def test_the_desk_lists_whose_turn_it_is(client, django_assert_max_num_queries):
    clerk = user_with(Role.INTAKE_CLERK)
    ours, theirs = bundle(), bundle()
    for part in theirs.parts.all():
        ask_supplement(part_id=part.pk, missing="死亡证明", by=clerk, at=FILED_AT)
    client.force_login(clerk)
    url = reverse("agency_desk:turns")
    for side, shown, other in (("theirs", theirs, ours), ("ours", ours, theirs)):
        with django_assert_max_num_queries(20):
            page = client.get(url, {"kind": "BND", "side": side})
        numbers = [line["number"] for line in page.context["lines"]]
        assert numbers == [shown.number], (side, other)
    for code in RECEIPT_KINDS:
        for side in ("ours", "theirs"):
            assert client.get(url, {"kind": code, "side": side}).status_code == 200, code
