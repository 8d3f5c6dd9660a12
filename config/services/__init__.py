"""Private PostgreSQL and Redis for a machine where DATABASE_URL and REDIS_URL are not set.

Standard library only: it runs before Django's settings are read.

Data lives in `.local/` of the checkout. PostgreSQL refuses to run as root, so root runs it as
`postgres` or `nobody`; where that user cannot enter the checkout, data and (for the wheel)
binaries go to /var/tmp/office-<hash of the checkout path>, which survives reboots as well.
`.local/services.json` says what runs, and who attaches finds it there.
"""

import atexit
import contextlib
import fcntl
import shutil
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

from config.services import postgres, redis
from config.services.home import Home, home
from config.services.processes import ServicesError, alive, stop_process
from config.services.state import (
    Urls,
    is_kept,
    locked,
    private_names,
    read_state,
    urls,
    write_state,
)

__all__ = [
    "ServicesError",
    "Urls",
    "erase",
    "hold",
    "needed_for",
    "private_names",
    "running",
    "start",
    "stop",
    "urls",
]

LOCAL_SETTINGS = "config.settings.local"
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
STARTERS = {"postgres": postgres.start, "redis": redis.start}
# PostgreSQL: fast shutdown, which does not wait for clients. Redis: saves, then ends.
STOP_SIGNALS = {"redis": signal.SIGTERM, "postgres": signal.SIGINT}


def needed_for(argv: list[str], *, settings: str) -> bool:
    """Tell whether the command line `argv` of manage.py needs private servers.

    Only the local settings do: those of production refuse, those of tests bring their own.
    """
    if len(argv) < 2 or settings != LOCAL_SETTINGS or not private_names():
        return False
    command, *rest = argv[1:]
    if command.startswith("-") or {"--help", "-h"} & set(rest):
        return False
    if any(argument.startswith("--settings") for argument in rest):
        return False
    return command not in COMMANDS_WITHOUT_SERVICES


def _bring_up(place: Home, *, keep: bool) -> None:
    servers = {name: one for name, one in read_state(place.local).items() if alive(one)}
    kept = keep or (is_kept(place) and bool(servers))
    for name in private_names():
        if name not in servers:
            servers[name] = STARTERS[name](place)
            write_state(place, servers, kept=kept)
    write_state(place, servers, kept=kept)


def _take_down(place: Home) -> None:
    servers = read_state(place.local)
    for name, stop_signal in STOP_SIGNALS.items():
        if (server := servers.get(name)) and alive(server):
            stop_process(server, stop_signal)
    place.state_file.unlink(missing_ok=True)


def start(local: Path | None = None) -> Urls:
    """Start what is private and does not run; it runs until `stop`."""
    place = home(local)
    with locked(place):
        _bring_up(place, keep=True)
    return urls(local)


def stop(local: Path | None = None) -> None:
    place = home(local)
    with locked(place):
        _take_down(place)


def erase(local: Path | None = None) -> None:
    """Delete the servers' data; they must be stopped."""
    place = home(local)
    with locked(place):
        if read_state(place.local):
            raise ServicesError("The private servers run; stop them first.")
        if place.data != place.local:
            shutil.rmtree(place.data)
        for name in STARTERS:
            shutil.rmtree(place.local / name, ignore_errors=True)


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
        with locked(place):
            fcntl.flock(users, fcntl.LOCK_SH)
            _bring_up(place, keep=False)
        try:
            with _sigterm_unwinds():
                yield urls(local)
        finally:
            with locked(place), contextlib.suppress(BlockingIOError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if not is_kept(place):
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
