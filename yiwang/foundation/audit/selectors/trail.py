import csv
from collections.abc import Iterator, Sequence
from datetime import datetime
from io import StringIO
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from yiwang.foundation.audit.models import AuditCheckpoint, AuditLeaf
from yiwang.foundation.audit.services import record
from yiwang.foundation.audit.types import AuditPermission, LeafFilter, LeafRow, sentence
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.paging import Page, cut, decode_cursor, encode_cursor
from yiwang.foundation.kernel.viewer import Viewer

HEAD = ("seq", "at", "actor_kind", "actor_id", "action", "subject_kind", "subject_id", "reason", "detail")


def list_leaves(subject_id: UUID, *, viewer: Viewer, limit: int = 200) -> Sequence[LeafRow]:
    """The trail of one record, oldest first. Needs ``audit.view``."""
    viewer.require(AuditPermission.VIEW)
    return [_row(leaf) for leaf in AuditLeaf.objects.filter(subject_id=subject_id).order_by("seq")[:limit]]


def list_leaves_of(subject_ids: Sequence[UUID], *, viewer: Viewer, limit: int = 200) -> Sequence[LeafRow]:
    """The latest leaves of some records, newest first, for apps that show their own trail to those who may see the
    record itself. Only the system. Raises NotPermitted."""
    viewer.require_system()
    return [_row(leaf) for leaf in AuditLeaf.objects.filter(subject_id__in=subject_ids).order_by("-seq")[:limit]]


@transaction.atomic
def search_leaves(
    wanted: LeafFilter, *, viewer: Viewer, now: datetime, size: int = 50, cursor: str | None = None
) -> Page[LeafRow]:
    """A page of the trail, newest first. Searching is itself a leaf, with what was searched for.

    Needs ``audit.view``. Raises CursorInvalid for a damaged cursor.
    """
    viewer.require(AuditPermission.VIEW)
    leaves = _matching(wanted).order_by("-seq")
    if cursor:
        leaves = leaves.filter(seq__lt=int(str(decode_cursor(cursor, 1)[0])))
    rows, onward = cut([_row(leaf) for leaf in leaves[: size + 1]], size, lambda row: encode_cursor(row.seq))
    _record("audit.searched", wanted, viewer, now)
    return Page(rows, next_cursor=onward, previous_cursor=None)


def export_leaves(wanted: LeafFilter, *, viewer: Viewer, now: datetime) -> Iterator[str]:
    """The matching leaves as lines of CSV, oldest first. Needs ``audit.view``; exporting is itself a leaf."""
    viewer.require(AuditPermission.VIEW)
    with transaction.atomic():
        _record("audit.exported", wanted, viewer, now)
    return _lines(wanted)


def count_leaves(action: str, *, viewer: Viewer) -> int:
    """How many leaves of one action there are. Needs ``audit.view``."""
    viewer.require(AuditPermission.VIEW)
    return AuditLeaf.objects.filter(action=action).count()


def sealed_seq() -> int:
    """The number up to which leaves are sealed, but for those whose transaction took long."""
    last = AuditCheckpoint.objects.order_by("-size").values_list("last_seq", "floor_seq").first()
    return max(last) if last else 0


def _matching(wanted: LeafFilter) -> QuerySet[AuditLeaf]:
    given = {
        "actor_id": wanted.actor_id,
        "action": wanted.action or None,
        "at__gte": wanted.since,
        "at__lt": wanted.before,
    }
    leaves = AuditLeaf.objects.filter(**{name: value for name, value in given.items() if value is not None})
    return leaves.filter(subject_id__in=wanted.subject_ids) if wanted.subject_ids is not None else leaves


def _record(action: str, wanted: LeafFilter, viewer: Viewer, now: datetime) -> None:
    said = {
        "actor": str(wanted.actor_id or ""),
        "action": wanted.action,
        "subjects": [str(subject) for subject in wanted.subject_ids or ()],
        "since": wanted.since.isoformat() if wanted.since else "",
        "before": wanted.before.isoformat() if wanted.before else "",
    }
    record(action, viewer=viewer, subject_kind="trail", subject_id=new_id(), now=now, detail=said)


def _lines(wanted: LeafFilter) -> Iterator[str]:
    line = StringIO()
    writer = csv.writer(line)
    writer.writerow(HEAD)
    for values in _matching(wanted).order_by("seq").values_list(*HEAD).iterator(chunk_size=5000):
        # A cell that begins like a formula would be one in a spreadsheet.
        writer.writerow([f"'{cell}" if str(cell)[:1] in "=+-@" and str(cell) else cell for cell in values])
        yield line.getvalue()
        line.seek(0)
        line.truncate()


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
