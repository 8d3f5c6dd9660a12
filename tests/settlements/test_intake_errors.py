"""Structural errors: each is told with its row, and nothing of the batch is kept (claims.md §2)."""

import csv
import io
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from agency.models import Notice
from agency.rules import Refusal
from settlements.claimfiles.errors import WORDING, ErrorLog, Fault, harmless
from settlements.enums import BatchState, FileKind
from settlements.models import ClaimBatch, Shelf
from settlements.services import batch_files
from settlements.services.submission import submit_batch
from tests.institutions.factories import InstitutionFactory, member_of
from tests.settlements.claimfiles import AT, errors_of, faults_of, hand_in, ordinary, uploads

pytestmark = pytest.mark.django_db
SETL, FEE = "setl_d.csv", "fee_list_d.csv"


@pytest.fixture
def institution():
    return InstitutionFactory()


def rows_stored() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM settlements_claim)"
            " + (SELECT count(*) FROM settlements_charge)"
            " + (SELECT count(*) FROM settlements_settledonce)"
        )
        return cursor.fetchone()[0]


def set_value(file: str, number: int, column: str, value: str):
    def change(files):
        (files.settlements if file == SETL else files.lines)[number - 2][column] = value

    return change


def take_out_lines(files):
    files.lines = [each for each in files.lines if each["setl_id"] != "S0002"]


def repeat_line(files):
    files.lines[3] = dict(files.lines[0])


def repeat_settlement(files):
    files.settlements.append(dict(files.settlements[0]))


def refund(**values):
    def change(files):
        row = files.settlements[0]
        line = {"cnt": "-1", "pric": "15.50", "init_feedetl_sn": "L00001", **values}
        files.line(row, **line)
        amount = Decimal(files.lines[-1]["det_item_fee_sumamt"])
        row["medfee_sumamt"] = str(Decimal(row["medfee_sumamt"]) + amount)
        row["psn_pay"] = str(Decimal(row["psn_pay"]) + amount)

    return change


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(
            set_value(FEE, 4, "cnt", "two"), (FEE, 4, "cnt", Fault.NOT_AN_AMOUNT), id="number"
        ),
        pytest.param(
            set_value(FEE, 4, "cnt", "1e3"), (FEE, 4, "cnt", Fault.NOT_AN_AMOUNT), id="exponent"
        ),
        pytest.param(
            set_value(FEE, 4, "pric", "1,000.00"),
            (FEE, 4, "pric", Fault.NOT_AN_AMOUNT),
            id="thousands",
        ),
        pytest.param(
            set_value(FEE, 4, "det_item_fee_sumamt", "31.005"),
            (FEE, 4, "det_item_fee_sumamt", Fault.NOT_AN_AMOUNT),
            id="third-decimal",
        ),
        pytest.param(
            set_value(FEE, 4, "pric_uplmt_amt", "=1+1"),
            (FEE, 4, "pric_uplmt_amt", Fault.NOT_AN_AMOUNT),
            id="formula",
        ),
        pytest.param(
            set_value(FEE, 4, "fee_ocur_time", "2026-10-06"),
            (FEE, 4, "fee_ocur_time", Fault.NOT_A_TIME),
            id="time",
        ),
        pytest.param(
            set_value(SETL, 3, "brdy", "1980-02-30"), (SETL, 3, "brdy", Fault.NOT_A_DATE), id="date"
        ),
        pytest.param(
            set_value(SETL, 3, "begndate", "2026-1-5"),
            (SETL, 3, "begndate", Fault.NOT_A_DATE),
            id="short-date",
        ),
        pytest.param(
            set_value(FEE, 5, "med_list_codg", ""),
            (FEE, 5, "med_list_codg", Fault.VALUE_MISSING),
            id="missing",
        ),
        pytest.param(
            set_value(FEE, 5, "bilg_dr_code", "D" * 61),
            (FEE, 5, "bilg_dr_code", Fault.TOO_LONG),
            id="too-long",
        ),
        pytest.param(
            set_value(FEE, 5, "fixmedins_code", "H99999999999"),
            (FEE, 5, "fixmedins_code", Fault.INSTITUTION_UNKNOWN),
            id="unknown-institution",
        ),
        pytest.param(
            set_value(FEE, 6, "setl_id", "S0009"),
            (FEE, 6, "setl_id", Fault.LINE_WITHOUT_SETTLEMENT),
            id="orphan",
        ),
        pytest.param(
            take_out_lines, (SETL, 3, "setl_id", Fault.SETTLEMENT_WITHOUT_LINES), id="no-lines"
        ),
        pytest.param(repeat_line, (FEE, 5, "bkkp_sn", Fault.REPEATED), id="line-twice"),
        pytest.param(repeat_settlement, (SETL, 5, "setl_id", Fault.REPEATED), id="settled-twice"),
        pytest.param(
            set_value(SETL, 4, "setl_time", "2026-11-01 00:00:00"),
            (SETL, 4, "setl_time", Fault.OTHER_MONTH),
            id="other-month",
        ),
        pytest.param(
            set_value(SETL, 4, "enddate", "2026-10-04"),
            (SETL, 4, "enddate", Fault.ENDS_BEFORE_IT_BEGINS),
            id="backwards",
        ),
        pytest.param(
            set_value(FEE, 2, "det_item_fee_sumamt", "31.01"),
            (SETL, 2, "medfee_sumamt", Fault.FEE_NOT_SUM_OF_LINES),
            id="sum-of-lines",
        ),
        pytest.param(
            set_value(SETL, 2, "psn_pay", "0.00"),
            (SETL, 2, "medfee_sumamt", Fault.FEE_NOT_FUND_AND_PERSON),
            id="fund-and-person",
        ),
        pytest.param(
            refund(init_feedetl_sn="L09999"),
            (FEE, 14, "init_feedetl_sn", Fault.REFUND_WITHOUT_ORIGINAL),
            id="refund-of-nothing",
        ),
        pytest.param(
            refund(init_feedetl_sn=""),
            (FEE, 14, "init_feedetl_sn", Fault.REFUND_WITHOUT_ORIGINAL),
            id="refund-names-nothing",
        ),
        pytest.param(
            refund(cnt="-2.0001", det_item_fee_sumamt="-31.00"),
            (FEE, 14, "init_feedetl_sn", Fault.REFUND_TOO_LARGE),
            id="refund-too-many",
        ),
        pytest.param(
            refund(det_item_fee_sumamt="-31.01"),
            (FEE, 14, "init_feedetl_sn", Fault.REFUND_TOO_LARGE),
            id="refund-too-much",
        ),
    ],
)
def test_structural_error_rejects_the_whole_batch(institution, change, expected):
    before = rows_stored()
    shelves = set(Shelf.objects.values_list("pk", flat=True))
    files = ordinary(institution.code)
    change(files)

    batch = hand_in(institution, files.csv())

    assert batch.state == BatchState.REJECTED
    assert tuple(expected) in faults_of(batch)
    # A line of another settlement is missing in its own sum: that is told too.
    follows = (
        {Fault.FEE_NOT_SUM_OF_LINES} if expected[3] is Fault.LINE_WITHOUT_SETTLEMENT else set()
    )
    assert {fault for *_rest, fault in faults_of(batch)} == {expected[3], *follows}
    assert rows_stored() == before
    assert batch.shelf is None
    assert set(Shelf.objects.filter(kind="own").values_list("pk", flat=True)) <= shelves


def test_last_row_is_whole_though_the_file_ends_without_a_line_break(institution):
    contents = ordinary(institution.code).csv()
    contents = {kind: each.rstrip(b"\r\n") for kind, each in contents.items()}

    assert hand_in(institution, contents).state == BatchState.ACCEPTED


def test_files_of_another_institution_are_rejected_with_a_report(institution):
    other = InstitutionFactory()
    member = member_of(institution)

    batch = hand_in(institution, ordinary(other.code).csv())

    assert batch.state == BatchState.REJECTED
    assert batch.error_count == 3 + 12
    assert {fault for *_rest, fault in faults_of(batch)} == {Fault.INSTITUTION_OTHER}
    assert "15" in Notice.objects.get(recipient=member).subject


def test_every_error_is_in_the_report(institution):
    files = ordinary(institution.code)
    files.settlements[2]["brdy"] = "soon"
    files.lines[0]["cnt"] = "=cmd|' /C calc'!A0"
    files.lines[7]["pric"] = ""
    files.lines[7]["fee_ocur_time"] = "2026-10-06 25:00:00"

    batch = hand_in(institution, files.csv())

    assert {each.encoding for each in batch.files.all()} == {"UTF-8"}
    assert errors_of(batch) == [
        (SETL, "4", "brdy", "soon"),
        (FEE, "2", "cnt", "'=cmd|' /C calc'!A0"),
        (FEE, "9", "fee_ocur_time", "2026-10-06 25:00:00"),
        (FEE, "9", "pric", ""),
    ]
    text = batch.error_report.file.open("rb").read().decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert list(rows[0]) == ["file", "row", "column", "value", "error", "remedy"]
    assert all(row["error"] and row["remedy"] for row in rows)


def test_report_keeps_ten_thousand_errors_and_tells_of_the_others(institution, monkeypatch):
    monkeypatch.setattr(batch_files, "ErrorLog", lambda: ErrorLog(limit=5))
    files = ordinary(institution.code)
    for line in files.lines:
        line["cnt"] = "x"

    batch = hand_in(institution, files.csv())

    assert batch.error_count == 12
    assert len(errors_of(batch)) == 5 + 1


@pytest.mark.parametrize(
    ("kind", "missing"),
    [(FileKind.SETTLEMENTS, "setl_time"), (FileKind.LINES, "bkkp_sn"), (FileKind.LINES, "pric")],
)
def test_missing_column_is_named(institution, kind, missing):
    contents = ordinary(institution.code).csv(drop=(missing,))

    batch = hand_in(institution, contents)

    assert faults_of(batch) == [(f"{kind.value}.csv", 1, missing, "column_missing")]


def test_wrong_file_altogether(institution):
    contents = ordinary(institution.code).csv()
    contents[FileKind.LINES] = b"name,age\nalice,3\n"

    batch = hand_in(institution, contents)

    assert batch.state == BatchState.REJECTED
    assert {fault for *_rest, fault in faults_of(batch)} == {"column_missing"}


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        pytest.param(b"", None, id="empty"),
        pytest.param(b"\xff\xfes\x00e\x00t\x00l\x00", None, id="utf-16"),
        pytest.param(b"%PDF-1.7 ...", None, id="pdf"),
        pytest.param(b"\x81\xff,\xff\xff\n\x81\x30\xff\xff", "file_unreadable", id="no-encoding"),
        pytest.param(b"PK\x03\x04 is no workbook", "file_unreadable", id="broken-workbook"),
        pytest.param(b"setl_id,mdtrt_id", "file_empty", id="header-only-cut"),
        pytest.param(b'setl_id,"mdtrt_id\n', "row_malformed", id="open-quote-in-header"),
    ],
)
def test_unreadable_file(institution, content, fault):
    contents = ordinary(institution.code).csv()
    contents[FileKind.SETTLEMENTS] = content
    if fault is None:
        with pytest.raises(Refusal):
            submit_batch(institution=institution, files=uploads(contents), by=None, at=AT)
        assert not ClaimBatch.objects.exists()
        return

    batch = hand_in(institution, contents)

    assert batch.state == BatchState.REJECTED
    assert [each[3] for each in faults_of(batch)] == [fault]


def test_zero_byte_is_told_with_its_row(institution):
    contents = ordinary(institution.code).csv()
    rows = contents[FileKind.LINES].splitlines(keepends=True)
    rows[8] = rows[8].replace(b"A01", b"A\x0001")
    contents[FileKind.LINES] = b"".join(rows)

    batch = hand_in(institution, contents)

    assert faults_of(batch) == [(FEE, 9, "", "nul_byte")]


@pytest.mark.parametrize(
    "row",
    [
        pytest.param(b"L,S0001,M0001\r\n", id="short"),
        pytest.param(b"x," * 30 + b"\r\n", id="long"),
    ],
)
def test_ragged_row_is_told_with_its_number(institution, row):
    contents = ordinary(institution.code).csv()
    rows = contents[FileKind.LINES].splitlines(keepends=True)
    rows.insert(5, row)
    contents[FileKind.LINES] = b"".join(rows)

    batch = hand_in(institution, contents)

    assert faults_of(batch) == [(FEE, 6, "", "row_malformed")]


def test_quote_that_never_closes(institution):
    contents = ordinary(institution.code).csv()
    contents[FileKind.LINES] = contents[FileKind.LINES].replace(b"A01", b'"A01', 1)

    batch = hand_in(institution, contents)

    assert batch.state == BatchState.REJECTED
    assert (FEE, 2, "", "row_malformed") in faults_of(batch)


def test_blank_lines_are_no_rows(institution):
    contents = ordinary(institution.code).csv()
    contents = {kind: each + b"\r\n\r\n" for kind, each in contents.items()}

    batch = hand_in(institution, contents)

    assert batch.state == BatchState.ACCEPTED, batch.first_errors
    assert batch.line_count == 12


def test_header_without_rows(institution):
    contents = {
        kind: each.splitlines(keepends=True)[0]
        for kind, each in ordinary(institution.code).csv().items()
    }

    batch = hand_in(institution, contents)

    assert [each[3] for each in faults_of(batch)] == ["file_empty"]


def test_too_large_a_file_is_refused_with_its_size(institution):
    contents = ordinary(institution.code).csv()

    with pytest.raises(Refusal) as refusal:
        submit_batch(institution=institution, files=uploads(contents), by=None, at=AT, limit=1000)

    assert [each.code for each in refusal.value.obstacles] == ["file_too_large"]
    assert not ClaimBatch.objects.exists()


def test_missing_file_is_refused(institution):
    contents = ordinary(institution.code).csv()
    del contents[FileKind.LINES]

    with pytest.raises(Refusal) as refusal:
        submit_batch(institution=institution, files=uploads(contents), by=None, at=AT)
    assert [each.code for each in refusal.value.obstacles] == ["file_missing"]


def test_value_the_database_cannot_store_rejects_the_batch(institution, monkeypatch):
    files = ordinary(institution.code)
    files.lines[0]["cnt"] = "x"
    monkeypatch.setattr(
        "settlements.claimfiles.checking.check_values",
        lambda *args: args[1].with_columns(is_sound=True),
    )

    batch = hand_in(institution, files.csv())

    assert batch.state == BatchState.REJECTED
    assert [each[3] for each in faults_of(batch)] == ["not_storable"]


def test_every_fault_has_its_words():
    assert set(WORDING) == set(Fault)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("=1+1", "'=1+1"), ("@x", "'@x"), ("-x", "'-x"), ("-1.50", "-1.50"), ("A", "A"), ("", "")],
)
def test_formulas_are_shown_not_run(text, shown):
    assert harmless(text) == shown


def test_upload_of_the_wrong_kind_is_named():
    with pytest.raises(Refusal) as refusal:
        submit_batch(
            institution=InstitutionFactory(),
            files={
                FileKind.SETTLEMENTS: SimpleUploadedFile("scan.pdf", b"%PDF-1.7"),
                FileKind.LINES: SimpleUploadedFile("fee_list_d.csv", b"a\n"),
            },
            by=None,
            at=AT,
        )
    assert "scan.pdf" in str(refusal.value)
