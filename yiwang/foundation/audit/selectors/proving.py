import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import transaction

from yiwang.foundation.audit.checkpoints import public_key
from yiwang.foundation.audit.errors import NothingSealed
from yiwang.foundation.audit.leaves import moment
from yiwang.foundation.audit.merkle import TILE, digest_of, path_to, root_of
from yiwang.foundation.audit.models import AuditCheckpoint, AuditLeaf, AuditTile
from yiwang.foundation.audit.services import record
from yiwang.foundation.audit.types import AuditPermission
from yiwang.foundation.kernel.keys import get_keyring
from yiwang.foundation.kernel.viewer import Viewer


@transaction.atomic
def prove(subject_ids: Sequence[UUID], *, viewer: Viewer, now: datetime) -> Mapping[str, Any]:
    """All sealed leaves of these records, each with its path to the root of the latest checkpoint, as plain values.

    Who holds it can check it without us (tools/verify_proof.py); it holds what the leaves say, also about people.
    Needs ``audit.view``; making it is itself a leaf. Raises NothingSealed.
    """
    viewer.require(AuditPermission.VIEW)
    last = AuditCheckpoint.objects.order_by("-size").first()
    leaves = list(AuditLeaf.objects.filter(subject_id__in=subject_ids).order_by("seq"))
    positions = _positions([leaf.seq for leaf in leaves])
    if last is None or not positions:
        raise NothingSealed
    record("audit.proof_made", viewer=viewer, subject_kind="trail", subject_id=subject_ids[0], now=now)
    digest = digest_of(last.statement().hash_name)
    roots = [bytes(root) for root in AuditTile.objects.order_by("index").values_list("root", flat=True) if root]
    tiles = {
        tile.index: tile.nodes for tile in AuditTile.objects.filter(index__in={p // TILE for p in positions.values()})
    }
    rest = AuditTile.objects.filter(index=len(roots)).first()
    upper = [*roots, root_of(digest, rest.nodes)] if rest else roots
    entries = []
    for leaf in leaves:
        if leaf.seq in positions:
            index, place = divmod(positions[leaf.seq], TILE)
            path = path_to(digest, tiles[index], place) + path_to(digest, upper, index)
            entries.append({**_said(leaf), "position": positions[leaf.seq], "path": [node.hex() for node in path]})
    return {"version": 1, **json.loads(last.statement().line()), "leaves": entries}


def list_public_keys() -> Mapping[int, str]:
    """The keys that checkpoints are checked with, by version, as hex. Made to be published."""
    ring = get_keyring()
    return {
        version: public_key(version).public_bytes(Encoding.Raw, PublicFormat.Raw).hex()
        for version in sorted({*ring.masters, *ring.lasting})
    }


def _positions(seqs: Sequence[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    for tile in AuditTile.objects.filter(seqs__overlap=list(seqs)):
        found |= {seq: tile.index * TILE + place for place, seq in enumerate(tile.seqs) if seq in set(seqs)}
    return found


def _said(leaf: AuditLeaf) -> dict[str, Any]:
    return {
        "seq": leaf.seq,
        "at": moment(leaf.at),
        "action": leaf.action,
        "actor_kind": leaf.actor_kind,
        "actor": str(leaf.actor_id) if leaf.actor_id else None,
        "subject_kind": leaf.subject_kind,
        "subject": str(leaf.subject_id),
        "detail": leaf.detail,
        "reason": leaf.reason,
        "nonce": bytes(leaf.nonce).hex() if leaf.nonce else None,
        "commitment": bytes(leaf.commitment).hex(),
    }
