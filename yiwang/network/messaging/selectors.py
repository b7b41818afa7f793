from collections.abc import Sequence
from uuid import UUID

from yiwang.foundation.kernel.viewer import Viewer
from yiwang.network.messaging.models import Message
from yiwang.network.messaging.types import MessageRow, MessageState, RecipientKind


def list_messages_to(recipient_ids: Sequence[UUID], *, key_suffixes: Sequence[str], viewer: Viewer) -> Sequence[MessageRow]:
    """Messages to these recipients about these events (ids at the end of the key), oldest first; nothing for strangers."""
    if not viewer.is_authenticated:
        return []
    rows = Message.objects.filter(recipient_id__in=recipient_ids).order_by("id")[:500]
    wanted = set(key_suffixes)
    return [_row(message) for message in rows if message.key.rpartition(":")[2] in wanted]


def count_messages(state: MessageState) -> int:
    """How many messages are in a state, for health checks and metrics."""
    return Message.objects.filter(state=state.value).count()


def _row(message: Message) -> MessageRow:
    return MessageRow(
        id=message.id,
        recipient_kind=RecipientKind(message.recipient_kind),
        template=message.template,
        state=MessageState(message.state),
        attempts=message.attempts,
        queued_at=message.queued_at,
        sent_at=message.sent_at,
        last_error=message.last_error,
    )
