"""Roster files: read, previewed, applied and undone as a whole (D-01)."""

from datetime import date
from io import BytesIO
from threading import Barrier, Thread

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from openpyxl import Workbook

from agency.enums import Role
from agency.rules import Refusal
from institutions.enums.practitioners import ImportContent, ImportState
from institutions.models import (
    Department,
    FirstRegistration,
    Person,
    Practitioner,
    RosterEntry,
    RosterImport,
    ServiceCommitment,
)
from institutions.services.practitioners.applying import apply_import
from institutions.services.practitioners.previewing import Preview, preview_import
from institutions.services.practitioners.roster import leave
from institutions.services.practitioners.rows import header_of
from institutions.services.practitioners.undoing import undo_import
from tests.agency.factories import NOW
from tests.institutions.factories import InstitutionFactory, member_of
from tests.institutions.factories_practitioners import (
    HEADER,
    csv_file,
    department,
    facts,
    hired,
    id_number,
    line,
    staff_code,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def institution():
    return InstitutionFactory()


@pytest.fixture
def administrator(institution):
    return member_of(institution)


@pytest.fixture
def ward(institution):
    return department(institution)


def preview(by, lines, **file) -> Preview:
    return preview_import(
        institution_id=by.membership.institution_id, file=csv_file(lines, **file), by=by, at=NOW
    )


def applied(by, lines) -> RosterImport:
    run = preview(by, lines).run
    assert run.errors == []
    return apply_import(import_id=run.pk, by=by, at=NOW)


def codes(refusal) -> list[str]:
    return [each.code for each in refusal.value.obstacles]


def test_a_preview_counts_and_changes_nothing(administrator, ward):
    hired(administrator, ward, facts(1, name="李示1"))
    lines = [
        line(1, ends_on="2026-06-30"),
        line(2, committed_on="2026-01-01"),
        line(3, first_place="上海某医院"),
    ]
    run = preview(administrator, lines).run
    assert run.number.startswith(f"ROS-{run.institution.region_id}-2026-")
    assert (run.state, run.content, run.encoding) == ("previewed", "roster", "UTF-8")
    assert run.counts == {
        "add": 2,
        "end": 1,
        "change": 0,
        "keep": 0,
        "error": 0,
        "new_persons": 2,
        "changed_files": 0,
        "first_places": 3,
        "commitments": 1,
    }
    assert Person.objects.count() == RosterEntry.objects.count() == 1
    assert not FirstRegistration.objects.exists()


def test_an_identity_number_is_kept_nowhere_in_clear(administrator, ward):
    wrong = id_number(2)[:-1] + ("1" if id_number(2)[-1] != "1" else "2")
    run = preview(administrator, [line(1), line(2, id_number=wrong)]).run
    assert run.errors[0]["value"] == "360*************" + wrong[-2:]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.errors::text || string_agg(r::text, '') FROM institutions_rosterimport i"
            " JOIN institutions_rosterimportrow r ON r.run_id = i.id GROUP BY i.id"
        )
        kept = cursor.fetchone()[0]
    assert id_number(1) not in kept
    assert wrong not in kept


def test_an_import_is_applied_as_a_whole(administrator, institution, ward):
    entry = hired(administrator, ward, facts(1, name="李示1", staff_code=""))
    run = applied(
        administrator,
        [line(1, ends_on="2026-06-30"), line(2, committed_on="2026-01-01"), line(3)],
    )
    entry.refresh_from_db()
    assert (run.state, entry.ends_on) == (ImportState.APPLIED, date(2026, 6, 30))
    assert entry.practitioner.staff_code == staff_code(1)
    assert [
        (each.staff_code, each.person.id_number)
        for each in Practitioner.objects.order_by("staff_code")
    ] == [(staff_code(number), id_number(number)) for number in (1, 2, 3)]
    assert RosterEntry.objects.valid().filter(department=ward).count() == 3
    assert FirstRegistration.objects.filter(institution=institution).count() == 3
    assert ServiceCommitment.objects.get().signed_on == date(2026, 1, 1)
    with pytest.raises(Refusal) as refusal:
        apply_import(import_id=run.pk, by=administrator, at=NOW)
    assert codes(refusal) == ["import_not_previewed"]
    again = [line(1, ends_on="2026-06-30"), line(2), line(3), line(4)]
    assert preview(administrator, again).run.counts["keep"] == 3


def test_an_import_is_undone_as_a_whole(administrator, institution, ward):
    entry = hired(administrator, ward, facts(1, name="李示1", staff_code=""))
    run = applied(
        administrator,
        [
            line(1, ends_on="2026-06-30", position="主任医师"),
            line(2, committed_on="2026-01-01"),
        ],
    )
    undo_import(import_id=run.pk, by=administrator, at=NOW)
    entry.refresh_from_db()
    entry.practitioner.refresh_from_db()
    assert (entry.ends_on, entry.position, entry.practitioner.staff_code) == (None, "", None)
    assert list(RosterEntry.objects.valid()) == [entry]
    assert not FirstRegistration.objects.exists()
    assert not ServiceCommitment.objects.filter(signed_on__isnull=False).exists()
    # The file of the other person stays, and gives its code back.
    assert Practitioner.objects.get(person__name="李示2").staff_code is None
    with pytest.raises(Refusal) as refusal:
        undo_import(import_id=run.pk, by=administrator, at=NOW)
    assert codes(refusal) == ["import_not_applied"]
    # And the file may be applied again.
    second = applied(administrator, [line(2)])
    assert second.counts["add"] == 1
    assert Practitioner.objects.get(person__name="李示2").staff_code == staff_code(2)


def test_what_later_changes_build_on_is_not_undone(administrator, ward):
    run = applied(administrator, [line(1), line(2)])
    entry = RosterEntry.objects.get(practitioner__person__name="李示2")
    leave(entry_id=entry.pk, ends_on=date(2026, 8, 1), reason="", by=administrator, at=NOW)
    with pytest.raises(Refusal) as refusal:
        undo_import(import_id=run.pk, by=administrator, at=NOW)
    assert codes(refusal) == ["import_built_upon"]
    assert "李示2" in str(refusal.value.obstacles[0].text)
    assert RosterEntry.objects.valid().count() == 2


def test_an_end_is_not_undone_when_somebody_came_back(administrator, ward):
    hired(administrator, ward, facts(1, name="李示1"))
    run = applied(administrator, [line(1, ends_on="2026-06-30")])
    hired(administrator, ward, facts(1, name="李示1"), starts_on=date(2026, 8, 1))
    with pytest.raises(Refusal) as refusal:
        undo_import(import_id=run.pk, by=administrator, at=NOW)
    assert codes(refusal) == ["import_built_upon"]


BAD_ROWS = {
    "id_number": line(1, id_number="110101199003077777"),
    "department": line(1, department="B99"),
    "ends_on": line(1, ends_on="2025-12-31"),
    "starts_on": line(1, starts_on="2028-01-01"),
    "category": line(1, category="神医"),
    "qualification": line(1, qualification="nurse"),
    "staff_code": line(1, staff_code="N360403000001"),
    "employment": line(1, employment=""),
    "first_place": line(1, first_place="H99999999999"),
    "committed_on": line(1, committed_on="2027-01-01"),
    "name": line(7, name="别的人"),
}


@pytest.mark.parametrize("column", BAD_ROWS)
def test_a_bad_row_is_named_with_its_remedy(administrator, ward, column):
    hired(administrator, ward, facts(7))
    run = preview(administrator, [line(5), BAD_ROWS[column]]).run
    assert [(each["line"], each["field"]) for each in run.errors] == [(3, column)]
    assert all(run.errors[0][name] for name in ("text", "rule", "remedy"))
    with pytest.raises(Refusal) as refusal:
        apply_import(import_id=run.pk, by=administrator, at=NOW)
    assert codes(refusal) == ["import_has_errors"]
    assert RosterEntry.objects.count() == 1


def test_rows_that_contradict_each_other_are_named(administrator, ward):
    hired(administrator, ward, facts(7))
    run = preview(
        administrator,
        [
            line(1),
            line(1),
            line(2, starts_on="2026-03-01"),
            line(2, starts_on="2026-04-01"),
            line(3, staff_code=staff_code(7)),
            line(4, staff_code=staff_code(1)),
            line(7, name="张示7", starts_on="2026-05-01", ends_on="2026-05-09"),
        ],
    ).run
    found = {(each["line"], each["field"]): each["text"] for each in run.errors}
    assert set(found) == {
        (3, "starts_on"),
        (5, "starts_on"),
        (6, "staff_code"),
        (7, "staff_code"),
        (8, "starts_on"),
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_file_is_read_in_the_encodings_of_the_country(administrator, ward, encoding):
    header = dict(zip(header_of(ImportContent.ROSTER, "zh-hans"), HEADER, strict=True))
    said = {**line(1), "category": "医疗" if "医疗" in header else "medical"}
    rows = [{label: said.get(name, "") for label, name in header.items()}]
    run = preview(administrator, rows, header=header, encoding=encoding).run
    assert (run.error_count, run.row_count) == (0, 1)
    assert run.encoding == ("GB18030" if encoding == "gb18030" else "UTF-8")


def test_a_workbook_is_read_with_its_dates(administrator, ward):
    book = Workbook()
    book.active.append(HEADER)
    said = line(1)
    book.active.append(
        [date(2026, 1, 1) if name == "starts_on" else said.get(name, "") for name in HEADER]
    )
    file = BytesIO()
    book.save(file)
    upload = SimpleUploadedFile("roster.xlsx", file.getvalue())
    run = preview_import(
        institution_id=administrator.membership.institution_id,
        file=upload,
        by=administrator,
        at=NOW,
    ).run
    assert (run.encoding, run.error_count, run.counts["add"]) == ("XLSX", 0, 1)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"name,id_number\n", "file_without_rows"),
        (b"name,id_number\n\xff\xfe\xfa,1\n", "file_unreadable"),
        ("姓名,谁\n张,李\n".encode(), "columns_wrong"),
        (b"PK\x03\x04broken", "file_wrong_type"),
        (b"%PDF-1.4 nothing", "file_wrong_type"),
    ],
)
def test_what_is_no_roster_file_is_refused(administrator, ward, content, code):
    with pytest.raises(Refusal) as refusal:
        preview_import(
            institution_id=administrator.membership.institution_id,
            file=SimpleUploadedFile("roster.csv", content),
            by=administrator,
            at=NOW,
        )
    assert not RosterImport.objects.exists()
    assert codes(refusal) == [code] or code == "file_wrong_type"


def test_the_same_file_leads_back_to_its_import(administrator, ward):
    first = preview(administrator, [line(1)])
    again = preview(administrator, [line(1)])
    assert (again.run, again.is_new) == (first.run, False)
    assert again.run.rows.count() == 1
    apply_import(import_id=first.run.pk, by=administrator, at=NOW)
    with pytest.raises(Refusal) as refusal:
        preview(administrator, [line(1)])
    assert codes(refusal) == ["import_applied_already"]
    assert first.run.number in str(refusal.value.obstacles[0].text)
    with pytest.raises(IntegrityError, match="rosterimport_file_once"), transaction.atomic():
        RosterImport.objects.create(
            number="ROS-360403-2026-9999",
            institution=first.run.institution,
            content="roster",
            file=first.run.file,
            sha256=first.run.sha256,
            encoding="UTF-8",
            uploaded_at=NOW,
            uploaded_by=administrator,
        )


def test_what_has_happened_since_the_preview_counts(administrator, ward):
    run = preview(administrator, [line(1)]).run
    hired(administrator, ward, facts(1, name="李示1"), starts_on=date(2025, 12, 1))
    with pytest.raises(Refusal) as refusal:
        apply_import(import_id=run.pk, by=administrator, at=NOW)
    assert codes(refusal) == ["preview_stale"]
    assert RosterEntry.objects.count() == 1


def test_a_clerk_prepares_and_does_not_apply(institution, administrator, ward):
    clerk = member_of(institution, Role.INSTITUTION_CLERK)
    run = preview(clerk, [line(1)]).run
    with pytest.raises(Refusal) as refusal:
        apply_import(import_id=run.pk, by=clerk, at=NOW)
    assert codes(refusal) == ["not_entitled"]
    stranger = member_of(InstitutionFactory())
    with pytest.raises(RosterImport.DoesNotExist):
        apply_import(import_id=run.pk, by=stranger, at=NOW)


def test_departments_are_imported_and_undone(administrator, institution, ward):
    header = ["code", "name", "subject_code", "opened_on", "closed_on"]
    lines = [
        {"code": "A03", "name": "大内科", "opened_on": "2015-03-01"},
        {"code": "A04", "name": "外科", "subject_code": "04", "opened_on": "2016/3/1"},
    ]
    run = preview(administrator, lines, header=header).run
    assert (run.content, run.counts["add"], run.counts["change"]) == ("departments", 1, 1)
    apply_import(import_id=run.pk, by=administrator, at=NOW)
    assert list(Department.objects.values_list("code", "name")) == [
        ("A03", "大内科"),
        ("A04", "外科"),
    ]
    entry = hired(administrator, Department.objects.get(code="A04"))
    with pytest.raises(Refusal) as refusal:
        undo_import(import_id=run.pk, by=administrator, at=NOW)
    assert codes(refusal) == ["import_built_upon"]
    RosterEntry.objects.filter(pk=entry.pk).update(is_void=True, voided_at=NOW, void_reason="录错")
    undo_import(import_id=run.pk, by=administrator, at=NOW)
    assert Department.objects.get(code="A03").name == "内科"
    assert Department.objects.get(code="A04").is_open_on(date(2026, 1, 1)) is False


def test_a_large_import_asks_few_queries(administrator, ward, django_assert_max_num_queries):
    few = preview(administrator, [line(number) for number in range(1, 4)]).run
    many = preview(administrator, [line(number) for number in range(10, 310)]).run
    with django_assert_max_num_queries(60):
        apply_import(import_id=few.pk, by=administrator, at=NOW)
    with django_assert_max_num_queries(60):
        apply_import(import_id=many.pk, by=administrator, at=NOW)
    with django_assert_max_num_queries(60):
        undo_import(import_id=many.pk, by=administrator, at=NOW)
    assert RosterEntry.objects.valid().count() == 3


@pytest.mark.django_db(transaction=True)
def test_two_applies_at_once_apply_once():
    institution = InstitutionFactory()
    administrator = member_of(institution)
    department(institution)
    run = preview(administrator, [line(number) for number in range(1, 21)]).run
    barrier, refused = Barrier(2), []

    def go() -> None:
        try:
            barrier.wait()
            apply_import(import_id=run.pk, by=administrator, at=NOW)
        except Refusal as refusal:
            refused.append([each.code for each in refusal.obstacles])
        finally:
            connection.close()

    threads = [Thread(target=go) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert refused == [["import_not_previewed"]]
    assert RosterEntry.objects.count() == 20
