"""Large files in pieces: order, breaks, strangers, limits, two tabs at once."""

import json
import threading
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from agency.enums import Role, UploadState
from agency.models import Attachment, Upload
from agency.rules import Refusal
from agency.services import uploads
from agency.services.attachments import UploadRef, store_files
from tests.agency.factories import NOW, user_with

A_PDF = b"%PDF-1.7\n" + b"x" * 991
SIZE = 1000


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def clerk(db):
    return user_with(Role.INSTITUTION_CLERK)


@pytest.fixture
def browser(clerk):
    client = Client()
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    return client


def begun(client, size=SIZE, **facts):
    asked = {"purpose": "evidence", "name": "大文件.pdf", "size": size, **facts}
    return client.post(
        reverse("agency:uploads"), json.dumps(asked), content_type="application/json"
    )


def piece(client, url, content, offset):
    return client.patch(
        url,
        content,
        content_type="application/offset+octet-stream",
        headers={"upload-offset": str(offset)},
    )


def place(answer):
    return reverse("agency:upload", args=[answer.json()["id"]])


def test_a_file_arrives_in_pieces_and_goes_with_a_form(browser, clerk, media):
    answer = begun(browser)
    assert (answer.status_code, answer.json()["offset"]) == (201, 0)
    url = place(answer)
    first = piece(browser, url, A_PDF[:600], 0)
    assert (first.status_code, first["Upload-Offset"]) == (200, "600")
    # The browser was killed here; a new one asks where it stands, and goes on.
    again = Client()
    again.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    assert again.head(url)["Upload-Offset"] == "600"
    last = piece(again, url, A_PDF[600:], 600)
    assert last.json()["state"] == UploadState.FINISHED
    attachment = Attachment.objects.get()
    assert attachment.file.open("rb").read() == A_PDF
    assert attachment.sha256 == last.json()["sha256"]
    ref = UploadRef(Upload.objects.get().pk)
    assert store_files([ref], by=clerk, at=NOW) == [attachment]
    with pytest.raises(Refusal, match="upload_gone"):
        store_files([ref], by=clerk, at=NOW)


@pytest.mark.parametrize("offset", [0, 599, 601, 5000])
def test_a_wrong_offset_is_answered_with_the_right_one(browser, offset):
    url = place(begun(browser))
    piece(browser, url, A_PDF[:600], 0)
    wrong = piece(browser, url, A_PDF[600:], offset)
    assert (wrong.status_code, wrong.json()["offset"]) == (409, 600)
    assert Upload.objects.get().received == 600


@pytest.mark.parametrize("offset", ["", "-1", "x", "１", "9" * 30])
def test_an_offset_that_is_none_is_refused(browser, offset):
    url = place(begun(browser))
    assert piece(browser, url, b"x", offset).status_code == 400


def test_what_broke_off_inside_a_piece_is_kept(clerk):
    upload = uploads.begin(user=clerk, purpose="evidence", name="a.pdf", size=1000, at=NOW)

    def breaking(length, sent=[]):  # noqa: B006 - counts its calls
        sent.append(length)
        if len(sent) > 1:
            raise OSError("gone")
        return A_PDF[:300]

    kept = uploads.append(pk=upload.pk, user=clerk, offset=0, read=breaking, at=NOW)
    assert (kept.received, kept.state) == (300, UploadState.OPEN)


def test_bytes_of_a_failed_transaction_are_written_anew(clerk):
    upload = uploads.begin(user=clerk, purpose="evidence", name="a.pdf", size=1000, at=NOW)
    uploads.part_of(upload).parent.mkdir()
    uploads.part_of(upload).write_bytes(b"left over from a crash")
    rest = iter([A_PDF, b""])
    done = uploads.append(pk=upload.pk, user=clerk, offset=0, read=lambda _n: next(rest), at=NOW)
    assert done.attachment.file.open("rb").read() == A_PDF


def test_a_stranger_finds_no_upload(browser):
    url = place(begun(browser))
    stranger = Client()
    stranger.force_login(
        user_with(Role.INSTITUTION_CLERK), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert stranger.get(url).status_code == 404
    assert piece(stranger, url, A_PDF, 0).status_code == 404
    assert stranger.delete(url).status_code == 404
    assert Client().get(url).status_code == 401
    assert Upload.objects.get().received == 0


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"size": 201 * 1024 * 1024}, 409),
        ({"size": 0}, 409),
        ({"size": True}, 400),
        ({"size": -5}, 409),
        ({"size": "12"}, 400),
        ({"purpose": "no-such"}, 409),
        ({"name": None}, 400),
    ],
)
def test_what_cannot_be_uploaded_is_refused_before_a_byte(browser, facts, status):
    answer = begun(browser, **facts)
    assert answer.status_code == status and answer.json()["text"]
    assert not Upload.objects.exists()


def test_more_bytes_than_announced_are_refused(browser, media):
    url = place(begun(browser, size=100))
    answer = piece(browser, url, A_PDF, 0)
    assert (answer.status_code, answer.json()["state"]) == (422, UploadState.REFUSED)
    assert not Attachment.objects.exists()


def test_a_bad_file_is_refused_once_it_is_whole(browser):
    program = b"MZ\x90\x00" + bytes(96)
    url = place(begun(browser, size=100))
    answer = piece(browser, url, program, 0)
    assert answer.status_code == 422 and "大文件.pdf" in answer.json()["text"]
    assert not Attachment.objects.exists()


def test_a_silent_scanner_lets_the_file_wait(browser, settings):
    settings.CLAMAV_ADDRESS = "127.0.0.1:1"
    url = place(begun(browser))
    assert piece(browser, url, A_PDF, 0).status_code == 503
    settings.CLAMAV_ADDRESS = ""
    assert piece(browser, url, b"", len(A_PDF)).json()["state"] == UploadState.FINISHED


def test_unfinished_uploads_are_bounded_and_cancelled(browser, clerk, media):
    url = place(begun(browser))
    piece(browser, url, A_PDF[:100], 0)
    for _each in range(19):
        begun(browser)
    assert begun(browser).status_code == 409
    with transaction.atomic():
        assert browser.delete(url).status_code == 204
    assert begun(browser).status_code == 201


def test_expired_pieces_go_and_filed_files_stay(clerk, media, django_capture_on_commit_callbacks):

    def arrived(content, name):
        upload = uploads.begin(user=clerk, purpose="evidence", name=name, size=len(A_PDF), at=NOW)
        rest = iter([content, b""])
        return uploads.append(
            pk=upload.pk, user=clerk, offset=0, read=lambda _n: next(rest), at=NOW
        )

    with django_capture_on_commit_callbacks(execute=True):
        part = arrived(A_PDF[:9], "part")
        free, used = arrived(A_PDF, "free"), arrived(A_PDF, "used")
        store_files([UploadRef(used.pk)], by=clerk, at=NOW)
    assert uploads.part_of(part).exists() and not uploads.part_of(used).exists()
    assert uploads.remove_expired(at=NOW + timedelta(hours=23)) == 0
    with django_capture_on_commit_callbacks(execute=True):
        assert uploads.remove_expired(at=NOW + timedelta(hours=25)) == 3
    assert not Upload.objects.exists()
    assert Attachment.objects.get() == used.attachment
    assert [path.name for path in media.rglob("*") if path.is_file()] == [
        used.attachment.file.name.rpartition("/")[2]
    ]
    assert free.attachment_id != used.attachment_id


@pytest.mark.django_db(transaction=True)
def test_two_tabs_send_the_same_piece_and_one_is_taken(media):
    clerk = user_with(Role.INSTITUTION_CLERK)
    upload = uploads.begin(user=clerk, purpose="evidence", name="a.pdf", size=1000, at=NOW)
    barrier, outcomes = threading.Barrier(2), []

    def send():
        barrier.wait()
        rest = iter([A_PDF[:600], b""])
        try:
            uploads.append(pk=upload.pk, user=clerk, offset=0, read=lambda _n: next(rest), at=NOW)
            outcomes.append("taken")
        except uploads.WrongOffset as wrong:
            outcomes.append(wrong.upload.received)
        finally:
            connection.close()

    tabs = [threading.Thread(target=send) for _ in range(2)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()
    assert sorted(map(str, outcomes)) == ["600", "taken"]
    assert uploads.part_of(upload).read_bytes() == A_PDF[:600]


def test_small_files_and_arrived_ones_go_together(browser, clerk):
    url = place(begun(browser))
    piece(browser, url, A_PDF, 0)
    ref = UploadRef(Upload.objects.get().pk)
    small = SimpleUploadedFile("小.pdf", A_PDF)
    kept = store_files([small, ref], by=clerk, at=timezone.now())
    assert [each.name for each in kept] == ["小.pdf", "大文件.pdf"]
