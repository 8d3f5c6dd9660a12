"""The keys of a machine of one's own, made when they are first needed. Standard library only."""

import base64
import json
import os
import secrets
from pathlib import Path

KEY_BYTES = 32


def new_key() -> str:
    """Return a key for `FIELD_KEYS`: 32 random bytes in base64url."""
    return base64.urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode().rstrip("=")


def of_this_machine(local: Path) -> tuple[list[str], str]:
    """Return the ring and the fingerprint key: those of the environment, or of the key file."""
    given = [key.strip() for key in os.environ.get("FIELD_KEYS", "").split(",") if key.strip()]
    if given:
        return given, os.environ.get("FIELD_FINGERPRINT_KEY", "")
    kept = _kept(local / "field-keys.json")
    return list(kept["keys"]), kept["fingerprint_key"]


def _kept(file: Path) -> dict:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        made = {"keys": [new_key()], "fingerprint_key": new_key()}
        own = file.with_suffix(f".{os.getpid()}")
        own.touch(mode=0o600)
        own.write_text(json.dumps(made))
        try:
            # Of several processes that start at once, one is first and the others read its keys.
            os.link(own, file)
        except FileExistsError:
            pass
        finally:
            own.unlink()
    return json.loads(file.read_text())
