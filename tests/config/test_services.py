"""The private servers: shared, stopped by the last user, and found again after a crash."""

import multiprocessing
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import psycopg2
import pytest

from config import services
from config.services import postgres
from config.services.home import home
from config.services.processes import alive
from config.services.state import read_state


@pytest.fixture
def local(tmp_path, monkeypatch):
    """An office of its own, under a directory that PostgreSQL's user may not enter."""
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("REDIS_URL", raising=False)
    monkeypatch.setitem(postgres.TUNING, "shared_buffers", "16MB")
    local = tmp_path / ".local"
    yield local
    services.stop(local)
    data = home(local).data
    if data != local:
        shutil.rmtree(data)


def answer(url: str) -> int:
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 41 + 1")
            return cursor.fetchone()[0]
    finally:
        connection.close()


def redis_pings(url: str) -> bool:
    port = int(url.rpartition(":")[2].partition("/")[0])
    with socket.create_connection(("127.0.0.1", port), timeout=2) as client:
        client.sendall(b"PING\r\n")
        return client.recv(16).startswith(b"+PONG")


def test_started_servers_answer_and_keep_their_data(local):
    first = services.start(local)
    connection = psycopg2.connect(first.database)
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION btree_gist; CREATE EXTENSION pg_trgm")
        cursor.execute("CREATE TABLE kept AS SELECT '定点' AS word")
        cursor.execute(
            "SELECT datcollate, pg_encoding_to_char(encoding) FROM pg_database"
            " WHERE datname = 'office'"
        )
        assert cursor.fetchone() == ("C.UTF-8", "UTF8")
    connection.close()
    assert redis_pings(first.redis)

    services.stop(local)
    again = services.start(local)

    connection = psycopg2.connect(again.database)
    with connection.cursor() as cursor:
        cursor.execute("SELECT word FROM kept")
        assert cursor.fetchone() == ("定点",)
    connection.close()


def test_recovers_after_the_servers_were_killed(local):
    services.start(local)
    for server in read_state(local).values():
        os.kill(server.pid, signal.SIGKILL)
        os.waitpid(server.pid, 0)
    assert (local / "services.json").exists()

    urls = services.start(local)

    assert answer(urls.database) == 42
    assert redis_pings(urls.redis)


@pytest.mark.parametrize(
    "content", ["", "{", '{"servers": 3}', '{"servers": {"redis": {"pid": 1}}}']
)
def test_a_damaged_state_file_counts_as_nothing_running(local, content):
    local.mkdir()
    (local / "services.json").write_text(content)

    assert read_state(local) == {}
    assert ":1/" in services.urls(local).redis


def test_a_lost_state_file_does_not_leave_two_servers_on_one_directory(local):
    services.start(local)
    lost = read_state(local)["postgres"]
    (local / "services.json").unlink()

    urls = services.start(local)

    assert not alive(lost)
    assert answer(urls.database) == 42


def test_a_pid_that_now_belongs_to_another_process_is_not_taken_for_the_server(local):
    local.mkdir()
    own = os.getpid()
    (local / "services.json").write_text(
        f'{{"kept": true, "servers": {{"redis": {{"pid": {own}, "birth": "b:1", "port": 5}}}}}}'
    )

    services.stop(local)

    assert not (local / "services.json").exists()


def test_the_last_user_stops_them(local):
    with services.running(local) as urls:
        with services.running(local) as same:
            assert same == urls
        assert answer(urls.database) == 42
        servers = read_state(local)

    assert not any(alive(server) for server in servers.values())


def test_what_start_started_outlives_its_users(local):
    services.start(local)

    with services.running(local):
        pass

    assert answer(services.urls(local).database) == 42


def _use(local: Path, results: "multiprocessing.Queue[services.Urls]") -> None:
    with services.running(local) as urls:
        results.put(urls)
        time.sleep(1)


def test_two_processes_do_not_race(local):
    results = multiprocessing.Queue()
    processes = [multiprocessing.Process(target=_use, args=(local, results)) for _ in range(3)]
    for process in processes:
        process.start()
    urls = {results.get(timeout=30) for _ in processes}
    for process in processes:
        process.join(30)

    assert len(urls) == 1
    assert [process.exitcode for process in processes] == [0, 0, 0]
    assert read_state(local) == {}


WAITS = """
import sys, time
from pathlib import Path
from config import services
with services.running(Path(sys.argv[1])):
    print("up", flush=True)
    time.sleep(60)
"""


def test_sigterm_stops_what_was_started(local):
    process = subprocess.Popen(
        [sys.executable, "-c", WAITS, str(local)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "up\n"
    servers = read_state(local)

    process.terminate()

    assert process.wait(30) == 128 + signal.SIGTERM
    process.stdout.close()
    assert len(servers) == 2
    assert not any(alive(server) for server in servers.values())


def test_binaries_of_the_wheel_serve_as_well(local, monkeypatch):
    monkeypatch.setattr(postgres, "MACHINE_BINARIES", "/nonexistent/*/bin/initdb")

    urls = services.start(local)

    connection = psycopg2.connect(urls.database)
    with connection, connection.cursor() as cursor:
        cursor.execute("CREATE EXTENSION btree_gist; CREATE EXTENSION pg_trgm")
    assert connection.server_version >= 180000
    connection.close()


def test_given_addresses_are_used_and_nothing_is_started(local, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgres://a@db/b")
    monkeypatch.setenv("REDIS_URL", "redis://r/0")

    with services.running(local) as urls:
        assert urls == ("postgres://a@db/b", "redis://r/0")
        assert read_state(local) == {}


@pytest.mark.parametrize(
    ("command", "needed"),
    [
        (["migrate"], True),
        (["workdays", "add"], True),
        (["--help"], False),
        (["migrate", "--help"], False),
        (["compilemessages"], False),
        (["check", "--settings=config.settings.production"], False),
        (["translations", "--compile"], False),
        ([], False),
    ],
)
def test_only_commands_that_ask_the_servers_start_them(local, command, needed):
    argv = ["manage.py", *command]

    assert services.needed_for(argv, settings="config.settings.local") is needed
    assert not services.needed_for(argv, settings="config.settings.production")
