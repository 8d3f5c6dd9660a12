"""Fixtures that tests of every app share; private services come with the test settings."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from unittest.mock import Mock

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management.commands import flush
from django.db import connection
from django.test import Client
from django_otp import DEVICE_ID_SESSION_KEY
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from agency.services.sessions import IDLE, SEEN
from config import services
from tests.template_database import template_database

# Playwright runs an event loop in this thread; Django would take its own queries for a mistake.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
NO_BROWSER = f"no browser at {CHROMIUM}"
SEEDS = "seeds_of_migrations"
NEVER_IDLE = 4_102_444_800  # the year 2100


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    if CHROMIUM.exists():
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason=NO_BROWSER))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reasons: dict[str, int] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[reason] = reasons.get(reason, 0) + 1
    for reason, number in sorted(reasons.items()):
        terminalreporter.write_line(f"{number} skipped: {reason.removeprefix('Skipped: ')}")


# --- logged in ----------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def verified_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is logged in by force has given a second factor and never lies idle; tests of sessions
    log in through the page.
    """
    log_in = Client._login

    def _login(client: Client, user: object, backend: str | None = None) -> None:
        log_in(client, user, backend)
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = "tests"
        session[SEEN], session[IDLE] = NEVER_IDLE, 30
        session.save()

    monkeypatch.setattr(Client, "_login", _login)


# --- what migrations seeded survives tests that commit ------------------------------------------


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """Copy the test database from a template that is migrated once for every set of migrations."""
    template = template_database(services.urls().database)
    connection.settings_dict["TEST"] |= {"TEMPLATE": template, "MIGRATE": False}


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker) -> None:
    """Keep a copy of every row that migrations wrote.

    A test that commits ends with every table emptied, seeds included; the next one gets them back.
    """
    connection.ops.sql_flush = emptying
    # Rights and content types come back with the seeds.
    flush.emit_post_migrate_signal = Mock()
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(f"DROP SCHEMA IF EXISTS {SEEDS} CASCADE; CREATE SCHEMA {SEEDS}")
        for table in sorted(connection.introspection.django_table_names(only_existing=True)):
            name = connection.ops.quote_name(table)
            cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {name})")
            if cursor.fetchone()[0]:
                cursor.execute(f"CREATE TABLE {SEEDS}.{name} AS SELECT * FROM {name}")


def emptying(style: object, tables: Iterable[str], **options: object) -> list[str]:
    """Return what empties the tables after a test that committed.

    TRUNCATE, which Django uses, makes the files of every table and index anew: two seconds a test.
    """
    deleted = [f"DELETE FROM {connection.ops.quote_name(name)}" for name in tables]
    return ["SET LOCAL session_replication_role = replica", *deleted]


def restore_seeds() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", [SEEDS])
        tables = [connection.ops.quote_name(name) for (name,) in cursor.fetchall()]
        # Rows go back as they were: no foreign key order, no history triggers.
        statements = [f"DELETE FROM {name}" for name in tables]
        statements += [f"INSERT INTO {name} SELECT * FROM {SEEDS}.{name}" for name in tables]
        cursor.execute(
            "BEGIN; SET LOCAL session_replication_role = replica;"
            + ";".join(statements)
            + "; COMMIT"
        )
    ContentType.objects.clear_cache()


class _Flushed:
    """Whether a test of this run has emptied the tables."""

    yes = False


def _commits(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    marked = marker is not None and marker.kwargs.get("transaction", False)
    return bool(marked or {"transactional_db", "live_server"} & set(request.fixturenames))


@pytest.fixture(autouse=True)
def seeds(request: pytest.FixtureRequest) -> None:
    if not _commits(request):
        return
    request.getfixturevalue("transactional_db")
    if _Flushed.yes:
        restore_seeds()
    _Flushed.yes = True


# --- a real browser -----------------------------------------------------------------------------


@dataclass(slots=True)
class Problems:
    """What a page did wrong. A test that provokes a refusal names the status it expects."""

    origin: str
    found: list[str] = field(default_factory=list)
    expected_statuses: set[int] = field(default_factory=set)

    def watch(self, page: Page) -> None:
        page.on("console", lambda message: self._console(message.type, message.text))
        page.on("pageerror", lambda error: self.found.append(f"script: {error}"))
        page.on("requestfailed", lambda request: self._failed(request.url, request.failure))
        page.on("response", lambda response: self._status(response.status, response.url))
        page.on("request", lambda request: self._request(request.url))

    def _console(self, kind: str, text: str) -> None:
        expected = any(f"status of {status}" in text for status in self.expected_statuses)
        if kind == "error" and not expected:
            self.found.append(f"console: {text}")

    def _failed(self, url: str, failure: str | None) -> None:
        # A download and a page left behind end a request without anything being wrong.
        if failure != "net::ERR_ABORTED":
            self.found.append(f"failed: {url} {failure}")

    def _status(self, status: int, url: str) -> None:
        if status >= 400 and status not in self.expected_statuses:
            self.found.append(f"{status}: {url}")

    def _request(self, url: str) -> None:
        if not url.startswith((self.origin, "data:", "blob:")):
            self.found.append(f"external: {url}")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(
        executable_path=str(CHROMIUM), args=CHROMIUM_FLAGS, headless=True
    )
    yield browser
    browser.close()


@pytest.fixture
def problems(live_server) -> Problems:
    return Problems(origin=live_server.url)


@pytest.fixture
def context(browser: Browser, live_server, problems: Problems) -> Iterator[BrowserContext]:
    """A browser window of one person; the test fails if any of its pages misbehaves."""
    context = browser.new_context(
        base_url=live_server.url,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        viewport={"width": 1280, "height": 800},
    )
    context.set_default_timeout(15_000)
    context.on("page", lambda page: problems.watch(page))  # noqa: PLW0108 - it marks bound methods
    yield context
    context.close()
    assert not problems.found, "\n".join(problems.found)


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()
