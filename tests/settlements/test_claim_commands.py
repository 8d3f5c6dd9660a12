"""The commands of claims.md §4, exactly."""

import csv
import io
import re

import pytest
from django.core.management import CommandError, call_command

from settlements.enums import BatchState, Check, FileKind
from settlements.models import ClaimBatch
from tests.settlements.claimfiles import institution_in_force, ordinary

pytestmark = pytest.mark.django_db


@pytest.fixture
def institution():
    return institution_in_force()


@pytest.fixture
def paths(tmp_path):
    def write(contents):
        written = {}
        for kind, content in contents.items():
            written[kind] = tmp_path / f"{kind.value}.csv"
            written[kind].write_bytes(content)
        return [
            "--settlements",
            str(written[FileKind.SETTLEMENTS]),
            "--lines",
            str(written[FileKind.LINES]),
        ]

    return write


def run(name, *args) -> tuple[str, int]:
    stream = io.StringIO()
    try:
        call_command(name, *args, stdout=stream)
    except SystemExit as end:
        return stream.getvalue(), int(end.code or 0)
    return stream.getvalue(), 0


def test_import_prints_the_batch_last(institution, paths):
    told, code = run("import_claims", *paths(ordinary(institution.code).csv()))

    batch = ClaimBatch.objects.get()
    assert code == 0
    assert told.splitlines()[-1] == f"batch: {batch.pk}"
    assert batch.institution == institution
    assert batch.submitted_by is None
    assert batch.state == BatchState.ACCEPTED


def test_import_again_prints_the_same_batch(institution, paths):
    args = paths(ordinary(institution.code).csv())
    first, _code = run("import_claims", *args)

    again, code = run("import_claims", *args)

    assert code == 0
    assert again.splitlines()[-1] == first.splitlines()[-1]
    assert ClaimBatch.objects.count() == 1


def test_rejected_import_exits_1_with_the_path_of_the_report(institution, paths):
    files = ordinary(institution.code)
    files.lines[2]["pric"] = "much"

    told, code = run("import_claims", *paths(files.csv()))

    assert code == 1
    report = re.search(r"error report: (.+)", told)[1]
    rows = list(csv.DictReader(open(report, encoding="utf-8-sig")))  # noqa: SIM115, PTH123
    assert [(row["file"], row["row"], row["column"], row["value"]) for row in rows] == [
        ("fee_list_d.csv", "4", "pric", "much")
    ]
    assert told.splitlines()[-1] == f"batch: {ClaimBatch.objects.get().pk}"


def test_unknown_institution_makes_no_batch_but_a_report(paths):
    told, code = run("import_claims", *paths(ordinary("H99999999999").csv()))

    assert code == 1
    report = re.search(r"error report: (.+)", told)[1]
    rows = list(csv.DictReader(open(report, encoding="utf-8-sig")))  # noqa: SIM115, PTH123
    assert [row["value"] for row in rows] == ["H99999999999"]
    assert not ClaimBatch.objects.exists()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"a,b\n1,2\n", b"fixmedins_code\n"])
def test_files_that_are_none_end_with_1_and_a_reason(institution, paths, content):
    contents = ordinary(institution.code).csv()
    contents[FileKind.SETTLEMENTS] = content

    told, code = run("import_claims", *paths(contents))

    assert code == 1
    assert "error report:" in told
    assert not ClaimBatch.objects.exists()


def test_missing_path_is_named(tmp_path):
    with pytest.raises(CommandError, match="no such file"):
        run("import_claims", "--settlements", str(tmp_path / "no"), "--lines", str(tmp_path / "no"))


def test_review_prints_counts_and_writes_the_findings(institution, paths, tmp_path):
    files = ordinary(institution.code)
    files.lines[0]["fee_ocur_time"] = "2026-10-01 08:00:00"
    run("import_claims", *paths(files.csv()))
    batch = ClaimBatch.objects.get()
    target = tmp_path / "findings.csv"

    told, code = run("review_batch", str(batch.pk), "--csv", str(target))

    assert code == 0
    lines = told.splitlines()
    assert "outside_stay: 1" in lines
    assert [line.partition(":")[0] for line in lines[:-1]] == Check.values
    with target.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    assert rows[0] == ["setl_id", "bkkp_sn", "check", "amount", "fund_amount", "status", "basis"]
    assert rows[1][:6] == ["S0001", "L00001", "outside_stay", "31.00", "21.70", "flagged"]
    assert "2026-10-01" in rows[1][6]


def test_review_of_nothing_is_refused():
    with pytest.raises(CommandError, match="no batch 77"):
        run("review_batch", "77")
