"""The whole office on one machine: services, web, worker and beat, under one supervisor.

`python -m config.office open` keeps it open until Ctrl-C; `python -m config.office check` runs
the main job through it once and exits with the job's code.
"""

import argparse
import contextlib
import ctypes
import fcntl
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from config import services

CHECKOUT = Path(__file__).resolve().parent.parent
LOCAL = CHECKOUT / ".local"
LOGS = LOCAL / "logs"
HOST = "127.0.0.1"
FIRST_PORT = 8000
PORTS_TRIED = 50
HEALTH_TIMEOUT_S = 90
STOP_TIMEOUT_S = 20
# Locks that this or another process may hold at this moment.
KEPT_AT_RESET = {"office.lock", "services.lock", "services.users"}
LOG_TAIL_LINES = 40
PR_SET_PDEATHSIG = 1


class OfficeError(RuntimeError):
    """The office cannot open, or closed by itself."""


@dataclass(slots=True)
class Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path

    def tail(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:])


def say(text: str) -> None:
    print(text, flush=True)


def manage(*arguments: str) -> int:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=CHECKOUT,
        stdin=subprocess.DEVNULL,
        check=False,
    ).returncode


def must_manage(*arguments: str) -> None:
    if code := manage(*arguments):
        raise OfficeError(f"manage.py {' '.join(arguments)} ended with code {code}.")


def pick_port() -> int:
    """Return PORT if given, else the first free one from 8000 on."""
    given = os.environ.get("PORT")
    candidates = [int(given)] if given else range(FIRST_PORT, FIRST_PORT + PORTS_TRIED)
    for port in candidates:
        with socket.socket() as probe:
            # As gunicorn binds: a port in TIME_WAIT is free.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                probe.bind((HOST, port))
                return port
    raise OfficeError(f"No free port among {given or f'{FIRST_PORT} and the next ones'}.")


# --- before opening ---------------------------------------------------------------------------


def static_fingerprint() -> str:
    digest = hashlib.sha256((CHECKOUT / "requirements" / "local.txt").read_bytes())
    for path in sorted(CHECKOUT.glob("*/static/**/*")):
        digest.update(f"{path}:{path.stat().st_mtime_ns}".encode())
    return digest.hexdigest()


def collect_static() -> None:
    """Collect static files when a package or a file of ours changed since the last time."""
    stamp = LOCAL / "static.stamp"
    current = static_fingerprint()
    if not stamp.exists() or stamp.read_text() != current:
        must_manage("collectstatic", "--noinput", "--clear", "--verbosity", "0")
        stamp.write_text(current)


def prepare() -> None:
    say("Preparing the database …")
    must_manage("migrate", "--noinput", "--verbosity", "0")
    collect_static()
    must_manage("load_demo")


# --- children ---------------------------------------------------------------------------------


def commands(port: int) -> dict[str, list[str]]:
    return {
        "web": [
            *[sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", f"{HOST}:{port}"],
            *["--workers", "2", "--threads", "4", "--timeout", "120", "--graceful-timeout", "10"],
            *["--access-logfile", "-", "--capture-output", "--no-control-socket"],
        ],
        "worker": [
            *[sys.executable, "-m", "celery", "-A", "config.celery", "worker"],
            *["--concurrency", "2", "--loglevel", "INFO", "--without-gossip", "--without-mingle"],
        ],
        "beat": [
            *[sys.executable, "-m", "celery", "-A", "config.celery", "beat"],
            *["--loglevel", "INFO", "--schedule", str(LOCAL / "beat-schedule"), "--pidfile", ""],
        ],
    }


def die_with_parent() -> None:
    """Have the kernel end this child when the supervisor is killed without a chance to act."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def launch(name: str, command: list[str]) -> Child:
    LOGS.mkdir(parents=True, exist_ok=True)
    log = LOGS / f"{name}.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # A session of its own: Ctrl-C reaches the supervisor alone, which stops them in order.
            start_new_session=True,
            preexec_fn=die_with_parent,  # noqa: PLW1509 - no threads here
        )
    return Child(name, process, log)


def stop(children: list[Child]) -> None:
    for child in reversed(children):
        with contextlib.suppress(ProcessLookupError):
            child.process.terminate()
    deadline = time.monotonic() + STOP_TIMEOUT_S
    for child in children:
        try:
            child.process.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(child.process.pid, signal.SIGKILL)
            child.process.wait()


def check_alive(children: list[Child]) -> None:
    for child in children:
        if (code := child.process.poll()) is not None:
            raise OfficeError(
                f"{child.name} ended with code {code}. The end of {child.log}:\n{child.tail()}"
            )


def healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def wait_until_healthy(url: str, children: list[Child]) -> None:
    deadline = time.monotonic() + HEALTH_TIMEOUT_S
    while not healthy(url):
        check_alive(children)
        if time.monotonic() > deadline:
            tails = "\n".join(f"--- {child.name}\n{child.tail()}" for child in children)
            raise OfficeError(f"{url}/healthz does not answer.\n{tails}")
        time.sleep(0.2)


# --- the office -------------------------------------------------------------------------------


@contextlib.contextmanager
def only_one() -> Iterator[None]:
    LOCAL.mkdir(exist_ok=True)
    with (LOCAL / "office.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OfficeError("This office is already open, from another terminal.") from None
        yield


@contextlib.contextmanager
def opened() -> Iterator[tuple[str, list[Child]]]:
    """Open the office; close it whatever happens."""
    with only_one(), services.running():
        prepare()
        port = pick_port()
        children: list[Child] = []
        try:
            children.extend(launch(name, command) for name, command in commands(port).items())
            url = f"http://{HOST}:{port}"
            wait_until_healthy(url, children)
            yield url, children
        finally:
            stop(children)


def keep_open() -> int:
    with opened() as (url, children):
        must_manage("demo_accounts")
        say(f"\nThe office is open at {url}/ (logs in .local/logs/). Ctrl-C closes it.")
        while True:
            check_alive(children)
            time.sleep(0.5)


def check() -> int:
    with opened() as (url, children):
        say(f"The office is open at {url}/")
        code = manage("demo_check", "--url", url)
        check_alive(children)
        return code


def reset() -> int:
    """Throw away the private services with all their data; keep nothing of `.local/`."""
    with only_one():
        services.stop()
        services.erase()
        for path in LOCAL.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.name not in KEPT_AT_RESET:
                path.unlink()
    return 0


def leave(signal_number: int, frame: object) -> None:
    sys.exit(128 + signal_number)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    acts: dict[str, Callable[[], int]] = {"open": keep_open, "check": check, "reset": reset}
    parser.add_argument("act", choices=list(acts))
    act = acts[parser.parse_args().act]
    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, leave)
    try:
        return act()
    except KeyboardInterrupt:
        say("\nThe office is closed.")
        return 0
    except (OfficeError, services.ServicesError) as error:
        print(error, file=sys.stderr, flush=True)
        return 1


if __name__ == "__main__":
    sys.exit(main())
