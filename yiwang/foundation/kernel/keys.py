"""The city's secret keys: one file, mode 0600, apart from the data. Purposes are separated by HKDF (RFC 5869).

The file holds versioned 32-byte master keys: ``{"current": 1, "keys": {"1": "<base64>"}}``. Losing it makes contacts
unreadable; ``yiwang backup`` leaves it out unless asked. A new version is added beside the old ones and used for
everything new; once nothing is sealed with an old one it is retired: its master key is destroyed, and only the derived
keys of ``LASTING`` purposes stay, from which nothing sealed can be opened.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yiwang.foundation.kernel.errors import Conflict, Unavailable
from yiwang.foundation.kernel.settings import get_settings

# What residents hold in their hands, or what others check our signatures with, cannot be made anew when keys change.
LASTING = frozenset({"receipt-secret", "track-link", "report-body", "audit-checkpoint"})
KEY_BYTES = 32


class KeysMissing(Unavailable):
    """The key file is not there, not readable, or lacks a version that data were sealed with."""

    code = "keys_missing"
    title = _("The secret keys are missing")
    detail = _("The key file %(path)s does not exist, cannot be read, or lacks key version %(version)s.")
    remedy = _("Restore the key file from its own backup, or create one for a new city with “yiwang keys create”.")


class KeyInUse(Conflict):
    """A key version cannot be retired: it is the current one, or ``count`` rows are still sealed with it."""

    code = "key_in_use"
    title = _("This key is still needed")
    detail = _("Key version %(version)s is the current one, or is still needed: %(count)s rows (%(what)s).")
    remedy = _("Run “yiwang keys reseal” until nothing is left, then retire it.")


@dataclass(frozen=True)
class Keyring:
    """Master keys by version; ``current`` is used for everything new. ``lasting``: what retired versions left."""

    current: int
    masters: dict[int, bytes]
    lasting: dict[int, dict[str, bytes]] = field(default_factory=dict)

    def master(self, version: int) -> bytes:
        if version not in self.masters:
            raise KeysMissing(path=str(get_settings().key_file), version=version)
        return self.masters[version]

    def key(self, purpose: str, version: int) -> bytes:
        """The 32-byte key of a purpose. Raises KeysMissing."""
        kept = self.lasting.get(version, {}).get(purpose)
        return kept if kept is not None else _derive(self.master(version), purpose)


@dataclass(frozen=True)
class KeyUse:
    """Rows that are sealed with versioned keys.

    ``count(version)`` says how many still need a version; ``reseal(limit)`` moves at most so many to the current key
    and cipher in one transaction and returns how many it found to move. It may run beside everything else.
    """

    name: str
    label: Promise
    count: Callable[[int], int]
    reseal: Callable[[int], int]


_uses: dict[str, KeyUse] = {}
_known: dict[Path, tuple[tuple[int, int, int], Keyring]] = {}


def register_key_use(use: KeyUse) -> None:
    """Says that an app's rows are sealed with the city's keys; without it a key they need could be retired."""
    _uses[use.name] = use


def list_key_uses() -> Sequence[KeyUse]:
    """All registered uses, by name."""
    return [use for _name, use in sorted(_uses.items())]


def create_key_file(path: Path) -> None:
    """Writes a new key file, readable by its owner only. Raises FileExistsError rather than replace one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _write_new(path, Keyring(1, {1: secrets.token_bytes(KEY_BYTES)}))


def add_key_version() -> int:
    """Adds a master key and makes it the current one; running processes use it from their next sealing on."""
    ring = get_keyring()
    version = max([*ring.masters, *ring.lasting]) + 1
    _replace(Keyring(version, {**ring.masters, version: secrets.token_bytes(KEY_BYTES)}, ring.lasting))
    return version


def retire_key_version(version: int) -> None:
    """Destroys a master key that nothing is sealed with any more. Raises KeyInUse and KeysMissing."""
    ring = get_keyring()
    master = ring.master(version)
    needed = {str(use.label): count for use in list_key_uses() if (count := use.count(version))}
    if version == ring.current or needed:
        raise KeyInUse(version=version, count=sum(needed.values()), what=", ".join(needed) or "-")
    kept = {purpose: _derive(master, purpose) for purpose in LASTING}
    masters = {number: key for number, key in ring.masters.items() if number != version}
    _replace(Keyring(ring.current, masters, {**ring.lasting, version: kept}))


def get_keyring() -> Keyring:
    """The keys as the file holds them now; read again when it changes, so that a new key needs no restart.

    A file that disappears while the city is open does not close it. Raises KeysMissing.
    """
    path = get_settings().key_file
    known = _known.get(path)
    try:
        found = path.stat()
        stamp = (found.st_mtime_ns, found.st_ino, found.st_size)
        if known is None or known[0] != stamp:
            known = _known[path] = (stamp, _read(path))
    except (OSError, ValueError, KeyError):
        if known is None:
            raise KeysMissing(path=str(path), version="-") from None
    return known[1]


def forget_keys() -> None:
    """Drops what is kept in memory: a restored city has other keys."""
    _known.clear()


def key_for(purpose: str, version: int | None = None) -> bytes:
    """A 32-byte key for one purpose (``contact``, ``phone-index``, ``receipt`` …), from the current master by
    default."""
    ring = get_keyring()
    return ring.key(purpose, ring.current if version is None else version)


def mac(purpose: str, message: bytes, version: int | None = None) -> bytes:
    """HMAC-SHA-256 of ``message`` under the key of ``purpose`` (32 bytes)."""
    return hmac.digest(key_for(purpose, version), message, hashlib.sha256)


@lru_cache(maxsize=256)
def _derive(master: bytes, purpose: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"yiwang/{purpose}".encode()).derive(master)


def _read(path: Path) -> Keyring:
    body = json.loads(path.read_text())
    masters = {int(version): base64.b64decode(key) for version, key in body["keys"].items()}
    lasting = {
        int(version): {purpose: base64.b64decode(key) for purpose, key in keys.items()}
        for version, keys in body.get("retired", {}).items()
    }
    return Keyring(int(body["current"]), masters, lasting)


def _write_new(path: Path, ring: Keyring) -> None:
    body = {
        "current": ring.current,
        "keys": {str(version): base64.b64encode(key).decode() for version, key in ring.masters.items()},
        "retired": {
            str(version): {purpose: base64.b64encode(key).decode() for purpose, key in sorted(keys.items())}
            for version, keys in ring.lasting.items()
        },
    }
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(body, file)
        file.flush()
        os.fsync(file.fileno())


def _replace(ring: Keyring) -> None:
    """The whole file at once: whoever reads it meanwhile sees the old one or the new one."""
    path = get_settings().key_file
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    _write_new(draft, ring)
    draft.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
