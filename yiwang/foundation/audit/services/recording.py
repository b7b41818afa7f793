import json
import os
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from yiwang.foundation.audit.leaves import NONCE_BYTES, commit
from yiwang.foundation.audit.models import AuditLeaf
from yiwang.foundation.audit.types import NewLeaf, is_registered
from yiwang.foundation.kernel.copying import copy_rows
from yiwang.foundation.kernel.inserting import insert
from yiwang.foundation.kernel.viewer import Viewer

COLUMNS = (
    "at", "actor_kind", "actor_id", "action", "subject_kind", "subject_id", "nonce", "commitment", "detail", "reason",
)  # fmt: skip


def record(
    action: str,
    *,
    viewer: Viewer,
    subject_kind: str,
    subject_id: UUID,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
    reason: str = "",
) -> None:
    """Writes one leaf of the trail in the caller's transaction. No transaction, no trail: raises RuntimeError."""
    record_many([NewLeaf(action, subject_kind, subject_id, detail or {}, reason)], viewer=viewer, now=now)


def record_many(leaves: Sequence[NewLeaf], *, viewer: Viewer, now: datetime) -> None:
    """Writes leaves in the caller's transaction, in one statement."""
    _require_transaction()
    insert(*(_row(leaf, viewer, now) for leaf in leaves))


def record_history(leaves: Sequence[NewLeaf], *, viewer: Viewer, now: datetime) -> None:
    """Writes the leaves of an import in the caller's transaction, by COPY: made for hundreds of thousands."""
    _require_transaction()
    for action in {leaf.action for leaf in leaves}:
        _require_sentence(action)
    copy_rows(AuditLeaf._meta.db_table, COLUMNS, (_values(leaf, viewer, now) for leaf in leaves))


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("audit outside a transaction: the trail could differ from the change")


def _require_sentence(action: str) -> None:
    if not is_registered(action):
        raise RuntimeError(f"audit action {action} has no registered sentence")


def _values(leaf: NewLeaf, viewer: Viewer, now: datetime) -> tuple[Any, ...]:
    nonce, commitment = _commitment(leaf, viewer)
    actor, subject = (viewer.kind.value, viewer.actor_id), (leaf.action, leaf.subject_kind, leaf.subject_id)
    return now, *actor, *subject, nonce, commitment, json.dumps(leaf.detail), leaf.reason


def _row(leaf: NewLeaf, viewer: Viewer, now: datetime) -> AuditLeaf:
    _require_sentence(leaf.action)
    nonce, commitment = _commitment(leaf, viewer)
    return AuditLeaf(
        at=now,
        actor_kind=viewer.kind.value,
        actor_id=viewer.actor_id,
        action=leaf.action,
        subject_kind=leaf.subject_kind,
        subject_id=leaf.subject_id,
        nonce=nonce,
        commitment=commitment,
        detail=dict(leaf.detail),
        reason=leaf.reason,
    )


def _commitment(leaf: NewLeaf, viewer: Viewer) -> tuple[bytes, bytes]:
    nonce = os.urandom(NONCE_BYTES)
    subject, actor = leaf.subject_id, viewer.actor_id
    return nonce, commit(nonce, subject_id=subject, actor_id=actor, detail=leaf.detail, reason=leaf.reason)
