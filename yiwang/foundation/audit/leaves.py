"""What of a leaf goes into the tree. No Django.

The tree holds when, what and of which kind; everything that could lead to a person (whose record, who acted, the
details, the reason) only as a commitment: HMAC-SHA-256 under a random nonce that lies beside it in the row. Whoever is
given the nonce can check it; where the nonce is erased, nobody can ever link it again, and the tree stays what it is.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from yiwang.foundation.audit.canonical import canonical

NONCE_BYTES = 16


def commit(nonce: bytes, *, subject_id: UUID, actor_id: UUID | None, detail: Mapping[str, Any], reason: str) -> bytes:
    """The commitment to what of a leaf can name people (32 bytes). Raises ValueError for numbers JSON lacks."""
    private = {
        "actor": None if actor_id is None else str(actor_id),
        "detail": detail,
        "reason": reason,
        "subject": str(subject_id),
    }
    return hmac.digest(nonce, canonical(private), hashlib.sha256)


def body_of(*, action: str, actor_kind: str, at: datetime, commitment: bytes, subject_kind: str) -> bytes:
    """The bytes whose hash is the leaf of the tree: canonical JSON."""
    return canonical(
        {
            "action": action,
            "actor_kind": actor_kind,
            "at": moment(at),
            "commitment": commitment.hex(),
            "subject_kind": subject_kind,
            "v": 1,
        }
    )


def moment(at: datetime) -> str:
    """A moment as it is hashed and signed: UTC, always with microseconds."""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
