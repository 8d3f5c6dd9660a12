"""Where the private servers of one checkout live, and under which user."""

import contextlib
import hashlib
import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from config.services.processes import ServicesError

CHECKOUT = Path(__file__).resolve().parent.parent.parent


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


def server_user() -> tuple[int, int] | tuple[None, None]:
    if os.geteuid() != 0:
        return None, None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return entry.pw_uid, entry.pw_gid
    raise ServicesError("PostgreSQL does not run as root, and there is no user postgres or nobody.")


def enterable(directory: Path, uid: int | None, gid: int | None) -> bool:
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
    uid, gid = server_user()
    data = local
    if not enterable(local, uid, gid):
        key = hashlib.sha256(str(local).encode()).hexdigest()[:12]
        data = Path(f"/var/tmp/office-{key}")
        data.mkdir(mode=0o755, exist_ok=True)
        if data.is_symlink() or data.stat().st_uid != os.geteuid():
            raise ServicesError(f"{data} belongs to somebody else.")
    return Home(local, data, uid, gid)
