"""What every page has in common: health, language, content security policy, upload limit."""

from pathlib import Path

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.test import RequestFactory

from config import health
from config.middleware import ContentSecurityPolicyMiddleware, UploadLimitMiddleware


@pytest.mark.django_db
def test_health_asks_the_database_and_redis(client):
    answer = client.get("/healthz")

    assert answer.status_code == 200
    assert answer.json() == {"status": "ok", "database": True, "redis": True}
    assert "no-cache" in answer.headers["Cache-Control"]


@pytest.mark.django_db
def test_health_says_503_when_redis_is_silent(client, settings):
    settings.CELERY_BROKER_URL = "redis://127.0.0.1:1/0"

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert answer.json() == {"status": "down", "database": True, "redis": False}


@pytest.mark.django_db
def test_health_says_503_when_the_database_is_silent(client, monkeypatch):
    monkeypatch.setattr(health, "database_answers", lambda: False)

    assert client.get("/healthz").status_code == 503


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("cookie", "accepted", "language"),
    [
        (None, None, "zh-hans"),
        (None, "en-US,en;q=0.9", "zh-hans"),
        ("en", "zh-CN", "en"),
        ("xx", None, "zh-hans"),
    ],
)
def test_pages_are_chinese_unless_the_reader_chose_otherwise(client, cookie, accepted, language):
    if cookie:
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = cookie
    headers = {"accept-language": accepted} if accepted else {}

    assert client.get("/healthz", headers=headers).headers["Content-Language"] == language


@pytest.mark.django_db
def test_choosing_english_sets_the_cookie(client):
    client.post("/i18n/setlang/", {"language": "en", "next": "/healthz"})

    assert client.get("/healthz").headers["Content-Language"] == "en"


def policy_of(path: str) -> dict[str, str]:
    middleware = ContentSecurityPolicyMiddleware(lambda _: HttpResponse())
    header = middleware(RequestFactory().get(path)).headers["Content-Security-Policy"]
    return dict(part.strip().split(" ", 1) for part in header.split(";"))


@pytest.mark.parametrize("path", ["/", "/desk/", "/portal/claims/", "/administration/"])
def test_scripts_and_styles_come_from_this_office_only(path):
    policy = policy_of(path)

    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"


def test_only_the_admin_may_evaluate():
    assert "'unsafe-eval'" in policy_of("/admin/")["script-src"]
    assert "'unsafe-inline'" not in policy_of("/admin/")["script-src"]
    assert policy_of("/api/docs/")["script-src"] == "'self'"


def test_a_body_over_the_limit_is_refused_unread():
    def read(request):
        raise AssertionError("the view was reached")

    request = RequestFactory().post("/portal/")
    request.META["CONTENT_LENGTH"] = str(settings.UPLOAD_MAX_BYTES + 1)

    answer = UploadLimitMiddleware(read)(request)

    assert answer.status_code == 413
    assert "300 MB" in answer.content.decode()


@pytest.mark.django_db
def test_uploads_have_no_address(client):
    stored = Path(settings.MEDIA_ROOT) / "secret.txt"
    stored.write_text("x")

    for address in ("/secret.txt", "/media/secret.txt", "/static/secret.txt", "/.local/media/x"):
        assert client.get(address).status_code == 404
