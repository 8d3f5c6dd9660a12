import csv
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from agency.models import Region
from institutions.models import Institution, InstitutionFact
from institutions.services.importing import import_register
from institutions.services.register_file import REGISTER_COLUMNS, FileRefused
from tests.agency.factories import NOW, RegionFactory
from tests.institutions.factories import EntryFactory, InstitutionFactory, credit_code

pytestmark = pytest.mark.django_db

REAL_FILE = Path(__file__).parents[3] / "shared" / "data" / "institutions.csv"
ROW = {
    "code": "H36040300101",
    "credit_code": credit_code(101),
    "name": "浔阳仁和医院",
    "kind": "综合医院",
    "nature": "public",
    "level": "二级乙等",
    "registered_address": "九江市浔阳区滨江路8号",
    "region": "360400",
    "beds": "80",
    "bank_name": "农业银行九江分行",
    "bank_account": "6228000000000101",
    "opened_on": "2018-05-01",
}
PLACE = {
    "province_code": "350000",
    "province": "福建省",
    "city_code": "350300",
    "city": "莆田市",
    "name": "仙游县妇幼保健院",
    "address": "",
    "tel": "0594-8291234",
    "tags": "定点医院",
}


@pytest.fixture
def region():
    return RegionFactory()


@pytest.fixture
def table(tmp_path):
    def write(*rows: dict, encoding: str = "utf-8", columns: list[str] | None = None) -> Path:
        path = tmp_path / "register.csv"
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, columns or list(rows[0]), extrasaction="ignore")
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write


def counts(outcome):
    return outcome.created, outcome.updated, outcome.unchanged, len(outcome.errors)


def test_register_layout_is_stored_and_the_same_file_again_changes_nothing(region, table):
    second = ROW | {"code": "H36040300102", "credit_code": credit_code(102), "name": "乙"}
    path = table(ROW, second)
    assert counts(import_register(path, at=NOW)) == (2, 0, 0, 0)
    stored = Institution.objects.get(code=ROW["code"])
    assert (stored.kind, stored.level, stored.beds) == ("general_hospital", "06", 80)
    assert stored.opened_on.isoformat() == "2018-05-01"
    events = stored.events.count()
    assert counts(import_register(path, at=NOW)) == (0, 0, 2, 0)
    assert stored.events.count() == events


def test_a_changed_value_holds_from_the_import_on(region, table):
    import_register(table(ROW), at=NOW)
    assert counts(import_register(table(ROW | {"beds": "99"}), at=NOW)) == (0, 1, 0, 0)
    facts = InstitutionFact.objects.filter(field="beds").order_by("effective_from")
    assert [fact.value for fact in facts] == ["80", "99"]
    assert facts[1].effective_from == NOW.date()


def test_an_empty_cell_leaves_what_is_stored(region, table):
    import_register(table(ROW), at=NOW)
    import_register(table(ROW | {"bank_account": "", "beds": ""}), at=NOW)
    stored = Institution.objects.get(code=ROW["code"])
    assert (stored.bank_account, stored.beds) == ("6228000000000101", 80)


def test_no_import_changes_a_bank_account(region, table):
    import_register(table(ROW), at=NOW)
    outcome = import_register(table(ROW | {"bank_account": "6228000000000999"}), at=NOW)
    assert [(each.row, each.column) for each in outcome.errors] == [(2, "bank_account")]
    assert not outcome.stored
    assert Institution.objects.get(code=ROW["code"]).bank_account == "6228000000000101"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings(region, table, encoding):
    import_register(table(ROW, encoding=encoding), at=NOW)
    assert Institution.objects.get().name == "浔阳仁和医院"


@pytest.mark.parametrize(
    ("cells", "column"),
    [
        pytest.param({"credit_code": credit_code(101)[:-1] + "?"}, "credit_code", id="check"),
        pytest.param({"code": "H123"}, "code", id="national-code"),
        pytest.param({"kind": "赌场"}, "kind", id="type"),
        pytest.param({"level": "99"}, "level", id="level"),
        pytest.param({"beds": "viele"}, "beds", id="beds"),
        pytest.param({"beds": "-1"}, "beds", id="negative-beds"),
        pytest.param({"opened_on": "1.5.2018"}, "opened_on", id="date"),
        pytest.param({"name": ""}, "name", id="no-name"),
        pytest.param({"region": "110000"}, "region", id="unknown-region"),
        pytest.param({"region": "abc"}, "region", id="no-region-code"),
        pytest.param({"name": "长" * 201}, "name", id="too-long"),
    ],
)
def test_a_bad_cell_keeps_the_whole_file_out_and_is_named(region, table, cells, column):
    bad = ROW | {"code": "H36040300102", "credit_code": credit_code(102)} | cells
    outcome = import_register(table(ROW, bad), at=NOW)
    assert [(each.row, each.column) for each in outcome.errors] == [(3, column)]
    assert outcome.errors[0].remedy
    assert not Institution.objects.exists()


def test_partial_stores_the_good_rows(region, table):
    bad = ROW | {"code": "H36040300102", "credit_code": "X"}
    outcome = import_register(table(ROW, bad), at=NOW, partial=True)
    assert outcome.stored
    assert [each.code for each in Institution.objects.all()] == [ROW["code"]]


def test_a_code_twice_and_a_credit_code_of_another_are_errors(region, table):
    other = InstitutionFactory(credit_code=credit_code(101))
    outcome = import_register(table(ROW, ROW | {"name": "乙"}), at=NOW)
    found = {(each.row, each.column) for each in outcome.errors}
    assert {(3, "code"), (3, "credit_code")} <= found
    assert any(other.code in str(each.error) for each in outcome.errors)
    assert Institution.objects.count() == 1


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("code,name\nH36040300101,甲\n", id="columns-missing"),
        pytest.param(",".join([*REGISTER_COLUMNS, "wish"]) + "\nx\n", id="column-unknown"),
        pytest.param(",".join(REGISTER_COLUMNS) + "\n", id="no-rows"),
        pytest.param("", id="empty"),
        pytest.param('city_code,city,name\n350300,莆田市,"甲\n', id="broken-quotes"),
        pytest.param("name,name,city_code,city\na,b,350300,c\n", id="column-twice"),
    ],
)
def test_a_file_that_is_no_register_is_refused(tmp_path, content):
    path = tmp_path / "file.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FileRefused):
        import_register(path, at=NOW)
    assert not Institution.objects.exists()


@pytest.mark.parametrize("content", [b"PK\x03\x04\x00\x00", b"\xff\xff\xff"])
def test_a_file_that_is_no_text_is_refused(tmp_path, content):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(FileRefused):
        import_register(path, at=NOW)


def test_a_row_with_a_comma_too_many_is_named(tmp_path):
    path = tmp_path / "file.csv"
    path.write_text("city_code,city,name\n350300,莆田市,甲,乙\n", encoding="utf-8")
    outcome = import_register(path, at=NOW)
    assert [each.row for each in outcome.errors] == [2]
    assert not Institution.objects.exists() and not Region.objects.exists()


def test_a_directory_gives_unverified_entries_and_regions_and_claims_nothing_more(table):
    outcome = import_register(table(PLACE, PLACE), at=NOW)
    assert counts(outcome) == (1, 0, 0, 0)
    assert [each.row for each in outcome.repeated] == [3]
    entry = Institution.objects.get()
    assert (entry.code, entry.credit_code, entry.kind, entry.level) == (None, None, "", "")
    assert (entry.region_id, entry.region.parent_id) == ("350300", "350000")
    assert entry.phone == "0594-8291234"
    assert counts(import_register(table(PLACE), at=NOW)) == (0, 0, 1, 0)


def test_a_register_row_completes_the_entry_of_its_name_in_its_prefecture(table):
    RegionFactory(code="360403", name="浔阳区", parent=RegionFactory())
    entry = EntryFactory(name=ROW["name"], registered_address="")
    assert counts(import_register(table(ROW | {"region": "360403"}), at=NOW)) == (0, 1, 0, 0)
    completed = Institution.objects.get()
    assert (completed.pk, completed.code) == (entry.pk, ROW["code"])
    assert completed.region_id == "360403"
    directory = PLACE | {
        "province_code": "360000",
        "city_code": "360400",
        "city": "九江市",
        "name": ROW["name"],
        "tel": "1",
    }
    # The directory comes again: the institution is known by now, and stays as verified.
    assert counts(import_register(table(directory), at=NOW)) == (0, 0, 1, 0)
    assert Institution.objects.get().phone == entry.phone


def test_two_rows_never_complete_the_same_entry(region, table):
    EntryFactory(name=ROW["name"])
    twin = ROW | {"code": "H36040300102", "credit_code": credit_code(102)}
    assert counts(import_register(table(ROW, twin), at=NOW)) == (1, 1, 0, 0)


def test_command_reports_and_fails_on_errors(region, table, tmp_path):
    report, out, err = tmp_path / "errors.csv", StringIO(), StringIO()
    path = table(ROW | {"credit_code": credit_code(101)[:-1] + "0", "name": "=cmd()"})
    with pytest.raises(CommandError, match="Nothing was stored"):
        call_command("import_institutions", path, report=report, lang="en", stdout=out, stderr=err)
    [row] = csv.DictReader(StringIO(report.read_text(encoding="utf-8-sig")))
    expected = credit_code(101)[-1]
    assert row["row"] == "2" and row["column"] == "credit_code"
    assert row["error"].endswith(f"it must be {expected}")
    assert "row 2, credit_code" in err.getvalue()
    assert not Institution.objects.exists()


def test_command_says_what_is_wrong_with_a_missing_file(tmp_path):
    with pytest.raises(CommandError, match="nowhere"):
        call_command("import_institutions", tmp_path / "nowhere.csv")


def test_statements_do_not_grow_with_the_rows(region, table, django_assert_max_num_queries):
    rows = [
        ROW | {"code": f"H360403{n:05}", "credit_code": credit_code(n), "name": f"医院{n}"}
        for n in range(1, 401)
    ]
    with django_assert_max_num_queries(14):
        assert import_register(table(*rows), at=NOW).created == 400


@pytest.mark.skipif(not REAL_FILE.exists(), reason="the real directory file is not here")
def test_the_real_directory_goes_in_whole_and_once():
    outcome = import_register(REAL_FILE, at=NOW)
    assert (outcome.reading.rows, outcome.errors) == (2083, [])
    assert outcome.created + len(outcome.repeated) == 2083
    assert not Institution.objects.verified().exists()
    again = import_register(REAL_FILE, at=NOW)
    assert (again.created, again.updated, again.regions) == (0, 0, 0)
    assert again.unchanged == outcome.created
