"""What files are taken in, which are refused and why, and who gets to see them."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from docx import Document
from openpyxl import Workbook

from agency.enums import Role, ScanResult
from agency.file_kinds import BINARY, DOCX, JPEG, OLD_OFFICE, PDF, PNG, PROGRAM, TEXT, XLSX, ZIP
from agency.models import Attachment, InfectedFile, PolicyParameter
from agency.owners import OWNERS, visible_files
from agency.rules import Refusal
from agency.services.attachments import belongings, remove_orphans, store_attachment, store_files
from agency.services.inspection import content_type_of
from tests.agency.clamd import EICAR, FakeClamd
from tests.agency.factories import NOW, user_with

A_PDF = b"%PDF-1.7\n" + b"x" * 200
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def files_below(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def zipped(entries, method=zipfile.ZIP_DEFLATED):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return stream.getvalue()


def spreadsheet(**cells):
    book = Workbook()
    book.active.title = "费用表"
    for place, value in {"A1": "项目", "B1": 12.5, **cells}.items():
        book.active[place] = value
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def document():
    paper = Document()
    paper.add_paragraph("情况说明")
    stream = io.BytesIO()
    paper.save(stream)
    return stream.getvalue()


def with_entry(content, name, more):
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(name, more)
    return stream.getvalue()


def damaged(content):
    packed = bytearray(content)
    packed[60:90] = bytes(30)
    return bytes(packed)


def locked_zip():
    packed = bytearray(zipped({"a.txt": b"secret"}, zipfile.ZIP_STORED))
    packed[6] |= 1
    directory = packed.index(b"PK\x01\x02")
    packed[directory + 8] |= 1
    return bytes(packed)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (A_PDF, PDF),
        (b"\x89PNG\r\n\x1a\n" + b"x", PNG),
        (b"\xff\xd8\xff\xe0", JPEG),
        (zipped({"a.txt": b"a"}), ZIP),
        (zipped({}), ZIP),
        (spreadsheet(), XLSX),
        (document(), DOCX),
        ("项目,金额\n".encode(), TEXT),
        (b"MZ,1,2\n", TEXT),
        (b"MZ\x90\x00", PROGRAM),
        (b"\x7fELF\x02", PROGRAM),
        (b"#!/bin/sh\n", PROGRAM),
        (OLE, OLD_OFFICE),
        (b"a\x00b", BINARY),
        (b"PK\x03\x04 cut", ZIP),
    ],
)
def test_the_kind_is_told_by_the_content(content, expected):
    assert content_type_of(io.BytesIO(content)) == expected


def taken(content, name="证明.pdf", **kwargs):
    upload = SimpleUploadedFile(name, content)
    return store_attachment(upload, by=None, at=NOW, **kwargs)


REFUSED = [
    pytest.param(b"MZ\x90\x00", "file_wrong_type", id="renamed-program"),
    pytest.param(b"a,b\n", "file_wrong_type", id="text"),
    pytest.param(OLE, "file_wrong_type", id="old-office"),
    pytest.param(OLE + "EncryptedPackage".encode("utf-16-le"), "file_locked", id="locked-office"),
    pytest.param(locked_zip(), "file_locked", id="locked-zip"),
    pytest.param(damaged(zipped({"a.txt": b"x" * 500})), "archive_damaged", id="damaged-zip"),
    pytest.param(zipped({"a.txt": b"x"})[:-30], "archive_damaged", id="cut-zip"),
    pytest.param(zipped({"../a.txt": b"x"}), "archive_leaves_folder", id="up"),
    pytest.param(zipped({"/etc/a": b"x"}), "archive_leaves_folder", id="absolute"),
    pytest.param(zipped({"C:\\a": b"x"}), "archive_leaves_folder", id="drive"),
    pytest.param(zipped({"a\\..\\..\\b": b"x"}), "archive_leaves_folder", id="backslash"),
    pytest.param(zipped({"a.txt": bytes(3_000_000)}), "archive_too_large", id="bomb"),
    pytest.param(
        with_entry(spreadsheet(), "xl/vbaProject.bin", b"x"), "file_has_macros", id="macros"
    ),
    pytest.param(
        with_entry(document(), "word/vbaProject.bin", b"x"), "file_has_macros", id="docx-macros"
    ),
    pytest.param(spreadsheet(B2="=B1*2"), "spreadsheet_has_formulas", id="formula"),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("content", "code"), REFUSED)
def test_a_bad_file_is_refused_with_its_remedy_and_nothing_is_kept(media, content, code):
    with pytest.raises(Refusal) as refusal:
        taken(content)
    [obstacle] = refusal.value.obstacles
    assert obstacle.code == code
    assert "证明.pdf" in str(obstacle.text)
    assert obstacle.remedy or code == "file_wrong_type"
    assert not Attachment.objects.exists() and not files_below(media)


@pytest.mark.django_db
def test_a_spreadsheet_with_formulas_names_its_cells():
    cells = {f"C{row}": f"=B{row}*2" for row in range(2, 9)}
    with pytest.raises(Refusal) as refusal:
        taken(spreadsheet(**cells), "费用.xlsx")
    text = str(refusal.value.obstacles[0].text)
    assert "费用表!C2、费用表!C3" in text and "费用表!C7" not in text and "7" in text


@pytest.mark.django_db
@pytest.mark.parametrize("content", [spreadsheet(), document(), zipped({"a/b.txt": b"x"}), A_PDF])
def test_a_good_file_is_kept_as_received(content):
    kept = taken(content, "材料")
    assert kept.file.open("rb").read() == content
    assert (kept.scan_result, kept.scanned_at) == (ScanResult.OFF, None)


@pytest.mark.django_db
def test_a_zip_may_hold_so_many_files_as_the_policy_says():
    PolicyParameter.objects.create(
        key="archive_max_files",
        profile="NATIONAL",
        value=10,
        unit="files",
        evidence="DESIGN",
        effective_from=NOW.date(),
    )
    assert taken(zipped({f"{n}.txt": b"x" for n in range(10)}))
    with pytest.raises(Refusal, match="archive_too_many_files"):
        taken(zipped({f"{n}.txt": b"x" for n in range(11)}))


@pytest.mark.django_db
def test_too_many_files_and_one_bad_file_leave_none_behind(media):
    clerk = user_with(Role.INSTITUTION_CLERK)
    many = [SimpleUploadedFile(f"{n}.pdf", A_PDF) for n in range(11)]
    with pytest.raises(Refusal, match="too_many_files"):
        store_files(many, by=clerk, at=NOW)
    with pytest.raises(Refusal, match="file_empty"), transaction.atomic():
        store_files([*many[:3], SimpleUploadedFile("空.pdf", b"")], by=clerk, at=NOW)
    assert not Attachment.objects.exists() and not files_below(media)


# --- the virus scanner ------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_clean_file_says_when_it_was_scanned(settings):
    with FakeClamd() as clamd:
        settings.CLAMAV_ADDRESS = clamd.address
        kept = taken(A_PDF)
    assert clamd.seen == [len(A_PDF)]
    assert (kept.scan_result, kept.scanned_at) == (ScanResult.CLEAN, NOW)


@pytest.mark.django_db(transaction=True)
def test_an_infected_file_is_refused_and_recorded_though_the_act_is_rolled_back(settings, media):
    clerk = user_with(Role.INSTITUTION_CLERK)
    with FakeClamd() as clamd:
        settings.CLAMAV_ADDRESS = clamd.address
        upload = SimpleUploadedFile("批文.pdf", b"%PDF-1.7\n" + EICAR)
        with pytest.raises(Refusal, match="file_infected"), transaction.atomic():
            store_files([SimpleUploadedFile("好.pdf", A_PDF), upload], by=clerk, at=NOW)
    record = InfectedFile.objects.get()
    assert (record.name, record.signature) == ("批文.pdf", "Eicar-Test-Signature")
    assert (record.username, record.size, record.at) == (clerk.username, upload.size, NOW)
    assert not Attachment.objects.exists() and not files_below(media)


@pytest.mark.django_db
@pytest.mark.parametrize("required", [True, False])
def test_a_silent_scanner_refuses_files_unless_the_settings_say_otherwise(settings, required):
    settings.CLAMAV_ADDRESS, settings.CLAMAV_REQUIRED = "127.0.0.1:1", required
    if required:
        with pytest.raises(Refusal, match="scanner_unreachable"):
            taken(A_PDF)
        assert not Attachment.objects.exists()
    else:
        assert taken(A_PDF).scan_result == ScanResult.OFF


@pytest.mark.django_db
def test_a_file_over_the_scanners_limit_is_refused(settings):
    with FakeClamd(limit=100) as clamd:
        settings.CLAMAV_ADDRESS = clamd.address
        with pytest.raises(Refusal, match="scanner_limit"):
            taken(A_PDF)


# --- whose file it is -------------------------------------------------------------------------


def test_every_relation_to_a_file_says_who_may_see_it():
    stated = set()
    for owner in OWNERS:
        field = owner.model._meta.get_field(owner.field)
        if field.many_to_many:
            stated.add((field.remote_field.through, "attachment"))
        else:
            stated.add((owner.model, owner.field))
    found = {
        (model, field) for model, field in belongings() if not hasattr(model, "pgh_tracked_model")
    }
    assert found == stated


@pytest.mark.django_db
def test_a_file_of_nothing_is_its_uploaders_only_and_goes_after_a_day(media):
    clerk, other = user_with(Role.INSTITUTION_CLERK), user_with(Role.SUPERVISOR)
    [kept] = store_files([SimpleUploadedFile("批文.pdf", A_PDF)], by=clerk, at=NOW)
    assert visible_files(clerk).get() == kept
    assert not visible_files(other).exists()
    assert remove_orphans(before=NOW) == 0
    assert remove_orphans(before=NOW + timedelta(seconds=1)) == 1
    assert not Attachment.objects.exists()


@pytest.mark.django_db
def test_asking_for_a_file_costs_one_query(django_assert_num_queries):
    supervisor = user_with(Role.SUPERVISOR)
    assert supervisor.roles
    with django_assert_num_queries(1):
        assert list(visible_files(supervisor)) == []
