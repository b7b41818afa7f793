from uuid import UUID

from yiwang.foundation.kernel.clock import now
from yiwang.foundation.kernel.jobs import job
from yiwang.network.messaging.services import deliver_message


@job
def deliver(message_id: str) -> None:
    """One attempt to deliver a queued message."""
    deliver_message(UUID(message_id), now=now())
