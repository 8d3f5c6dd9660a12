"""The demo world behind a live server, in a real browser.

Loading takes a while, so the world is loaded once, copied aside, and copied back for each journey.
Claim batches are taken in by a real Celery worker, in a thread of this process, through Redis.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from celery.contrib.testing.worker import start_worker
from django.contrib.contenttypes.models import ContentType
from django.db import connection, connections
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Page

from config.celery import app
from demo.world.accounts import PASSWORD
from demo.world.factors import paper_code
from demo.world.load import load_world
from tests.conftest import Problems, restore_seeds

COPY = "copy_of_world"
SCALE = 0.05
# Who is logged in in which window.
_USER_OF: dict[Page, str] = {}
# Tables that no managed model names: emptying the database after a test leaves them out.
UNKNOWN_TO_FLUSH = ["settlements_claim", "settlements_charge", "settlements_settledonce"]


def tables() -> list[str]:
    """Return every table of the project, partitions counted with their parent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND NOT relispartition"
            " AND relnamespace = 'public'::regnamespace AND relname <> 'django_migrations'"
            " ORDER BY relname"
        )
        return [name for (name,) in cursor.fetchall()]


def columns(table: str) -> str:
    """Return the columns that can be written, generated ones left out."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(attname), ', ' ORDER BY attnum) FROM pg_attribute"
            " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped"
            " AND attgenerated = ''",
            [table],
        )
        return cursor.fetchone()[0]


def copy_aside() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {COPY} CASCADE; CREATE SCHEMA {COPY}")
        for table in tables():
            cursor.execute(f"CREATE TABLE {COPY}.{table} AS SELECT {columns(table)} FROM {table}")


def in_replica_role(statements: list[str]) -> None:
    """Write rows as they were: no history triggers, no order of foreign keys."""
    with connection.cursor() as cursor:
        cursor.execute(
            "BEGIN; SET LOCAL session_replication_role = replica;"
            + ";".join(statements)
            + "; COMMIT"
        )
    ContentType.objects.clear_cache()


def copy_back() -> None:
    emptied = [f"DELETE FROM {table}" for table in tables()]
    filled = [
        f"INSERT INTO {table} ({columns(table)}) SELECT * FROM {COPY}.{table}" for table in tables()
    ]
    in_replica_role(emptied + filled)


def empty(names: list[str]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(names)}")


@pytest.fixture(scope="session")
def kept_world(django_db_setup, django_db_blocker) -> None:
    with django_db_blocker.unblock():
        restore_seeds()
        load_world(now=timezone.now(), say=[].append, scale=SCALE)
        copy_aside()
        empty(tables())
        restore_seeds()


@pytest.fixture
def world(kept_world, live_server, seeds) -> Iterator[None]:
    """The demo world as it is on loading; `live_server` serves it."""
    copy_back()
    yield
    empty(UNKNOWN_TO_FLUSH)


@pytest.fixture
def worker(world) -> Iterator[None]:
    with start_worker(app, perform_ping_check=False, shutdown_timeout=30):
        yield
    connections.close_all()


@dataclass
class Office:
    """Opens a window of their own for each person."""

    browser: Browser
    url: str
    problems: Problems
    windows: list[BrowserContext] = field(default_factory=list)

    def window(self, **options) -> Page:
        """Return an empty window of somebody who is not logged in."""
        facts = {
            "base_url": self.url,
            "locale": "zh-CN",
            "timezone_id": "Asia/Shanghai",
            "viewport": {"width": 1280, "height": 800},
        }
        context = self.browser.new_context(**{**facts, **options})
        context.set_default_timeout(20_000)
        context.on("page", lambda page: self.problems.watch(page))  # noqa: PLW0108 - it marks methods
        self.windows.append(context)
        return context.new_page()

    def as_(self, username: str, **options) -> Page:
        page = self.window(**options)
        page.goto("/login/")
        page.fill("input[name=username]", username)
        page.fill("input[name=password]", PASSWORD)
        page.click("form.office-form button[type=submit]")
        page.wait_for_url(lambda url: not url.endswith("/login/"))
        if "/login/code/" in page.url:
            page.fill("input[name=code]", paper_code(username))
            page.click("form.office-form button[type=submit]")
        page.wait_for_url(lambda url: "/login/" not in url)
        _USER_OF[page] = username
        return page


@pytest.fixture
def office(world, live_server, browser, problems) -> Iterator[Office]:
    office = Office(browser, live_server.url, problems)
    yield office
    for window in office.windows:
        window.close()
    assert not problems.found, "\n".join(problems.found)


def confirm(page: Page) -> None:
    """Press the button of an act's page and land on the next page; give the one-time code where
    money moves.
    """
    code = page.locator("input[name=one_time_code]")
    if code.count():
        code.fill(paper_code(_USER_OF[page]))
    page.click("form.office-form button[type=submit]")
    page.wait_for_selector(".toast-success")
