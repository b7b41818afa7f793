from dataclasses import dataclass
from uuid import UUID

from yiwang.foundation.kernel.events import Event


@dataclass(frozen=True)
class CaseOpened(Event):
    """A report became a case; its clocks run."""

    case_id: UUID


@dataclass(frozen=True)
class CaseAssigned(Event):
    """A case was dispatched to a unit."""

    case_id: UUID
    unit_id: UUID


@dataclass(frozen=True)
class CaseReplied(Event):
    """The unit's answer is there for the reporter."""

    case_id: UUID


@dataclass(frozen=True)
class CaseClosed(Event):
    """The case is finished."""

    case_id: UUID


@dataclass(frozen=True)
class CaseReopened(Event):
    """The case came back: not solved, or new facts."""

    case_id: UUID


@dataclass(frozen=True)
class CaseReclassified(Event):
    """Category or matter type changed, and with it perhaps the due date."""

    case_id: UUID


@dataclass(frozen=True)
class HistoryImported(Event):
    """A batch of another system's cases was taken over; nothing is dispatched and nobody is written to."""

    import_id: UUID
    case_count: int
