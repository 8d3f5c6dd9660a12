"""The pages and the API of changes: the route before filing, the steps at the desk, the stop."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from rest_framework.test import APIClient

from agency.enums import Role
from agency.services.second_factor import FACTOR_MISSING
from institutions.enums.changes import ChangeField, ChangeState, CommitmentState
from institutions.models import AddressCommitment, ChangeRequest, Institution
from institutions.rules.reevaluation import AddressCase
from institutions.services.change_effects import take_due_into_effect
from institutions.services.change_values import FieldChange
from institutions.services.changes import approve_change
from institutions.services.routes import RouteContext
from tests.agency.factories import NOW, RegionFactory, user_with
from tests.institutions.factories import InstitutionFactory, member_of
from tests.institutions.factories_changes import (
    ACCOUNT,
    ADDRESS,
    NAME,
    PASSWORD,
    TODAY,
    checked,
    filed,
    id_number,
    later,
    person,
    signature,
)
from tests.institutions.test_changes import PDF

pytestmark = pytest.mark.django_db

NEW, PREVIEW = "institutions_portal:change_new", "institutions_portal:change_preview"
DAY = "2026-11-10"
DISTRICTS = ("from_district", "to_district")
RENAMED = {"new_name": "浔阳新仁和医院", "approved_name": DAY}
MOVED = {
    "new_registered_address": ADDRESS.value,
    "approved_registered_address": DAY,
    "address_case": "RELOCATION",
    "from_district": "浔阳区",
    "to_district": "濂溪区",
}


@pytest.fixture
def institution():
    region = RegionFactory(code="360403", name="浔阳区", parent=RegionFactory())
    return InstitutionFactory(region=region, email="finance@hospital.example")


@pytest.fixture
def member(institution, client):
    user = member_of(institution)
    client.force_login(user)
    return user


@pytest.fixture
def head():
    return user_with(Role.AGENCY_HEAD)


def post(client, name, fields, *args):
    """Send the page of an act as it was opened."""
    url = reverse(name, args=args)
    stamp = client.get(url).context["stamp"]
    return client.post(url, {**fields, "stamp": stamp})


# --- before filing -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "row", "says"),
    [
        (RENAMED, "R1", "无需重新评估"),
        (MOVED, "R5", "新址合规性承诺"),
        ({**MOVED, **RENAMED}, "R8", "重新评估"),
        (
            {
                "new_principal": "李新",
                "approved_principal": DAY,
                "person_principal": id_number(1),
            },
            "R8",
            "重新评估",
        ),
    ],
)
def test_the_route_is_shown_as_the_form_is_filled_in(client, member, fields, row, says):
    page = client.post(reverse(PREVIEW), fields)
    assert page.context["preview"].answer.row == row and says in page.text
    assert "<html" not in page.text and not ChangeRequest.objects.exists()
    # The same without scripts, by the button of the form.
    whole = post(client, NEW, {**fields, "check": "1"})
    assert whole.status_code == 200 and whole.context["preview"].answer.row == row
    assert not ChangeRequest.objects.exists()


def test_the_preview_says_what_is_missing_or_refused(client, member):
    assert "填入新值" in client.get(reverse(PREVIEW)).text
    assert client.post(reverse(PREVIEW), {"new_name": "新"}).context["is_incomplete"]
    refused = client.post(reverse(PREVIEW), {"new_name": "新", "approved_name": "2099-01-01"})
    assert [each.code for each in refused.context["refused"]] == ["approved_in_future"]
    address = client.post(reverse(PREVIEW), {**MOVED, "address_case": ""})
    assert address.context["is_incomplete"]
    assert client.post(reverse(PREVIEW), {**MOVED, "to_district": "上海"}).context["is_incomplete"]


def test_a_move_is_signed_in_the_form_and_visited_later(client, member, head):
    page = post(client, NEW, MOVED)
    assert page.status_code == 409
    # The commitment stands there to be signed, and what was typed is kept.
    assert ADDRESS.value in page.context["commitment"] and "signed_name" in page.text
    response = post(client, NEW, {**MOVED, "signed_name": str(member), "password": PASSWORD})
    change = ChangeRequest.objects.get()
    assert response["Location"] == change.get_portal_url()
    assert "新址合规性承诺" in client.get(change.get_portal_url()).text
    approve_change(change_id=checked(change).pk, by=head, at=NOW)
    officer = user_with(Role.AGREEMENT_OFFICER)
    client.force_login(officer)
    assert change.number in client.get(reverse("agency_desk:home")).text
    assert change.number in client.get(reverse("institutions_desk:commitments")).text
    done = post(
        client,
        "institutions_desk:change_visit",
        {"holds": "yes", "visited_on": str(TODAY), "findings": "属实"},
        change.number,
    )
    assert done["Location"] == change.get_absolute_url()
    assert AddressCommitment.objects.get().state == CommitmentState.TRUE
    client.get(change.get_absolute_url())  # which says that it is done
    assert change.number not in client.get(reverse("agency_desk:home")).text


def test_evidence_of_a_field_goes_with_it_and_a_wrong_one_keeps_the_form(client, member):
    bad = {**RENAMED, "evidence_name": SimpleUploadedFile("批文.pdf", b"MZ\x90\x00")}
    page = post(client, NEW, bad)
    assert page.status_code == 409 and 'value="浔阳新仁和医院"' in page.text
    good = {**RENAMED, "evidence_name": SimpleUploadedFile("批文.pdf", PDF)}
    assert post(client, NEW, good).status_code == 302
    [item] = ChangeRequest.objects.get().items.all()
    [attachment] = item.evidence.all()
    url = reverse("agency:file_download", args=[attachment.pk])
    assert client.get(url).status_code == 200
    client.force_login(member_of(InstitutionFactory()))
    assert client.get(url).status_code in (403, 404)


# --- at the desk ---------------------------------------------------------------------------------


def test_the_next_step_of_each_person_waits_at_their_desk(client, member, head):
    context = RouteContext(address_case=AddressCase.RENUMBERED)
    manual = filed(member, ADDRESS, NAME, context=context)
    reeval = filed(member, person())
    home = reverse("agency_desk:home")
    client.force_login(user_with(Role.INTAKE_CLERK))
    assert manual.number in client.get(home).text and reeval.number in client.get(home).text
    for change in (manual, reeval):
        post(client, "institutions_desk:change_check", {"reason": "属实"}, change.number)
    assert manual.number not in client.get(home).text
    client.force_login(user_with(Role.AGREEMENT_OFFICER))
    text = client.get(home).text
    assert reeval.number in text and manual.number not in text
    opening = reverse("institutions_desk:change_assessment_open", args=[reeval.number])
    assert opening in client.get(reeval.get_absolute_url()).text
    client.force_login(head)
    assert manual.number in client.get(home).text
    page = client.get(reverse("institutions_desk:change_route", args=[manual.number]))
    assert page.context["form"].initial["route"] == "NO_REEVAL"
    fields = {"route": "NO_REEVAL", "reason": "只是门牌更新"}
    post(client, "institutions_desk:change_route", fields, manual.number)
    post(client, "institutions_desk:change_approve", {}, manual.number)
    assert ChangeRequest.objects.get(pk=manual.pk).state == ChangeState.EFFECTIVE


def test_the_head_confirms_an_account_with_a_code_and_the_institution_stops_it(
    client, member, head
):
    change = checked(filed(member, ACCOUNT))
    client.force_login(head)
    page = client.get(reverse("institutions_desk:change_approve", args=[change.number]))
    assert FACTOR_MISSING in page.context["obstacles"]
    assert any("2026" in str(each) or "生效" in str(each) for each in page.context["consequences"])
    approve_change(change_id=change.pk, by=head, at=NOW)
    client.force_login(member)
    assert "生效" in client.get(change.get_portal_url()).text
    assert change.number in client.get(reverse("institutions_portal:home")).text
    post(client, "institutions_portal:change_stop", {"reason": "账号有误"}, change.number)
    stored = ChangeRequest.objects.get()
    assert (stored.state, stored.stop_reason) == (ChangeState.STOPPED, "账号有误")
    assert "账号有误" in client.get(change.get_portal_url()).text


def test_the_list_is_filtered(client, member, head):
    late = filed(member, FieldChange(ChangeField.LEVEL, "05", TODAY.replace(month=1)))
    account = filed(member, ACCOUNT)
    renewed = filed(member, person())
    client.force_login(head)

    def found(**query):
        page = client.get(reverse("institutions_desk:changes"), query)
        return {each.number for each in page.context["object_list"]}

    assert found(late="1") == {late.number}
    assert found(account="1") == {account.number}
    assert found(route="REEVAL") == {renewed.number}
    assert found(state="filed", account="0", late="0") == {renewed.number}
    assert len(found(route="nonsense")) == 3


def test_new_fields_stand_on_the_pages_by_day(client, institution, member):
    site = FieldChange(ChangeField.WEBSITE, "https://hospital.example/", TODAY)
    hours = FieldChange(ChangeField.OPENING_HOURS, "8:00–17:30", TODAY)
    clerk = user_with(Role.INTAKE_CLERK)
    change = filed(member, site, hours)
    approve_change(change_id=checked(change).pk, by=clerk, at=NOW)
    client.force_login(clerk)
    for url in (institution.get_absolute_url(), institution.get_public_url()):
        assert "https://hospital.example/" in client.get(url, {"on": str(TODAY)}).text
        assert client.get(url, {"on": "2026-11-19"}).context["then"].opening_hours == ""
    assert "finance@hospital.example" not in client.get(institution.get_public_url()).text


# --- the API -------------------------------------------------------------------------------------


@pytest.fixture
def api(member):
    client = APIClient()
    client.force_authenticate(member)
    return client


def test_the_api_answers_the_route_and_files_with_it(api, member, institution):
    move = {
        "changes": [{"field": "registered_address", "value": ADDRESS.value, "approved_on": DAY}],
        "move": {
            "address_case": "RELOCATION",
            "from_district": "浔阳区",
            "to_district": "濂溪区",
        },
    }
    said = api.post("/api/v1/changes/preview/", move, format="json").json()
    assert (said["route"], said["row"]) == ("NO_REEVAL_WITH_COMMITMENT", "R5")
    assert said["needs_commitment"] and said["because"] and said["account_wait_days"] is None
    refused = api.post("/api/v1/changes/", move, format="json")
    assert refused.status_code == 409
    assert refused.json()["obstacles"][0]["code"] == "commitment_missing"
    signed = {**move, "signature": {"name": str(member), "password": PASSWORD}}
    answer = api.post("/api/v1/changes/", signed, format="json")
    assert answer.status_code == 201
    body = answer.json()
    assert (body["route_row"], body["commitment"]["state"]) == ("R5", "signed")
    assert "password" not in str(body)


def test_the_api_masks_persons_and_accounts_and_stops(api, member, head):
    fields = [
        {"field": "bank_account", "value": ACCOUNT.value, "approved_on": DAY},
        {"field": "name", "value": NAME.value, "approved_on": DAY},
    ]
    body = api.post("/api/v1/changes/", {"changes": fields}, format="json").json()
    assert body["changes_account"] and ACCOUNT.value not in str(body)
    number = body["number"]
    stop = f"/api/v1/changes/{number}/stop/"
    early = api.post(stop, {"reason": "有误"}, format="json")
    assert early.status_code == 409
    assert early.json()["obstacles"][0]["code"] == "change_not_waiting"
    change = checked(ChangeRequest.objects.get())
    approve_change(change_id=change.pk, by=head, at=NOW)
    assert api.get(f"/api/v1/changes/{number}/").json()["effect_due_on"] == "2026-11-23"
    assert api.post(stop, {}, format="json").status_code == 400
    assert api.post(stop, {"reason": "有误"}, format="json").json()["state"] == "stopped"
    take_due_into_effect(on=later(3).date(), at=later(3))
    assert Institution.objects.get(pk=change.institution_id).bank_account != ACCOUNT.value
    named = {"field": "principal", "value": "李新", "approved_on": DAY, "id_number": id_number(1)}
    body = api.post("/api/v1/changes/", {"changes": [named]}, format="json").json()
    assert body["items"][0]["id_number"] and id_number(1) not in str(body)


def test_the_api_takes_the_signature_of_the_own_account_only(api, member):
    assert signature(member).password == PASSWORD
    wrong = {
        "changes": [{"field": "registered_address", "value": ADDRESS.value, "approved_on": DAY}],
        "move": {
            "address_case": "RELOCATION",
            "from_district": "开发区",
            "to_district": "开发区",
        },
        "signature": {"name": "别人", "password": "wrong"},
    }
    answer = api.post("/api/v1/changes/", wrong, format="json")
    codes = {each["code"] for each in answer.json()["obstacles"]}
    assert codes == {"signature_differs", "password_wrong"}
    assert not ChangeRequest.objects.exists()
