from dataclasses import dataclass
from uuid import UUID

from yiwang.foundation.kernel.events import Event


@dataclass(frozen=True)
class ContactsMoved(Event):
    """Contacts of one person are another's now: merged, split, or one of these undone."""

    from_person_id: UUID
    to_person_id: UUID
