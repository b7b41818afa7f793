from collections.abc import Sequence

from yiwang.foundation.kernel.viewer import Viewer
from yiwang.foundation.operations.types import OperationsPermission
from yiwang.network.messaging.models import Message
from yiwang.network.messaging.types import MessageRow, MessageState, RecipientKind


def list_messages(keys: Sequence[str], *, viewer: Viewer) -> Sequence[MessageRow]:
    """The messages with these keys, oldest first, for the app that sent them. Only the system. Raises NotPermitted."""
    viewer.require_system()
    return [_row(message) for message in Message.objects.filter(key__in=keys).order_by("id")]


def list_failed_messages(*, viewer: Viewer) -> Sequence[MessageRow]:
    """The latest fifty messages that were given up, newest first. Raises NotPermitted."""
    viewer.require(OperationsPermission.VIEW)
    return [_row(message) for message in Message.objects.filter(state=MessageState.FAILED.value).order_by("-id")[:50]]


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
