"""Names in the store, what a store can do, and what it tells of a content. No Django."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import IO, Protocol

# The second form is of the first photos, which were named by the id of their row.
NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/(?:[0-9a-f]{64}|[0-9a-f]{32}\.jpg)")


@dataclass(frozen=True)
class Entry:
    """Something in the store: its name, its size, and when it was last put there."""

    name: str
    size_bytes: int
    put_at: datetime


class Store(Protocol):
    """The door to a store. Putting what is there already only says that it is wanted anew. Raises OSError."""

    def put(self, name: str, content: bytes) -> None:
        """Keeps the content; when this returns it is safe."""

    def open(self, name: str) -> IO[bytes]:
        """The content. Raises FileNotFoundError."""

    def has(self, name: str) -> bool:
        """Whether it is there."""

    def delete(self, name: str) -> None:
        """Removes it; what is not there is fine."""

    def entries(self) -> Iterator[Entry]:
        """Everything there is, in no order."""


def name_of(content: bytes) -> tuple[str, str]:
    """The name in the store, two levels of folders deep, and the SHA-256 it is made of."""
    digest = sha256(content).hexdigest()
    return f"{digest[:2]}/{digest[2:4]}/{digest}", digest


def check_name(name: str) -> str:
    """The name itself. Raises ValueError for anything that no store of ours could have given out."""
    if not NAME.fullmatch(name):
        raise ValueError("not a name of the file store")
    return name
