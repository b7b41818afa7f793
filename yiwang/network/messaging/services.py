import json
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

import structlog
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction
from django.utils.translation import override

from yiwang.foundation.audit.services import record
from yiwang.foundation.kernel import jobs
from yiwang.foundation.kernel.keys import key_for
from yiwang.foundation.kernel.settings import get_settings
from yiwang.foundation.kernel.viewer import SYSTEM
from yiwang.foundation.orgs.selectors import find_unit
from yiwang.foundation.people.errors import ContactNotFound
from yiwang.foundation.people.selectors import get_contact
from yiwang.network.messaging.contrib.console import ConsoleAdapter
from yiwang.network.messaging.contrib.file import FileAdapter
from yiwang.network.messaging.contrib.smtp import SmtpAdapter
from yiwang.network.messaging.errors import DeliveryFailed
from yiwang.network.messaging.letters import Adapter, Letter
from yiwang.network.messaging.models import Message
from yiwang.network.messaging.types import MessageState, NewMessage, RecipientKind, get_template

log = structlog.get_logger(__name__)
MOST_ATTEMPTS = jobs.MAX_ATTEMPTS - 1
NONCE = bytes(12)  # each message seals once under a key of its own


def send_message(new: NewMessage, *, now: datetime) -> None:
    """Queues a message in the caller's transaction: one outbox row per recipient and event, however often it is
    called."""
    message = Message(
        key=new.key,
        recipient_kind=new.recipient_kind.value,
        recipient_id=new.recipient_id,
        template=new.template,
        values=dict(new.values),
        language=new.language,
        queued_at=now,
    )
    if new.secrets:
        message.sealed_values = _cipher(message.id).encrypt(NONCE, json.dumps(dict(new.secrets)).encode(), None)
    Message.objects.bulk_create([message], ignore_conflicts=True)
    jobs.defer("yiwang.network.messaging.tasks.deliver", message_id=str(message.id))


def deliver_message(message_id: UUID, *, now: datetime) -> None:
    """Delivers a queued message once; one that is already sent, or was never stored, is left alone.

    A failed delivery is noted and raised for a retry; after the last attempt the message stays ``failed`` for people
    to see.
    """
    with transaction.atomic():
        message = Message.objects.select_for_update().filter(id=message_id, state=MessageState.QUEUED.value).first()
        failure = _attempt(message, now) if message else None
    if failure:
        raise failure


def _attempt(message: Message, now: datetime) -> DeliveryFailed | None:
    message.attempts += 1
    transport, address = _address(message, now)
    if not address:
        _finish(
            message, MessageState.SKIPPED, now, transport=transport, error="the recipient left no address for this way"
        )
        return None
    try:
        _adapter(transport).deliver(_letter(message, address))
    except DeliveryFailed as error:
        reason = str(error.params.get("reason", ""))
        if message.attempts >= MOST_ATTEMPTS:
            _finish(message, MessageState.FAILED, now, transport=transport, error=reason)
            return None
        message.last_error = reason[:300]
        message.save(update_fields=["attempts", "last_error"])
        return error
    _finish(message, MessageState.SENT, now, transport=transport)
    return None


def _finish(message: Message, state: MessageState, now: datetime, *, transport: str, error: str = "") -> None:
    message.state, message.last_error, message.transport = state.value, error[:300], transport
    message.sealed_values = None
    message.sent_at = now if state is MessageState.SENT else None
    message.save(update_fields=["state", "attempts", "last_error", "sent_at", "transport", "sealed_values"])
    action = "messaging.message_failed" if state is MessageState.FAILED else "messaging.message_sent"
    if state is not MessageState.SKIPPED:
        record(
            action,
            viewer=SYSTEM,
            subject_kind="message",
            subject_id=message.id,
            now=now,
            detail={"template": message.template, "transport": transport, "attempts": message.attempts},
        )
    log.info("message_finished", message_id=str(message.id), state=state.value, transport=transport)


def _address(message: Message, now: datetime) -> tuple[str, str]:
    if message.recipient_kind == RecipientKind.UNIT:
        unit = find_unit(message.recipient_id)
        return "mail", unit.email if unit else ""
    try:
        contact = get_contact(message.recipient_id, viewer=SYSTEM, now=now, reason=f"message {message.template}")
    except ContactNotFound:
        return "mail", ""
    if contact.phone and (message.sealed_values or not contact.email):
        return "sms", contact.phone
    return "mail", contact.email


def _adapter(transport: str) -> Adapter:
    settings = get_settings()
    kind = settings.sms_adapter if transport == "sms" else settings.mail_adapter
    if kind == "console":
        return ConsoleAdapter()
    if kind == "smtp":
        return SmtpAdapter(settings.smtp_url, settings.mail_from)
    return FileAdapter(settings.home / "outbox" / transport, settings.mail_from)


def _letter(message: Message, address: str) -> Letter:
    template = get_template(message.template)
    values: Mapping[str, str] = {**message.values, **_secrets(message)}
    with override(message.language):
        parts = [str(part) % values for part in (template.body, template.footer) if part]
        subject = str(template.subject) % values
    host = get_settings().mail_from.partition("@")[2] or "localhost"
    return Letter(f"<{message.id}@{host}>", address, subject, "\n\n".join(parts))


def _secrets(message: Message) -> Mapping[str, str]:
    if message.sealed_values is None:
        return {}
    secrets: dict[str, str] = json.loads(_cipher(message.id).decrypt(NONCE, bytes(message.sealed_values), None))
    return secrets


def _cipher(message_id: UUID) -> AESGCM:
    return AESGCM(key_for(f"message/{message_id}"))
