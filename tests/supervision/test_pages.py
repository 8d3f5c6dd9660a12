"""Who sees which page, what it costs, and what the acts do when done by browser."""

from datetime import date

import pytest
import time_machine
from django.urls import reverse
from rest_framework.test import APIClient

from agency.enums import Role
from agency.home import DESK_QUEUES, PORTAL_QUEUES, gather
from agreements.models import Agreement
from supervision.enums.cases import CaseState
from supervision.models import Case, CaseStatement, SupervisionReview
from supervision.services import acknowledgement, administration, hearing, orders
from supervision.services.clauses import breach_clauses
from tests.agency.factories import user_with
from tests.institutions.factories import InstitutionFactory, member_of
from tests.settlements.statement_factories import finding, reviewed_batch
from tests.supervision import factories as make
from tests.supervision.factories import DECIDED_ON, DEFENCE_UNTIL, SERVED_ON, at, pdf

pytestmark = pytest.mark.django_db
DESK_ACTS = [
    "open",
    "notice",
    "notice_served",
    "decide",
    "decision_served",
    "performance",
    "close",
    "dismiss",
    "supplement",
    "report",
]


def as_user(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def url(name: str, case: Case, *more) -> str:
    return reverse(f"supervision_desk:{name}", args=[case.number, *more])


def stamp_of(client, address: str) -> str:
    page = client.get(address)
    assert page.status_code == 200, page.status_code
    return page.context["stamp"]


def submit(client, address: str, **data):
    return client.post(address, {"stamp": stamp_of(client, address), **data})


# --- the whole procedure by browser -------------------------------------------------------------


def test_a_case_from_clue_to_closing_by_browser(client, office):
    confirmed = finding(reviewed_batch(office.institution), "8400.00")
    agreement = office.agreement
    with time_machine.travel(at(date(2025, 4, 28)), tick=False):
        as_user(client, office.officer)
        listed = client.get(reverse("supervision_desk:findings")).context["object_list"]
        assert [each.pk for each in listed] == [confirmed.pk]
        new = f"{reverse('supervision_desk:new')}?finding={confirmed.pk}"
        assert submit(client, new, title="超限价收费", clue="").status_code == 302
        case = Case.objects.get()
        assert submit(client, url("open", case), facts="查实").status_code == 302
        adding = url("add_measure", case, "suspend")
        response = submit(
            client,
            adding,
            text_clause=breach_clauses(agreement.pk, 6)[0].clause.pk,
            evidence="笔录",
            suspension_ground="risk",
            starts_on="2025-05-12",
            ends_on="2025-08-11",
            attachments=[pdf()],
        )
        assert response.status_code == 302
        assert submit(client, url("notice", case), facts="查实").status_code == 302
        served = submit(
            client,
            url("notice_served", case),
            served_on="2025-04-28",
            method="hand",
            recipient="院办张某",
            proof=pdf("回执.pdf"),
        )
        assert served.status_code == 302

    with time_machine.travel(at(date(2025, 5, 6)), tick=False):
        as_user(client, office.member)
        address = reverse("supervision_portal:statement", args=[case.number])
        response = submit(client, address, text="有异议", attachments=[pdf("申辩.pdf")])
        assert response.status_code == 302

    with time_machine.travel(at(date(2025, 5, 8)), tick=False):
        as_user(client, office.officer)
        assert submit(client, url("submit_review", case), consideration="不成立").status_code == 302
        as_user(client, office.reviewer)
        reviewed = submit(client, url("legal_review", case), outcome="approved", opinion="合法")
        assert reviewed.status_code == 302
        as_user(client, office.officer)
        votes = {
            f"vote_{each.pk}": "in_favour"
            for each in (office.head, office.colleague, office.reviewer)
        }
        response = submit(
            client, url("discussion", case), held_on="2025-05-08", minutes="同意", **votes
        )
        assert response.status_code == 302

    with time_machine.travel(at(DECIDED_ON), tick=False):
        as_user(client, office.head)
        response = submit(
            client,
            url("decide", case),
            imposed=make.imposed(case),
            consideration="不成立",
            ends_on="2025-08-11",
        )
        assert response.status_code == 302
        as_user(client, office.officer)
        assert (
            submit(
                client,
                url("decision_served", case),
                served_on="2025-05-12",
                method="post",
                recipient="院办张某",
                tracking_number="EMS1",
                proof=pdf("回执.pdf"),
            ).status_code
            == 302
        )
        assert submit(client, url("report", case), text="报告").status_code == 302
        assert submit(client, url("file", case), text="备案").status_code == 302
        as_user(client, office.supervisor)
        assert submit(client, url("ask_about_report", case), text="安置？").status_code == 302
        as_user(client, office.officer)
        assert submit(client, url("answer_question", case), text="已安置").status_code == 302
        as_user(client, office.supervisor)
        assert submit(client, url("acknowledge", case), text="").status_code == 302
        as_user(client, office.law)
        answer = submit(client, url("answer_filing", case), outcome="ok", reasons="")
        assert answer.status_code == 302
        as_user(client, office.officer)
        assert (
            submit(
                client, url("performance", case), performed_on="2025-05-12", performance="已中止"
            ).status_code
            == 302
        )
        assert submit(client, url("close", case)).status_code == 302

    case = Case.objects.get()
    assert case.state == CaseState.CLOSED
    assert Agreement.objects.get(pk=agreement.pk).state == "suspended"
    assert CaseStatement.objects.get().files.get().name == "申辩.pdf"


def test_a_case_from_a_report_names_the_institution_by_code(client, office):
    as_user(client, office.officer)
    address = reverse("supervision_desk:new")
    wrong = submit(client, address, institution_code="H99999999999", title="x", clue="y")
    assert wrong.status_code == 400
    assert not Case.objects.exists()
    right = submit(client, address, institution_code=office.institution.code, title="x", clue="y")
    assert right.status_code == 302
    assert Case.objects.get().institution == office.institution


def test_a_refusal_is_shown_in_the_form_and_nothing_is_done(client, office):
    assert office.agreement
    case = make.ready(office, "suspend")
    with time_machine.travel(at(DECIDED_ON), tick=False):
        as_user(client, office.head)
        response = submit(
            client,
            url("decide", case),
            imposed=make.imposed(case),
            consideration="不成立",
            ends_on="2025-12-31",
        )
    assert response.status_code == 409
    assert response.context["form"].non_field_errors()
    assert Case.objects.get(pk=case.pk).state == CaseState.LEGAL_REVIEW


def test_a_stale_page_does_nothing(client, office):
    case = make.opened(office, "refuse")
    as_user(client, office.officer)
    stamp = stamp_of(client, url("notice", case))
    hearing.give_notice(
        case_id=case.pk, facts="x", by=office.officer, on=SERVED_ON, at=at(SERVED_ON)
    )
    response = client.post(url("notice", case), {"stamp": stamp, "facts": "y"})
    assert response.status_code == 409
    assert Case.objects.get(pk=case.pk).facts == "x"


# --- who may see --------------------------------------------------------------------------------


@pytest.mark.parametrize("page", DESK_ACTS)
@pytest.mark.parametrize(
    "role", [Role.SUPERVISOR, Role.CLAIM_REVIEWER, Role.ARCHIVIST, Role.INSTITUTION_ADMINISTRATOR]
)
def test_act_pages_are_closed_to_other_roles(client, office, page, role):
    case = make.clue(office)
    as_user(client, user_with(role))
    for answer in (client.get(url(page, case)), client.post(url(page, case), {"stamp": "x"})):
        assert answer.status_code == 403
    assert Case.objects.get(pk=case.pk).state == CaseState.CLUE


@pytest.mark.parametrize(
    ("role", "status"),
    [
        (Role.AUDIT_OFFICER, 200),
        (Role.AGENCY_HEAD, 200),
        (Role.SUPERVISOR, 200),
        (Role.PAYMENT_OFFICER, 403),
        (Role.INSTITUTION_ADMINISTRATOR, 403),
        (Role.SOCIAL_SUPERVISOR, 403),
    ],
)
def test_who_reads_cases_at_the_desk(client, office, role, status):
    case = make.clue(office)
    as_user(client, user_with(role))
    addresses = [reverse("supervision_desk:list"), case.get_absolute_url()]
    assert [client.get(each).status_code for each in addresses] == [status, status]


def test_strangers_are_sent_to_the_log_in(client, office):
    case = make.clue(office)
    assert client.get(case.get_absolute_url()).status_code == 302


@pytest.mark.parametrize(
    ("state", "status"),
    [
        (make.clue, 404),
        (make.opened, 404),
        (make.dismissed, 404),
        (make.returned, 404),
        (make.noticed, 200),
        (make.in_defence, 200),
        (make.closed, 200),
    ],
)
def test_the_institution_sees_its_case_from_the_notice_on(client, office, state, status):
    case = state(office)
    as_user(client, office.member)
    assert client.get(case.get_portal_url()).status_code == status
    listed = client.get(reverse("supervision_portal:list")).context["object_list"]
    assert [each.pk for each in listed] == ([case.pk] if status == 200 else [])


def test_another_institution_finds_nothing(client, office):
    case = make.served(office)
    as_user(client, member_of(InstitutionFactory()))
    for name in ("detail", "statement", "decision"):
        address = reverse(f"supervision_portal:{name}", args=[case.number])
        assert client.get(address).status_code == 404
    assert not client.get(reverse("supervision_portal:list")).context["object_list"]


def test_the_portal_keeps_clue_and_decision_to_itself_until_served(client, office):
    case = make.decided(office, clue="某某举报")
    as_user(client, office.member)
    page = client.get(case.get_portal_url()).content.decode()
    assert "某某举报" not in page
    assert "异议不成立" not in page
    assert client.get(reverse("supervision_portal:decision", args=[case.number])).status_code == 404
    assert all(
        each.imposed is None for each in client.get(case.get_portal_url()).context["measures"]
    )


def test_evidence_is_handed_out_to_the_parties_only(client, office):
    case = make.opened(office, "refuse", files=[pdf("举报信.pdf")])
    clue_file = case.evidence.get()
    make.opening.add_measure(
        case_id=case.pk,
        facts=make.measure("interview"),
        files=[pdf("笔录.pdf")],
        by=office.officer,
        at=at(SERVED_ON),
    )
    evidence = case.measures.get(rung=1).files.get()
    hearing.give_notice(
        case_id=case.pk, facts="x", by=office.officer, on=SERVED_ON, at=at(SERVED_ON)
    )

    def fetch(user, attachment):
        as_user(client, user)
        return client.get(reverse("agency:file_download", args=[attachment.pk])).status_code

    assert fetch(office.officer, clue_file) == 200
    assert fetch(office.officer, evidence) == 200
    assert fetch(office.member, evidence) == 200
    assert fetch(office.member, clue_file) == 404
    assert fetch(member_of(InstitutionFactory()), evidence) == 404
    assert fetch(user_with(Role.PAYMENT_OFFICER), evidence) == 404


# --- what pages show and cost -------------------------------------------------------------------


@pytest.mark.parametrize(
    "state",
    [
        make.clue,
        make.opened,
        make.noticed,
        make.in_defence,
        make.in_review,
        make.decided,
        make.served,
        make.performed,
        make.closed,
        make.dismissed,
        make.returned,
    ],
)
def test_the_detail_of_every_state(client, office, state, django_assert_max_num_queries):
    case = state(office)
    as_user(client, office.officer)
    with django_assert_max_num_queries(36):
        page = client.get(case.get_absolute_url())
    assert page.status_code == 200
    assert case.number in page.content.decode()


def test_the_list_costs_the_same_for_one_and_for_many(
    client, office, django_assert_max_num_queries
):
    for _ in range(12):
        make.clue(office)
    as_user(client, office.officer)
    with django_assert_max_num_queries(9):
        page = client.get(reverse("supervision_desk:list"))
    assert len(page.context["object_list"]) == 12


def test_the_list_is_searched_and_filtered(client, office):
    make.clue(office, title="超限价收费")
    other = make.opened(office, title="分解住院")
    as_user(client, office.officer)
    found = client.get(reverse("supervision_desk:list"), {"q": "分解", "state": "opened"})
    assert [each.pk for each in found.context["object_list"]] == [other.pk]
    none = client.get(reverse("supervision_desk:list"), {"state": "closed"})
    assert none.status_code == 200
    assert not none.context["object_list"]


def test_the_lists_of_findings_and_orders(client, office, django_assert_max_num_queries):
    batch = reviewed_batch(office.institution)
    taken, free = finding(batch, "1.00", line="L1"), finding(batch, "2.00", line="L2")
    make.clue(office, finding=taken)
    order = orders.order_handling(
        institution=office.institution,
        text="请处理",
        by=office.supervisor,
        on=SERVED_ON,
        at=at(SERVED_ON),
    )
    as_user(client, office.officer)
    with django_assert_max_num_queries(9):
        page = client.get(reverse("supervision_desk:findings"))
    assert [each.pk for each in page.context["object_list"]] == [free.pk]
    with django_assert_max_num_queries(9):
        page = client.get(reverse("supervision_desk:orders"))
    assert [each.pk for each in page.context["object_list"]] == [order.pk]


def test_the_decision_names_measures_and_remedies(client, office):
    assert office.agreement
    case = make.served(office, "refuse", "suspend")
    for user, address in (
        (office.officer, url("decision", case)),
        (office.member, reverse("supervision_portal:decision", args=[case.number])),
    ):
        as_user(client, user)
        page = client.get(address).content.decode()
        assert "8,400.00" in page
        assert case.measures.get(rung=3).clause in page
        assert case.reconsideration_until.isoformat() in page


def test_both_languages(client, office):
    case = make.in_defence(office)
    as_user(client, office.officer)
    chinese = client.get(case.get_absolute_url()).content.decode()
    assert "陈述申辩" in chinese
    client.post(reverse("set_language"), {"language": "en"})
    assert "Statement and defence" in client.get(case.get_absolute_url()).content.decode()


# --- what waits for whom ------------------------------------------------------------------------


def titles(user, on=DECIDED_ON, queues=DESK_QUEUES):
    return [str(matter.title) for matter in gather(queues, user, on)]


def test_what_waits_for_the_officer(office):
    assert office.agreement
    waiting = [make.clue(office), make.opened(office), make.noticed(office), make.returned(office)]
    make.in_defence(office)
    make.closed(office)
    dismissed = make.dismissed(office)
    ready = make.heard(office)
    grave = make.heard(office, "suspend")
    reviewed = make.in_review(office)
    carried = make.ready(office, "person")
    mine = " ".join(titles(office.officer))
    assert all(each.number in mine for each in [*waiting, ready, grave])
    assert dismissed.number not in mine
    assert reviewed.number not in mine
    assert carried.number not in mine
    assert titles(office.reviewer) == [f"{reviewed.number} · {reviewed.title}"]
    assert titles(office.head) == [f"{carried.number} · {carried.title}"]
    assert titles(user_with(Role.INTAKE_CLERK)) == []


def test_reports_and_orders_wait_with_their_deadline(office):
    assert office.agreement
    case = make.decided(office, "suspend")
    order = orders.order_handling(
        institution=office.institution,
        text="x",
        by=office.supervisor,
        on=SERVED_ON,
        at=at(SERVED_ON),
    )
    due = {
        str(matter.title): matter.due_on
        for matter in gather(DESK_QUEUES, office.colleague, DECIDED_ON)
    }
    assert sorted(day for title, day in due.items() if case.number in title) == [
        date(2025, 5, 14),
        date(2025, 5, 27),
    ]
    assert [day for title, day in due.items() if order.number in title] == [order.due_on]


def test_the_administration_is_shown_what_it_has_not_answered(office):
    assert office.agreement
    case = make.decided(office, "suspend")
    on = {"on": DECIDED_ON, "at": at(DECIDED_ON)}
    administration.send_report(case_id=case.pk, text="x", by=office.officer, **on)
    assert titles(office.supervisor) == [f"重大处理措施报告：{case.number}"]
    assert titles(office.law) == []
    make.filed(case, office)
    assert titles(office.law) == [f"备案审查：{case.number}"]
    acknowledgement.acknowledge_report(case_id=case.pk, by=office.supervisor, **on)
    make.answered(case, office)
    assert titles(office.supervisor) == titles(office.law) == []


def test_the_portal_asks_for_the_statement_within_the_period(office):
    case = make.in_defence(office)
    own = f"{case.number} · {case.title}"
    assert titles(office.member, DEFENCE_UNTIL, PORTAL_QUEUES) == [own]
    assert titles(office.member, date(2025, 5, 10), PORTAL_QUEUES) == []
    assert titles(member_of(InstitutionFactory()), DEFENCE_UNTIL, PORTAL_QUEUES) == []


# --- the administration's admin -----------------------------------------------------------------


def admin_url(name: str, case: Case) -> str:
    return reverse(f"admin:supervision_case_{name}", args=[case.pk])


def test_the_supervisor_reads_every_case_and_its_history(client, office):
    assert office.agreement
    case = make.closed(office, "suspend")
    as_user(client, office.supervisor)
    page = client.get(admin_url("change", case))
    assert page.status_code == 200
    for name in ("take_note", "order_handling", "return_case"):
        assert admin_url(name, case) in page.content.decode()
    listed = client.get(reverse("admin:supervision_case_changelist"), {"q": case.number})
    assert case.number in listed.content.decode()


def test_the_supervisor_takes_note_orders_and_returns_in_the_admin(client, office):
    case = make.opened(office, "refuse")
    with time_machine.travel(at(SERVED_ON), tick=False):
        as_user(client, office.supervisor)
        for name, data in [
            ("take_note", {"text": "已阅"}),
            ("order_handling", {"text": "请处理", "due_on": "2025-05-20"}),
            ("return_case", {"text": "请补充"}),
        ]:
            assert client.get(admin_url(name, case)).status_code == 200
            assert client.post(admin_url(name, case), data).status_code == 302, name
    kinds = SupervisionReview.objects.order_by("pk").values_list("kind", "due_on")
    assert list(kinds) == [
        ("noted", None),
        ("ordered", date(2025, 5, 20)),
        ("returned", date(2025, 5, 16)),
    ]
    assert Case.objects.get(pk=case.pk).state == CaseState.RETURNED


def test_a_refusal_in_the_admin_changes_nothing(client, office):
    case = make.noticed(office)
    as_user(client, office.supervisor)
    response = client.post(admin_url("return_case", case), {"text": "请补充"})
    assert response.status_code == 409
    assert not SupervisionReview.objects.exists()
    assert Case.objects.get(pk=case.pk).state == CaseState.NOTICE


@pytest.mark.parametrize("name", ["take_note", "order_handling", "return_case"])
@pytest.mark.parametrize("role", [Role.SYSTEM_ADMINISTRATOR, Role.AUDIT_OFFICER, Role.AGENCY_HEAD])
def test_the_agency_cannot_act_in_the_admin(client, office, name, role):
    case = make.opened(office)
    as_user(client, user_with(role, is_staff=True))
    response = client.post(admin_url(name, case), {"text": "x"})
    assert response.status_code in (302, 403)
    assert not SupervisionReview.objects.exists()
    assert Case.objects.get(pk=case.pk).state == CaseState.OPENED


def test_the_law_officer_takes_note_but_orders_nothing(client, office):
    case = make.opened(office)
    as_user(client, user_with(Role.LAW_OFFICER))
    assert client.post(admin_url("take_note", case), {"text": "已阅"}).status_code == 302
    assert client.post(admin_url("order_handling", case), {"text": "x"}).status_code == 403
    assert SupervisionReview.objects.count() == 1


def test_an_order_without_a_case_in_the_admin(client, office):
    as_user(client, office.supervisor)
    address = reverse("admin:supervision_administrationorder_order_anew")
    wrong = client.post(address, {"institution_code": "H00000000000", "text": "x"})
    assert wrong.status_code == 200
    right = client.post(address, {"institution_code": office.institution.code, "text": "请处理"})
    assert right.status_code == 302
    assert office.institution.administration_orders.get().case is None


@pytest.mark.parametrize(
    "model",
    [
        "case",
        "administrationorder",
        "administrationreport",
        "supervisionreview",
        "casemeasure",
        "casestatement",
        "casetransition",
    ],
)
def test_every_table_can_be_searched_in_the_admin(
    client, office, model, django_assert_max_num_queries
):
    assert office.agreement
    make.closed(office, "suspend")
    as_user(client, office.supervisor)
    with django_assert_max_num_queries(20):
        page = client.get(reverse(f"admin:supervision_{model}_changelist"), {"q": "CASE"})
    assert page.status_code == 200


# --- the API ------------------------------------------------------------------------------------


def api(user) -> APIClient:
    client = APIClient()
    client.force_authenticate(user)
    return client


def test_the_office_reads_cases_by_api(office, django_assert_max_num_queries):
    case = make.decided(office)
    client = api(office.supervisor)
    with django_assert_max_num_queries(5):
        listed = client.get("/api/v1/cases/").json()
    assert [each["number"] for each in listed["results"]] == [case.number]
    one = client.get(f"/api/v1/cases/{case.number}/").json()
    assert one["state"] == "decided"
    assert one["measures"][0]["imposed"] is True
    assert "clue" not in one


def test_the_institution_reads_its_own_from_the_notice_on(office):
    make.opened(office)
    case = make.decided(office)
    client = api(office.member)
    listed = client.get("/api/v1/cases/").json()["results"]
    assert [each["number"] for each in listed] == [case.number]
    assert listed[0]["measures"][0]["imposed"] is None
    other = api(member_of(InstitutionFactory()))
    assert other.get(f"/api/v1/cases/{case.number}/").status_code == 404
    assert api(user_with(Role.SOCIAL_SUPERVISOR)).get("/api/v1/cases/").status_code == 403
    assert APIClient().get("/api/v1/cases/").status_code == 401
