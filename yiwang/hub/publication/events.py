from dataclasses import dataclass
from uuid import UUID

from yiwang.foundation.kernel.events import Event


@dataclass(frozen=True)
class CaseReleased(Event):
    """A case has a public version, or a new one."""

    case_id: UUID


@dataclass(frozen=True)
class CaseWithdrawn(Event):
    """The public does not see this case any more."""

    case_id: UUID
