"""Reports: who sees them, what stands in them to the last character, what they cost."""

import csv
import io
from datetime import date, datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from openpyxl import load_workbook

from agency import reports as kit
from agency.enums import ReadingKind, Role
from agency.models import ReadLog
from agency.permissions import SEE_REPORTS
from agency.reports import REPORTS, Column, Kind, Report
from agency.services.report_files import BOM, csv_lines, write_workbook
from institutions.enums.changes import ChangeState
from institutions.enums.guidance import InquiryState
from institutions.models import ChangeTransition
from institutions.services import inquiries
from tests.agency.factories import SHANGHAI, user_with
from tests.agreements.factories import AgreementFactory
from tests.institutions import factories_guidance as make
from tests.institutions.factories import ChangeFactory, InstitutionFactory, member_of

pytestmark = pytest.mark.django_db

AT = datetime(2025, 6, 10, 10, tzinfo=SHANGHAI)
TODAY = date(2025, 6, 10)


@pytest.fixture(autouse=True)
def clock(time_machine):
    time_machine.move_to(AT)


def as_role(role: Role) -> Client:
    client = Client()
    client.force_login(user_with(role))
    return client


def rows_of(client: Client, code: str, **filters) -> list[dict[str, str]]:
    answer = client.get(f"/desk/reports/{code}/csv/", filters)
    assert answer.status_code == 200
    text = answer.getvalue().decode("utf-8")
    assert text.startswith(BOM)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM))))


# --- the files ------------------------------------------------------------------------------------

ROWS = [
    {
        "name": "=SUM(A1)",
        "day": date(2025, 2, 3),
        "at": datetime(2025, 2, 3, 16, 5, tzinfo=SHANGHAI),
        "amount": Decimal("-1234.5"),
        "count": 7,
        "state": "filed",
        "late": True,
    },
    {"name": '甲,"乙"', "day": None, "amount": Decimal(0), "count": 0, "state": "?"},
]
SAMPLE = Report(
    code="sample",
    label="样表/一",
    description="",
    act=SEE_REPORTS,
    columns=(
        Column(key="name", label="名称"),
        Column(key="day", label="日期", kind=Kind.DAY),
        Column(key="at", label="时刻", kind=Kind.INSTANT),
        Column(key="amount", label="金额", kind=Kind.MONEY),
        Column(key="count", label="件数", kind=Kind.NUMBER),
        Column(key="state", label="状态", kind=Kind.STATE, labels={"filed": "已提交"}),
        Column(key="late", label="迟"),
    ),
    rows=lambda *_asked: ROWS,
)


def test_a_csv_to_the_last_character():
    with override("en"):
        text = "".join(csv_lines(SAMPLE, ROWS))
    assert text == (
        "\ufeff名称,日期,时刻,金额,件数,状态,迟\r\n"
        "'=SUM(A1),2025-02-03,2025-02-03 16:05,-1234.50,7,已提交,yes\r\n"
        '"甲,""乙""",,,0.00,0,?,\r\n'
    )


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@a", "\ta", "\ra"])
def test_no_text_becomes_a_formula(text):
    line = list(csv_lines(SAMPLE, [{"name": text, "count": -1}]))[1]
    assert next(csv.reader(io.StringIO(line, newline="")))[0] == f"'{text}"
    assert ",-1," in line  # a number stays one


def test_a_workbook_to_the_last_cell():
    with override("en"):
        file = write_workbook(SAMPLE, [*ROWS, {"name": "a\x00b", "count": 1}])
    sheet = load_workbook(file).active
    assert sheet.title == "样表 一"
    values = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert values == [
        ["名称", "日期", "时刻", "金额", "件数", "状态", "迟"],
        ["=SUM(A1)", datetime(2025, 2, 3), "2025-02-03 16:05", -1234.5, 7, "已提交", "yes"],
        ['甲,"乙"', None, None, 0, 0, "?", None],
        ["ab", None, None, None, 1, None, None],
    ]
    assert sheet["A2"].data_type == "s"
    assert (sheet["B2"].number_format, sheet["D2"].number_format) == ("yyyy-mm-dd", "#,##0.00")


# --- who sees what --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (Role.SUPERVISOR, set(REPORTS)),
        (Role.AGENCY_HEAD, set(REPORTS)),
        (
            Role.INTAKE_CLERK,
            {
                *("unfinished", "time-to-decision", "decision-figures", "returns"),
                *("licences", "training-gaps", "roster-gaps", "performance"),
            },
        ),
        (Role.CLAIM_REVIEWER, {"licences", "training-gaps", "performance"}),
        (Role.AUDIT_OFFICER, {"decisions", "licences", "training-gaps", "performance"}),
    ],
)
def test_a_role_sees_its_reports_and_no_other(role, seen):
    client = as_role(role)
    codes = {each["code"] for each in client.get("/api/v1/reports/").json()}
    assert codes == seen
    # Every way to a report once; of the other roles the page, by which the others go too.
    ways = ("", "csv/", "xlsx/") if role == Role.SUPERVISOR else ("",)
    for code in REPORTS:
        expected = 200 if code in seen else 403
        for url in [f"/desk/reports/{code}/{way}" for way in ways]:
            assert client.get(url).status_code == expected, (role, url)
        if code not in seen:
            for url in (f"/desk/reports/{code}/csv/", f"/api/v1/reports/{code}/"):
                assert client.get(url).status_code == 403, (role, url)


def test_nobody_else_gets_in():
    member = Client()
    member.force_login(member_of(InstitutionFactory()))
    assert member.get("/desk/reports/licences/").status_code == 403
    assert member.get("/api/v1/reports/licences/").status_code == 403
    assert Client().get("/desk/reports/licences/csv/").status_code == 302
    assert as_role(Role.SUPERVISOR).get("/desk/reports/nothing/").status_code == 404


# --- the page -------------------------------------------------------------------------------------


def licensed(day: date | None, **kwargs):
    return InstitutionFactory(licence_valid_to=day, **kwargs)


def test_filters_stay_in_the_address_and_go_into_the_files():
    licensed(date(2025, 6, 30))
    client = as_role(Role.SUPERVISOR)
    page = client.get("/desk/reports/licences/", {"days": "20"})
    assert page.context["filter"]["form"]["days"].value() == "20"
    assert page.context["files"]["csv"] == "/desk/reports/licences/csv/?days=20"
    assert len(page.context["lines"]) == 1
    assert not client.get("/desk/reports/licences/", {"days": "19"}).context["lines"]
    bad = client.get("/desk/reports/licences/", {"days": "x"})
    assert (bad.status_code, bad.context["files"], bad.context["lines"]) == (400, {}, [])
    assert client.get("/desk/reports/licences/csv/", {"days": "x"}).status_code == 400
    assert client.get("/api/v1/reports/licences/", {"days": "x"}).status_code == 400


def test_the_screen_is_bounded_and_the_file_is_not(monkeypatch):
    for _number in range(4):
        licensed(date(2025, 6, 30))
    monkeypatch.setattr("agency.views.reports.SHOWN", 3)
    client = as_role(Role.SUPERVISOR)
    with CaptureQueriesContext(connection) as captured:
        page = client.get("/desk/reports/licences/")
    asked = [each["sql"] for each in captured if "licence_valid_to" in each["sql"]]
    assert len(asked) == 1 and "LIMIT" in asked[0] and "COUNT(" not in asked[0]
    assert (len(page.context["lines"]), page.context["more"]) == (3, True)
    assert len(rows_of(client, "licences")) == 4
    answer = client.get("/api/v1/reports/licences/", {"limit": 3}).json()
    assert (len(answer["rows"]), answer["more"]) == (3, True)


def test_a_download_with_names_is_logged():
    client = as_role(Role.SUPERVISOR)
    assert client.get("/desk/reports/licences/csv/").status_code == 200
    assert not ReadLog.objects.exists()
    client.get("/desk/reports/decisions/xlsx/", {"person": "王"})
    entry = ReadLog.objects.get()
    assert (entry.kind, entry.subject, entry.fields) == (
        ReadingKind.REPORT,
        "report:decisions",
        ["person"],
    )
    assert "xlsx" in entry.note and "person=王" in entry.note


def test_reports_are_read_in_pieces(monkeypatch):
    monkeypatch.setattr(kit, "CHUNK", 2)
    for _number in range(5):
        licensed(date(2025, 6, 30))
    client = as_role(Role.SUPERVISOR)
    with CaptureQueriesContext(connection) as captured:
        assert len(rows_of(client, "licences")) == 5
    standings = [each["sql"] for each in captured if "is_suspended" in each["sql"]]
    assert len(standings) == 3


# --- the reports ----------------------------------------------------------------------------------


def test_licences_that_end():
    over = licensed(date(2025, 6, 9), licence_no="A1")
    soon = licensed(date(2025, 9, 8))
    licensed(date(2025, 9, 9))
    licensed(None)
    AgreementFactory(institution=soon)
    with override("zh-hans"):
        found = rows_of(as_role(Role.INTAKE_CLERK), "licences")
    codes = [row[next(iter(row))] for row in found]
    assert codes == [over.code, soon.code]
    days = [list(row.values())[3:6] for row in found]
    assert days == [["A1", "2025-06-09", "-1"], [soon.licence_no, "2025-09-08", "90"]]


def test_training_gaps_of_a_year():
    one = AgreementFactory(valid_from=date(2024, 8, 1)).institution
    answer = as_role(Role.SUPERVISOR).get("/api/v1/reports/training-gaps/", {"year": 2025})
    rows = answer.json()["rows"]
    assert [(row["code"], row["since"]) for row in rows] == [(one.code, "2024-08-01")]
    client = as_role(Role.SUPERVISOR)
    assert client.get("/desk/reports/training-gaps/", {"year": 2026}).status_code == 400
    assert not client.get("/desk/reports/training-gaps/", {"year": 2023}).context["lines"]


def test_unfinished_matters_and_whose_turn():
    member = member_of(InstitutionFactory())
    clerk = user_with(Role.INTAKE_CLERK)
    first = make.asked(member, datetime(2025, 6, 3, 10, tzinfo=SHANGHAI))
    second = make.asked(member, datetime(2025, 6, 4, 10, tzinfo=SHANGHAI))
    done = make.asked(member, AT)
    inquiries.ask_back(
        inquiry_id=second.pk, text="?", by=clerk, at=datetime(2025, 6, 5, 10, tzinfo=SHANGHAI)
    )
    inquiries.answer_inquiry(inquiry_id=done.pk, answer="!", by=clerk, at=AT)
    client = as_role(Role.AGENCY_HEAD)
    rows = client.get("/api/v1/reports/unfinished/", {"kind": "INQ"}).json()["rows"]
    keys = ("number", "age", "turn", "ours", "theirs", "due_on")
    assert [tuple(each[key] for key in keys) for each in rows] == [
        (first.number, 7, "ours", 5, 0, "2025-06-10"),
        (second.number, 6, "theirs", 0, 4, None),
    ]
    decided = client.get("/api/v1/reports/time-to-decision/", {"kind": "INQ"}).json()["rows"]
    assert [(each["number"], each["ended_on"], each["in_time"]) for each in decided] == [
        (done.number, "2025-06-10", True)
    ]
    figures = client.get("/api/v1/reports/decision-figures/").json()["rows"]
    assert {(each["label"], each["cases"]) for each in figures if each["cases"]}


def test_a_report_of_matters_costs_the_same_for_one_and_for_many():
    member = member_of(InstitutionFactory())
    make.asked(member, AT)
    client = as_role(Role.AGENCY_HEAD)
    client.get("/desk/reports/unfinished/", {"kind": "INQ"})
    costs = []
    for _number in range(2):
        with CaptureQueriesContext(connection) as captured:
            client.get("/desk/reports/unfinished/", {"kind": "INQ"})
        costs.append(len(captured))
        make.asked(member, AT)
        make.asked(member, AT)
    assert costs[0] == costs[1]


def test_who_decided_what_and_when():
    member = member_of(InstitutionFactory(name="浔阳医院"))
    clerk = user_with(Role.INTAKE_CLERK, name="王敏")
    inquiry = make.asked(member, AT)
    inquiries.answer_inquiry(inquiry_id=inquiry.pk, answer="!", by=clerk, at=AT)
    version = make.published(AT, effective_from=TODAY)
    old = make.asked(member, datetime(2025, 1, 6, 10, tzinfo=SHANGHAI))
    inquiries.answer_inquiry(
        inquiry_id=old.pk, answer="!", by=clerk, at=datetime(2025, 1, 7, 10, tzinfo=SHANGHAI)
    )
    client = as_role(Role.SUPERVISOR)
    with CaptureQueriesContext(connection) as captured:
        rows = client.get("/api/v1/reports/decisions/").json()["rows"]
    asked = [each["sql"] for each in captured if "institutions_inquirytransition" in each["sql"]]
    assert len(asked) == 1 and "UNION ALL" in asked[0] and "LIMIT" in asked[0]
    found = {(each["number"], each["person"], each["institution"]) for each in rows}
    assert found == {
        (inquiry.number, "王敏", "浔阳医院"),
        (version.procedure.title, version.published_by.name, ""),
    }
    assert {each["decision"] for each in rows} == {InquiryState.ANSWERED.label, "已发布"}
    by_person = client.get("/api/v1/reports/decisions/", {"person": "王敏"}).json()["rows"]
    assert [each["number"] for each in by_person] == [inquiry.number]
    kind = "institutions.inquiry"
    asked = {"kind": kind, "first": "2025-01-01", "last": "2025-01-31"}
    earlier = client.get("/api/v1/reports/decisions/", asked).json()["rows"]
    assert [each["number"] for each in earlier] == [old.number]
    bad = {"first": "2025-02-01", "last": "2025-01-31"}
    assert client.get("/desk/reports/decisions/", bad).status_code == 400


def test_returns_are_counted_by_coded_reason():
    change = ChangeFactory()
    change.items.create(field="phone", old_value="1", new_value="2", approved_on=date(2025, 6, 1))
    ChangeTransition.objects.create(
        subject=change,
        act="reject",
        source=ChangeState.FILED,
        target=ChangeState.REJECTED,
        on=TODAY,
        at=AT,
        by=user_with(Role.INTAKE_CLERK),
        reason="材料不全",
    )
    rows = as_role(Role.AGENCY_HEAD).get("/api/v1/reports/returns/").json()["rows"]
    assert rows == [
        {
            "month": "2025-06",
            "what": "change_rejected",
            "kind": "general_hospital",
            "reason": "phone",
            "count": 1,
        }
    ]
