"""The office's own pages: logging in, the inbox, the jobs, why a deadline falls where it does."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from agency.enums import JobStatus, Role
from agency.models import JobRun, Notice
from agency.services.notices import tell
from tests.agency.factories import NOW, user_with

PASSWORD = "correct-horse-battery"


def log_in(client: Client, user, password=PASSWORD):
    return client.post("/login/", {"username": user.username, "password": password})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "home"),
    [
        (Role.PAYMENT_OFFICER, "/desk/"),
        (Role.SUPERVISOR, "/desk/"),
        (Role.INSTITUTION_CLERK, "/portal/"),
        (Role.SOCIAL_SUPERVISOR, "/"),
    ],
)
def test_everybody_lands_on_their_own_home(client, role, home):
    response = log_in(client, user_with(role))
    assert (response.status_code, response.url) == (302, home)


@pytest.mark.django_db
def test_five_failures_lock_the_account_with_a_clear_page(client):
    user = user_with(Role.PAYMENT_OFFICER)
    for _ in range(4):
        assert log_in(client, user, "wrong").status_code == 200
    locked = log_in(client, user, "wrong")
    assert locked.status_code == 429 and "十五分钟" in locked.content.decode()
    assert log_in(client, user).status_code == 429
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db
def test_a_page_asks_to_log_in_and_comes_back(client):
    response = client.get("/desk/jobs/")
    assert response.url == "/login/?next=/desk/jobs/"
    assert "会话已结束" in client.get(response.url).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role)
def test_only_the_system_administrator_sees_the_jobs(client, role):
    client.force_login(user_with(role))
    allowed = role is Role.SYSTEM_ADMINISTRATOR
    assert client.get("/desk/jobs/").status_code == (200 if allowed else 403)


@pytest.mark.django_db
def test_the_jobs_page_shows_the_last_run_of_each(client, django_assert_max_num_queries):
    client.force_login(user_with(Role.SYSTEM_ADMINISTRATOR))
    run = {"job": "agreements.expire", "on": date(2026, 11, 19), "status": JobStatus.FAILED}
    JobRun.objects.create(**run, started_at=NOW - timedelta(days=1), error="OldError")
    JobRun.objects.create(**run, started_at=NOW, error="DiskFull: no space")
    with django_assert_max_num_queries(8):
        page = client.get("/desk/jobs/").content.decode()
    assert "DiskFull: no space" in page and "OldError" not in page


@pytest.mark.django_db
def test_the_inbox_holds_ones_own_notices_page_by_page(client, django_assert_max_num_queries):
    officer, other = user_with(Role.PAYMENT_OFFICER), user_with(Role.PAYMENT_OFFICER)
    for n in range(60):
        tell([officer], key=f"n{n}", subject=f"第{n:02}号", at=NOW + timedelta(minutes=n // 2))
    tell([other], key="x", subject="别人的通知", at=NOW)
    client.force_login(officer)
    with django_assert_max_num_queries(6):
        first = client.get(reverse("agency:notices"))
    second = client.get(reverse("agency:notices") + first.context["pager"]["next"])
    seen = [n.subject for page in (first, second) for n in page.context["object_list"]]
    assert sorted(seen, reverse=True) == seen and len(seen) == len(set(seen)) == 60
    assert second.context["pager"]["next"] == ""
    client.post(reverse("agency:notices"))
    assert not Notice.objects.filter(recipient=officer, read_at=None).exists()
    assert Notice.objects.filter(recipient=other, read_at=None).exists()


@pytest.mark.django_db
@pytest.mark.parametrize("cursor", ["x", "AAAA", "WzEsMl0", "bnVsbA"])
def test_a_forged_cursor_is_refused_without_an_error(client, cursor):
    client.force_login(user_with(Role.PAYMENT_OFFICER))
    assert client.get(f"/account/notices/?after={cursor}").status_code == 404


@pytest.mark.django_db
def test_a_deadline_is_shown_day_by_day(client):
    page = client.get("/deadline/?rule=B-04&start=2025-01-10&n=30").content.decode()
    assert "2025-02-27" in page and "春节" in page and "调休" in page and "B-04" in page
    assert "暂定" not in page
    assert "暂定" in client.get("/deadline/?start=2026-11-30&n=30").content.decode()
    days = client.get("/deadline/?rule=B-13&start=2025-04-06&n=180&unit=day").content.decode()
    assert "2025-10-09" in days


@pytest.mark.django_db
@pytest.mark.parametrize(
    "query", ["", "start=2025-02-30&n=5", "start=2025-01-10&n=0", "start=2025-01-10&n=99999", "n=x"]
)
def test_a_senseless_period_is_not_found(client, query):
    assert client.get(f"/deadline/?{query}").status_code == 404


@pytest.mark.django_db
def test_pages_are_chinese_unless_english_was_chosen(client):
    assert "登录" in client.get("/login/", headers={"accept-language": "en"}).content.decode()
    client.post("/i18n/setlang/", {"language": "en", "next": "/login/"})
    assert "Log in" in client.get("/login/").content.decode()


@pytest.mark.django_db
def test_an_expired_form_says_what_to_do():
    strict = Client(enforce_csrf_checks=True)
    response = strict.post("/login/", {"username": "a", "password": "b"})
    assert response.status_code == 403 and "表单已失效" in response.content.decode()
