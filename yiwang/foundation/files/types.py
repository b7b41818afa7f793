from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class NewFile:
    """An upload: the bytes as they came, and the name the sender gave (kept for people, never used as a path)."""

    name: str
    content: bytes


@dataclass(frozen=True)
class FileRow:
    """A kept file. ``size_bytes`` and ``sha256`` are of the stored, re-encoded content."""

    id: UUID
    subject_kind: str
    subject_id: UUID
    name: str
    content_type: str
    size_bytes: int
    sha256: str
    width_px: int
    height_px: int
    created_at: datetime
