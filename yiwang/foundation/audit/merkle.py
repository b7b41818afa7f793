"""The Merkle tree of RFC 6962 (section 2.1), over SHA-256 or SM3. No Django.

Leaves lie in tiles of 256. A full tile is a whole subtree, so the tree over the tiles' roots, the last of which may be
partial, has the same root as the tree over all leaves.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from cryptography.hazmat.primitives import hashes

from yiwang.foundation.kernel.settings import HashName

Digest = Callable[[bytes], bytes]
HASH_BYTES = 32
TILE = 256


@cache
def digest_of(name: HashName) -> Digest:
    """The hash function of that name; 32 bytes."""
    return _sha256 if name == "sha256" else _sm3


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _sm3(data: bytes) -> bytes:
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


def leaf_hash(digest: Digest, data: bytes) -> bytes:
    """The hash of a leaf; its first byte keeps leaves and nodes apart."""
    return digest(b"\x00" + data)


def node_hash(digest: Digest, left: bytes, right: bytes) -> bytes:
    """The hash of what lies above two."""
    return digest(b"\x01" + left + right)


@dataclass(frozen=True)
class Range:
    """The roots of the full subtrees that ``size`` nodes make, largest first: all that is needed to go on."""

    size: int = 0
    roots: tuple[bytes, ...] = ()

    def add(self, digest: Digest, node: bytes) -> "Range":
        """With one more node at the end."""
        roots, size = list(self.roots), self.size
        while size & 1:
            node, size = node_hash(digest, roots.pop(), node), size >> 1
        return Range(self.size + 1, (*roots, node))

    def root(self, digest: Digest) -> bytes:
        """The root of the tree; of none, the hash of nothing."""
        if not self.roots:
            return digest(b"")
        node = self.roots[-1]
        for left in reversed(self.roots[:-1]):
            node = node_hash(digest, left, node)
        return node


def root_of(digest: Digest, nodes: Sequence[bytes]) -> bytes:
    """The root over these nodes."""
    row = Range()
    for node in nodes:
        row = row.add(digest, node)
    return row.root(digest)


def path_to(digest: Digest, nodes: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of a node (2.1.1), from beside it upwards."""
    if len(nodes) == 1:
        return []
    half = 1 << (len(nodes) - 1).bit_length() - 1
    left, right = nodes[:half], nodes[half:]
    if index < half:
        return [*path_to(digest, left, index), root_of(digest, right)]
    return [*path_to(digest, right, index - half), root_of(digest, left)]


def root_from(digest: Digest, node: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """The root that a node at ``index`` of ``size`` and its path lead to; None for a path of the wrong length."""
    place, last = index, size - 1
    for beside in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            node = node_hash(digest, beside, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(digest, node, beside)
        place, last = place >> 1, last >> 1
    return node if last == 0 else None
