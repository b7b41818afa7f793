"""What of messages is personal."""

from yiwang.foundation.kernel.retention import PersonalData, register_personal
from yiwang.network.messaging.services import erase_messages_before

register_personal(
    PersonalData(
        "message",
        ("messaging.Message.values", "messaging.Message.sealed_values", "messaging.Message.last_error"),
        erase_messages_before,
    )
)
