from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yiwang.foundation.audit.types import register_actions
from yiwang.foundation.files.formats import Kind
from yiwang.foundation.kernel.permissions import register

__all__ = ["Box", "FileRow", "FileState", "FilesPermission", "Kind", "NewFile", "StoreReport"]


@register
class FilesPermission(StrEnum):
    """Who may read files as they came, with all that cameras and programs wrote into them."""

    VIEW_ORIGINAL = "files.view_original"


class FileState(StrEnum):
    """What is known of a file's harmlessness. Only ``not_scanned`` (no scanner is set up) and ``clean`` are shown."""

    NOT_SCANNED = "not_scanned"
    PENDING = "pending"
    CLEAN = "clean"
    INFECTED = "infected"
    FAILED = "failed"


@dataclass(frozen=True)
class NewFile:
    """An upload: the bytes as they came, and the name the sender gave (kept for people, never used as a path)."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Box:
    """A part of a picture, in percent of its width and height from the top left corner."""

    left: float
    top: float
    width: float
    height: float


@dataclass(frozen=True)
class FileRow:
    """A kept file. ``size_bytes`` and ``sha256`` are of what is shown; ``original_sha256`` is of what was sent.

    ``width_px`` and ``height_px`` are 0 for whatever is no photo.
    """

    id: UUID
    subject_kind: str
    subject_id: UUID
    name: str
    kind: Kind
    content_type: str
    size_bytes: int
    sha256: str
    original_sha256: str
    width_px: int
    height_px: int
    state: FileState
    created_at: datetime

    @property
    def is_shown(self) -> bool:
        """Whether it may be opened."""
        return self.state in (FileState.NOT_SCANNED, FileState.CLEAN)

    @property
    def is_photo(self) -> bool:
        return self.kind is Kind.PHOTO

    @property
    def is_being_checked(self) -> bool:
        return self.state in (FileState.PENDING, FileState.FAILED)

    @property
    def is_infected(self) -> bool:
        return self.state is FileState.INFECTED


@dataclass(frozen=True)
class StoreReport:
    """What a comparison of table and store found: names in the store without a row, and rows without content."""

    file_count: int
    content_count: int
    orphans: tuple[str, ...]
    missing: tuple[UUID, ...]


register_actions(
    {
        "files.original_read": _("The untouched original of a file was read"),
        "files.quarantined": _("A file was found infected and put in quarantine"),
        "files.erased": _("Files past their period were erased"),
    }
)
