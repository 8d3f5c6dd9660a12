"""The lawbook at the desk and for machines."""

import json

import pytest
from django.urls import reverse
from django.utils.translation import override
from rest_framework.test import APIClient

from agency import home
from agency.enums import Role
from agency.permissions import SEE_JOBS, USE_DESK
from agency.services.laws import all_laws
from tests.agency.factories import RegionFactory, user_with
from tests.agency.test_law_command import EXAMPLES

pytestmark = pytest.mark.django_db

BOOK = "/desk/law/"


@pytest.fixture
def officer(client):
    user = user_with(Role.AGREEMENT_OFFICER)
    client.force_login(user)
    client.cookies.load({"django_language": "en"})
    return user


def test_the_table_shows_every_rule(client, officer, django_assert_max_num_queries):
    client.get(BOOK)
    with django_assert_max_num_queries(6):
        page = client.get(BOOK)
    assert page.status_code == 200
    text = page.content.decode()
    for entry in all_laws():
        assert f'href="/desk/law/{entry.id}/"' in text
        assert entry.function_path in text
    assert "tests/settlements/test_rules.py" in text


@pytest.mark.parametrize("address", [BOOK, "/desk/law/B-04/"])
@pytest.mark.parametrize("role", [Role.INSTITUTION_CLERK, Role.SOCIAL_SUPERVISOR])
def test_only_staff_see_the_pages(client, address, role):
    assert client.get(address).status_code == 302
    client.force_login(user_with(role))
    assert client.get(address).status_code == 403


def test_every_rule_has_a_form(client, officer):
    for entry in all_laws():
        page = client.get(f"/desk/law/{entry.id}/")
        assert page.status_code == 200, entry.id
        assert not page.context["form"].is_bound
    assert client.get("/desk/law/B-99/").status_code == 404


@pytest.mark.parametrize(
    ("rule", "asked", "shown"),
    [
        (
            "B-04",
            {"declared_on": "2025-01-10"},
            ["2025-02-27", "Not paid on", "<dd>yes</dd>", "First alarm"],
        ),
        (
            "B-13a",
            {"fields": "name 2025-06-30\nbank_account 2025-07-02", "filed_on": "2025-08-12"},
            ["2025-08-11", "name, bank_account"],
        ),
        (
            "B-07",
            {
                "service_on": "2025-04-02",
                "med_type": "21",
                "periods": "2025-01-01 – 2025-12-31",
                "suspensions": "2025-03-01, 2025-05-31",
            },
            ["agreement suspended", "<dd>no</dd>"],
        ),
        (
            "B-14.1",
            {
                "valid_from": "2025-01-01",
                "valid_to": "2025-12-31",
                "suspensions": "2025-02-10 mandatory\r\n2025-09-01 mandatory\r\n",
            },
            ["2025-09-01", "ground 1 is met"],
        ),
        ("T-05", {"event": "2024-02-29", "years": "1", "on": "2025-02-28"}, ["2025-03-01"]),
        ("T-11", {"amounts": "0.005 1.00"}, ["1.01"]),
        (
            "B-16",
            {
                "act": "suspend",
                "nature": "public",
                "filed_on": "2025-01-01",
                "wanted_on": "2026-01-01",
            },
            ["A public institution must not itself ask for this"],
        ),
    ],
)
def test_a_rule_is_asked_by_its_form(client, officer, rule, asked, shown):
    page = client.get(f"/desk/law/{rule}/", asked)
    assert page.status_code == 200, page.context["form"].errors
    text = page.content.decode()
    for each in shown:
        assert each in text
    assert page.context["answer"]["because"]


@pytest.mark.parametrize(
    ("rule", "asked", "field"),
    [
        ("B-04", {"declared_on": "2025-02-30"}, "declared_on"),
        ("B-04", {"declared_on": "2025-01-10", "paid_on": "2025-01-09"}, "paid_on"),
        ("B-04", {"declared_on": "", "today": "2025-01-10"}, "declared_on"),
        ("B-04", {"declared_on": "2025-01-10", "on": "2000-01-01"}, "on"),
        ("B-04", {"declared_on": "2025-01-10", "region": "999999"}, "region"),
        ("T-02", {"start": "2025-01-10", "workdays": "many"}, "workdays"),
        ("T-02", {"start": "2025-01-10", "workdays": "-1"}, "workdays"),
        ("B-13a", {"fields": "name", "filed_on": "2025-08-12"}, "fields"),
        ("B-16", {"act": "sell"}, "act"),
        (
            "B-14.1",
            {"valid_from": "2025-01-01", "valid_to": "2025-12-31", "suspensions": "2025-02-10"},
            "suspensions",
        ),
        (
            "B-07",
            {
                "service_on": "2025-04-02",
                "med_type": "21",
                "periods": "2025-12-31 2025-01-01",
            },
            "periods",
        ),
        ("B-07", {"service_on": "2025-04-02", "med_type": "\x00", "periods": ""}, "med_type"),
    ],
)
def test_a_question_not_understood_is_refused_at_its_field(client, officer, rule, asked, field):
    page = client.get(f"/desk/law/{rule}/", asked)
    assert page.status_code == 400
    assert field in page.context["form"].errors
    assert page.context["answer"] is None


def test_the_region_of_a_question_is_chosen_by_name(client, officer):
    RegionFactory()
    page = client.get("/desk/law/B-04/", {"declared_on": "2025-01-10", "region": "360400"})
    assert page.status_code == 200
    assert "九江市" in page.content.decode()


def test_a_rule_leads_to_the_pages_where_it_is_at_work(client, officer, monkeypatch):
    home_pages = []
    monkeypatch.setitem(home.NAVIGATION, "desk", home_pages)
    home.navigation("desk", "Payouts", "agency_desk:home", USE_DESK, order=1, rules=("B-04",))
    home.navigation("desk", "Job runs", "agency_desk:jobs", SEE_JOBS, order=2, rules=("B-04",))
    places = client.get("/desk/law/B-04/").context["workplaces"]
    assert places == [{"label": "Payouts", "url": reverse("agency_desk:home")}]
    assert client.get("/desk/law/B-07/").context["workplaces"] == []


@pytest.mark.parametrize(
    ("asked", "ids"),
    [
        ({"chapter": "D"}, ["D-01", "D-06"]),
        ({"q": "overspend_rate"}, ["B-10"]),
        ({"q": "ART. 45"}, ["B-18"]),
        ({"q": "no such rule"}, []),
        ({"chapter": "C", "q": "jiujiang nos. 9"}, ["C-09"]),
    ],
)
def test_rules_are_looked_for_by_chapter_and_word(client, officer, asked, ids):
    client.cookies["django_language"] = "en"
    page = client.get("/desk/law/", asked)
    assert [row["law"].id for row in page.context["rows"]] == ids
    assert len(client.get("/desk/law/", {"chapter": "Z"}).context["rows"]) == len(all_laws())


def test_a_rule_shows_the_values_its_parameters_have(client, officer):
    rows = client.get("/desk/law/", {"q": "appeal_wd"}).context["rows"]
    [row] = [each for each in rows if each["law"].id == "C-03"]
    assert [(each["key"], each["value"]) for each in row["parameters"]] == [("appeal_wd", "7")]
    assert "appeal_wd" in client.get("/desk/law/C-03/").content.decode()


# For machines


@pytest.fixture
def clerk():
    machine = APIClient(HTTP_ACCEPT_LANGUAGE="en")
    machine.force_authenticate(user_with(Role.INSTITUTION_CLERK))
    return machine


@pytest.mark.parametrize(
    ("rule", "question", "answer"), EXAMPLES, ids=[example[0] for example in EXAMPLES]
)
def test_an_institution_asks_each_rule(clerk, rule, question, answer):
    response = clerk.post(f"/api/v1/law/{rule}/", question, format="json")
    assert response.status_code == 200, response.content
    given = response.json()
    assert {name: given[name] for name in answer} == answer
    assert given["because"]


def test_each_rule_describes_itself(clerk):
    listed = clerk.get("/api/v1/law/").json()
    assert [each["id"] for each in listed] == [entry.id for entry in all_laws()]
    for each in listed:
        described = clerk.get(f"/api/v1/law/{each['id']}/").json()
        assert described["question"]["additionalProperties"] is False
        assert {"region", "on"} <= described["question"]["properties"].keys()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "declared_on"),
        ([], "question"),
        ("text", "question"),
        ({"declared_on": "2025-02-30"}, "declared_on"),
        ({"declared_on": "2025-01-10", "colour": "red"}, "colour"),
        ({"declared_on": "2025-01-10", "region": "nowhere"}, "region"),
        ({"declared_on": "2025-01-10", "on": "1990-01-01"}, "on"),
    ],
)
def test_a_bad_question_is_a_problem_with_its_field(clerk, body, field):
    response = clerk.post("/api/v1/law/B-04/", body, format="json")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert problem["code"] == "invalid"
    assert list(problem["fields"]) == [field]


def test_bad_json_an_unknown_rule_and_a_stranger_are_turned_away(clerk):
    bad = clerk.post("/api/v1/law/B-04/", "{", content_type="application/json")
    assert bad.status_code == 400
    assert clerk.post("/api/v1/law/B-99/", {}, format="json").status_code == 404
    assert APIClient().post("/api/v1/law/B-04/", {}, format="json").status_code == 401


def test_the_api_description_shows_the_question_and_the_answer_of_a_rule(client, officer):
    schema = json.loads(client.get("/api/schema/?format=json").content)
    post = schema["paths"]["/api/v1/law/B-13/"]["post"]
    question = post["requestBody"]["content"]["application/json"]["schema"]
    assert question["required"] == ["start", "kind", "valid_to"]
    assert question["properties"]["kind"]["enum"] == ["voluntary", "mandatory"]
    answer = post["responses"]["200"]["content"]["application/json"]["schema"]
    assert answer["properties"]["hold_until"]["nullable"]
    assert "provisional" not in answer["required"]
    with override("en"):
        assert len([path for path in schema["paths"] if "/law/" in path]) == 1 + len(all_laws())
