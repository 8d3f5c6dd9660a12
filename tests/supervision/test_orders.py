"""B-20: orders of the administration, the agency's reports back, more time, and what they bar."""

from datetime import date, timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.urls import reverse

from agency.enums import Role
from agency.models import Notice
from agency.rules import Refusal
from supervision import rules
from supervision.enums.orders import OrderKind, OrderState
from supervision.models import (
    AdministrationOrder,
    AdministrationOrderTransition,
    OrderAnswer,
    OrderExtension,
)
from supervision.services import orders
from supervision.tasks import remind_overdue
from tests.agency.factories import user_with
from tests.supervision import factories as make
from tests.supervision.factories import SERVED_ON, at

pytestmark = pytest.mark.django_db

DUE = date(2025, 5, 16)  # ten working days after 29 April, Labour Day in between
ONE_DAY = timedelta(days=1)


def given(office, *, case=None, on=SERVED_ON, **fields) -> AdministrationOrder:
    return orders.order_handling(
        institution=office.institution,
        case_id=case.pk if case else None,
        text="请依协议处理",
        by=office.supervisor,
        on=on,
        at=at(on),
        **fields,
    )


def supplement(office, **fields) -> AdministrationOrder:
    return given(office, kind=OrderKind.SUPPLEMENT, lead="2025-04-10 移交线索", **fields)


def answer(office, order, on=SERVED_ON, **fields) -> AdministrationOrder:
    return orders.answer_order(
        order_id=order.pk, answer="已核实", by=office.officer, on=on, at=at(on), **fields
    )


def accept(office, order, on=SERVED_ON, **fields) -> AdministrationOrder:
    return orders.accept_answer(order_id=order.pk, by=office.supervisor, on=on, at=at(on), **fields)


def more(office, order, on=SERVED_ON, **fields) -> AdministrationOrder:
    return orders.demand_more(
        order_id=order.pk, text="缺询问笔录", by=office.supervisor, on=on, at=at(on), **fields
    )


def ask(office, order, until, on=SERVED_ON) -> OrderExtension:
    return orders.ask_extension(
        order_id=order.pk, wanted_on=until, reason="取证", by=office.officer, on=on, at=at(on)
    )


def test_a_lead_is_supplemented_without_a_case_and_keeps_its_files(office):
    order = supplement(office)
    assert (order.state, order.due_on, order.lead) == ("ordered", DUE, "2025-04-10 移交线索")
    order = answer(office, order, files=[make.pdf("笔录.pdf")])
    assert order.state == OrderState.ANSWERED
    kept = OrderAnswer.objects.get()
    assert (kept.text, [each.name for each in kept.files.all()]) == ("已核实", ["笔录.pdf"])
    order = accept(office, order, text="同意")
    assert order.state == OrderState.ACCEPTED
    kept.refresh_from_db()
    assert (kept.outcome, kept.judgement, kept.judged_by) == ("accepted", "同意", office.supervisor)
    acts = order.transitions.values_list("act", "source", "target")
    assert list(acts) == [
        ("order", "", "ordered"),
        ("answer", "ordered", "answered"),
        ("accept_answer", "answered", "accepted"),
    ]


def test_a_supplement_names_its_lead(office, codes):
    with pytest.raises(Refusal) as refusal:
        given(office, kind=OrderKind.SUPPLEMENT, lead=" ")
    assert codes(refusal) == ["lead_missing"]
    assert not AdministrationOrder.objects.exists()


def test_more_is_demanded_with_a_letter_and_a_day_of_its_own(office, codes):
    order = answer(office, supplement(office))
    day = date(2025, 5, 12)
    order = more(office, order, on=day)
    assert (order.state, order.due_on) == (OrderState.DEMANDED_MORE, date(2025, 5, 26))
    step = order.transitions.get(act="demand_more")
    assert step.letter is not None
    assert step.letter.pk != order.letter_id
    assert Notice.objects.filter(recipient=office.officer, subject__contains=order.number).count()
    with pytest.raises(Refusal) as refusal:
        accept(office, order, on=day)
    assert codes(refusal) == ["no_report_to_judge"]
    order = accept(office, answer(office, order, on=day), on=day)
    outcomes = OrderAnswer.objects.order_by("pk").values_list("outcome", "judgement")
    assert list(outcomes) == [("demanded_more", "缺询问笔录"), ("accepted", "")]


@pytest.mark.parametrize("act", [accept, more])
def test_nothing_is_judged_before_the_report(office, codes, act):
    order = supplement(office)
    with pytest.raises(Refusal) as refusal:
        act(office, order)
    assert codes(refusal) == ["no_report_to_judge"]
    assert AdministrationOrder.objects.get().state == OrderState.ORDERED


@pytest.mark.parametrize(
    ("on", "wanted", "asked", "state", "found"),
    [
        (DUE, DUE + ONE_DAY, False, "ordered", []),
        (DUE + ONE_DAY, DUE + 2 * ONE_DAY, False, "ordered", ["deadline_passed"]),
        (DUE, DUE, False, "demanded_more", ["not_later"]),
        (DUE, DUE + ONE_DAY, True, "ordered", ["extension_asked"]),
        (DUE, DUE + ONE_DAY, False, "answered", ["already_answered"]),
    ],
)
def test_when_more_time_can_be_asked_for(on, wanted, asked, state, found):
    obstacles = rules.asking_obstacles(
        state=state, due_on=DUE, wanted_on=wanted, on=on, asked=asked
    )
    assert [each.code for each in obstacles] == found


def test_more_time_is_granted(office):
    order = supplement(office)
    until = date(2025, 5, 30)
    extension = ask(office, order, until)
    order = orders.grant_extension(
        order_id=order.pk, due_on=until, by=office.supervisor, on=SERVED_ON, at=at(SERVED_ON)
    )
    assert (order.due_on, order.due_basis, order.state) == (until, {}, OrderState.ORDERED)
    extension.refresh_from_db()
    assert (extension.outcome, extension.due_before, extension.due_after) == (
        "granted",
        DUE,
        until,
    )


def test_more_time_is_refused_and_the_deadline_stays(office, codes):
    order = supplement(office)
    refuse = {"order_id": order.pk, "by": office.supervisor, "on": SERVED_ON, "at": at(SERVED_ON)}
    with pytest.raises(Refusal) as refusal:
        orders.refuse_extension(reason="x", **refuse)
    assert codes(refusal) == ["nothing_asked"]
    ask(office, order, date(2025, 5, 30))
    order = orders.refuse_extension(reason="案情简单", **refuse)
    assert order.due_on == DUE
    assert OrderExtension.objects.get().outcome == "refused"
    assert orders.open_extension(order) is None


def test_a_case_is_closed_only_when_the_report_on_its_order_is_accepted(office):
    case = make.performed(office)
    on = date(2025, 7, 1)
    order = given(office, case=case, on=on)
    waiting = rules.closing_obstacles

    def found() -> list[str]:
        return [
            each.code
            for each in waiting(
                unsent_reports=0,
                unanswered_orders=case.orders.unanswered().count(),
                unaccepted_orders=case.orders.filter(state=OrderState.ANSWERED).count(),
            )
        ]

    assert found() == ["order_not_answered"]
    answer(office, order, on=on)
    assert found() == ["order_not_accepted"]
    accept(office, order, on=on)
    assert found() == []


def test_both_sides_are_told_once_of_a_delay(office):
    order = supplement(office)
    assert office.officer and office.head
    assert remind_overdue(DUE) == 0
    assert remind_overdue(DUE + ONE_DAY) == 1
    assert remind_overdue(DUE + 2 * ONE_DAY) == 0
    told = Notice.objects.filter(key=f"order.{order.pk}.overdue.{DUE}")
    assert {each.recipient for each in told} == {office.officer, office.head, office.supervisor}


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"state": "accepted"}, "lawful_states|no way|Invalid"),
        ({"kind": "supplement"}, "administrationorder_supplement_names_its_lead"),
        ({"lead": "x"}, "administrationorder_supplement_names_its_lead"),
    ],
)
def test_the_database_keeps_an_order(office, fields, constraint):
    order = given(office)
    with pytest.raises(Exception, match=constraint), transaction.atomic():
        AdministrationOrder.objects.filter(pk=order.pk).update(**fields)
    with pytest.raises(IntegrityError, match="orderanswer_one_unjudged"), transaction.atomic():
        for _n in range(2):
            OrderAnswer.objects.create(
                order=order, text="x", given_at=at(SERVED_ON), given_by=office.officer
            )


# --- pages ----------------------------------------------------------------------------------------


@pytest.fixture
def today(time_machine):
    time_machine.move_to(at(SERVED_ON))


def test_an_order_is_given_asked_about_and_accepted_on_its_pages(client, office, today):
    client.force_login(office.supervisor)
    new = reverse("supervision_desk:order_new")
    data = {
        "stamp": "",
        "institution_code": office.institution.code,
        "kind": "supplement",
        "lead": "移交线索 1 号",
        "text": "请补充材料",
        "due_on": "",
    }
    assert client.post(new, data).status_code == 302
    order = AdministrationOrder.objects.get()
    page = order.get_absolute_url()

    def post(user, name, **fields):
        client.force_login(user)
        url = reverse(f"supervision_desk:{name}", args=[order.number])
        form = client.get(url)
        assert form.status_code == 200
        stamp = form.context["stamp"]
        assert client.post(url, {"stamp": stamp, **fields}).status_code == 302
        order.refresh_from_db()

    post(office.officer, "order_ask", wanted_on="2025-05-30", reason="取证")
    post(office.supervisor, "order_grant", due_on="2025-05-28", reason="")
    assert order.due_on == date(2025, 5, 28)
    post(office.officer, "answer_order", answer="已补充")
    post(office.supervisor, "order_more", text="还缺笔录", due_on="")
    post(office.officer, "answer_order", answer="笔录附后")
    post(office.supervisor, "order_accept", text="")
    assert order.state == OrderState.ACCEPTED
    html = client.get(page).content.decode()
    assert "笔录附后" in html
    assert AdministrationOrderTransition.objects.count() == 7


def test_the_list_of_orders_finds_the_overdue(client, office, time_machine):
    late, done = supplement(office), supplement(office)
    accept(office, answer(office, done))
    time_machine.move_to(at(DUE + ONE_DAY))
    client.force_login(office.supervisor)
    page = client.get(reverse("supervision_desk:orders"), {"overdue": "1"})
    assert [each.number for each in page.context["object_list"]] == [late.number]


def test_others_do_not_judge(client, office, today):
    order = answer(office, supplement(office))
    client.force_login(user_with(Role.AGENCY_HEAD))
    url = reverse("supervision_desk:order_accept", args=[order.number])
    assert client.get(url).status_code == 403


def test_orders_answered_before_there_were_states_wait_or_are_done(office):
    migration = import_module("supervision.migrations.0004_answered_orders")
    waiting, done = given(office, case=make.opened(office)), given(office, case=make.opened(office))
    rows = AdministrationOrder.objects.filter(pk__in=[waiting.pk, done.pk])
    rows.update(answer="已办", answered_at=at(SERVED_ON), answered_by=office.officer)
    migration.answered(apps, None)
    assert set(rows.values_list("state", flat=True)) == {OrderState.ANSWERED}
    assert OrderAnswer.objects.filter(outcome="").count() == 2
    assert accept(office, waiting).state == OrderState.ACCEPTED
