"""Order 2 art. 47: the supervision view, its exact figures, its lists and its price in queries."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from agency.enums import Role
from agency.overview import AREAS, FLAGS, MEASURES, Asked
from agency.services.overview import figures_of, flags_of, overview, rows_of
from supervision.models import AdministrationReport, SupervisionRemark
from supervision.services import orders
from tests.agency.factories import RegionFactory, user_with
from tests.settlements.statement_factories import declared_statement
from tests.supervision import factories as make
from tests.supervision.factories import SERVED_ON, at

pytestmark = pytest.mark.django_db

YEAR = Asked(date(2025, 1, 1), date(2025, 12, 31), date(2025, 12, 31))


def measured(area: str, key: str, asked: Asked = YEAR):
    measure = next(each for each in MEASURES[area] if each.key == key)
    found = figures_of(measure, asked)
    return (
        found.open,
        found.overdue,
        found.done,
        found.late,
        found.median,
        found.longest,
    )


def flagged(area: str, key: str, asked: Asked = YEAR) -> int:
    return next(each.count for each in flags_of(area, asked) if each.flag.key == key)


def given(office, on=SERVED_ON):
    return orders.order_handling(
        institution=office.institution,
        kind="supplement",
        lead="线索",
        text="请补充",
        by=office.supervisor,
        on=on,
        at=at(on),
    )


def answered(office, order, on):
    return orders.answer_order(
        order_id=order.pk, answer="已补充", by=office.officer, on=on, at=at(on)
    )


def test_orders_are_counted_with_their_days(office):
    answered(office, given(office), date(2025, 5, 6))  # 7 days, in time
    answered(office, given(office), date(2025, 5, 20))  # 21 days, due on the 16th
    given(office)  # open; overdue once the 16th has passed
    assert measured("handling", "orders", Asked(YEAR.first, YEAR.last, date(2025, 5, 16))) == (
        *(1, 0, 2, 1),
        *(14.0, 21),
    )
    assert measured("handling", "orders") == (1, 1, 2, 1, 14.0, 21)
    assert flagged("handling", "orders_to_judge") == 2
    outside = Asked(date(2025, 5, 7), date(2025, 5, 19), YEAR.on)
    assert measured("handling", "orders", outside) == (1, 1, 0, 0, None, None)


def test_a_region_holds_what_lies_in_it(office):
    given(office)
    within = [
        measured("handling", "orders", Asked(YEAR.first, YEAR.last, YEAR.on, code))[0]
        for code in ("360000", "360400", "361000", "")
    ]
    assert within == [1, 1, 0, 1]


def test_reports_unsent_and_unacknowledged(office):
    assert office.agreement
    make.decided(office, "suspend")
    report = AdministrationReport.objects.get()
    before, after = report.due_on, date(2025, 12, 31)
    assert flagged("handling", "reports_unsent", Asked(YEAR.first, YEAR.last, before)) == 0
    assert flagged("handling", "reports_unsent", Asked(YEAR.first, YEAR.last, after)) == 1
    assert measured("handling", "reports")[:2] == (1, 1)


def test_payments_overdue_are_seen(office):
    assert declared_statement().due_on == date(2025, 2, 27)
    day = date(2025, 2, 27)
    assert flagged("payment", "overdue", Asked(YEAR.first, YEAR.last, day)) == 0
    day = date(2025, 2, 28)
    assert flagged("payment", "overdue", Asked(YEAR.first, YEAR.last, day)) == 1
    assert measured("payment", "statements")[:2] == (1, 1)


@pytest.mark.parametrize("area", AREAS)
def test_an_area_costs_at_most_three_queries(area):
    RegionFactory()
    assert MEASURES[area] or FLAGS[area]
    with CaptureQueriesContext(
        connection,
    ) as captured:
        for each in MEASURES[area]:
            figures_of(each, YEAR)
        flags_of(area, YEAR)
    assert len(captured) <= 3


@pytest.mark.parametrize(
    ("area", "key", "what"),
    [
        (area, each.key, what)
        for area in AREAS
        for each in MEASURES[area]
        for what in ("open", "overdue", "done", "late")
    ]
    + [(area, each.key, "all") for area in AREAS for each in FLAGS[area]],
)
def test_every_figure_leads_to_its_list(area, key, what):
    rows = rows_of(area, key, what, YEAR)
    assert rows is not None
    assert list(rows.order_by("-pk")[:5]) == []


def test_the_view_covers_what_article_47_names():
    assert [each.area.key for each in overview(YEAR)] == list(AREAS)


# --- pages ----------------------------------------------------------------------------------------


@pytest.fixture
def today(time_machine):
    time_machine.move_to(at(date(2025, 5, 20)))


def test_the_page_its_lists_and_files(client, office, today):
    order = given(office)
    client.force_login(office.supervisor)
    page = client.get(reverse("supervision_desk:overview"))
    assert page.status_code == 200
    drawn = next(each for each in page.context["areas"] if each["area"].key == "handling")
    url = drawn["measures"][1]["urls"]["overdue"]
    listed = client.get(url)
    assert [each["line"].matter for each in listed.context["lines"]] == [order.number]
    assert "first=2025-01-01" in listed.context["back_url"]
    lines = client.get(listed.context["csv_url"])
    assert order.number in b"".join(lines.streaming_content).decode("utf-8-sig")
    figures = client.get(reverse("supervision_desk:overview_csv"))
    assert b"".join(figures.streaming_content).decode("utf-8-sig").count("\n") > 30


def test_a_note_is_kept_and_an_order_begun_from_an_exception(client, office, today):
    order = given(office)
    client.force_login(office.supervisor)
    url = reverse("supervision_desk:overview_list", args=["handling", "orders", "overdue"])
    row = client.get(url).context["lines"][0]
    assert client.post(row["note_url"], {"stamp": "", "text": "已电话催办"}).status_code == 302
    remark = SupervisionRemark.objects.get()
    assert (remark.matter, remark.institution, remark.by) == (
        order.number,
        office.institution,
        office.supervisor,
    )
    form = client.get(row["order_url"])
    assert form.context["form"].initial["institution_code"] == office.institution.code
    assert order.number in form.context["form"].initial["text"]


def test_the_agency_does_not_see_the_view(client):
    client.force_login(user_with(Role.AGENCY_HEAD))
    assert client.get(reverse("supervision_desk:overview")).status_code == 403


def test_a_period_that_ends_before_it_begins_is_refused(client, office, today):
    client.force_login(office.supervisor)
    data = {"first": "2025-02-01", "last": "2025-01-01"}
    page = client.get(reverse("supervision_desk:overview"), data)
    assert page.status_code == 400
    assert page.context["areas"] == []


def test_what_is_not_there_is_not_found(client, office, today):
    client.force_login(office.supervisor)
    for args in (
        ["nothing", "orders", "open"],
        ["handling", "x", "all"],
        ["handling", "orders", "x"],
    ):
        url = reverse("supervision_desk:overview_list", args=args)
        assert client.get(url).status_code == 404
