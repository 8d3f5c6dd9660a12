"""Secrets at rest: a ring of keys, the first of which encrypts and all of which decrypt.

What is stored reads `enc:KEY:FINGERPRINT:CIPHERTEXT`. The fingerprint is keyed and the same under
every key of the ring: it tells two values apart without a key of the ring, it survives the
rotation of keys, so that sealed history stays verifiable, and it is the nonce of AES-GCM, which
makes equal values equal in the database and never uses a nonce for two values.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

PREFIX = "enc:"
KEY_BYTES = 32
FINGERPRINT_BYTES = 16
NONCE_BYTES = 12
# Where the fingerprint stands among the parts of a stored value, as SQL's split_part counts.
FINGERPRINT_PART = 3


class UnreadableSecret(Exception):
    """A stored value that no key of the ring opens, or that somebody has altered."""


class KeyRing:
    """Keys are 32 random bytes in base64url; raises `ImproperlyConfigured` for anything else."""

    def __init__(self, keys: Sequence[str], fingerprint_key: str) -> None:
        if not keys:
            raise ImproperlyConfigured("FIELD_KEYS is empty: name at least one key.")
        raw = [_key("FIELD_KEYS", key) for key in keys]
        self._fingerprint_key = _key("FIELD_FINGERPRINT_KEY", fingerprint_key)
        self._ciphers = {hashlib.sha256(key).hexdigest()[:8]: AESGCM(key) for key in raw}
        self.current = next(iter(self._ciphers))

    def encrypt(self, plain: str) -> str:
        if not plain:
            return plain
        mark = self.fingerprint(plain)
        sealed = self._ciphers[self.current].encrypt(mark[:NONCE_BYTES], plain.encode(), None)
        return f"{PREFIX}{self.current}:{_text(mark)}:{_text(sealed)}"

    def decrypt(self, stored: str) -> str:
        """Return the value; one that was stored before encryption comes back as it is."""
        if not is_encrypted(stored):
            return stored
        try:
            _prefix, key, mark, sealed = stored.split(":")
            nonce = _bytes(mark)[:NONCE_BYTES]
            plain = self._ciphers[key].decrypt(nonce, _bytes(sealed), None).decode()
        except KeyError as error:
            raise UnreadableSecret(f"no key {error} in FIELD_KEYS") from error
        except (ValueError, InvalidTag) as error:
            raise UnreadableSecret("altered, or of another key") from error
        if not hmac.compare_digest(_text(self.fingerprint(plain)), mark):
            raise UnreadableSecret("its fingerprint is of another value")
        return plain

    def fingerprint(self, plain: str) -> bytes:
        digest = hmac.new(self._fingerprint_key, plain.encode(), hashlib.sha256).digest()
        return digest[:FINGERPRINT_BYTES]

    def is_current(self, stored: str) -> bool:
        """Whether the value is empty or encrypted with the first key."""
        return not stored or stored.startswith(f"{PREFIX}{self.current}:")


def is_encrypted(stored: str) -> bool:
    return stored.startswith(PREFIX)


def ring() -> KeyRing:
    """Return the ring of the settings."""
    return _ring(tuple(settings.FIELD_KEYS), settings.FIELD_FINGERPRINT_KEY)


@lru_cache(maxsize=8)
def _ring(keys: tuple[str, ...], fingerprint_key: str) -> KeyRing:
    return KeyRing(keys, fingerprint_key)


def _key(setting: str, text: str) -> bytes:
    try:
        raw = _bytes(text)
    except (ValueError, binascii.Error):
        raw = b""
    if len(raw) != KEY_BYTES:
        raise ImproperlyConfigured(f"{setting}: a key is {KEY_BYTES} bytes in base64url.")
    return raw


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
