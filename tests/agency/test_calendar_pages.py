"""The calendar on the screen: drawn, uploaded, compared, published; closing days; warnings."""

import json
from datetime import date, datetime

import pytest
from django.core.checks import Tags, run_checks
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from agency import checks
from agency.enums import ImportState, Role
from agency.models import CalendarDay, CalendarImport, CalendarYear, ClosingDay, Notice
from agency.services import calendar
from agency.services.calendar_imports import missing_year, publish_import, warn_of_missing_year
from agency.services.holidays import HolidayYear, import_holiday_years
from institutions.enums.changes import ChangeField
from institutions.models import ChangeRequest
from institutions.services.change_values import FieldChange
from institutions.services.filing import file_change
from tests.agency.factories import SHANGHAI, user_with
from tests.institutions.factories import InstitutionFactory, member_of

pytestmark = pytest.mark.django_db
FILED_ON = date(2026, 12, 25)
NOTICE_NO = "国办发明电〔2026〕9号"


@pytest.fixture(autouse=True)
def fresh_calendar():
    calendar._calendar.cache_clear()
    yield
    calendar._calendar.cache_clear()


@pytest.fixture
def administrator():
    return user_with(Role.SYSTEM_ADMINISTRATOR)


@pytest.fixture
def client(administrator):
    client = Client()
    client.force_login(administrator)
    return client


@pytest.fixture
def change():
    member = member_of(InstitutionFactory())
    return file_change(
        institution_id=member.membership.institution_id,
        changes=[FieldChange(ChangeField.NAME, "新名", FILED_ON)],
        by=member,
        at=at(FILED_ON),
    )


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 10, tzinfo=SHANGHAI)


DAYS = [
    {"name": "元旦", "date": "2027-01-01", "isOffDay": True},
    {"name": "春节", "date": "2027-02-05", "isOffDay": True},
    {"name": "春节", "date": "2027-02-14", "isOffDay": False},
]


def notice(year=2027, days=DAYS, **more) -> SimpleUploadedFile:
    content = {"year": year, "papers": [], "days": days, **more}
    return SimpleUploadedFile("2027.json", json.dumps(content).encode(), "application/json")


def upload(client, file=None, *, notice_no=NOTICE_NO, source="中国政府网"):
    url = reverse("agency_desk:calendar_upload")
    stamp = client.get(url).context["stamp"]
    facts = {"stamp": stamp, "notice_no": notice_no, "source": source, "file": file or notice()}
    return client.post(url, facts)


def publish(client, row, **facts):
    url = reverse("agency_desk:calendar_publish", args=[row.pk])
    given = {"stamp": client.get(url).context["stamp"], "confirmed": "on"}
    return client.post(url, given | facts, follow=True)


def test_a_year_is_drawn_with_its_holidays_by_name(client, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        page = client.get(reverse("agency_desk:calendar_year", args=[2026]))
    text = page.content.decode()
    months = page.context["months"]
    assert len(months) == 12 and sum(month["workdays"] for month in months) == 248
    assert {run["name"] for month in months for run in month["runs"]} >= {"春节", "国庆节"}
    spring = next(run for run in months[1]["runs"] if run["name"] == "春节")
    assert spring["kind"] in {"holiday", "make_up"}
    assert text.count("<caption>") == 12
    assert reverse("agency_desk:calendar_year", args=[2025]) in text
    assert reverse("agency_desk:calendar_year", args=[2027]) in text


def test_a_year_without_notice_says_what_stays_provisional(client):
    text = client.get(reverse("agency_desk:calendar_year", args=[2027])).content.decode()
    assert "?show=provisional" in text
    assert "2027" in text
    assert client.get(reverse("agency_desk:calendar_year", args=[1])).status_code == 404


def test_published_what_was_previewed_and_deadlines_move_at_once(client, administrator, change):
    row_url = upload(client)["Location"]
    row = CalendarImport.objects.get()
    assert row_url == row.get_absolute_url()
    assert (row.state, row.year, row.notice_no, row.uploaded_by) == (
        ImportState.PROPOSED,
        2027,
        NOTICE_NO,
        administrator,
    )
    assert not CalendarYear.objects.filter(pk=2027).exists()

    page = client.get(row_url)
    assert page.context["change"].is_new and len(page.context["change"].added) == 3
    foreseen = page.context["foreseen"]
    assert foreseen.moved == 2
    decision = next(
        each for each in foreseen.first if each.clock.name == "institutions.change_decision"
    )
    assert decision.before == change.decision_due_on

    done = publish(client, row)
    assert done.redirect_chain
    year = CalendarYear.objects.get(pk=2027)
    assert (year.notice_no, year.source, year.imported_by) == (
        NOTICE_NO,
        "中国政府网",
        administrator,
    )
    row.refresh_from_db()
    assert (row.state, row.version, row.decided_by) == (
        ImportState.PUBLISHED,
        year.version,
        administrator,
    )
    moved = ChangeRequest.objects.get(pk=change.pk)
    assert moved.decision_due_on == decision.after
    assert not moved.decision_due_basis["provisional"]
    assert Notice.objects.filter(recipient=change.filed_by, key__contains=".deadline:").exists()
    assert (
        NOTICE_NO in client.get(reverse("agency_desk:calendar_year", args=[2027])).content.decode()
    )


def test_a_stale_page_publishes_nothing(client, administrator):
    upload(client)
    row = CalendarImport.objects.get()
    url = reverse("agency_desk:calendar_publish", args=[row.pk])
    stamp = client.get(url).context["stamp"]
    upload(client, notice(days=DAYS[:2]))
    late = client.post(url, {"stamp": stamp, "confirmed": "on"})
    assert late.status_code == 409
    assert CalendarImport.objects.get(pk=row.pk).state == ImportState.DISCARDED
    assert not CalendarYear.objects.filter(pk=2027).exists()

    other = CalendarImport.objects.get(state=ImportState.PROPOSED)
    import_holiday_years(
        years=[HolidayYear(2028, (), {date(2028, 1, 3): ("元旦", True)}, "test")],
        at=at(FILED_ON),
    )
    assert publish(client, other).status_code == 409
    assert CalendarImport.objects.get(pk=other.pk).state == ImportState.PROPOSED


def test_only_what_was_looked_at_is_published(client, administrator):
    upload(client)
    row = CalendarImport.objects.get()
    with pytest.raises(Exception, match="not_as_previewed"):
        publish_import(import_id=row.pk, digest="0" * 64, by=administrator, at=at(FILED_ON))
    assert not CalendarYear.objects.filter(pk=2027).exists()


def test_an_unconfirmed_notice_is_not_published(client):
    upload(client)
    assert publish(client, CalendarImport.objects.get(), confirmed="").status_code == 400
    assert not CalendarYear.objects.filter(pk=2027).exists()


def test_a_discarded_notice_changes_nothing(client):
    upload(client)
    row = CalendarImport.objects.get()
    url = reverse("agency_desk:calendar_discard", args=[row.pk])
    client.post(url, {"stamp": client.get(url).context["stamp"]})
    row.refresh_from_db()
    assert row.state == ImportState.DISCARDED
    assert publish(client, row).status_code == 409


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"notice_no": " "}, 400),
        ({"source": ""}, 400),
        ({"file": SimpleUploadedFile("x.json", b"\xff\x00")}, 409),
        ({"file": SimpleUploadedFile("x.json", b"[]")}, 409),
        ({"file": notice(days=[])}, 409),
        ({"file": notice(days=[{"name": "x", "date": "2031-01-01", "isOffDay": True}])}, 409),
        ({"file": SimpleUploadedFile("x.json", b"[" * 100_000)}, 409),
        ({"file": SimpleUploadedFile("x.json", b" " * 1_000_001)}, 409),
    ],
)
def test_what_is_no_notice_is_refused_with_the_reason(client, facts, status):
    answer = upload(client, facts.pop("file", None), **facts)
    assert answer.status_code == status
    assert "form-errors" in answer.content.decode()
    assert not CalendarImport.objects.exists()


def test_the_same_notice_again_is_nothing_new(client):
    upload(client)
    publish(client, CalendarImport.objects.get())
    assert upload(client, notice()).status_code == 409
    assert CalendarImport.objects.count() == 1


def test_the_command_keeps_what_it_imported():
    import_holiday_years(
        years=[HolidayYear(2027, (), {date(2027, 1, 1): ("元旦", True)}, "2027.json")],
        at=at(FILED_ON),
    )
    row = CalendarImport.objects.get()
    assert (row.state, row.uploaded_by, row.version) == (
        ImportState.PUBLISHED,
        None,
        calendar.calendar_version(),
    )
    assert row.content["days"] == [{"name": "元旦", "date": "2027-01-01", "isOffDay": True}]


def test_closing_days_are_entered_and_revoked(client):
    url = reverse("agency_desk:closing_add")
    day = next(
        each
        for each in (date(2027, 6, n) for n in range(1, 9))
        if calendar.office_calendar().is_workday(each)
    )
    facts = {"on": day, "name": "搬迁", "decided_by": "主任办公会", "document": "纪要1号"}
    stamp = client.get(url).context["stamp"]
    assert client.post(url, facts | {"stamp": stamp}).status_code == 302
    closed = ClosingDay.objects.get()
    assert (closed.counts, closed.version) == (False, 0)
    year = client.get(reverse("agency_desk:calendar_year", args=[2027])).content.decode()
    assert "搬迁" in year and "cal-closed" in year
    assert client.post(url, facts | {"stamp": stamp}).status_code == 409
    revoke = reverse("agency_desk:closing_revoke", args=[closed.pk])
    client.post(revoke, {"stamp": client.get(revoke).context["stamp"], "reason": "不搬了"})
    assert ClosingDay.objects.get().revocation == "不搬了"
    assert "不搬了" in client.get(reverse("agency_desk:closing_days")).content.decode()


@pytest.mark.parametrize(
    ("on", "year"),
    [
        (date(2026, 10, 31), None),
        (date(2026, 11, 1), 2027),
        (date(2026, 12, 31), 2027),
        (date(2025, 11, 1), None),
    ],
)
def test_the_missing_year_is_warned_of_from_november(on, year):
    assert missing_year(on) == year


def test_system_administrators_are_told_once_a_week(administrator):
    for day, told in ((22, 1), (22, 0), (23, 1)):
        assert warn_of_missing_year(on=date(2026, 11, day), at=at(date(2026, 11, day))) == told
    notices = Notice.objects.filter(recipient=administrator, key__startswith="calendar.missing:")
    assert notices.count() == 2 and "2027" in notices[0].subject
    assert warn_of_missing_year(on=date(2026, 10, 1), at=at(date(2026, 10, 1))) == 0


def test_the_system_check_warns(monkeypatch):
    monkeypatch.setattr(checks.timezone, "localdate", lambda: date(2026, 11, 1))
    found = run_checks(tags=[Tags.database], databases=["default"])
    assert [each.id for each in found if each.id == "agency.W001"] == ["agency.W001"]
    assert checks.calendar_of_next_year(None, None) == []
    monkeypatch.setattr(checks.timezone, "localdate", lambda: date(2026, 10, 31))
    assert checks.calendar_of_next_year(None, ["default"]) == []


# --- deadlines ----------------------------------------------------------------------------------


def test_a_matters_deadline_page_is_for_those_it_concerns(change):
    names = ["institutions.change_decision", change.pk]
    portal = reverse("agency_portal:matter_deadline", args=names)
    own, stranger, staff = Client(), Client(), Client()
    own.force_login(change.filed_by)
    stranger.force_login(member_of(InstitutionFactory()))
    staff.force_login(user_with(Role.INTAKE_CLERK))
    page = own.get(portal)
    assert page.status_code == 200
    assert change.number in page.content.decode()
    assert stranger.get(portal).status_code == 404
    desk = reverse("agency_desk:matter_deadline", args=names)
    assert staff.get(desk).status_code == 200
    assert own.get(desk).status_code == 403
    for clock, pk in (("no.such", change.pk), (names[0], 0), ("supervision.report", change.pk)):
        url = reverse("agency_portal:matter_deadline", args=[clock, pk])
        assert own.get(url).status_code == 404


def test_the_popover_is_a_part_of_the_page(change):
    client = Client()
    client.force_login(change.filed_by)
    url = reverse("agency_portal:matter_deadline", args=["institutions.change_decision", change.pk])
    part = client.get(url, headers={"HX-Request": "true"})
    text = part.content.decode()
    assert "<html" not in text and "popover" in text and url in text
    assert "HX-Request" in part["Vary"]
    plain = reverse("agency:deadline") + "?rule=T-02&start=2025-01-10&n=30&unit=workday"
    assert "2025-02-27" in Client().get(plain).content.decode()


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("", True),
        ("?side=ours", True),
        ("?side=theirs", False),
        ("?show=provisional", True),
        ("?show=overdue", False),
        ("?show=paused", False),
        ("?clock=institutions.change_decision", True),
        ("?clock=settlements.payout", False),
        ("?side=nonsense&show=x", True),
    ],
)
def test_clocks_are_listed_by_side(change, query, seen):
    staff, own, stranger = Client(), Client(), Client()
    staff.force_login(user_with(Role.INTAKE_CLERK))
    own.force_login(change.filed_by)
    stranger.force_login(member_of(InstitutionFactory()))
    for client, area, visible in ((staff, "desk", seen), (own, "portal", seen)):
        text = client.get(reverse(f"agency_{area}:deadlines") + query).content.decode()
        assert (change.number in text) == visible, (area, query)
    url = reverse("agency_portal:deadlines") + query
    assert change.number not in stranger.get(url).content.decode()
    listed = reverse("agency_portal:clock", args=["institutions.change_decision"])
    assert change.number in own.get(listed).content.decode()
    assert change.number not in stranger.get(listed).content.decode()


def test_the_overview_costs_a_query_for_each_kind(change, django_assert_max_num_queries):
    client = Client()
    client.force_login(user_with(Role.AGENCY_HEAD))
    url = reverse("agency_desk:deadlines")
    client.get(url)
    # Forty-seven kinds of clocks, however many matters each has, and seven for the page itself.
    with django_assert_max_num_queries(54):
        client.get(url)


def test_the_desk_stops_the_clock_and_lets_it_run(change):
    client = Client()
    client.force_login(user_with(Role.INTAKE_CLERK))
    url = reverse("institutions_desk:change_pause", args=[change.number])
    page = client.get(url)
    assert page.status_code == 200
    refused = client.post(
        url, {"stamp": page.context["stamp"], "from_on": "2099-01-01", "reason": "补正"}
    )
    assert refused.status_code == 409
    assert "paused_from" not in ChangeRequest.objects.get(pk=change.pk).decision_due_basis
    assert CalendarDay.objects.exists()
