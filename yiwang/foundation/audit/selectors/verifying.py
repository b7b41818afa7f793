from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Q

from yiwang.foundation.audit import copies
from yiwang.foundation.audit.checkpoints import Checkpoint, is_signed
from yiwang.foundation.audit.leaves import body_of, commit
from yiwang.foundation.audit.merkle import HASH_BYTES, TILE, Digest, Range, digest_of, leaf_hash, root_of
from yiwang.foundation.audit.models import AuditCheckpoint, AuditLeaf, AuditTile
from yiwang.foundation.audit.types import AuditPermission, Fault, FaultKind, Verification
from yiwang.foundation.kernel.viewer import Viewer

TILES_AT_ONCE = 64
ERASED = UUID(int=0)
PRIVATE = ("subject_id", "actor_id", "detail", "reason")
COLUMNS = ("seq", "at", "actor_kind", "action", "subject_kind", "commitment", "nonce", *PRIVATE)


@dataclass
class _State:
    """Where a verification stands: the full tiles so far, what was found wrong, and the checkpoints still to meet."""

    digest: Digest
    full: Range
    waiting: list[Checkpoint]
    last_right: int
    faults: list[Fault] = field(default_factory=list)
    count: int = 0

    def tell(self, kind: FaultKind, *, seq: int | None = None, position: int | None = None, note: str = "") -> None:
        self.faults.append(Fault(kind, seq, position, note))


def verify_trail(
    *, whole: bool, against: Path | None = None, viewer: Viewer, progress: Callable[[int, int], None] = lambda *_: None
) -> Verification:
    """Compares rows, tree, checkpoints and their copies outside the database, and says what is wrong and where.

    Unless ``whole``, goes on from the full tiles that were found right last time. ``against``: another file of
    checkpoints, kept elsewhere. ``progress(done, all)`` counts leaves. Needs ``audit.view``. Raises ValueError for
    files that hold no checkpoints, KeysMissing for signatures of a key that is not there.
    """
    viewer.require(AuditPermission.VIEW)
    statements = [checkpoint.statement() for checkpoint in AuditCheckpoint.objects.order_by("size").iterator()]
    start = Range() if whole else copies.read_verified()
    last = statements[-1] if statements else None
    if last is None or start.size * TILE > last.size:
        start = Range()
    name = last.hash_name if last else "sha256"
    waiting = [statement for statement in statements if statement.size > start.size * TILE]
    state = _State(digest_of(name), start, waiting, start.size * TILE)
    _check_chain(statements, state)
    seqs = _check_tiles(state, progress, last.size if last else 0)
    _check_insertions(start, seqs, state)
    has_copy = _check_copies(
        statements, [copies.folder() / "checkpoints.jsonl", *([against] if against else [])], state
    )
    if not state.faults:
        copies.write_verified(state.full)
    return Verification(
        last.size if last else 0, start.size * TILE, state.count, len(statements), has_copy, state.faults
    )


def _check_chain(statements: Sequence[Checkpoint], state: _State) -> None:
    """Each names the one before it, so the last signature stands for all; it is checked at each change of the key."""
    for before, statement, after in zip([None, *statements], statements, [*statements[1:], None], strict=False):
        if statement.previous != (before.digest if before else b""):
            state.tell(FaultKind.CHECKPOINT, position=statement.size, note="does not follow the checkpoint before it")
        if (after is None or after.key_version != statement.key_version) and not is_signed(statement):
            state.tell(FaultKind.SIGNATURE, position=statement.size, note="was not signed by this city's key")


def _check_tiles(state: _State, progress: Callable[[int, int], None], size: int) -> set[int]:
    """Tile by tile: rows against hashes, hashes against checkpoints. Answers with the numbers met."""
    met: set[int] = set()
    tiles = AuditTile.objects.filter(index__gte=state.full.size).order_by("index").iterator(chunk_size=TILES_AT_ONCE)
    expected = state.full.size
    while part := list(islice(tiles, TILES_AT_ONCE)):
        wanted = [seq for tile in part for seq in tile.seqs]
        rows = {row["seq"]: row for row in AuditLeaf.objects.filter(seq__in=wanted).values(*COLUMNS)}
        for tile in part:
            if tile.index != expected or len(tile.seqs) * HASH_BYTES != len(tile.hashes):
                state.tell(FaultKind.TREE, position=expected * TILE, note="a part of the tree is missing or misshapen")
            expected = tile.index + 1
            _check_tile(tile, rows, met, state)
        progress(min(state.count, size), size)
    for statement in state.waiting:
        state.tell(FaultKind.TREE, position=statement.size, note="the tree ends before this checkpoint")
    return met


def _check_tile(tile: AuditTile, rows: Mapping[int, Mapping[str, Any]], met: set[int], state: _State) -> None:
    nodes = tile.nodes
    for place, (seq, node) in enumerate(zip(tile.seqs, nodes, strict=False)):
        position = tile.index * TILE + place
        if seq in met:
            state.tell(FaultKind.TREE, seq=seq, position=position, note="stands in the tree twice")
        met.add(seq)
        _check_leaf(rows.get(seq), node, seq, position, state)
    state.count += len(nodes)
    root = root_of(state.digest, nodes)
    if tile.root and bytes(tile.root) != root:
        state.tell(FaultKind.TREE, position=tile.index * TILE, note="the stored root of this part is not its root")
    while state.waiting and state.waiting[0].size <= tile.index * TILE + len(nodes):
        _check_root(state.waiting.pop(0), tile.index * TILE, nodes, state)
    if len(nodes) == TILE:
        state.full = state.full.add(state.digest, root)


def _check_root(statement: Checkpoint, first: int, nodes: Sequence[bytes], state: _State) -> None:
    rest = nodes[: max(0, statement.size - first)]
    whole = state.full.add(state.digest, root_of(state.digest, rest)) if rest else state.full
    if whole.root(state.digest) == statement.root:
        state.last_right = statement.size
        return
    note = f"the tree differs from the checkpoint over {statement.size} leaves; it was right up to {state.last_right}"
    state.tell(FaultKind.ORDER, position=state.last_right, note=note)


def _check_leaf(row: Mapping[str, Any] | None, node: bytes, seq: int, position: int, state: _State) -> None:
    if row is None:
        state.tell(FaultKind.DELETED, seq=seq, position=position)
        return
    commitment = bytes(row["commitment"])
    body = body_of(
        action=row["action"],
        actor_kind=row["actor_kind"],
        at=row["at"],
        commitment=commitment,
        subject_kind=row["subject_kind"],
    )
    private = {name: row[name] for name in PRIVATE}
    if row["nonce"] is None:
        is_kept = private == {"subject_id": ERASED, "actor_id": None, "detail": {}, "reason": ""}
    else:
        is_kept = commit(bytes(row["nonce"]), **private) == commitment
    if not is_kept or leaf_hash(state.digest, body) != node:
        state.tell(FaultKind.ALTERED, seq=seq, position=position)


def _check_insertions(start: Range, met: set[int], state: _State) -> None:
    """Rows that stand where sealing has been, but not in the tree."""
    last = AuditCheckpoint.objects.order_by("-size").first()
    if last is None:
        return
    sealed = Q(seq__lte=last.floor_seq) | Q(xid__lt=last.last_xid) | Q(xid=last.last_xid, seq__lte=last.last_seq)
    if start.size:
        edge = AuditTile.objects.get(index=start.size - 1).seqs
        xid, seq = AuditLeaf.objects.filter(seq=edge[-1]).values_list("xid", "seq").first() or (0, 0)
        sealed &= Q(xid__gt=xid) | Q(xid=xid, seq__gt=seq)
    for seq in AuditLeaf.objects.filter(sealed).order_by("seq").values_list("seq", flat=True).iterator():
        if seq not in met:
            state.tell(FaultKind.INSERTED, seq=seq)


def _check_copies(statements: Sequence[Checkpoint], paths: Sequence[Path], state: _State) -> bool:
    """Whether there is a copy at all. What it has signed must be here, unchanged."""
    by_size = {statement.size: statement for statement in statements}
    size = statements[-1].size if statements else 0
    copied = [statement for path in paths for statement in copies.read(path)]
    gone = [copy for copy in copied if copy.size > size]
    if gone:
        latest = max(gone, key=lambda copy: copy.size)
        note = f"on {latest.at:%Y-%m-%d %H:%M} UTC the trail had {latest.size} leaves; here are {size}"
        state.tell(FaultKind.ROLLED_BACK, position=size, note=note)
    for copy in copied:
        if copy.size <= size and (copy.size not in by_size or by_size[copy.size].digest != copy.digest):
            state.tell(FaultKind.FORKED, position=copy.size, note="differs from the copy outside the database")
            break
    return bool(copied)
