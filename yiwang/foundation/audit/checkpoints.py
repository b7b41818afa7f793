"""Signed statements about the tree: so many leaves, this root, at that time, after that one. No Django."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from yiwang.foundation.audit.canonical import canonical
from yiwang.foundation.audit.leaves import moment
from yiwang.foundation.kernel.keys import get_keyring, key_for
from yiwang.foundation.kernel.settings import HashName

PURPOSE = "audit-checkpoint"


@dataclass(frozen=True)
class Checkpoint:
    """``previous`` is the SHA-256 of the body before it (empty for the first): whoever has one has them all."""

    size: int
    root: bytes
    at: datetime
    hash_name: HashName
    previous: bytes
    key_version: int
    signature: bytes = b""

    @property
    def body(self) -> bytes:
        """The signed bytes: canonical JSON."""
        return canonical(
            {
                "at": moment(self.at),
                "hash": self.hash_name,
                "key": self.key_version,
                "previous": self.previous.hex(),
                "root": self.root.hex(),
                "size": self.size,
                "v": 1,
            }
        )

    @property
    def digest(self) -> bytes:
        """What the next one names as its previous."""
        return sha256(self.body).digest()

    def line(self) -> str:
        """One line of JSON, for copies outside the database and for proofs."""
        return json.dumps({"checkpoint": json.loads(self.body), "signature": base64.b64encode(self.signature).decode()})


def read_line(line: str) -> Checkpoint:
    """A checkpoint from its line. Raises ValueError."""
    try:
        told: Mapping[str, Any] = json.loads(line)
        said = told["checkpoint"]
        return Checkpoint(
            size=int(said["size"]),
            root=bytes.fromhex(said["root"]),
            at=datetime.fromisoformat(said["at"]),
            hash_name=said["hash"],
            previous=bytes.fromhex(said["previous"]),
            key_version=int(said["key"]),
            signature=base64.b64decode(told["signature"]),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"no checkpoint: {error}") from None


def sign(body: bytes, version: int) -> bytes:
    """The Ed25519 signature (RFC 8032) under a version of the city's key. Raises KeysMissing."""
    return _private(version).sign(body)


def is_signed(checkpoint: Checkpoint) -> bool:
    """Whether the city's own key signed it. Raises KeysMissing."""
    try:
        public_key(checkpoint.key_version).verify(checkpoint.signature, checkpoint.body)
    except InvalidSignature:
        return False
    return True


def public_key(version: int | None = None) -> Ed25519PublicKey:
    """The key others check with, of the current version by default. Raises KeysMissing."""
    return _private(get_keyring().current if version is None else version).public_key()


def _private(version: int) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(key_for(PURPOSE, version))
