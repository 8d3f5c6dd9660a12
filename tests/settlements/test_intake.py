"""Taking in claim files that are right (claims.md §1-2)."""

import io
import zipfile
from contextlib import ExitStack
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from openpyxl import Workbook

from agency.models import Notice
from agency.rules import Refusal
from settlements.enums import BatchState, FileKind, ShelfKind
from settlements.models import Charge, Claim, ClaimBatch, DataRemark, Shelf
from settlements.services.intake import take_in
from settlements.services.submission import submit_batch, unpack_archive
from tests.institutions.factories import InstitutionFactory, member_of
from tests.settlements.claimfiles import (
    AT,
    Files,
    faults_of,
    hand_in,
    ordinary,
    uploads,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def institution():
    return InstitutionFactory()


def test_accepted_batch_holds_every_row_as_written(institution):
    member = member_of(institution)
    files = ordinary(institution.code)

    batch = hand_in(institution, files.csv())

    assert batch.state == BatchState.ACCEPTED, batch.first_errors
    assert str(batch.month) == "2026-10-01"
    assert str(batch.declared_on) == "2026-11-20"
    assert (batch.claim_count, batch.line_count) == (3, 12)
    assert batch.medfee_amount == Decimal("372.00")
    assert batch.fund_amount == Decimal("260.40")
    line = Charge.objects.of(batch).get(bkkp_sn="L00001")
    assert (line.cnt, line.pric) == (Decimal(2), Decimal("15.50"))
    assert line.net_cnt is None
    assert not line.is_gone
    assert str(line.fee_ocur_time) == "2026-10-06 08:01:00"
    claim = Claim.objects.of(batch).get(setl_id="S0001")
    assert claim.claim_no == line.claim_no == 1
    assert claim.fund_pay_sumamt == Decimal("86.80")
    assert [(each.kind, each.encoding, each.row_count) for each in batch.files.order_by("pk")] == [
        (FileKind.SETTLEMENTS, "UTF-8", 3),
        (FileKind.LINES, "UTF-8", 12),
    ]
    acts = batch.transitions.values_list("act", "source", "target")
    assert list(acts) == [
        ("submit", "", "received"),
        ("check", "received", "checking"),
        ("accept", "checking", "accepted"),
    ]
    assert Notice.objects.get(recipient=member).url == batch.get_portal_url()


@pytest.mark.parametrize(
    ("encoding", "recorded"), [("utf-8", "UTF-8"), ("utf-8-sig", "UTF-8"), ("gb18030", "GB18030")]
)
def test_encoding_is_found_out_and_recorded(institution, encoding, recorded):
    files = ordinary(institution.code)
    files.settlements[0]["psn_name"] = "张三"
    files.lines[0]["hilist_name"] = "㐀住院诊查费"

    batch = hand_in(institution, files.csv(encoding=encoding))

    assert batch.state == BatchState.ACCEPTED, batch.first_errors
    assert {each.encoding for each in batch.files.all()} <= {recorded, "UTF-8"}
    assert batch.files.get(kind=FileKind.LINES).encoding == recorded
    assert Charge.objects.of(batch).get(bkkp_sn="L00001").hilist_name == "㐀住院诊查费"


def test_quotes_commas_and_line_breaks_in_values_survive(institution):
    files = ordinary(institution.code)
    awkward = 'a "quoted", \r\nbroken name'
    files.lines[0]["hilist_name"] = awkward

    batch = hand_in(institution, files.csv())

    assert batch.state == BatchState.ACCEPTED, batch.first_errors
    assert Charge.objects.of(batch).get(bkkp_sn="L00001").hilist_name == awkward
    assert Charge.objects.of(batch).get(bkkp_sn="L00002").row_no == 3


def test_amounts_are_exact(institution):
    files = Files(institution.code)
    row = files.settlement(1, fund_share="0.3333")
    files.line(row, cnt="3", pric="0.333333", det_item_fee_sumamt="1.00")
    files.line(row, cnt="0.1", pric="9999999.99", det_item_fee_sumamt="999999.9990")
    files.lines[1]["det_item_fee_sumamt"] = "1000000.000"

    batch = hand_in(institution, files.totals().csv())

    assert batch.state == BatchState.ACCEPTED, batch.first_errors
    assert batch.medfee_amount == Decimal("1000001.00")
    line = Charge.objects.of(batch).get(bkkp_sn="L00001")
    assert (line.pric, line.det_item_fee_sumamt) == (Decimal("0.333333"), Decimal("1.00"))


def test_unknown_codes_are_accepted_with_one_remark_each(institution):
    files = ordinary(institution.code)
    files.settlements[0]["med_type"] = "99"
    files.settlements[1]["gend"] = ""
    for line in files.lines[:5]:
        line["med_chrgitm_type"] = "77"

    batch = hand_in(institution, files.csv())

    assert batch.state == BatchState.ACCEPTED, batch.first_errors
    remarks = DataRemark.objects.filter(batch=batch)
    assert sorted(remarks.values_list("field", "value", "row_count", "example")) == [
        ("gend", "", 1, "S0002"),
        ("med_chrgitm_type", "77", 5, "L00001"),
        ("med_type", "99", 1, "S0001"),
    ]


def test_unknown_and_optional_columns(institution):
    files = ordinary(institution.code)
    contents = files.csv(drop=("hilist_name", "pric_uplmt_amt", "bilg_dr_code", "init_feedetl_sn"))
    header, *rows = contents[FileKind.LINES].decode().splitlines()
    contents[FileKind.LINES] = "\n".join(
        [f"poolarea_no,{header}", *(f"360400,{row}" for row in rows)]
    ).encode()

    batch = hand_in(institution, contents)

    assert batch.state == BatchState.ACCEPTED, batch.first_errors
    assert Charge.objects.of(batch).filter(hilist_name=None).count() == 12


# --- refunds ------------------------------------------------------------------------------------


def test_refunds_are_netted(institution):
    files = Files(institution.code)
    row = files.settlement()
    partly = files.line(row, cnt="5", pric="10.00")
    fully = files.line(row, cnt="1", pric="7.00")
    untouched = files.line(row)
    for original, cnt in ((partly, "-2"), (fully, "-1"), (partly, "-1")):
        files.line(row, cnt=cnt, pric=original["pric"], init_feedetl_sn=original["bkkp_sn"])

    batch = hand_in(institution, files.totals().csv())

    assert batch.state == BatchState.ACCEPTED, batch.first_errors
    lines = {each.bkkp_sn: each for each in Charge.objects.of(batch)}
    assert lines[partly["bkkp_sn"]].net_cnt == 2
    assert lines[partly["bkkp_sn"]].net_amount == Decimal("20.00")
    assert lines[partly["bkkp_sn"]].cnt == 5
    assert [lines[each["bkkp_sn"]].is_gone for each in (partly, fully, untouched)] == [
        False,
        True,
        False,
    ]
    assert [lines[f"L{number:05}"].is_gone for number in (4, 5, 6)] == [True] * 3
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bkkp_sn, cnt, amount FROM settlements_netline WHERE batch_id = %s ORDER BY 1",
            [batch.pk],
        )
        assert cursor.fetchall() == [
            (partly["bkkp_sn"], 2, Decimal("20.00")),
            (untouched["bkkp_sn"], 2, Decimal("31.00")),
        ]


# --- where rows lie -----------------------------------------------------------------------------


def test_small_batches_share_the_months_shelf(institution):
    one = hand_in(institution, ordinary(institution.code).csv())
    other = InstitutionFactory()
    two = hand_in(other, ordinary(other.code).csv())

    assert one.shelf == two.shelf
    assert one.shelf.kind == ShelfKind.LIVE
    assert Charge.objects.of(one).count() == Charge.objects.of(two).count() == 12


def test_large_batch_gets_a_shelf_of_its_own(institution, settings):
    settings.CLAIMS_OWN_SHELF_FROM = 12
    files = ordinary(institution.code)
    refunded = files.lines[0]
    files.line(
        files.settlements[0], cnt="-2", pric=refunded["pric"], init_feedetl_sn=refunded["bkkp_sn"]
    )
    for row in files.settlements:
        for name in ("medfee_sumamt", "fund_pay_sumamt", "psn_pay"):
            row.pop(name)

    batch = hand_in(institution, files.totals().csv())

    assert batch.state == BatchState.ACCEPTED, batch.first_errors
    assert batch.shelf.kind == ShelfKind.OWN
    assert Charge.objects.of(batch).count() == 13
    assert Charge.objects.of(batch).filter(is_gone=True).count() == 2
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inhrelid::regclass::text FROM pg_inherits"
            " WHERE inhparent = 'settlements_charge'::regclass"
            f" AND inhrelid = 'settlements_charge_{batch.shelf_id}'::regclass"
        )
        assert cursor.fetchone()
        for statement in (
            f"UPDATE settlements_charge_{batch.shelf_id} SET claim_no = 99",
            f"DELETE FROM settlements_claim_{batch.shelf_id}",
        ):
            with pytest.raises(IntegrityError, match="stay as they were"), transaction.atomic():
                cursor.execute(statement)


# A line beside the ones of the batch: shelf, batch, bkkp_sn, claim_no, cnt.
INSERT_LINE = (
    "INSERT INTO settlements_charge (shelf_id, batch_id, bkkp_sn, row_no, claim_no, mdtrt_id,"
    " psn_no, fee_ocur_time, med_list_codg, cnt, pric, det_item_fee_sumamt)"
    " VALUES ({shelf}, %s, 90, %s, 'M', 'P', '2026-10-05', 'C', %s, 1, 1)"
)


@pytest.mark.parametrize(
    ("statement", "constraint"),
    [
        (INSERT_LINE % ("{batch}, 'X1'", 77, 1), "charge_has_its_claim"),
        (INSERT_LINE % ("0, 'X1'", 1, 1), "own_shelf_holds_one_batch"),
        (INSERT_LINE % ("{batch}, 'L00001'", 1, 1), "settlements_charge_{shelf}_pk"),
        (INSERT_LINE % ("{batch}, 'X1'", 1, -1), "charge_refund_names_its_line"),
        (
            "INSERT INTO settlements_settledonce SELECT * FROM settlements_settledonce",
            "settledonce_setl_id_once",
        ),
    ],
)
def test_database_refuses(institution, settings, statement, constraint):
    settings.CLAIMS_OWN_SHELF_FROM = 1
    batch = hand_in(institution, ordinary(institution.code).csv())
    facts = {"shelf": batch.shelf_id, "batch": batch.pk}

    with (
        pytest.raises(IntegrityError, match=constraint.format(**facts)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(**facts))


# --- the same and more for one month ------------------------------------------------------------


def test_identical_files_return_the_batch_they_made(institution):
    contents = ordinary(institution.code).csv()
    batch = hand_in(institution, contents)

    again = submit_batch(institution=institution, files=uploads(contents), by=None, at=AT)

    assert not again.is_new
    assert again.batch == batch
    assert take_in(batch_id=batch.pk, at=AT).state == BatchState.ACCEPTED
    assert ClaimBatch.objects.count() == 1
    assert Charge.objects.of(batch).count() == 12


def test_rejected_files_may_be_handed_in_again(institution):
    files = ordinary(institution.code)
    files.lines[0]["cnt"] = "x"
    first = hand_in(institution, files.csv())
    assert first.state == BatchState.REJECTED

    again = submit_batch(institution=institution, files=uploads(files.csv()), by=None, at=AT)

    assert again.is_new
    assert again.batch != first


def test_different_files_of_the_month_make_a_supplementary_batch(institution):
    first = hand_in(institution, ordinary(institution.code, tag="a").csv())

    second = hand_in(institution, ordinary(institution.code, tag="b").csv())

    assert second.state == BatchState.ACCEPTED, second.first_errors
    assert (first.is_supplementary, second.is_supplementary) == (False, True)


def test_nothing_is_taken_in_twice(institution):
    hand_in(institution, ordinary(institution.code).csv())
    files = ordinary(institution.code, lines=5)

    second = hand_in(institution, files.csv())

    assert second.state == BatchState.REJECTED
    faults = faults_of(second)
    assert ("setl_d.csv", 2, "setl_id", "taken_in_before") in faults
    assert ("fee_list_d.csv", 2, "bkkp_sn", "taken_in_before") in faults
    assert second.error_count == 3 + 12
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM settlements_charge WHERE batch_id = %s", [second.pk])
        assert cursor.fetchone() == (0,)


def test_the_same_identifiers_of_another_institution_are_others(institution):
    hand_in(institution, ordinary(institution.code).csv())
    other = InstitutionFactory()

    assert hand_in(other, ordinary(other.code).csv()).state == BatchState.ACCEPTED


# --- containers ---------------------------------------------------------------------------------


def archive(members: dict[str, bytes]) -> SimpleUploadedFile:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in members.items():
            opened.writestr(name, content)
    return SimpleUploadedFile("claims.zip", stream.getvalue())


def test_zip_holds_the_same_batch_as_its_files(institution):
    contents = ordinary(institution.code).csv()
    batch = hand_in(institution, contents)
    packed = archive({f"2026-10/{kind.value}.csv": each for kind, each in contents.items()})

    with ExitStack() as stack:
        files = unpack_archive(packed, stack)
        again = submit_batch(institution=institution, files=files, by=None, at=AT)

    assert again.batch == batch


@pytest.mark.parametrize(
    ("upload", "code"),
    [
        (archive({"setl_d.csv": b"x"}), "archive_incomplete"),
        (SimpleUploadedFile("claims.zip", b"PK\x03\x04 broken"), "archive_unreadable"),
        (SimpleUploadedFile("claims.zip", b"setl_id,..."), "archive_unreadable"),
    ],
)
def test_wrong_archive_is_refused(upload, code):
    with ExitStack() as stack, pytest.raises(Refusal) as refusal:
        unpack_archive(upload, stack)
    assert [each.code for each in refusal.value.obstacles] == [code]


def test_workbooks_stand_for_their_csv(institution):
    files = ordinary(institution.code)
    books = {}
    for kind, content in files.csv().items():
        book = Workbook()
        for row in content.decode().splitlines():
            book.active.append([_cell(value) for value in row.split(",")])
        stream = io.BytesIO()
        book.save(stream)
        books[kind] = stream.getvalue()

    batch = hand_in(institution, books)

    assert batch.state == BatchState.ACCEPTED, batch.first_errors
    assert {each.encoding for each in batch.files.all()} == {"XLSX"}
    assert Charge.objects.of(batch).get(bkkp_sn="L00001").pric == Decimal("15.5")


def _cell(value: str):
    """Amounts as numbers, as spreadsheets have them; codes stay text."""
    return float(value) if "." in value and value.replace(".", "").isdigit() else value or None


def test_shelves_of_a_month_are_one(institution):
    hand_in(institution, ordinary(institution.code).csv())

    with pytest.raises(IntegrityError, match="shelf_one_live_a_month"), transaction.atomic():
        Shelf.objects.create(kind=ShelfKind.LIVE, month="2026-11-01")
