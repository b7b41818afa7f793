from dataclasses import dataclass
from uuid import UUID

from yiwang.foundation.kernel.events import Event


@dataclass(frozen=True)
class ReportReceived(Event):
    """A report was kept and its reporter has a receipt."""

    report_id: UUID
