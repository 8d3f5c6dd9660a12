"""What bad input gets (issue: part 9): a clear Chinese message that says what to do, nothing half
stored, no 500. Nonsense addresses and others' matters: test_bad_addresses.
"""

import csv
import io
import zipfile
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agency.enums import Role
from agency.models import Attachment, Notice
from institutions.enums.changes import ChangeField
from institutions.models import ChangeRequest, Institution
from institutions.services.change_values import FieldChange
from institutions.services.filing import file_change
from settlements.enums import BatchState, FileKind
from settlements.models import BatchFile, ClaimBatch
from settlements.services import submission
from settlements.services.intake import take_in
from settlements.views.portal import batches as portal_batches
from tests.agency.factories import user_with
from tests.agreements.factories import World as Agreements
from tests.institutions.factories import InstitutionFactory, member_of
from tests.office.conftest import as_user, nothing_written
from tests.settlements.claimfiles import ordinary, uploads
from tests.settlements.statement_factories import declared_statement

pytestmark = pytest.mark.django_db

UPLOAD = "/portal/claims/new/"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4
NEXT_YEAR = date(2026, 12, 25)  # thirty working days on lies a year without a calendar


@pytest.fixture
def institution():
    return InstitutionFactory()


@pytest.fixture
def member(institution):
    return member_of(institution)


@pytest.fixture(autouse=True)
def media(settings, tmp_path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


def stored_files(media: Path) -> list[Path]:
    return [path for path in media.rglob("*") if path.is_file()]


def rows_of_claims() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT count(*) FROM settlements_claim)"
            " + (SELECT count(*) FROM settlements_charge)"
        )
        return cursor.fetchone()[0]


def zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.csv", content)
    return stream.getvalue()


def damaged_inside(good: bytes) -> bytes:
    """The directory of the archive is whole, the packed bytes are not."""
    packed = bytearray(good)
    packed[60:90] = bytes(30)
    return bytes(packed)


def good(institution) -> dict[str, bytes]:
    return {kind.value: content for kind, content in ordinary(institution.code).csv().items()}


# --- wrong files in the portal -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "said"),
    [
        pytest.param(PNG, "CSV, XLSX", id="png-renamed-csv"),
        pytest.param(b"", "空", id="empty"),
        pytest.param(b"setl_id,psn_no\n\x00\x00,1\n", "CSV, XLSX", id="nul-bytes"),
    ],
)
def test_a_wrong_file_is_refused_at_the_page(member, institution, media, first, said):
    files = {
        "settlements": SimpleUploadedFile("setl_d.csv", first),
        "lines": SimpleUploadedFile("fee_list_d.csv", good(institution)["fee_list_d"]),
    }
    page = as_user(member).post(UPLOAD, files)
    assert page.status_code == 400
    assert said in page.text, page.context["form"].errors
    nothing_stored(media)


def nothing_stored(media: Path) -> None:
    assert not ClaimBatch.objects.exists() and not BatchFile.objects.exists()
    assert not Attachment.objects.exists() and not Notice.objects.exists()
    assert not stored_files(media)
    assert rows_of_claims() == 0


@pytest.mark.parametrize("way", ["portal", "api"])
@pytest.mark.parametrize("kind", ["cut", "damaged", "png", "no-lines", "text", "bomb"])
def test_a_wrong_archive_is_refused(member, institution, media, monkeypatch, kind, way):
    whole = zipped(**good(institution))
    content = {
        "cut": whole[: len(whole) // 2],
        "damaged": damaged_inside(whole),
        "png": PNG,
        "no-lines": zipped(setl_d=b"setl_id\n1\n"),
        "text": b"not an archive",
        "bomb": zipped(setl_d=b"0" * 3_000_000, fee_list_d=b"0"),
    }[kind]
    monkeypatch.setattr(submission, "UNPACKED_LIMIT", 2_000_000)
    url = UPLOAD if way == "portal" else "/api/v1/claim-batches/"
    answer = as_user(member).post(
        url,
        {"archive": SimpleUploadedFile("claims.zip", content)},
        headers={"Idempotency-Key": "an-archive"},
    )
    if way == "portal":
        assert answer.status_code == 400, kind
        assert answer.context["form"].non_field_errors()
    else:
        assert answer.status_code == 409, (kind, answer.content)
        assert answer.json()["obstacles"][0]["code"].startswith("archive_")
    assert "压缩" in answer.content.decode() or "ZIP" in answer.content.decode()
    nothing_stored(media)


def handed_in(member, contents: dict[FileKind, bytes], **names: str) -> ClaimBatch:
    """Hand in through the page and let the worker take in; return the batch."""
    files = {
        "settlements": SimpleUploadedFile(
            names.get("settlements", "setl_d.csv"), contents[FileKind.SETTLEMENTS]
        ),
        "lines": SimpleUploadedFile(names.get("lines", "fee_list_d.csv"), contents[FileKind.LINES]),
    }
    response = as_user(member).post(UPLOAD, files)
    assert response.status_code == 302, response.content.decode()[:2000]
    return take_in(batch_id=ClaimBatch.objects.latest("pk").pk, at=timezone.now())


def assert_rejected_in_words(member, batch: ClaimBatch, *said: str) -> None:
    assert batch.state == BatchState.REJECTED
    assert rows_of_claims() == 0
    client = as_user(member)
    page = client.get(batch.get_portal_url()).content.decode()
    report = client.get(reverse("settlements_portal:batch_errors", args=[batch.number]))
    text = b"".join(report.streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert rows and all(each["error"] and each["remedy"] for each in rows)
    for words in said:
        assert words in page and words in text


@pytest.mark.parametrize("dropped", ["setl_time", "bkkp_sn"])
def test_wrong_columns_are_named(member, institution, dropped):
    contents = ordinary(institution.code).csv(drop=(dropped,))
    assert_rejected_in_words(member, handed_in(member, contents), dropped)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        pytest.param(zipped(x=b"y"), "setl_d.xlsx", id="zip-renamed-xlsx"),
        pytest.param(zipped(x=b"y")[:40], "setl_d.xlsx", id="cut-xlsx"),
        pytest.param(b"\xff\xfe\xfa\x81" * 50, "setl_d.csv", id="no-encoding"),
        pytest.param(b"setl_id\n" + b"x" * 2000 + b"\x00\n", "setl_d.csv", id="nul-later"),
        pytest.param("一,二\n三,四\n".encode(), "setl_d.csv", id="another-table"),
        pytest.param(b'"setl_id', "setl_d.csv", id="open-quote"),
        pytest.param(b"\n\n\n", "setl_d.csv", id="blank-lines"),
    ],
)
def test_a_file_that_cannot_be_read_rejects_the_batch(member, institution, content, name):
    contents = ordinary(institution.code).csv() | {FileKind.SETTLEMENTS: content}
    assert_rejected_in_words(member, handed_in(member, contents, settlements=name), "setl_d")


def test_gb18030_is_accepted_and_recorded(member, institution):
    batch = handed_in(member, ordinary(institution.code).csv(encoding="gb18030"))
    assert batch.state == BatchState.ACCEPTED
    encodings = {each.kind: each.encoding for each in batch.files.all()}
    assert encodings["fee_list_d"].lower() == "gb18030"
    page = as_user(member).get(batch.get_portal_url()).content.decode()
    assert "gb18030" in page.lower()


# --- too large -----------------------------------------------------------------------------------


def test_a_body_over_the_limit_is_refused_unread(member, institution, media, settings):
    settings.UPLOAD_MAX_BYTES = 3 * 1024 * 1024

    class Unread(io.RawIOBase):
        def read(self, *args):
            raise AssertionError("read")

    for url in (UPLOAD, "/api/v1/claim-batches/"):
        length = {"CONTENT_LENGTH": str(200 * 1024 * 1024), "wsgi.input": Unread()}
        answer = as_user(member).post(url, content_type="multipart/form-data; boundary=x", **length)
        assert answer.status_code == 413
        assert "3 MB" in (answer.json()["detail"] if "api" in url else answer.text)
    nothing_stored(media)


def test_a_file_over_its_own_limit_is_refused(member, institution, media, monkeypatch):
    smaller = partial(submission.submit_batch, limit=1024 * 1024)
    monkeypatch.setattr(portal_batches, "submit_batch", smaller)
    large = SimpleUploadedFile("setl_d.csv", b"x" * (1024 * 1024 + 1))
    lines = SimpleUploadedFile("fee_list_d.csv", good(institution)["fee_list_d"])
    page = as_user(member).post(UPLOAD, {"settlements": large, "lines": lines})
    assert page.status_code == 400 and "1 MB" in page.text
    nothing_stored(media)


def test_the_page_says_the_limits_that_hold(member, settings):
    page = as_user(member).get(UPLOAD).text
    assert f"{submission.UPLOAD_LIMIT // 1024 // 1024} MB" in page
    # Both files at their limit fit into one request.
    assert settings.UPLOAD_MAX_BYTES >= 2 * submission.UPLOAD_LIMIT


# --- an expired session --------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["upload", "change", "password"])
def test_a_form_sent_after_the_session_expired(member, institution, media, page):
    url = {
        "upload": UPLOAD,
        "change": reverse("institutions_portal:change_new"),
        "password": reverse("agency:password"),
    }[page]
    client = as_user(member)
    client.get(url)
    client.session.flush()
    with nothing_written():
        files = {f"f{n}": each for n, each in enumerate(uploads_of(institution))}
        response = client.post(url, {"new_name": "新名", "approved_name": "2026-11-02", **files})
    assert response.status_code == 302
    assert response["Location"] == f"{reverse('agency:login')}?next={url}"
    nothing_stored(media)
    assert not ChangeRequest.objects.exists()


def uploads_of(institution):
    return uploads(ordinary(institution.code).csv()).values()


def test_a_form_without_its_token_says_to_load_the_page_again(member):
    client = Client(enforce_csrf_checks=True)
    client.force_login(member, backend="django.contrib.auth.backends.ModelBackend")
    with nothing_written():
        response = client.post(reverse("institutions_portal:change_new"), {"new_name": "新名"})
    assert response.status_code == 403
    assert "重新" in response.text


# --- a stale form --------------------------------------------------------------------------------


def test_a_stale_form_says_so_and_keeps_what_was_typed(member, institution):
    change = file_change(
        institution_id=institution.pk,
        changes=[FieldChange(ChangeField.NAME, "新名", date(2026, 11, 2))],
        by=member,
        at=timezone.now(),
    )
    client = as_user(user_with(Role.INTAKE_CLERK))
    url = reverse("institutions_desk:change_reject", args=[change.number])
    old = client.get(url).context["stamp"]
    as_user(member).post(
        reverse("institutions_portal:change_withdraw", args=[change.number]),
        {"stamp": old},
    )
    with nothing_written():
        response = client.post(url, {"stamp": old, "reason": "缺少批文"})
    assert response.status_code == 409
    assert "页面已过期" in response.text or "已经变化" in response.text or "过时" in response.text
    assert "缺少批文" in response.text


# --- a year without a calendar -------------------------------------------------------------------

PROVISIONAL = "暂定"


def test_a_filing_whose_deadline_lies_in_an_unknown_year(member, institution):
    change = file_change(
        institution_id=institution.pk,
        changes=[FieldChange(ChangeField.NAME, "新名", date(2026, 11, 20))],
        by=member,
        at=timezone.now(),
    )
    assert change.filing_due_basis["provisional"]
    assert PROVISIONAL in as_user(member).get(change.get_portal_url()).text
    assert PROVISIONAL in as_user(user_with(Role.INTAKE_CLERK)).get(change.get_absolute_url()).text


def test_a_statement_due_in_an_unknown_year(member, institution):
    statement = declared_statement(declared_on=date(2026, 11, 27), institution=institution)
    assert statement.due_provisional
    for user, url in (
        (member, statement.get_portal_url()),
        (user_with(Role.CLAIM_REVIEWER), statement.get_absolute_url()),
        (user_with(Role.CLAIM_REVIEWER), reverse("settlements_desk:statement_list")),
    ):
        assert PROVISIONAL in as_user(user).get(url).text, url
    answer = as_user(member).get(f"/api/v1/statements/{statement.number}/").json()
    assert answer["due_provisional"] is True


def test_a_suspension_whose_limit_lies_in_an_unknown_year():
    agreements = Agreements()
    agreement = agreements.signed("2026-01-01")
    agreements.suspended(agreement, "2026-11-10")
    for user, url in (
        (agreements.officer, agreement.get_absolute_url()),
        (agreements.member, agreement.get_portal_url()),
    ):
        assert PROVISIONAL in as_user(user).get(url).text, url


@pytest.mark.parametrize(
    ("rule", "question"),
    [
        ("T-02", {"start": "2026-12-25", "workdays": 30}),
        ("T-03", {"start": "2027-08-05", "days": 60}),
        ("B-04", {"declared_on": "2026-12-25"}),
        ("B-13a", {"fields": {"name": "2026-12-25"}, "filed_on": "2026-12-28"}),
    ],
)
def test_the_law_answers_provisionally(member, rule, question):
    answer = as_user(member).post(f"/api/v1/law/{rule}/", question, content_type="application/json")
    assert answer.status_code == 200
    assert answer.json()["provisional"] is True
    known = {"start": "2025-01-10", "workdays": 30}
    sure = as_user(member).post("/api/v1/law/T-02/", known, content_type="application/json")
    assert not sure.json().get("provisional")


def test_the_explanation_of_a_deadline_says_it_is_provisional():
    start = (NEXT_YEAR + timedelta(days=1)).isoformat()
    page = Client().get(reverse("agency:deadline"), {"start": start, "n": 30, "unit": "workday"})
    assert PROVISIONAL in page.text


# --- the same at the command line ----------------------------------------------------------------


def run(*command, **options) -> str:
    """Run a command that must be refused; return everything it said."""
    out = io.StringIO()
    with pytest.raises((CommandError, SystemExit)) as refused:
        call_command(*command, stdout=out, stderr=out, **options)
    if isinstance(refused.value, SystemExit):
        assert refused.value.code
        return out.getvalue()
    return f"{out.getvalue()}{refused.value}"


WRONG = {
    "png": PNG,
    "empty": b"",
    "nul": b"code,name\n\x00\x00\n",
    "other": "一,二\n三,四\n".encode(),
    "no-encoding": b"\xff\xfe\xfa\x81" * 50,
}


@pytest.mark.parametrize("wrong", WRONG)
def test_import_claims_of_a_wrong_file(institution, tmp_path, media, wrong):
    lines = tmp_path / "fee_list_d.csv"
    lines.write_bytes(good(institution)["fee_list_d"])
    settlements = tmp_path / "setl_d.csv"
    settlements.write_bytes(WRONG[wrong])
    assert run("import_claims", settlements=settlements, lines=lines)
    nothing_stored(media)


@pytest.mark.parametrize("wrong", WRONG)
def test_import_institutions_of_a_wrong_file(tmp_path, wrong):
    file = tmp_path / "institutions.csv"
    file.write_bytes(WRONG[wrong])
    assert run("import_institutions", str(file))
    assert not Institution.objects.exists()


@pytest.mark.parametrize("wrong", WRONG)
def test_import_rulebase_of_wrong_files(tmp_path, wrong):
    (tmp_path / "drug_sex.csv").write_bytes(WRONG[wrong])
    with nothing_written():
        assert run("import_rulebase", str(tmp_path), release=True)


@pytest.mark.parametrize("wrong", WRONG)
def test_import_holidays_of_a_wrong_file(tmp_path, wrong):
    file = tmp_path / "2027.json"
    file.write_bytes(WRONG[wrong])
    assert run("import_holidays", str(file))


@pytest.mark.parametrize(
    "command",
    [
        ("import_claims", "--settlements", "/no/file", "--lines", "/no/file"),
        ("import_institutions", "/no/file"),
        ("import_rulebase", "/no/folder"),
        ("import_holidays", "/no/file"),
        ("review_batch", "999999", "--csv", "/no/folder/x.csv"),
        ("run_deadlines", "--on", "2025-02-30"),
        ("workdays", "add", "2025-02-30", "30"),
        ("workdays", "add", "2025-01-10", "1e9"),
        ("law", "T-02", "{"),
        ("law", "T-02", '{"start": "2025-02-30", "workdays": 30}'),
        ("law", "X-99", "{}"),
        ("law", "--batch", "/no/file"),
    ],
    ids=" ".join,
)
def test_commands_refuse_nonsense_in_words(command):
    with nothing_written():
        assert run(*command)
