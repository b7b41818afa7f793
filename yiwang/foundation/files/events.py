from dataclasses import dataclass
from uuid import UUID

from yiwang.foundation.kernel.events import Event


@dataclass(frozen=True)
class FileInfected(Event):
    """A file was found infected; it is in quarantine and shown to nobody."""

    file_id: UUID
    subject_kind: str
    subject_id: UUID
