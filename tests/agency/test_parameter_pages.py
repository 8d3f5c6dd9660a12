"""Parameters and regions at the desk and for machines."""

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from rest_framework.test import APIClient

from agency.enums import Profile, ProposalState, Role, RuleSet
from agency.models import PolicyParameter, Region, RuleSetChoice
from agency.services.in_force import parameters_on
from agency.services.parameter_preview import preview
from agency.services.parameters import approve_parameter, propose_parameter
from agency.services.rule_sets import propose_choice
from institutions.enums.changes import ChangeField
from institutions.services.change_values import FieldChange
from institutions.services.filing import file_change
from tests.agency.factories import NOW, RegionFactory, user_with
from tests.institutions.factories import InstitutionFactory, member_of

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
SOON = date(2026, 12, 1)
PARAMETERS = "/desk/parameters/"


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=True):
        yield


def as_(client, *roles):
    user = user_with(*roles)
    client.force_login(user)
    client.cookies.load({"django_language": "en"})
    return user


def proposal(**facts) -> PolicyParameter:
    asked = {
        "key": "change_decision_wd",
        "profile": Profile.NATIONAL,
        "value": Decimal(15),
        "effective_from": SOON,
        "reason": "人手不足",
        "by": user_with(Role.SETTLEMENT_OFFICER),
        "at": NOW,
        **facts,
    }
    return propose_parameter(**asked)


def stamp_of(page) -> str:
    return page.context["stamp"]


# --- the list and the page of one --------------------------------------------------------------


def test_the_list_shows_every_number_and_costs_few_queries(client, django_assert_max_num_queries):
    as_(client, Role.CLAIM_REVIEWER)
    proposal()
    client.get(PARAMETERS)
    with django_assert_max_num_queries(9):
        text = client.get(PARAMETERS).content.decode()
    for said in ("Payout of a claim batch", "fixed by law", "change_decision_wd", "Order 2, art."):
        assert said in text
    assert "Waiting for approval" in text


@pytest.mark.parametrize(
    ("query", "keys"),
    [
        ("?q=payout", {"payout_wd", "payout_first_alarm_wd", "payout_second_alarm_wd"}),
        ("?rule_set=fund", {"premium_due_day", "late_fee_rate", "fund_warning_months"}),
        ("?rule_set=rewards&q=claim", {"reward_claim_months"}),
        (
            "?evidence=FOUND",
            {"late_fee_rate", "reconsideration_extension_days", "registration_change_wd"},
        ),
        ("?q=D-08&profile=JIUJIANG", {"inst_staff_ratio_suspend_pay"}),
        ("?q=no+such+thing", set()),
        ("?on=yesterday&profile=X&rule_set=%00", None),
    ],
)
def test_the_list_is_filtered(client, query, keys):
    as_(client, Role.SUPERVISOR)
    page = client.get(PARAMETERS + query)
    assert page.status_code == 200
    shown = {row.definition.key for _set, rows in page.context["groups"] for row in rows}
    if keys is None:
        return
    assert keys <= shown and len(shown) <= len(keys) + 1
    if not keys:
        assert "No parameter matches these filters." in page.content.decode()


def test_the_list_shows_the_value_of_the_day_and_profile(client):
    as_(client, Role.AUDIT_OFFICER)
    parameter = proposal(profile=Profile.JIUJIANG)
    approve_parameter(parameter_id=parameter.pk, by=user_with(Role.AGENCY_HEAD), at=NOW)
    for query, value in (
        (f"?profile=JIUJIANG&on={SOON}", 15),
        ("?profile=JIUJIANG&on=2026-11-30", 10),
        (f"?profile=NATIONAL&on={SOON}", 10),
    ):
        groups = client.get(f"{PARAMETERS}{query}").context["groups"]
        rows = {row.definition.key: row for _set, found in groups for row in found}
        assert rows["change_decision_wd"].value == value


def test_the_page_of_one_shows_its_life_and_who_may_act(client):
    parameter = proposal()
    as_(client, Role.AGENCY_HEAD)
    text = client.get(f"{PARAMETERS}change_decision_wd/").content.decode()
    assert f"/desk/parameters/proposals/{parameter.pk}/approve/" in text
    assert "came with the program" in text and "人手不足" in text
    assert "Decision on a change of information" in text
    assert "propose/" not in text
    as_(client, Role.ARCHIVIST)
    text = client.get(f"{PARAMETERS}change_decision_wd/").content.decode()
    assert "approve/" not in text and "propose/" not in text
    as_(client, Role.SYSTEM_ADMINISTRATOR)
    assert "propose/" in client.get(f"{PARAMETERS}change_decision_wd/").content.decode()
    law = client.get(f"{PARAMETERS}payout_wd/").content.decode()
    assert "propose/" not in law and "only a change of the law does" in law
    assert client.get(f"{PARAMETERS}no_such_key/").status_code == 404


# --- proposing and deciding --------------------------------------------------------------------


def test_a_value_is_proposed_and_approved_by_pages(client):
    as_(client, Role.SETTLEMENT_OFFICER)
    url = f"{PARAMETERS}change_decision_wd/propose/"
    facts = {"profile": "NATIONAL", "value": "15", "effective_from": "2026-12-01"}
    sent = {**facts, "reason": "人手不足", "stamp": stamp_of(client.get(url))}
    page = client.post(url, {**sent, "preview": "1"})
    assert page.status_code == 200 and "What would change" in page.content.decode()
    assert not PolicyParameter.objects.filter(state=ProposalState.PROPOSED).exists()
    page = client.post(url, sent, follow=True)
    assert page.redirect_chain == [(f"{PARAMETERS}change_decision_wd/", 302)]
    assert "Proposed: Decision on a change of information, 15" in page.content.decode()
    parameter = PolicyParameter.objects.get(state=ProposalState.PROPOSED)
    stale = client.post(url, sent)
    assert stale.status_code == 409 and "stale" in stale.content.decode()

    as_(client, Role.AGENCY_HEAD)
    home = client.get("/desk/").content.decode()
    url = f"{PARAMETERS}proposals/{parameter.pk}/approve/"
    assert url in home
    page = client.get(url)
    assert "Deadlines that run already keep the number they began with." in page.content.decode()
    assert client.post(url, {"stamp": stamp_of(page)}).status_code == 302
    assert parameters_on(SOON)["change_decision_wd"] == 15
    assert url not in client.get("/desk/").content.decode()
    again = client.post(url, {"stamp": stamp_of(client.get(url))})
    assert again.status_code == 409


@pytest.mark.parametrize(
    ("facts", "status", "said"),
    [
        ({"value": "31"}, 409, "above the highest value, 30"),
        ({"value": "7.5"}, 409, "no whole number"),
        ({"value": "ten"}, 409, "is no number"),
        ({"effective_from": "2026-11-19"}, 409, "the past stays as it was"),
        ({"effective_from": "soon"}, 400, "Enter a valid date"),
        ({"profile": "NANCHANG"}, 400, "Select a valid choice"),
        ({"reason": ""}, 400, "This field is required"),
        ({"value": "1\x00"}, 400, "Null characters"),
    ],
)
def test_a_wrong_proposal_is_refused_with_its_remedy(client, facts, status, said):
    as_(client, Role.AGREEMENT_OFFICER)
    url = f"{PARAMETERS}change_decision_wd/propose/"
    before = PolicyParameter.objects.count()
    sent = {
        "profile": "NATIONAL",
        "value": "15",
        "effective_from": "2026-12-01",
        "reason": "x",
        "stamp": stamp_of(client.get(url)),
        **facts,
    }
    page = client.post(url, sent)
    assert page.status_code == status and said in page.content.decode()
    if "reason" not in facts:
        again = client.post(url, {**sent, "preview": "1"})
        assert again.status_code == status and said in again.content.decode()
    assert PolicyParameter.objects.count() == before


def test_law_has_no_form(client):
    as_(client, Role.AGREEMENT_OFFICER)
    page = client.get(f"{PARAMETERS}payout_wd/propose/")
    assert "is fixed by law" in page.content.decode()
    assert 'name="value"' not in page.content.decode()
    sent = {"profile": "NATIONAL", "value": "9", "effective_from": "2026-12-01", "reason": "x"}
    page = client.post(f"{PARAMETERS}payout_wd/propose/", {**sent, "stamp": stamp_of(page)})
    assert page.status_code == 409 and "is fixed by law" in page.content.decode()


def test_the_head_rejects_and_the_proposer_withdraws(client):
    head = as_(client, Role.AGENCY_HEAD)
    first = proposal()
    url = f"{PARAMETERS}proposals/{first.pk}/reject/"
    sent = {"stamp": stamp_of(client.get(url)), "reason": "暂不调整"}
    assert client.post(url, sent).status_code == 302
    first.refresh_from_db()
    assert (first.state, first.decided_by) == (ProposalState.REJECTED, head)
    assert "暂不调整" in client.get(f"{PARAMETERS}change_decision_wd/").content.decode()
    proposer = as_(client, Role.AGREEMENT_OFFICER)
    second = proposal(by=proposer)
    url = f"{PARAMETERS}proposals/{second.pk}/withdraw/"
    assert client.post(url, {"stamp": stamp_of(client.get(url))}).status_code == 302
    second.refresh_from_db()
    assert second.state == ProposalState.WITHDRAWN


# --- what would change -------------------------------------------------------------------------


def test_the_preview_counts_open_deadlines_with_the_new_number():
    institution = InstitutionFactory()
    change = file_change(
        institution_id=institution.pk,
        changes=[FieldChange(ChangeField.PHONE, "0792-7654321", TODAY)],
        by=member_of(institution),
        at=NOW,
    )
    asked = {"key": "change_decision_wd", "value": Decimal(15), "effective_from": SOON}
    (found,) = preview(profile=Profile.NATIONAL, **asked)
    (row,) = found.rows
    assert (found.open, found.moved, row.name, row.start) == (1, 1, change.number, TODAY)
    assert (row.due_on, row.new_on, row.days) == (date(2026, 12, 4), date(2026, 12, 11), 7)
    (foreign,) = preview(profile=Profile.QUXIAN, **asked)
    assert (foreign.open, foreign.rows) == (0, [])
    (same,) = preview(profile=Profile.NATIONAL, **asked | {"value": Decimal(10)})
    assert (same.open, same.moved) == (1, 0)
    change.refresh_from_db()
    assert change.decision_due_on == date(2026, 12, 4)
    local = proposal(profile=Profile.JIUJIANG, value=Decimal(12), effective_from=TODAY)
    approve_parameter(parameter_id=local.pk, by=user_with(Role.AGENCY_HEAD), at=NOW)
    (national,) = preview(profile=Profile.NATIONAL, **asked)
    assert national.open == 0
    assert (
        preview(key="points_talk", profile=Profile.NATIONAL, value=Decimal(5), effective_from=SOON)
        == []
    )


# --- regions -----------------------------------------------------------------------------------


def test_regions_stand_as_a_tree_with_what_they_follow(client, django_assert_max_num_queries):
    as_(client, Role.CLAIM_REVIEWER)
    RegionFactory(code="360000", name="江西省", profile=Profile.NATIONAL)
    RegionFactory(parent_id="360000")
    for code in range(360402, 360420):
        RegionFactory(code=str(code), name=f"第{code}县", parent_id="360400")
    client.get("/desk/regions/")
    with django_assert_max_num_queries(9):
        page = client.get("/desk/regions/")
    rows = page.context["rows"]
    assert [each["indent"] for each in rows[:3]] == [1, 2, 3]
    assert "region_add" not in page.content.decode() and "/desk/regions/add/" not in str(
        page.content
    )
    found = client.get("/desk/regions/?q=360405").context["rows"]
    assert [each["region"].code for each in found] == ["360405"]
    assert "No region matches" in client.get("/desk/regions/?q=%E4%B8%8A").content.decode()
    page = client.get("/desk/regions/profiles/")
    assert len(page.context["rows"]) == len(RuleSet)
    assert "Jiujiang" in page.content.decode()


def test_a_region_is_added_by_page(client):
    as_(client, Role.SYSTEM_ADMINISTRATOR)
    RegionFactory()
    url = "/desk/regions/add/"
    facts = {"code": "360403", "name": "浔阳区", "level": "county", "profile": "JIUJIANG"}
    wrong = client.post(url, facts)
    assert wrong.status_code == 409 and "Choose 360400." in wrong.content.decode()
    assert client.post(url, {**facts, "parent": "360400"}).status_code == 302
    county = Region.objects.get(pk="360403")
    url = "/desk/regions/360403/coordination/"
    sent = {"stamp": "", "coordination": "360400", "reason": "市级统筹"}
    assert client.post(url, sent).status_code == 302
    county.refresh_from_db()
    assert county.coordination_id == "360400"
    text = client.get("/desk/regions/360403/").content.decode()
    assert "市级统筹" in text and "九江市 360400" in text


def test_a_profile_is_proposed_and_approved_by_pages(client):
    region = RegionFactory()
    as_(client, Role.AGREEMENT_OFFICER)
    url = f"/desk/regions/{region.pk}/choose/"
    page = client.get(f"{url}?rule_set=fund")
    assert '<option value="fund" selected>' in page.content.decode()
    sent = {
        "rule_set": "fund",
        "profile": "QUXIAN",
        "effective_from": "2027-01-01",
        "document": "九医保发〔2026〕12号",
        "reason": "试点",
        "stamp": stamp_of(page),
    }
    assert client.post(url, sent).status_code == 302
    choice = RuleSetChoice.objects.get()
    as_(client, Role.AGENCY_HEAD)
    url = f"/desk/regions/choices/{choice.pk}/approve/"
    assert url in client.get("/desk/").content.decode()
    assert client.post(url, {"stamp": stamp_of(client.get(url))}).status_code == 302
    text = client.get(f"/desk/regions/{region.pk}/?on=2027-01-01").content.decode()
    assert "Quxian" in text and "九医保发〔2026〕12号" in text
    law = client.get("/desk/law/B-04/").content.decode()
    assert "every region" in law


# --- for machines ------------------------------------------------------------------------------


@pytest.fixture
def api():
    def of(*roles):
        client = APIClient()
        user = member_of(InstitutionFactory()) if not roles else user_with(*roles)
        client.force_authenticate(user)
        return client

    return of


def test_staff_and_institutions_read_the_values_of_a_day(api):
    RegionFactory()
    parameter = proposal(profile=Profile.JIUJIANG)
    approve_parameter(parameter_id=parameter.pk, by=user_with(Role.AGENCY_HEAD), at=NOW)
    for client in (api(), api(Role.CLAIM_REVIEWER), api(Role.SUPERVISOR)):
        answer = client.get("/api/v1/parameters/", {"on": str(SOON), "region": "360400"})
        assert answer.status_code == 200
        rows = {each["key"]: each for each in answer.json()}
        row = rows["change_decision_wd"]
        assert (row["value"], row["profile"], row["unit"]) == (
            "15.0000",
            "JIUJIANG",
            "working days",
        )
        law = rows["payout_wd"]
        assert (law["value"], law["fixed_by_law"]) == ("30.0000", True)
    national = {each["key"]: each for each in api().get("/api/v1/parameters/").json()}
    assert national["change_decision_wd"]["value"] == "10.0000"


@pytest.mark.parametrize(
    "query", [{"on": "2026-13-01"}, {"region": "36"}, {"region": "999999"}, {"region": "\x00"}]
)
def test_a_wrong_question_is_answered_with_400(api, query):
    assert api(Role.CLAIM_REVIEWER).get("/api/v1/parameters/", query).status_code == 400


def test_others_do_not_read_them():
    client = APIClient()
    assert client.get("/api/v1/parameters/").status_code in (401, 403)
    client.force_authenticate(user_with(Role.SOCIAL_SUPERVISOR))
    assert client.get("/api/v1/parameters/").status_code == 403


def test_waiting_choices_of_others_only(client):
    region = RegionFactory()
    both = user_with(Role.AGREEMENT_OFFICER, Role.AGENCY_HEAD)
    choice = propose_choice(
        region_code=region.pk,
        rule_set=RuleSet.FUND,
        profile=Profile.QUXIAN,
        effective_from=SOON,
        document="x",
        reason="x",
        by=both,
        at=NOW,
    )
    client.force_login(both)
    assert f"choices/{choice.pk}/approve" not in client.get("/desk/").content.decode()
    page = client.get(f"/desk/regions/{region.pk}/").content.decode()
    assert "act-blocked" in page
