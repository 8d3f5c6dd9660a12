"""What runs, as `.local/services.json` says, and as the processes prove."""

import contextlib
import fcntl
import json
import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

from config.services.home import CHECKOUT, Home
from config.services.processes import Server, alive

# Nothing listens there: settings load without services, and a query fails at once.
NO_DATABASE = "postgres://office@127.0.0.1:1/office"
NO_REDIS = "redis://127.0.0.1:1/0"


class Urls(NamedTuple):
    database: str
    redis: str


def private_names() -> list[str]:
    """Return the servers this project must bring itself."""
    given = {"postgres": "DATABASE_URL", "redis": "REDIS_URL"}
    return [name for name, variable in given.items() if not os.environ.get(variable)]


def urls(local: Path | None = None) -> Urls:
    """Return where the services are now; addresses that answer nothing when none run."""
    state = read_state(local or CHECKOUT / ".local")
    database, redis = NO_DATABASE, NO_REDIS
    if (server := state.get("postgres")) and alive(server):
        database = f"postgres://office@127.0.0.1:{server.port}/office"
    if (server := state.get("redis")) and alive(server):
        redis = f"redis://127.0.0.1:{server.port}/0"
    return Urls(
        os.environ.get("DATABASE_URL") or database,
        os.environ.get("REDIS_URL") or redis,
    )


def read_state(local: Path) -> dict[str, Server]:
    try:
        raw = json.loads((local / "services.json").read_text())
        return {name: Server(**fields) for name, fields in raw["servers"].items()}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}


def is_kept(place: Home) -> bool:
    try:
        return bool(json.loads(place.state_file.read_text())["kept"])
    except (OSError, ValueError, TypeError, KeyError):
        return False


def write_state(place: Home, servers: dict[str, Server], *, kept: bool) -> None:
    state = {"kept": kept, "servers": {name: asdict(server) for name, server in servers.items()}}
    new = place.state_file.with_suffix(".new")
    new.write_text(json.dumps(state, indent=2))
    new.replace(place.state_file)


@contextlib.contextmanager
def locked(place: Home) -> Iterator[None]:
    with place.lock_file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
