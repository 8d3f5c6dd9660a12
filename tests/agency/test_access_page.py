"""Acts and roles as one page: what the code decides, readable."""

import csv
import io

import pytest

from agency.enums import Role
from agency.permissions import ACTS, SECOND_FACTOR_ROLES, Act
from tests.agency.factories import user_with

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client):
    client.force_login(user_with(Role.CLAIM_REVIEWER))
    return client


def shown(page) -> list[Act]:
    return [act for _app, rows in page.context["by_app"] for act, _held in rows]


def test_every_act_and_every_role_stand_there(desk, django_assert_max_num_queries):
    with django_assert_max_num_queries(6):
        page = desk.get("/desk/access/")
    assert {act.code for act in shown(page)} == set(ACTS)
    for _app, rows in page.context["by_app"]:
        for act, held in rows:
            assert held == [role in act.roles for role in Role]
    body = page.content.decode()
    assert all(str(role.label) in body for role in Role)


@pytest.mark.parametrize(
    ("query", "fits"),
    [
        ({"kind": "money"}, lambda act: act.moves_money),
        ({"kind": "irreversible"}, lambda act: act.irreversible),
        ({"kind": "look"}, lambda act: act.only_looks),
        ({"kind": "factor"}, lambda act: act.moves_money or act.roles <= SECOND_FACTOR_ROLES),
        ({"role": "agency.head"}, lambda act: Role.AGENCY_HEAD in act.roles),
        ({"q": "PAYMENT record"}, lambda act: act.code == "settlements.record_payment"),
    ],
)
def test_the_table_is_narrowed(desk, query, fits):
    found = shown(desk.get("/desk/access/", query))
    assert {act.code for act in found} == {act.code for act in ACTS.values() if fits(act)}


def test_nothing_found_says_so(desk):
    page = desk.get("/desk/access/", {"q": "nonsense\x00", "kind": "x", "role": "x"})
    assert page.status_code == 200 and not page.context["by_app"]


def test_the_download_holds_the_same(desk):
    answer = desk.get("/desk/access/", {"kind": "money", "format": "csv"})
    text = answer.content.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    codes = {row[1]: row for row in rows[1:]}
    assert set(codes) == {act.code for act in ACTS.values() if act.moves_money}
    paid = codes["settlements.record_payment"]
    held = [role for role, tick in zip(Role, paid[6:], strict=True) if tick]
    assert held == [Role.PAYMENT_OFFICER]


def test_who_holds_which_role(desk):
    head = user_with(Role.AGENCY_HEAD, name="钟国樑")
    page = desk.get("/desk/access/holders/")
    rows = {role: people for role, people, _through, _code in page.context["rows"]}
    assert rows[Role.AGENCY_HEAD] == [head]
    assert rows[Role.ADMINISTRATION_HEAD] == []
    assert Role.INSTITUTION_CLERK not in rows
