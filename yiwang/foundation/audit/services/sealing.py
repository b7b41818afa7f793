from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import cast

from django.db import connection, transaction

from yiwang.foundation.audit import copies
from yiwang.foundation.audit.checkpoints import Checkpoint, sign
from yiwang.foundation.audit.leaves import body_of
from yiwang.foundation.audit.merkle import TILE, Range, digest_of, leaf_hash, root_of
from yiwang.foundation.audit.models import AuditCheckpoint, AuditLeaf, AuditTile
from yiwang.foundation.kernel.keys import get_keyring
from yiwang.foundation.kernel.settings import HashName, get_settings

BATCH = 20_000
# Any number, the same in every process: one seals, the others come again later.
LOCK = 7_305_311_742
COLUMNS = ("seq", "xid", "at", "actor_kind", "action", "subject_kind", "commitment")
IN_ORDER = "(xid, seq) > (%s, %s) AND seq > %s AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
CLUSTER = "SELECT system_identifier::text FROM pg_control_system()"
Row = tuple[int, int, datetime, str, str, str, bytes]


def seal_leaves(*, now: datetime) -> int:
    """Adds what has been written since to the tree, each batch with a signed checkpoint; returns how many leaves.

    Numbers commit out of order, so a leaf is taken only when no transaction as old as its own is running any more, in
    the order of transaction and number. Writers are never waited for and never wait; only after a backup was put back
    they wait once, while everything that is there is taken. Each batch is a transaction of its own, not
    in the caller's transaction. Copies of the checkpoints go outside the database.
    """
    sealed = 0
    while taken := _seal_batch(now):
        sealed += taken
    copies.add(AuditCheckpoint.objects.filter(size__gt=copies.last_size()).order_by("size"))
    return sealed


@transaction.atomic
def _seal_batch(now: datetime) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(CLUSTER)
        cluster = cursor.fetchone()[0]
    last = AuditCheckpoint.objects.order_by("-size").first()
    if last is None or last.cluster != cluster:
        return _seal_all(last, cluster, now)
    taken = cast(
        Sequence[Row],
        AuditLeaf.objects.extra(where=[IN_ORDER], params=[last.last_xid, last.last_seq, last.floor_seq])  # noqa: S610
        .order_by("xid", "seq")
        .values_list(*COLUMNS)[:BATCH],
    )
    rows = list(taken)
    if rows:
        _grow(last, rows, now, cluster=cluster, last_xid=rows[-1][1], last_seq=rows[-1][0], floor_seq=last.floor_seq)
    return len(rows)


def _seal_all(last: AuditCheckpoint | None, cluster: str, now: datetime) -> int:
    """In a new database, or after a backup was put back: numbers of transactions say nothing about those before."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE audit_auditleaf IN SHARE MODE")
    known = {seq for seqs in AuditTile.objects.values_list("seqs", flat=True).iterator() for seq in seqs}
    there = cast(Sequence[Row], AuditLeaf.objects.order_by("seq").values_list(*COLUMNS).iterator())
    rows = [row for row in there if row[0] not in known]
    floor = max([0, *known, *(row[0] for row in rows)])
    if rows or last is not None:
        _grow(last, rows, now, cluster=cluster, last_xid=0, last_seq=0, floor_seq=floor)
    return len(rows)


def _grow(last: AuditCheckpoint | None, rows: Sequence[Row], now: datetime, **onward: int | str) -> None:
    name = cast(HashName, last.hash_name if last else get_settings().audit_hash)
    digest = digest_of(name)
    full = last.full_tiles(TILE) if last else Range()
    partial = AuditTile.objects.filter(index=full.size, root=b"").first()
    seqs, nodes = (list(partial.seqs), partial.nodes) if partial else ([], [])
    for row in rows:
        seqs.append(row[0])
        nodes.append(leaf_hash(digest, _body(row)))
    tiles = []
    for start in range(0, len(nodes), TILE):
        part = nodes[start : start + TILE]
        root = root_of(digest, part) if len(part) == TILE else b""
        tiles.append(AuditTile(index=full.size, seqs=seqs[start : start + TILE], hashes=b"".join(part), root=root))
        full = full.add(digest, root) if root else full
    AuditTile.objects.bulk_create(
        tiles, update_conflicts=True, unique_fields=["index"], update_fields=["seqs", "hashes", "root"]
    )
    rest = nodes[len(nodes) - len(nodes) % TILE :]
    whole = full.add(digest, root_of(digest, rest)) if rest else full
    size = full.size * TILE + len(rest)
    _sign(Checkpoint(size, whole.root(digest), now, name, b"", get_keyring().current), last, full, onward)


def _sign(new: Checkpoint, last: AuditCheckpoint | None, full: Range, onward: dict[str, int | str]) -> None:
    statement = replace(new, previous=last.statement().digest if last else b"")
    if last is not None and last.size == new.size:  # nothing new but the place to go on from
        AuditCheckpoint.objects.filter(size=last.size).update(**onward)
        return
    AuditCheckpoint.objects.create(
        size=statement.size,
        root=statement.root,
        at=statement.at,
        hash_name=statement.hash_name,
        previous=statement.previous,
        key_version=statement.key_version,
        signature=sign(statement.body, statement.key_version),
        tile_roots=b"".join(full.roots),
        **onward,
    )


def _body(row: Row) -> bytes:
    _seq, _xid, at, actor_kind, action, subject_kind, commitment = row
    return body_of(action=action, actor_kind=actor_kind, at=at, commitment=bytes(commitment), subject_kind=subject_kind)
