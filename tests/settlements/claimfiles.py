"""Small claim files, right by default; a test changes what it is about."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from agency.enums import Role
from agreements.enums.life import AgreementState, SuspensionGround, SuspensionKind
from agreements.models import Agreement, Suspension
from settlements.claimfiles.columns import LINES, SETTLEMENTS
from settlements.enums import FileKind
from settlements.services.intake import take_in
from settlements.services.submission import submit_batch
from tests.agency.factories import SHANGHAI
from tests.institutions.factories import InstitutionFactory

AT = datetime(2026, 11, 20, 10, 0, tzinfo=SHANGHAI)
TWO_PLACES = Decimal("0.01")

SETL_COLUMNS = [each.name for each in SETTLEMENTS if each.required]
LINE_COLUMNS = [each.name for each in LINES if each.name not in {"medins_list_name", "inscp_amt"}]


class Files:
    """Rows of both files. `totals()` makes the settlements' amounts fit their lines."""

    def __init__(self, code: str, tag: str = "") -> None:
        self.code, self.tag = code, tag
        self.settlements: list[dict] = []
        self.lines: list[dict] = []

    def settlement(self, number: int = 1, **values) -> dict:
        row = {
            "setl_id": f"S{self.tag}{number:04}",
            "mdtrt_id": f"M{self.tag}{number:04}",
            "psn_no": f"P{number:04}",
            "gend": "1",
            "brdy": "1980-05-17",
            "insutype": "310",
            "med_type": "21",
            "fixmedins_code": self.code,
            "hosp_lv": "06",
            "begndate": "2026-10-05",
            "enddate": "2026-10-09",
            "setl_time": "2026-10-09 15:30:00",
            "fund_share": "0.7",
            **values,
        }
        self.settlements.append(row)
        return row

    def line(self, settlement: dict, **values) -> dict:
        number = len(self.lines) + 1
        row = {
            "bkkp_sn": f"L{self.tag}{number:05}",
            "setl_id": settlement["setl_id"],
            "mdtrt_id": settlement["mdtrt_id"],
            "psn_no": settlement["psn_no"],
            "fixmedins_code": settlement["fixmedins_code"],
            "fee_ocur_time": f"2026-10-06 08:{number % 60:02}:00",
            "med_list_codg": "001102000050000",
            "cnt": "2",
            "pric": "15.50",
            "hilist_name": "住院诊查费",
            "med_chrgitm_type": "02",
            "pric_uplmt_amt": "",
            "bilg_dept_codg": "A01",
            "bilg_dr_code": "D360400001",
            "init_feedetl_sn": "",
            **values,
        }
        if "det_item_fee_sumamt" not in row:
            row["det_item_fee_sumamt"] = str(
                (Decimal(row["cnt"]) * Decimal(row["pric"])).quantize(TWO_PLACES)
            )
        self.lines.append(row)
        return row

    def totals(self) -> Files:
        for row in self.settlements:
            fee = sum(
                Decimal(line["det_item_fee_sumamt"])
                for line in self.lines
                if line["setl_id"] == row["setl_id"]
            )
            fund = (fee * Decimal(row["fund_share"])).quantize(TWO_PLACES)
            row.setdefault("medfee_sumamt", str(fee))
            row.setdefault("fund_pay_sumamt", str(fund))
            row.setdefault("psn_pay", str(fee - fund))
        return self

    def csv(self, *, encoding: str = "utf-8", drop: tuple[str, ...] = ()) -> dict[FileKind, bytes]:
        return {
            FileKind.SETTLEMENTS: _written(self.settlements, SETL_COLUMNS, encoding, drop),
            FileKind.LINES: _written(self.lines, LINE_COLUMNS, encoding, drop),
        }


def _written(rows: list[dict], columns: list[str], encoding: str, drop: tuple[str, ...]) -> bytes:
    stream = io.StringIO(newline="")
    kept = [each for each in columns if each not in drop]
    writer = csv.DictWriter(stream, kept, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return stream.getvalue().encode(encoding)


def ordinary(code: str, *, settlements: int = 3, lines: int = 4, tag: str = "") -> Files:
    """Files with nothing wrong in them."""
    files = Files(code, tag)
    for number in range(1, settlements + 1):
        row = files.settlement(number)
        for _ in range(lines):
            files.line(row)
    return files.totals()


def uploads(contents: dict[FileKind, bytes]) -> dict[FileKind, SimpleUploadedFile]:
    return {
        FileKind(kind): SimpleUploadedFile(f"{FileKind(kind).value}.csv", content)
        for kind, content in contents.items()
    }


def hand_in(institution, contents: dict[FileKind, bytes], **kwargs):
    """Submit and take in; return the batch."""
    submission = submit_batch(
        institution=institution, files=uploads(contents), by=None, at=AT, **kwargs
    )
    return take_in(batch_id=submission.batch.pk, at=AT)


def errors_of(batch) -> list[tuple[str, str, str, str]]:
    """The rows of the error report: file, row, column, value."""
    text = batch.error_report.file.open("rb").read().decode("utf-8-sig")
    return [
        (row["file"], row["row"], row["column"], row["value"])
        for row in csv.DictReader(io.StringIO(text))
    ]


def faults_of(batch) -> list[tuple[str, int, str, str]]:
    """The first errors by their stable codes: file, row, column, fault."""
    return [
        (each["file"], each["row"], each["column"], each["fault"]) for each in batch.first_errors
    ]


_serial = iter(range(1, 10_000))


def agreement_of(institution, valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31), **values):
    """A stored agreement in force."""
    return Agreement.objects.create(
        number=f"360400-2026-{next(_serial):04}",
        institution=institution,
        region=institution.region,
        state=values.pop("state", AgreementState.EFFECTIVE),
        valid_from=valid_from,
        valid_to=valid_to,
        last_day=values.pop("last_day", valid_to),
        signed_on=valid_from,
        **values,
    )


def suspended(agreement, starts_on: date, resumed_on: date) -> Suspension:
    """A suspension of the agreement that is over again."""
    return Suspension.objects.create(
        agreement=agreement,
        kind=SuspensionKind.VOLUNTARY,
        ground=SuspensionGround.REQUEST,
        starts_on=starts_on,
        resumed_on=resumed_on,
        limit_on=date(2027, 3, 1),
        warn_150_on=date(2027, 2, 1),
        warn_170_on=date(2027, 2, 20),
    )


def institution_in_force(**kwargs):
    institution = InstitutionFactory(**kwargs)
    agreement_of(institution)
    return institution


REVIEWER = Role.CLAIM_REVIEWER
