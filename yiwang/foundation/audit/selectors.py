from collections.abc import Sequence
from uuid import UUID

from yiwang.foundation.audit.models import AuditLeaf
from yiwang.foundation.audit.types import AuditPermission, LeafRow, sentence
from yiwang.foundation.kernel.viewer import Viewer


def list_leaves(subject_id: UUID, *, viewer: Viewer, limit: int = 200) -> Sequence[LeafRow]:
    """The trail of one record, oldest first. Needs ``audit.view``."""
    viewer.require(AuditPermission.VIEW)
    return [_row(leaf) for leaf in AuditLeaf.objects.filter(subject_id=subject_id).order_by("seq")[:limit]]


def count_leaves(action: str, *, viewer: Viewer) -> int:
    """How many leaves of one action there are. Needs ``audit.view``."""
    viewer.require(AuditPermission.VIEW)
    return AuditLeaf.objects.filter(action=action).count()


def _row(leaf: AuditLeaf) -> LeafRow:
    return LeafRow(
        seq=leaf.seq,
        at=leaf.at,
        actor_kind=leaf.actor_kind,
        actor_id=leaf.actor_id,
        action=leaf.action,
        sentence=sentence(leaf.action),
        subject_kind=leaf.subject_kind,
        subject_id=leaf.subject_id,
        detail=leaf.detail,
        reason=leaf.reason,
    )
