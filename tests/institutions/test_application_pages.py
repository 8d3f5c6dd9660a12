"""The way through the pages: the form in five steps, the desk, what bad input gets; and the API."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from agency.enums import Role, Scope
from institutions.enums.designation import ApplicationState, MaterialDefect
from institutions.enums.persons import Post
from institutions.models import DesignationApplication, RefusalFact, ResourcePlan
from institutions.services.designation.checks import checklist
from tests.agency.factories import user_with
from tests.institutions.factories import (
    EntryFactory,
    InstitutionFactory,
    credit_code,
    member_of,
    token_of,
)
from tests.institutions.factories_applications import (
    drafted,
    id_number,
    incomplete_application,
    owner_of,
    picture,
)

pytestmark = pytest.mark.django_db
S = ApplicationState

INSTITUTION = {
    "licence_kind": "practice_licence",
    "licence_no": "PDY-1",
    "licence_valid_to": "2030-12-31",
    "credit_code": credit_code(77_777),
    "kind": "clinic",
    "nature": "private_profit",
    "level": "11",
    "beds": "0",
    "subjects": "内科",
    "contact_name": "周宁",
    "contact_phone": "0792-1",
}
CONDITIONS = {
    "opened_on": "2024-01-15",
    "own_physicians": "1",
    "insurance_staff": "part",
    "principal_in_charge": "on",
    "systems": "on",
    "information_system": "on",
    "other_conditions": "on",
    "expected_fund_use": "350000",
}


@pytest.fixture
def member():
    return member_of(EntryFactory(name="浔阳康宁诊所"))


def send(client, url, data, *, stamp=None, follow=True):
    page = client.get(url)
    assert page.status_code == 200, (url, page.status_code)
    return client.post(url, {"stamp": stamp or page.context["stamp"], **data}, follow=follow)


def persons():
    return {
        key: value
        for place, post in enumerate(Post, 1)
        for key, value in (
            (f"name_{post.value}", f"申请人{place}"),
            (f"id_{post.value}", id_number(place)),
        )
    }


def steps(draft):
    return {
        name: reverse(f"institutions_portal:draft_{name}", args=[draft.pk])
        for name in ("institution", "persons", "conditions", "documents", "check", "discard")
    }


def test_from_the_first_page_to_the_acceptance(client, member):
    client.force_login(member)
    response = send(client, reverse("institutions_portal:application_new"), {"licence_no": "pdy-1"})
    draft = DesignationApplication.objects.get()
    assert response.redirect_chain[-1][0] == steps(draft)["institution"]
    response = send(client, steps(draft)["institution"], INSTITUTION)
    assert response.redirect_chain[-1][0] == steps(draft)["persons"]
    response = send(client, steps(draft)["persons"], persons())
    assert response.redirect_chain[-1][0] == steps(draft)["conditions"]
    response = send(client, steps(draft)["conditions"], CONDITIONS)
    assert response.redirect_chain[-1][0] == steps(draft)["documents"]
    draft.refresh_from_db()
    files = {
        f"files_{each.item.pk}": picture(f"{each.item.code}.png")
        for each in checklist(draft, timezone.localdate())
        if each.item.is_required
    }
    response = send(client, steps(draft)["documents"], files)
    assert response.redirect_chain[-1][0] == steps(draft)["check"]
    assert client.get(reverse("institutions_portal:home")).status_code == 200
    response = send(client, steps(draft)["check"], {})
    draft.refresh_from_db()
    assert draft.state == S.ACCEPTED
    page = client.get(draft.get_portal_url())
    assert draft.number in page.text and page.status_code == 200
    again = client.post(steps(draft)["check"], {"stamp": "x"})
    assert again.status_code == 404


def test_a_draft_is_left_and_resumed_and_shows_no_identity_number(client, member):
    draft = drafted(institution=member.membership.institution, materials=False)
    client.force_login(member)
    page = client.get(steps(draft)["persons"])
    number = draft.persons.get(post=Post.PRINCIPAL).id_number
    assert number not in page.text and f"{number[:3]}*" in page.text
    send(client, steps(draft)["persons"], persons() | {"stay": "1"})
    draft.refresh_from_db()
    assert draft.get_portal_url() == steps(draft)["persons"]
    listing = client.get(reverse("institutions_portal:applications"))
    assert draft.get_portal_url() in listing.text


@pytest.mark.parametrize(
    ("step", "data", "words"),
    [
        pytest.param(
            "institution",
            INSTITUTION | {"credit_code": INSTITUTION["credit_code"][:-1] + "I"},
            "GB 32100",
            id="credit-code",
        ),
        pytest.param("institution", INSTITUTION | {"parent": "H99"}, "H99", id="parent"),
        pytest.param(
            "persons", {"name_principal": "周宁", "id_principal": "3604"}, "GB 11643", id="id"
        ),
        pytest.param("conditions", CONDITIONS | {"own_physicians": "-1"}, "0", id="negative"),
    ],
)
def test_bad_input_is_named_and_stays_on_the_page(client, member, step, data, words):
    draft = drafted(institution=member.membership.institution, materials=False)
    client.force_login(member)
    response = send(client, steps(draft)[step], data, follow=False)
    assert response.status_code == 400
    assert words in response.text
    kept = next(value for value in data.values() if len(value) > 3)
    assert kept in response.text


def test_one_bad_file_loses_no_good_one(client, member):
    draft = drafted(institution=member.membership.institution, materials=False)
    client.force_login(member)
    good, bad, *_rest = [
        each.item for each in checklist(draft, timezone.localdate()) if each.item.is_required
    ]
    program = SimpleUploadedFile("licence.pdf", b"MZ\x00\x00 no licence at all")
    response = send(
        client,
        steps(draft)["documents"],
        {f"files_{good.pk}": picture(), f"files_{bad.pk}": program},
        follow=False,
    )
    assert response.status_code == 409
    assert bad.name in response.text
    assert [each.item_id for each in draft.materials.all()] == [good.pk]
    again = client.post(
        steps(draft)["documents"],
        {"stamp": response.context["stamp"], f"files_{bad.pk}": picture()},
    )
    assert again.status_code == 302
    assert draft.materials.count() == 2


def test_a_second_draft_leads_to_the_first_only_for_its_own_people(client, member):
    draft = drafted(institution=member.membership.institution, materials=False)
    url = reverse("institutions_portal:application_new")
    for user, leads in ((member, True), (member_of(EntryFactory()), False)):
        client.force_login(user)
        response = send(client, url, {"licence_no": draft.licence_no}, follow=False)
        assert response.status_code == 409
        assert (draft.get_portal_url() in response.text) is leads
    assert DesignationApplication.objects.count() == 1


def test_a_stale_page_changes_nothing(client, member):
    draft = drafted(institution=member.membership.institution, materials=False)
    client.force_login(member)
    stamp = client.get(steps(draft)["conditions"]).context["stamp"]
    send(client, steps(draft)["institution"], INSTITUTION)
    response = client.post(steps(draft)["conditions"], CONDITIONS | {"stamp": stamp})
    assert response.status_code == 409
    draft.refresh_from_db()
    assert draft.own_physicians == 2


def test_strangers_and_colleagues(client, member):
    draft = drafted(institution=member.membership.institution, materials=False)
    client.force_login(member_of(InstitutionFactory()))
    assert client.get(steps(draft)["check"]).status_code == 404
    clerk = member_of(member.membership.institution, Role.INSTITUTION_CLERK)
    client.force_login(clerk)
    assert client.get(steps(draft)["institution"]).status_code == 200
    page = client.get(steps(draft)["check"])
    assert page.status_code == 200 and "form-errors" in page.text
    response = client.post(steps(draft)["check"], {"stamp": page.context["stamp"]})
    assert response.status_code == 409
    send(client, steps(draft)["discard"], {})
    assert not DesignationApplication.objects.exists()


# --- the desk -----------------------------------------------------------------------------------


@pytest.fixture
def waiting():
    return incomplete_application(day=timezone.localdate())


def desk(name, application):
    return reverse(f"institutions_desk:application_{name}", args=[application.number])


def test_the_desk_sees_what_is_missing_and_asks_once(client, waiting):
    client.force_login(user_with(Role.INTAKE_CLERK))
    page = client.get(waiting.get_absolute_url())
    assert page.status_code == 200
    person = waiting.persons.first()
    assert person.id_number not in page.text and person.name not in page.text
    listed = page.context_data["listed"]
    missing = [each.item for each in listed if each.defect]
    assert len(missing) == 4
    asked = {f"defect_{each.pk}": MaterialDefect.MISSING.value for each in missing}
    response = send(client, desk("ask", waiting), asked)
    assert response.status_code == 200
    assert DesignationApplication.objects.get().state == S.SUPPLEMENT_REQUIRED
    client.force_login(owner_of(waiting))
    assert client.get(reverse("institutions_portal:home")).status_code == 200
    url = reverse("institutions_portal:application_supplement", args=[waiting.number])
    some = {f"files_{each.pk}": picture() for each in missing[:2]}
    response = send(client, url, some, follow=False)
    assert response.status_code == 409  # kept, but not everything is there
    rest = {f"files_{each.pk}": picture() for each in missing[2:]}
    response = send(client, url, rest)
    assert DesignationApplication.objects.get().state == S.ACCEPTED


def test_the_desk_accepts_refuses_and_marks(client, waiting):
    client.force_login(user_with(Role.INTAKE_CLERK))
    for name in ("accept", "ask", "refuse", "close", "unreadable"):
        assert client.get(desk(name, waiting)).status_code == 200, name
    response = send(client, desk("refuse", waiting), {"reason": "x"}, follow=False)
    assert response.status_code == 400
    stale = client.get(desk("accept", waiting)).context["stamp"]
    send(client, desk("unreadable", waiting), {})
    response = client.post(desk("accept", waiting), {"stamp": stale})
    assert response.status_code == 409
    send(client, desk("accept", waiting), {})
    assert DesignationApplication.objects.get().state == S.ACCEPTED
    assert client.post(desk("accept", waiting), {"stamp": stale}).status_code == 409


def test_the_lists_find_what_is_looked_for(client, waiting, django_assert_max_num_queries):
    client.force_login(user_with(Role.INTAKE_CLERK))
    url = reverse("institutions_desk:applications")
    for query, found in (
        ({}, True),
        ({"q": waiting.number}, True),
        ({"q": waiting.licence_no}, True),
        ({"q": waiting.institution.name}, True),
        ({"state": "submitted", "kind": "clinic", "region": waiting.region_id}, True),
        ({"state": "accepted"}, False),
        ({"overdue": "on"}, False),
    ):
        with django_assert_max_num_queries(16):
            page = client.get(url, query)
        assert (waiting.number in page.text) is found, query
    assert client.get("/desk/").status_code == 200
    assert waiting.number in client.get("/desk/find/", {"q": waiting.number}, follow=True).text


def test_the_registers_behind_decisions(client, waiting):
    client.force_login(user_with(Role.INTAKE_CLERK))
    response = send(
        client,
        reverse("institutions_desk:bar_new"),
        {
            "ground": "N3",
            "institution": waiting.credit_code,
            "event_on": "2025-01-01",
            "source_document": "处罚决定 1 号",
        },
        follow=False,
    )
    assert response.status_code == 400  # the register knows the entry without its code
    institution = InstitutionFactory()
    response = send(
        client,
        reverse("institutions_desk:bar_new"),
        {
            "ground": "N3",
            "institution": institution.code,
            "event_on": "2025-01-01",
            "source_document": "处罚决定 1 号",
        },
    )
    fact = RefusalFact.objects.get()
    assert response.redirect_chain[-1][0] == fact.get_absolute_url()
    send(
        client,
        reverse("institutions_desk:bar_perform", args=[fact.pk]),
        {"performed_on": "2025-02-01"},
    )
    fact.refresh_from_db()
    assert fact.performed_on == date(2025, 2, 1)
    assert client.get(reverse("institutions_desk:bars"), {"q": "处罚"}).status_code == 200
    client.force_login(user_with(Role.SUPERVISOR))
    plan = {"year": "2026", "region": waiting.region_id, "kind": "clinic", "cap": "0"}
    send(client, reverse("institutions_desk:plan_new"), plan)
    assert ResourcePlan.objects.get().cap == 0
    assert client.get(reverse("institutions_desk:plans")).status_code == 200
    assert client.get(reverse("institutions_desk:materials")).status_code == 200


# --- machines -----------------------------------------------------------------------------------


def test_a_machine_drafts_hands_in_submits_and_withdraws(member):
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Token {token_of(member)}")
    form = {key: value for key, value in INSTITUTION.items() if value}
    form |= {key: True if value == "on" else value for key, value in CONDITIONS.items()}
    form["persons"] = [
        {"post": post.value, "name": f"申请人{place}", "id_number": id_number(place)}
        for place, post in enumerate(Post, 1)
    ]
    key = {"HTTP_IDEMPOTENCY_KEY": "one"}
    made = api.post("/api/v1/applications/", form, format="json", **key)
    assert made.status_code == 201, made.data
    again = api.post("/api/v1/applications/", form, format="json", **key)
    assert again.data["id"] == made.data["id"]
    refused = api.post("/api/v1/applications/", form, format="json")
    assert refused.status_code == 409
    url = f"/api/v1/applications/{made.data['id']}/"
    assert made.data["persons"][0]["id_number"].startswith("360*")
    bad = api.patch(url, {"credit_code": "X"}, format="json")
    assert bad.status_code == 409
    patched = api.patch(url, {"beds": 3}, format="json")
    assert patched.data["beds"] == 3
    documents = api.get(f"{url}documents/").data
    for each in documents:
        if each["required"]:
            given = {"item": each["item"], "files": [picture()]}
            assert api.post(f"{url}files/", given, format="multipart").status_code == 200
    done = api.post(f"{url}submit/", HTTP_IDEMPOTENCY_KEY="two")
    assert (done.status_code, done.data["state"]) == (200, "accepted")
    assert api.get(f"/api/v1/applications/{done.data['number']}/").status_code == 200
    assert api.get("/api/v1/applications/", {"state": "accepted"}).data["results"]
    gone = api.post(f"{url}withdraw/", {"reason": "x"}, format="json")
    assert gone.data["state"] == "withdrawn"
    reader = APIClient()
    reader.credentials(HTTP_AUTHORIZATION=f"Token {token_of(member, Scope.READ_APPLICATIONS)}")
    assert reader.get(url).status_code == 200
    assert reader.post("/api/v1/applications/", form, format="json").status_code == 403


def test_a_refused_form_leaves_no_draft_behind(member):
    api = APIClient()
    api.credentials(HTTP_AUTHORIZATION=f"Token {token_of(member)}")
    answer = api.post(
        "/api/v1/applications/", {"licence_no": "PDY-9", "credit_code": "X"}, format="json"
    )
    assert answer.status_code == 409
    assert not DesignationApplication.objects.exists()
