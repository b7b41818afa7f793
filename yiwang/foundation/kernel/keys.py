"""The city's secret keys: one file, mode 0600, apart from the data. Purposes are separated by HKDF (RFC 5869).

The file holds versioned 32-byte master keys: ``{"current": 1, "keys": {"1": "<base64>"}}``. Losing it makes contacts
unreadable; ``yiwang backup`` leaves it out unless asked.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import Unavailable
from yiwang.foundation.kernel.settings import get_settings


class KeysMissing(Unavailable):
    """The key file is not there, not readable, or lacks a version that data were sealed with."""

    code = "keys_missing"
    title = _("The secret keys are missing")
    detail = _("The key file %(path)s does not exist, cannot be read, or lacks key version %(version)s.")
    remedy = _("Restore the key file from its own backup, or create one for a new city with “yiwang keys create”.")


@dataclass(frozen=True)
class Keyring:
    """Master keys by version; ``current`` is used for everything new."""

    current: int
    masters: dict[int, bytes]

    def master(self, version: int) -> bytes:
        if version not in self.masters:
            raise KeysMissing(path=str(get_settings().key_file), version=version)
        return self.masters[version]


def create_key_file(path: Path) -> None:
    """Writes a new key file, readable by its owner only. Raises FileExistsError rather than replace one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    body = {"current": 1, "keys": {"1": base64.b64encode(secrets.token_bytes(32)).decode()}}
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(body, file)
        file.flush()
        os.fsync(file.fileno())


@cache
def get_keyring() -> Keyring:
    """The key file, read once per process. Raises KeysMissing."""
    path = get_settings().key_file
    try:
        body = json.loads(path.read_text())
        return Keyring(int(body["current"]), {int(v): base64.b64decode(k) for v, k in body["keys"].items()})
    except (OSError, ValueError, KeyError):
        raise KeysMissing(path=str(path), version="-") from None


@cache
def key_for(purpose: str, version: int | None = None) -> bytes:
    """A 32-byte key for one purpose (``contact``, ``phone-index``, ``receipt`` …), from the current master by
    default."""
    ring = get_keyring()
    master = ring.master(ring.current if version is None else version)
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"yiwang/{purpose}".encode()).derive(master)


def mac(purpose: str, message: bytes, version: int | None = None) -> bytes:
    """HMAC-SHA-256 of ``message`` under the key of ``purpose`` (32 bytes)."""
    return hmac.digest(key_for(purpose, version), message, hashlib.sha256)
