"""Who sees which page, what it costs, what an act does, and what a stale one does not."""

from datetime import timedelta

import pytest
from django.contrib.contenttypes.models import ContentType
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from agency.enums import Actor, Role
from agency.home import DESK_QUEUES, PORTAL_QUEUES, gather
from agency.permissions import ADMINISTRATION_STAFF, AGENCY_STAFF
from agreements.enums.life import AgreementState, RequestState
from agreements.models import Agreement, AgreementRequest, Suspension
from agreements.services import deadlines, ending, suspension
from institutions.enums.register import Nature
from institutions.panels import WAITING_QUEUES
from tests.agency.factories import RegionFactory, user_with
from tests.agreements.factories import AgreementFactory, World, at, fresh
from tests.agreements.texts import agree_text
from tests.institutions.factories import InstitutionFactory, member_of

pytestmark = pytest.mark.django_db

ONE_DAY = timedelta(days=1)


@pytest.fixture
def today():
    return timezone.localdate()


@pytest.fixture
def world():
    return World()


@pytest.fixture
def agreement(world, today):
    """In force since 200 days, and for 165 more."""
    return world.signed(today - 200 * ONE_DAY)


@pytest.fixture(autouse=True)
def known_content_types():
    """Their look-up is cached per process: not a cost of any page."""
    ContentType.objects.get_for_models(Agreement, AgreementRequest)


def url(name, *args):
    return reverse(name, args=args)


def as_user(client, user):
    client.force_login(user)
    return client


def act(client, address, **data):
    """Open the page of an act and confirm it."""
    stamp = client.get(address).context["stamp"]
    return client.post(address, {"stamp": stamp, **data})


# --- who may ------------------------------------------------------------------------------------

DESK_PAGES = ["agreements_desk:list", "agreements_desk:requests"]
MAY = {
    "sign": {Role.AGENCY_HEAD},
    "cancel": {Role.AGREEMENT_OFFICER},
    "resume": {Role.AGREEMENT_OFFICER, Role.AGENCY_HEAD},
    "hold": {Role.AGENCY_HEAD},
    "renew": {Role.AGREEMENT_OFFICER},
}


@pytest.mark.parametrize("role", list(Role))
def test_the_pages_of_a_role(client, role, agreement, world):
    as_user(client, user_with(role))
    is_office = role in (*AGENCY_STAFF, *ADMINISTRATION_STAFF)
    for name in DESK_PAGES:
        assert client.get(url(name)).status_code == (200 if is_office else 403), name
    detail = client.get(agreement.get_absolute_url())
    assert detail.status_code == (200 if is_office else 403)
    for name, roles in MAY.items():
        expected = 200 if role in roles else 403
        address = url(f"agreements_desk:{name}", agreement.pk)
        assert client.get(address).status_code == expected, name
        if expected == 403:
            assert client.post(address, {"stamp": "effective.3"}).status_code == 403
    expected = 200 if role == Role.AGREEMENT_OFFICER else 403
    assert client.get(url("agreements_desk:draft", world.institution.pk)).status_code == expected
    assert fresh(agreement).state == AgreementState.EFFECTIVE
    portal = 200 if role.actor == Actor.INSTITUTION else 403
    assert client.get(url("agreements_portal:list")).status_code == portal


def test_a_stranger_is_asked_to_log_in(client, agreement):
    response = client.get(agreement.get_absolute_url())
    assert response.status_code == 302 and "/login/" in response["Location"]


def test_another_institution_finds_nothing(client, world, agreement, today):
    request = world.filed(agreement, "renew", today)
    as_user(client, member_of(InstitutionFactory()))
    for address in (
        agreement.get_portal_url(),
        url("agreements_portal:file", agreement.pk, "renew"),
        request.get_portal_url(),
        url("agreements_portal:withdraw", request.number),
    ):
        assert client.get(address).status_code == 404, address
        assert client.post(address, {"stamp": "filed.1"}).status_code in {404, 405}, address
    assert agreement.number not in client.get(url("agreements_portal:list")).content.decode()
    api = APIClient()
    api.force_authenticate(member_of(InstitutionFactory()))
    assert api.get("/api/v1/agreements/").json()["results"] == []
    assert api.get(f"/api/v1/agreements/{agreement.pk}/").status_code == 404


def test_an_institution_does_not_see_drafts(client, world):
    draft = AgreementFactory(institution=world.institution, state="draft")
    as_user(client, world.member)
    assert client.get(draft.get_portal_url()).status_code == 404


def test_a_kind_of_request_that_does_not_exist(client, world, agreement):
    as_user(client, world.member)
    assert client.get(url("agreements_portal:file", agreement.pk, "fly")).status_code == 404


# --- acts ---------------------------------------------------------------------------------------


def test_from_the_draft_to_the_signature(client, world, today):
    world.officer.region = world.region
    world.officer.save(update_fields=["region"])
    as_user(client, world.officer)
    response = act(client, url("agreements_desk:draft", world.institution.pk), valid_from=today)
    draft = Agreement.objects.get()
    assert response.status_code == 302 and response["Location"] == draft.get_absolute_url()
    as_user(client, world.head)
    unsigned = act(client, url("agreements_desk:sign", draft.pk))
    assert unsigned.status_code == 409
    assert [each.code for each in unsigned.context["obstacles"]] == ["text_not_agreed"]
    agree_text(draft, at=timezone.now(), by=world.member)
    assert act(client, url("agreements_desk:sign", draft.pk)).status_code == 302
    signed = fresh(draft)
    assert signed.state == AgreementState.EFFECTIVE
    assert signed.number == f"360400-{today.year}-0001"


def test_resume_too_early(client, world, agreement, today):
    world.suspended(agreement, today)
    as_user(client, world.officer)
    page = client.get(agreement.get_absolute_url()).content.decode()
    assert "180" in page and page.count("<rect") == 4
    refused = act(client, url("agreements_desk:resume", agreement.pk), on=today)
    assert refused.status_code == 409
    assert fresh(agreement).state == AgreementState.SUSPENDED


@pytest.mark.parametrize("page", ["suspend", "dissolve"])
def test_nobody_suspends_or_dissolves_without_a_case(client, world, agreement, page):
    as_user(client, world.head)
    assert client.get(f"{agreement.get_absolute_url()}{page}/").status_code == 404
    as_user(client, world.officer)
    shown = client.get(agreement.get_absolute_url()).content.decode()
    assert reverse("supervision_desk:name_ground", args=[agreement.pk]) in shown


def test_a_stale_page_does_nothing(client, world, agreement, today):
    world.suspended(agreement, today - 40 * ONE_DAY)
    as_user(client, world.officer)
    address = url("agreements_desk:resume", agreement.pk)
    stamp = client.get(address).context["stamp"]
    ending.dissolve_agreement(
        agreement_id=agreement.pk,
        by=world.head,
        at=timezone.now(),
        on=today,
        ground=3,
        reason="查实欺诈骗保",
    )
    response = client.post(address, {"stamp": stamp, "on": today})
    assert response.status_code == 409
    assert fresh(agreement).state == AgreementState.DISSOLVED


def test_buttons_that_cannot_be_pressed_say_why(client, world, agreement):
    as_user(client, world.head)
    buttons = {
        button["act"].code: [each.code for each in button["obstacles"]]
        for button in client.get(agreement.get_absolute_url()).context_data["buttons"]
    }
    assert buttons == {}
    dissolved = AgreementFactory(state="dissolved", ended_on=at("2025-05-12").date())
    as_user(client, world.officer)
    buttons = client.get(dissolved.get_absolute_url()).context_data["buttons"]
    assert ("wrong_state",) in {tuple(o.code for o in each["obstacles"]) for each in buttons}


def test_a_request_from_the_portal_to_the_decision(client, world, agreement, today):
    as_user(client, world.member)
    response = act(client, url("agreements_portal:file", agreement.pk, "renew"), reason="续签")
    request = AgreementRequest.objects.get()
    assert response.status_code == 302 and response["Location"] == request.get_portal_url()
    assert client.get(request.get_portal_url()).status_code == 200
    as_user(client, world.officer)
    assert client.get(request.get_absolute_url()).status_code == 200
    assert act(client, url("agreements_desk:accept", request.number)).status_code == 302
    assert fresh(request).state == RequestState.ACCEPTED
    assert Agreement.objects.filter(renewal_of=agreement).count() == 1
    again = client.get(url("agreements_desk:refuse", request.number))
    assert [each.code for each in again.context["obstacles"]] == ["request_not_open"]


def test_a_refused_request(client, world, agreement, today):
    request = world.filed(agreement, "renew", today)
    as_user(client, world.officer)
    address = url("agreements_desk:refuse", request.number)
    assert act(client, address, reason="考核不合格").status_code == 302
    assert fresh(request).decision_reason == "考核不合格"


def test_a_withdrawn_request(client, world, agreement, today):
    request = world.filed(agreement, "renew", today)
    as_user(client, world.member)
    assert act(client, url("agreements_portal:withdraw", request.number)).status_code == 302
    assert fresh(request).state == RequestState.WITHDRAWN


@pytest.mark.parametrize("kind", ["suspend", "dissolve"])
def test_a_public_institution_cannot_press_it_and_the_server_refuses(client, kind, today):
    world = World(nature=Nature.PUBLIC)
    agreement = world.signed(today - 100 * ONE_DAY)
    as_user(client, world.member)
    buttons = client.get(agreement.get_portal_url()).context["buttons"]
    address = url("agreements_portal:file", agreement.pk, kind)
    blocked = next(button for button in buttons if button["url"] == address)
    assert [each.code for each in blocked["obstacles"]] == ["public_institution"]
    page = client.get(address)
    assert 'name="stamp"' not in page.content.decode()
    response = client.post(
        address,
        {
            "stamp": page.context["stamp"],
            "wanted_on": today + 120 * ONE_DAY,
            "reason": "申请",
        },
    )
    assert response.status_code == 409 and not AgreementRequest.objects.exists()


def test_too_short_a_notice_names_the_first_possible_day(client, world, agreement, today):
    as_user(client, world.member)
    address = url("agreements_portal:file", agreement.pk, "dissolve")
    first = client.get(address).context["form"].initial["wanted_on"]
    response = act(client, address, wanted_on=first - ONE_DAY, reason="申请解除")
    assert response.status_code == 409
    assert str(first) in str(response.context["form"].non_field_errors())
    assert act(client, address, wanted_on=first, reason="申请解除").status_code == 302


# --- what waits ---------------------------------------------------------------------------------


def mine(user, on, queues=DESK_QUEUES):
    return [each for each in gather(queues, user, on) if "/agreements/" in each.url]


def test_what_waits_for_whom(world, today):
    renewing = world.signed(today - 300 * ONE_DAY)
    request = world.filed(renewing, "renew", today)
    lapsing = World()
    ending = lapsing.on_leave(lapsing.signed(today - 300 * ONE_DAY), today - 190 * ONE_DAY)
    deadlines.mark_terminations_due(on=today, at=timezone.now())
    warned = World()
    near = warned.on_leave(warned.signed(today - 300 * ONE_DAY), today - 160 * ONE_DAY)
    assert {each.url for each in mine(world.officer, today)} == {
        request.get_absolute_url(),
        near.get_absolute_url(),
        # Both suspensions began without an answer about inpatients.
        ending.get_absolute_url(),
    }
    assert [each.url for each in mine(world.head, today)].count(ending.get_absolute_url()) == 1
    assert mine(user_with(Role.CLAIM_REVIEWER), today) == []
    assert [each.url for each in mine(world.member, today, WAITING_QUEUES)] == [
        request.get_portal_url()
    ]
    asked = mine(warned.member, today, PORTAL_QUEUES)
    assert {each.url for each in asked} == {
        url("agreements_portal:file", near.pk, "resume"),
        url("agreements_portal:file", near.pk, "renew"),
    }
    warned.filed(near, "resume", today)
    asked = mine(warned.member, today, PORTAL_QUEUES)
    assert [each.url for each in asked] == [url("agreements_portal:file", near.pk, "renew")]


def test_a_held_termination_no_longer_waits(world, today):
    ending = world.on_leave(world.signed(today - 300 * ONE_DAY), today - 185 * ONE_DAY)
    Suspension.objects.update(limit_on=today - ONE_DAY)
    deadlines.mark_terminations_due(on=today, at=timezone.now())
    assert len(mine(world.head, today)) == 1
    suspension.hold_termination(
        agreement_id=ending.pk, by=world.head, at=timezone.now(), reason="正在整改"
    )
    assert mine(world.head, today) == []


# --- what everybody may know --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2024-12-31", None),
        ("2025-02-28", AgreementState.EFFECTIVE),
        ("2025-03-01", AgreementState.SUSPENDED),
        ("2025-06-01", AgreementState.EFFECTIVE),
        ("2026-01-01", None),
    ],
)
def test_the_public_page_says_the_state_on_a_day(client, world, day, state):
    agreement = world.suspended(world.signed("2025-01-01"), "2025-03-01", "2025-05-31")
    on = at("2025-06-01").date()
    suspension.resume_agreement(
        rectified=True,
        findings="已整改",
        agreement_id=agreement.pk,
        by=world.officer,
        at=at("2025-06-01"),
        on=on,
    )
    page = client.get(world.institution.get_public_url(), {"on": day}).content.decode()
    panel = page[page.index('id="status"') :].partition("<table")[0]
    expected = state.label if state else "非定点"
    assert str(expected) in panel, panel


# --- costs --------------------------------------------------------------------------------------


def test_lists_cost_the_same_with_many_rows(client, world, today, django_assert_max_num_queries):
    for _ in range(60):
        other = World()
        other.filed(other.signed(today - 100 * ONE_DAY), "renew", today)
    as_user(client, world.officer)
    for name, most in (("agreements_desk:list", 8), ("agreements_desk:requests", 8)):
        with django_assert_max_num_queries(most):
            response = client.get(url(name))
        assert len(response.context["object_list"]) == 50 and response.context["pager"]["next"]
        with django_assert_max_num_queries(most):
            second = client.get(url(name) + response.context["pager"]["next"])
        assert len(second.context["object_list"]) == 10
    with django_assert_max_num_queries(8):
        assert client.get(url("agreements_desk:list"), {"state": "draft"}).status_code == 200
    region = RegionFactory(code="360403", name="浔阳区")
    found = client.get(url("agreements_desk:list"), {"region": region.pk})
    assert found.context["object_list"] == []
    number = Agreement.objects.order_by("pk").first().number
    found = client.get(url("agreements_desk:list"), {"q": number})
    assert [each.number for each in found.context["object_list"]] == [number]


def test_object_pages_cost_a_bounded_number_of_queries(
    client, world, agreement, today, django_assert_max_num_queries
):
    world.filed(agreement, "renew", today)
    world.suspended(agreement, today)
    as_user(client, world.head)
    # A constant number for each panel of a room, whatever it holds; the renewal's alone asks
    # every column of the board.
    with django_assert_max_num_queries(55):
        assert client.get(agreement.get_absolute_url()).status_code == 200
    as_user(client, world.member)
    with django_assert_max_num_queries(59):
        assert client.get(agreement.get_portal_url()).status_code == 200


# --- machines and supervision -------------------------------------------------------------------


def test_the_api_tells_an_agreement_with_its_history(world, agreement, today):
    world.suspended(agreement, today)
    api = APIClient()
    api.force_authenticate(world.member)
    listed = api.get("/api/v1/agreements/", {"state": "suspended"}).json()["results"]
    assert [each["number"] for each in listed] == [agreement.number]
    whole = api.get(f"/api/v1/agreements/{agreement.pk}/").json()
    assert whole["state"] == "suspended" and len(whole["suspensions"]) == 1
    assert [each["act"] for each in whole["transitions"]] == [
        "draft",
        "sign",
        "take_effect",
        "suspend",
    ]
    assert api.get("/api/v1/agreements/", {"on": str(today)}).json()["results"]
    assert not api.get("/api/v1/agreements/", {"on": "2001-01-01"}).json()["results"]
    assert api.post("/api/v1/agreements/", {}).status_code in {403, 405}


def test_the_api_of_many_costs_few_queries(world, today, django_assert_max_num_queries):
    for _ in range(30):
        World().signed(today - 10 * ONE_DAY)
    api = APIClient()
    api.force_authenticate(world.officer)
    with django_assert_max_num_queries(4):
        assert len(api.get("/api/v1/agreements/").json()["results"]) == 30


@pytest.mark.parametrize("model", ["agreement", "suspension", "agreementrequest"])
def test_the_supervisor_reads_everything_and_changes_nothing(
    client, world, agreement, model, today
):
    world.filed(agreement, "renew", today)
    world.suspended(agreement, today)
    as_user(client, user_with(Role.SUPERVISOR))
    listed = client.get(url(f"admin:agreements_{model}_changelist"))
    assert listed.status_code == 200
    row = listed.context["cl"].result_list[0]
    page = client.get(url(f"admin:agreements_{model}_change", row.pk))
    assert page.status_code == 200 and "_save" not in page.content.decode()
    assert client.post(url(f"admin:agreements_{model}_delete", row.pk)).status_code == 403
