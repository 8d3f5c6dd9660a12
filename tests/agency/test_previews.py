"""Pages of files as pictures, and the one way files are handed out."""

import io
from datetime import timedelta

import pypdfium2
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from agency import rendering
from agency.enums import Role
from agency.rules import Refusal
from agency.services import previews
from agency.services.attachments import store_attachment
from tests.agency.factories import NOW, user_with


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    settings.PREVIEW_WIDTH = 300
    return tmp_path


@pytest.fixture
def clerk(db):
    return user_with(Role.INSTITUTION_CLERK)


@pytest.fixture
def reader(client, clerk):
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    return client


def paper(pages=3):
    document = pypdfium2.PdfDocument.new()
    for _each in range(pages):
        document.new_page(200, 300)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def picture(kind="JPEG", size=(900, 600)):
    stream = io.BytesIO()
    Image.new("RGB", size, "white").save(stream, kind)
    return stream.getvalue()


def stored(content, by, name="文件.pdf"):
    return store_attachment(SimpleUploadedFile(name, content), by=by, at=NOW)


def test_a_pdf_is_shown_page_by_page(reader, clerk, settings):
    kept = stored(paper(), clerk)
    page = reader.get(reverse("agency:file", args=[kept.pk]))
    assert page.status_code == 200
    assert (page.context["preview"].pages, page.context["preview"].total) == (3, 3)
    image = reader.get(reverse("agency:file_picture", args=[kept.pk, 2]))
    assert image["Content-Type"] == "image/png"
    assert image["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in image["Content-Security-Policy"]
    assert Image.open(io.BytesIO(image.getvalue())).width == 300
    assert reader.get(reverse("agency:file_picture", args=[kept.pk, 4])).status_code == 404


def test_pages_are_bounded_and_drawn_once(clerk, monkeypatch):
    kept = stored(paper(5), clerk)
    assert previews.preview_of(kept, pages=2) == previews.Preview(2, 5)
    monkeypatch.setattr(previews, "draw", None)
    assert previews.preview_of(kept, pages=2).pages == 2


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_picture_is_drawn_anew(clerk, kind):
    kept = stored(picture(kind), clerk, "照片")
    assert previews.preview_of(kept, pages=5) == previews.Preview(1, 1)
    assert Image.open(previews.page_file(kept, 1)).size == (300, 200)


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7\nbroken", b"\x89PNG\r\n\x1a\nbroken", picture()[:300]]
)
def test_a_damaged_file_says_so_and_can_be_downloaded(reader, clerk, content):
    kept = stored(content, clerk)
    page = reader.get(reverse("agency:file", args=[kept.pk]))
    assert page.context["preview"].pages == 0 and page.context["preview"].error
    download = reader.get(reverse("agency:file_download", args=[kept.pk]))
    assert download.getvalue() == content
    assert download["Content-Disposition"].startswith("attachment")


def test_a_slow_file_is_given_up(clerk, settings, monkeypatch):
    settings.PREVIEW_TIMEOUT_S = 0
    kept = stored(paper(), clerk)
    assert previews.preview_of(kept, pages=3) == previews.Preview(0, error="too slow")


def test_a_pdf_with_a_password_is_refused(clerk, monkeypatch):
    monkeypatch.setattr(rendering, "_run", lambda *_args: {"error": "locked"})
    with pytest.raises(Refusal, match="file_locked"):
        stored(b"%PDF-1.7\ntrailer << /Encrypt 5 0 R >>", clerk)


def test_strangers_and_the_anonymous_see_nothing(client, clerk):
    kept = stored(paper(1), clerk)
    urls = [
        reverse("agency:file", args=[kept.pk]),
        reverse("agency:file_download", args=[kept.pk]),
        reverse("agency:file_picture", args=[kept.pk, 1]),
    ]
    for url in urls:
        assert client.get(url)["Location"].startswith("/login/")
    client.force_login(
        user_with(Role.SUPERVISOR), backend="django.contrib.auth.backends.ModelBackend"
    )
    for url in urls:
        assert client.get(url).status_code == 404


def test_previews_nobody_opens_are_removed(clerk, media):
    kept = stored(paper(1), clerk)
    previews.preview_of(kept, pages=1)
    assert previews.remove_unused(before=timezone.now() - timedelta(days=1)) == 0
    assert previews.remove_unused(before=timezone.now() + timedelta(days=1)) == 1
    assert previews.page_file(kept, 1) is None
