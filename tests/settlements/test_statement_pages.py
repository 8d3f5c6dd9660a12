from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from agency.enums import Role
from agency.home import DESK_QUEUES, gather
from agency.permissions import ADMINISTRATION_STAFF, AGENCY_STAFF
from settlements.enums import FindingStatus, PaymentOrderState, StatementState
from settlements.models import PaymentOrder, Statement
from settlements.permissions import AUDIT_STATEMENT
from settlements.services import approvals, overdue
from settlements.views.portal.statements import money_this_month
from settlements.views.staff.statements import statements_waiting
from tests.agency.factories import user_with
from tests.agency.second_factor import paper_code
from tests.institutions.factories import InstitutionFactory, member_of
from tests.settlements.statement_factories import (
    DECLARED_ON,
    Team,
    approved_statement,
    at,
    audited_statement,
    declared_statement,
    finding,
    issued_order,
    paid_order,
    verified_statement,
)

pytestmark = pytest.mark.django_db

ACTS = {
    "audit": Role.CLAIM_REVIEWER,
    "approve": Role.SETTLEMENT_OFFICER,
    "verify": Role.AUDIT_OFFICER,
    "issue-order": Role.PAYMENT_OFFICER,
    "pay": Role.PAYMENT_OFFICER,
    "close": Role.PAYMENT_OFFICER,
    "approve-delay": Role.AGENCY_HEAD,
}
OFFICE = [*AGENCY_STAFF, *ADMINISTRATION_STAFF]
OTHERS = [role for role in Role if role not in OFFICE]


@pytest.fixture
def team() -> Team:
    return Team()


def client_of(user) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def desk(statement: Statement, act: str = "") -> str:
    return statement.get_absolute_url() + (f"{act}/" if act else "")


def stamp_of(client: Client, url: str) -> str:
    return client.get(url).context["stamp"]


def today_statement(make, *args, **batch) -> Statement:
    return make(*args, declared_on=timezone.localdate(), **batch)


# --- who sees what ------------------------------------------------------------------------------


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_desk_pages_by_role(role):
    statement = declared_statement()
    client = client_of(user_with(role))
    expected = 200 if role in OFFICE else 403
    for url in ("/desk/statements/", desk(statement)):
        assert client.get(url).status_code == expected, url
    for act, owner in ACTS.items():
        status = client.get(desk(statement, act)).status_code
        assert status == (200 if role is owner else 403), act


@pytest.mark.parametrize("role", list(Role), ids=str)
def test_portal_pages_by_role(role):
    institution = InstitutionFactory()
    statement = declared_statement(institution=institution)
    inside = role.value.startswith("institution.")
    user = member_of(institution, role) if inside else user_with(role)
    client = client_of(user)
    expected = 200 if inside else 403
    url = statement.get_portal_url()
    for each in ("/portal/statements/", url, f"{url}deductions/"):
        assert client.get(each).status_code == expected, each


def test_strangers_log_in():
    statement = declared_statement()
    for url in (desk(statement), desk(statement, "audit"), statement.get_portal_url()):
        response = Client().get(url)
        assert response.status_code == 302
        assert response.url.startswith("/login/")


def test_another_institution_is_told_that_there_is_nothing():
    statement = declared_statement()
    client = client_of(member_of(InstitutionFactory()))
    url = statement.get_portal_url()
    for each in (url, f"{url}deductions/", f"/api/v1/statements/{statement.number}/"):
        assert client.get(each).status_code == 404, each
    assert statement.number not in client.get("/portal/statements/").content.decode()
    assert client.get("/api/v1/statements/").json()["results"] == []


# --- the list -----------------------------------------------------------------------------------


def test_list_filters(team):
    client = client_of(team.head)
    mine = InstitutionFactory(name="浔阳仁和医院")
    old = declared_statement(institution=mine)
    other = paid_order(team, declared_on=date(2025, 3, 3)).statement

    def numbers(query: str) -> set[str]:
        response = client.get(f"/desk/statements/?{query}")
        assert response.status_code == 200
        return {each.number for each in response.context["object_list"]}

    assert numbers("") == {old.number, other.number}
    assert numbers("state=paid") == {other.number}
    assert numbers("month=2024-12") == {old.number}
    assert numbers("q=仁和") == {old.number}
    assert numbers(f"q={mine.code}") == {old.number}
    assert numbers("overdue=yes") == {old.number}
    assert numbers("month=nonsense") == {old.number, other.number}
    assert numbers("q=没有的") == set()


def test_list_goes_on_page_by_page(team, monkeypatch):
    monkeypatch.setattr("settlements.views.staff.statements.StatementList.page_size", 2)
    institution = InstitutionFactory()
    for _number in range(5):
        declared_statement(institution=institution)
    client, seen, query = client_of(team.head), [], "?"
    while query:
        context = client.get(f"/desk/statements/{query}").context
        seen += [each.pk for each in context["object_list"]]
        query = context["pager"]["next"]
    assert len(seen) == len(set(seen)) == 5


@pytest.mark.parametrize("count", [0, 1, 20])
def test_lists_cost_the_same_for_many(count, team, django_assert_max_num_queries):
    institution = InstitutionFactory()
    member = member_of(institution)
    for _number in range(count):
        declared_statement(institution=institution)
    head, own = client_of(team.head), client_of(member)
    with django_assert_max_num_queries(8):
        assert head.get("/desk/statements/").status_code == 200
    with django_assert_max_num_queries(8):
        assert own.get("/portal/statements/").status_code == 200
    with django_assert_max_num_queries(8):
        assert own.get("/api/v1/statements/").status_code == 200


# --- the page of one ------------------------------------------------------------------------------


def test_page_shows_money_people_and_next_act(team, django_assert_max_num_queries):
    statement = declared_statement()
    finding(statement.batch, "30.00")
    client = client_of(team.reviewer)
    with django_assert_max_num_queries(26):
        response = client.get(desk(statement))
    page = response.content.decode()
    assert "10,000.00" in page
    assert "30.00" in page
    [button] = response.context["buttons"][:1]
    assert button["act"] is AUDIT_STATEMENT
    assert button["obstacles"] == []
    assert response.context["deductions"].total == Decimal("30.00")


def test_page_says_why_an_act_is_barred():
    team = Team()
    team.reviewer = user_with(Role.CLAIM_REVIEWER, Role.PAYMENT_OFFICER)
    statement = verified_statement(team)
    response = client_of(team.reviewer).get(desk(statement))
    [button] = [each for each in response.context["buttons"] if "issue" in each["url"]]
    assert [each.code for each in button["obstacles"]] == ["same_person"]
    assert "must be done by another person" in response.content.decode()
    barred = client_of(team.reviewer).post(
        desk(statement, "issue-order"),
        {
            "stamp": stamp_of(client_of(team.reviewer), desk(statement, "issue-order")),
            "one_time_code": paper_code(team.reviewer),
        },
    )
    assert barred.status_code == 409
    assert "must be done by another person" in barred.content.decode()
    assert not PaymentOrder.objects.exists()


def test_administration_reads_and_has_no_acts(team):
    response = client_of(team.supervisor).get(desk(declared_statement()))
    assert response.status_code == 200
    assert response.context["buttons"] == []


# --- from declared to paid, by pages --------------------------------------------------------------


def test_four_people_bring_a_statement_to_payment(team):
    statement = today_statement(declared_statement)
    for act, person in (
        ("audit", team.reviewer),
        ("approve", team.settlement_officer),
        ("verify", team.audit_officer),
        ("issue-order", team.payment_officer),
    ):
        client, url = client_of(person), desk(statement, act)
        facts = {} if act == "audit" else {"one_time_code": paper_code(person)}
        response = client.post(url, {"stamp": stamp_of(client, url), **facts})
        assert response.status_code == 302, act
        assert response.url == desk(statement)
    client, url = client_of(team.payment_officer), desk(statement, "pay")
    facts = {
        "bank_reference": "ICBC-1",
        "paid_on": timezone.localdate().isoformat(),
        "one_time_code": paper_code(team.payment_officer),
    }
    stamp = stamp_of(client, url)
    assert client.post(url, {"stamp": stamp, **facts}).status_code == 302
    statement = Statement.objects.get(pk=statement.pk)
    assert statement.state == StatementState.PAID
    again = client.post(url, {"stamp": stamp, **facts})
    assert again.status_code == 409
    order = PaymentOrder.objects.get()
    assert (order.state, order.transitions.count()) == (PaymentOrderState.PAID, 2)
    paper = client.get(desk(statement, "order"))
    assert "ICBC-1" in paper.content.decode()


def test_a_page_opened_before_a_colleague_acted_does_nothing(team):
    order = today_statement(issued_order, team)
    statement = order.statement
    first, second = client_of(team.payment_officer), client_of(user_with(Role.PAYMENT_OFFICER))
    url = desk(statement, "pay")
    stamps = [stamp_of(first, url), stamp_of(second, url)]
    facts = {
        "paid_on": timezone.localdate().isoformat(),
        "one_time_code": paper_code(team.payment_officer),
    }
    paid = first.post(url, {"stamp": stamps[0], "bank_reference": "A-1", **facts})
    assert paid.status_code == 302
    late = second.post(url, {"stamp": stamps[1], "bank_reference": "A-2", **facts})
    assert late.status_code == 409
    assert "stale" in late.content.decode()
    order.refresh_from_db()
    assert order.bank_reference == "A-1"


@pytest.mark.parametrize(
    "facts",
    [
        {"bank_reference": "", "paid_on": "2026-01-01"},
        {"bank_reference": "X", "paid_on": "yesterday"},
        {"bank_reference": "X" * 65, "paid_on": "2026-01-01"},
    ],
)
def test_bad_input_keeps_the_form_and_pays_nothing(team, facts):
    statement = today_statement(issued_order, team).statement
    client, url = client_of(team.payment_officer), desk(statement, "pay")
    response = client.post(url, {"stamp": stamp_of(client, url), **facts})
    assert response.status_code == 400
    assert response.context["form"].errors
    assert PaymentOrder.objects.get().state == PaymentOrderState.ISSUED


def test_undecided_findings_stand_on_the_audit_page(team):
    statement = declared_statement()
    finding(statement.batch, "30.00", status=FindingStatus.FLAGGED)
    client, url = client_of(team.reviewer), desk(statement, "audit")
    page = client.get(url)
    assert [each.code for each in page.context["obstacles"]] == ["findings_undecided"]
    assert client.post(url, {"stamp": page.context["stamp"]}).status_code == 409
    statement.refresh_from_db()
    assert statement.state == StatementState.DECLARED


def test_collective_decision_by_page(team):
    statement = today_statement(verified_statement, team, fund_amount="5000000.00")
    client, url = client_of(team.head), desk(statement, "decision")
    facts = {
        "decided_on": timezone.localdate().isoformat(),
        "voters": "陈主任\n李副主任\n",
        "in_favour": "2",
        "minutes": "同意。",
    }
    few = client.post(url, {"stamp": stamp_of(client, url), **facts})
    assert few.status_code == 409
    assert "at least 3 voters" in few.content.decode()
    facts["voters"] += "王科长"
    assert client.post(url, {"stamp": stamp_of(client, url), **facts}).status_code == 302
    assert statement.decision.voters == ["陈主任", "李副主任", "王科长"]
    assert "陈主任" in client.get(desk(statement)).content.decode()


def test_delay_is_explained_and_approved_by_pages(team):
    statement = issued_order(team).statement
    client, url = client_of(team.payment_officer), desk(statement, "explain-delay")
    sent = client.post(url, {"stamp": stamp_of(client, url), "reason": "资金未到位"})
    assert sent.status_code == 302
    client, url = client_of(team.head), desk(statement, "approve-delay")
    assert "资金未到位" in client.get(url).content.decode()
    assert client.post(url, {"stamp": stamp_of(client, url)}).status_code == 302
    statement = Statement.objects.get(pk=statement.pk)
    assert statement.late_approved_by == team.head


# --- what waits for whom --------------------------------------------------------------------------


def waiting(user) -> list[str]:
    assert statements_waiting in DESK_QUEUES
    matters = gather([statements_waiting], user, timezone.localdate())
    return [str(each.act) for each in matters]


def test_each_post_sees_what_waits_for_it(team):
    declared_statement()
    audited_statement(team)
    approved_statement(team)
    verified_statement(team)
    issued_order(team)
    fresh = {
        Role.CLAIM_REVIEWER: 1,
        Role.SETTLEMENT_OFFICER: 1,
        Role.AUDIT_OFFICER: 1,
        Role.PAYMENT_OFFICER: 2,
        Role.AGENCY_HEAD: 0,
        Role.SUPERVISOR: 0,
        Role.INTAKE_CLERK: 0,
    }
    for role, number in fresh.items():
        assert len(waiting(user_with(role))) == number, role


def test_what_is_barred_by_an_earlier_act_does_not_wait_for_me():
    team = Team()
    team.reviewer = user_with(Role.CLAIM_REVIEWER, Role.SETTLEMENT_OFFICER)
    audited_statement(team)
    assert waiting(team.reviewer) == []
    assert len(waiting(team.settlement_officer)) == 1


def test_an_explained_delay_waits_for_the_head(team):
    statement = declared_statement()
    approvals.explain_delay(
        statement_id=statement.pk, reason="积压", by=team.payment_officer, at=at(date(2025, 3, 3))
    )
    assert len(waiting(team.head)) == 1
    approvals.approve_delay(statement_id=statement.pk, by=team.head, at=at(date(2025, 3, 4)))
    assert waiting(team.head) == []


# --- the institution's side -----------------------------------------------------------------------


def test_portal_shows_an_overdue_payment_and_what_may_be_done(team):
    institution = InstitutionFactory()
    statement = declared_statement(institution=institution)
    overdue.mark_overdue(on=date(2025, 2, 28), at=at(date(2025, 2, 28)))
    response = client_of(member_of(institution)).get(statement.get_portal_url())
    page = response.content.decode()
    assert "potential breach by the agency" in page
    assert "reconsideration" in page
    assert response.context["reconsideration_until"].on == date(2025, 4, 29)


def test_portal_prints_each_deduction_with_its_reason(team, django_assert_max_num_queries):
    institution = InstitutionFactory()
    statement = declared_statement(institution=institution)
    for number in range(30):
        finding(statement.batch, "3.00", line=f"L{number:02}", by=team.reviewer)
    client = client_of(member_of(institution))
    with django_assert_max_num_queries(10):
        page = client.get(f"{statement.get_portal_url()}deductions/").content.decode()
    assert "L29" in page
    assert "above the limit" in page


def test_money_of_this_month(team):
    institution = InstitutionFactory()
    assert money_this_month(institution, DECLARED_ON) is None
    open_ = declared_statement(institution=institution, fund_amount="100.00")
    paid_order(team, institution=institution, fund_amount="40.00")
    panel = money_this_month(institution, DECLARED_ON)
    assert (panel["coming"], panel["paid"]) == (Decimal("100.00"), Decimal("40.00"))
    assert panel["nearest"] == [(open_, False)]


def test_api_gives_the_whole_statement(team):
    institution = InstitutionFactory()
    statement = paid_order(team, institution=institution).statement
    client = client_of(member_of(institution))
    row = client.get(f"/api/v1/statements/{statement.number}/").json()
    assert row["payable"] == "10000.00"
    assert row["month"] == "2024-12"
    assert (row["due_on"], row["due_provisional"]) == ("2025-02-27", False)
    assert row["order"]["bank_reference"] == "ICBC-1"
    assert row["breach"] is None
    assert client.post("/api/v1/statements/", {}).status_code in (403, 405)


@pytest.mark.parametrize("role", OTHERS, ids=str)
def test_admin_is_closed_to_outsiders(role):
    assert client_of(user_with(role)).get("/admin/settlements/statement/").status_code == 302


def test_administration_reads_breaches_in_the_admin(team):
    statement = declared_statement()
    overdue.mark_overdue(on=date(2025, 2, 28), at=at(date(2025, 2, 28)))
    client = client_of(team.supervisor)
    page = client.get("/admin/settlements/potentialbreach/").content.decode()
    assert statement.number in page
    for url in (
        f"/admin/settlements/potentialbreach/{statement.breach.pk}/change/",
        f"/admin/settlements/statement/{statement.pk}/change/",
    ):
        assert client.get(url).status_code == 200
    assert client.get("/admin/settlements/statement/add/").status_code == 403
    assert client.get(f"/admin/settlements/statement/?q={statement.number}").status_code == 200
