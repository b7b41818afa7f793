"""Checks a proof of the trail (`yiwang audit prove CASE > proof.json`) without the city: no database, no Yiwang.

    python verify_proof.py --key PUBLIC_KEY_HEX [--checkpoints FILE] proof.json

The key is what `yiwang audit key` prints; get it from somewhere other than the proof. FILE: lines of checkpoints you
kept, which the proof's must not contradict. Exit code 0: everything holds; 1: something does not; 2: this is no proof.
Needs Python 3.11 and the package `cryptography`. Rules: RFC 6962 (tree), RFC 8785 (JSON), RFC 8032 (signature).
"""

import argparse
import base64
import hashlib
import hmac
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Digest = Callable[[bytes], bytes]


class Refused(Exception):
    """The proof does not hold; the message says where."""


def _sm3(data: bytes) -> bytes:
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize()


def _canonical(value: Any) -> bytes:
    """JSON as RFC 8785 writes it. Numbers in proofs are whole, or as Python writes them too."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return b"{" + b",".join(_canonical(key) + b":" + _canonical(value[key]) for key in keys) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(map(_canonical, value)) + b"]"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        value = int(value)
    return json.dumps(value, ensure_ascii=False).encode()


def _check_signature(proof: dict[str, Any], key: str) -> None:
    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(base64.b64decode(proof["signature"]), _canonical(proof["checkpoint"]))
    except InvalidSignature:
        raise Refused("the checkpoint was not signed with this key, or was changed") from None


def _check_leaf(leaf: dict[str, Any], proof: dict[str, Any], digest: Digest) -> None:
    where = f"entry {leaf['seq']} ({leaf['action']}, {leaf['at']})"
    if leaf["nonce"] is not None:
        private = {
            "actor": leaf["actor"],
            "detail": leaf["detail"],
            "reason": leaf["reason"],
            "subject": leaf["subject"],
        }
        said = hmac.new(bytes.fromhex(leaf["nonce"]), _canonical(private), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(said, leaf["commitment"]):
            raise Refused(f"{where}: who, what or why was changed")
    names = ("action", "actor_kind", "at", "commitment", "subject_kind")
    node = digest(b"\x00" + _canonical({**{name: leaf[name] for name in names}, "v": 1}))
    root = _climb(node, leaf["position"], proof["checkpoint"]["size"], leaf["path"], digest)
    if root is None or root.hex() != proof["checkpoint"]["root"]:
        raise Refused(f"{where}: is not in the signed tree, or was changed")


def _climb(node: bytes, place: int, size: int, path: list[str], digest: Digest) -> bytes | None:
    """RFC 9162, 2.1.3.2: the root a leaf and its path lead to."""
    last = size - 1
    if not 0 <= place <= last:
        return None
    for beside in map(bytes.fromhex, path):
        if last == 0:
            return None
        if place & 1 or place == last:
            node = digest(b"\x01" + beside + node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = digest(b"\x01" + node + beside)
        place, last = place >> 1, last >> 1
    return node if last == 0 else None


def _check_texts(proof: dict[str, Any]) -> int:
    """Texts are what an entry says they were: each is named with the entry that holds its SHA-256."""
    details = {leaf["seq"]: leaf["detail"] for leaf in proof["leaves"]}
    for text in proof.get("texts", []):
        digest = hashlib.sha256(text["text"].encode()).hexdigest()
        if details.get(text["seq"], {}).get("text_sha256") != digest:
            raise Refused(f"the {text['name']} is not the text that entry {text['seq']} was written for")
    return len(proof.get("texts", []))


def _check_kept(proof: dict[str, Any], path: str) -> None:
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    kept = [json.loads(line)["checkpoint"] for line in lines if line.strip()]
    for checkpoint in kept:
        if checkpoint["size"] == proof["checkpoint"]["size"] and checkpoint != proof["checkpoint"]:
            raise Refused("the checkpoint contradicts one that you have kept: the city has shown two trails")


def _check(proof: dict[str, Any], key: str, kept: str | None) -> str:
    _check_signature(proof, key)
    digest = _sm3 if proof["checkpoint"]["hash"] == "sm3" else lambda data: hashlib.sha256(data).digest()
    for leaf in proof["leaves"]:
        _check_leaf(leaf, proof, digest)
    texts = _check_texts(proof)
    if kept:
        _check_kept(proof, kept)
    signed = proof["checkpoint"]
    return f"All {len(proof['leaves'])} entries and {texts} texts are as they were when sealed by {signed['at']}."


def _main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--key", required=True)
    parser.add_argument("--checkpoints")
    parser.add_argument("proof", type=argparse.FileType(encoding="utf-8"))
    given = parser.parse_args()
    try:
        print(_check(json.load(given.proof), given.key, given.checkpoints))
    except Refused as refusal:
        print(f"REFUSED: {refusal}.")
        return 1
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        print(f"This is no proof: {error!r}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(_main())
