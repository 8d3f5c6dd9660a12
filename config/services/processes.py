"""Starting, recognising and stopping server processes."""

import contextlib
import os
import socket
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 30


class ServicesError(RuntimeError):
    """A private server could not be found, started or stopped."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server; `birth` tells it from a later process that was given the same pid."""

    pid: int
    birth: str
    port: int


def birth_of(pid: int) -> str | None:
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


def alive(server: Server) -> bool:
    return birth_of(server.pid) == server.birth


def server_of(pid: int, port: int) -> Server:
    if (birth := birth_of(pid)) is None:
        raise ServicesError(f"Process {pid} died at once.")
    return Server(pid, birth, port)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_until(
    name: str, ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path
) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while not ready():
        if process.poll() is not None or time.monotonic() > deadline:
            tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            raise ServicesError(f"{name} did not start:\n{tail}")
        time.sleep(0.02)


def stop_process(server: Server, signal_number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(server.pid, signal_number)
    deadline = time.monotonic() + STOP_TIMEOUT_S
    while alive(server):
        with contextlib.suppress(ChildProcessError):
            os.waitpid(server.pid, os.WNOHANG)
        if time.monotonic() > deadline:
            raise ServicesError(f"Process {server.pid} does not stop.")
        time.sleep(0.02)
