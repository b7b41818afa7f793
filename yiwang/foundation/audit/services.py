import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from yiwang.foundation.audit.models import AuditLeaf
from yiwang.foundation.audit.types import NewLeaf, is_registered
from yiwang.foundation.kernel.copying import copy_rows
from yiwang.foundation.kernel.inserting import insert
from yiwang.foundation.kernel.keys import mac
from yiwang.foundation.kernel.viewer import Viewer


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
    columns = ("at", "actor_kind", "actor_id", "action", "subject_kind", "subject_id", "commitment", "detail", "reason")
    actor = (viewer.kind.value, viewer.actor_id)
    copy_rows(AuditLeaf._meta.db_table, columns, ((now, *actor, *_values(leaf)) for leaf in leaves))


def _require_transaction() -> None:
    if not connection.in_atomic_block:
        raise RuntimeError("audit outside a transaction: the trail could differ from the change")


def _require_sentence(action: str) -> None:
    if not is_registered(action):
        raise RuntimeError(f"audit action {action} has no registered sentence")


def _values(leaf: NewLeaf) -> tuple[Any, ...]:
    commitment = _commit_to(leaf.subject_id)
    return leaf.action, leaf.subject_kind, leaf.subject_id, commitment, json.dumps(leaf.detail), leaf.reason


def _row(leaf: NewLeaf, viewer: Viewer, now: datetime) -> AuditLeaf:
    _require_sentence(leaf.action)
    return AuditLeaf(
        at=now,
        actor_kind=viewer.kind.value,
        actor_id=viewer.actor_id,
        action=leaf.action,
        subject_kind=leaf.subject_kind,
        subject_id=leaf.subject_id,
        commitment=_commit_to(leaf.subject_id),
        detail=dict(leaf.detail),
        reason=leaf.reason,
    )


def _commit_to(subject_id: UUID) -> bytes:
    """The commitment that stands for a subject in everything hashed or published (HMAC-SHA-256, 32 bytes)."""
    return mac("audit-subject", subject_id.bytes)
