from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from yiwang.foundation.audit.models import AuditLeaf
from yiwang.foundation.audit.types import NewLeaf, is_registered
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
    if not connection.in_atomic_block:
        raise RuntimeError("audit outside a transaction: the trail could differ from the change")
    AuditLeaf.objects.bulk_create([_row(leaf, viewer, now) for leaf in leaves], batch_size=5000)


def _row(leaf: NewLeaf, viewer: Viewer, now: datetime) -> AuditLeaf:
    if not is_registered(leaf.action):
        raise RuntimeError(f"audit action {leaf.action} has no registered sentence")
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
