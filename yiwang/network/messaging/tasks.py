from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.jobs import LETTERS_PRIORITY, timetable
from yiwang.network.messaging.services import deliver_waiting


@timetable("* * * * * *", priority=LETTERS_PRIORITY, is_alone=True)
def deliver(timestamp: int) -> None:
    """Every second: the messages that are due."""
    deliver_waiting(now=now())
