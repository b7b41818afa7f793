import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.db import transaction
from django.utils.translation import override

from yiwang.foundation.audit.services import record, record_many
from yiwang.foundation.audit.types import NewLeaf
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.inserting import insert, together, update
from yiwang.foundation.kernel.keys import key_for
from yiwang.foundation.kernel.settings import get_settings
from yiwang.foundation.kernel.viewer import SYSTEM, Viewer
from yiwang.foundation.operations.types import OperationsPermission
from yiwang.foundation.orgs.selectors import find_unit
from yiwang.foundation.people.selectors import get_contacts
from yiwang.foundation.people.types import ContactDetails
from yiwang.network.messaging.contrib.console import ConsoleAdapter
from yiwang.network.messaging.contrib.file import FileAdapter
from yiwang.network.messaging.contrib.smtp import SmtpAdapter
from yiwang.network.messaging.errors import DeliveryFailed
from yiwang.network.messaging.letters import Adapter, Letter
from yiwang.network.messaging.models import Message
from yiwang.network.messaging.types import MessageState, NewMessage, RecipientKind, get_template

log = structlog.get_logger(__name__)
BATCH = 50
MOST_ROUNDS = 20
ENOUGH_FAILURES = 3
# 2, 4, 8 … seconds, then every quarter of an hour: about fifty minutes for a mail server to come back.
MOST_ATTEMPTS = 12
FIRST_PAUSE = timedelta(seconds=2)
LONGEST_PAUSE = timedelta(minutes=15)
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
        next_attempt_at=now,
    )
    if new.secrets:
        message.sealed_values = _cipher(message.id).encrypt(NONCE, json.dumps(dict(new.secrets)).encode(), None)
    insert(message, skip_existing=True)


def deliver_waiting(*, now: datetime) -> int:
    """Delivers the messages that are due, oldest first, in transactions of fifty; returns how many were finished.

    A failed delivery is noted and tried again after a growing pause; after the last attempt the message stays
    ``failed`` for people to see. A crash in the middle may repeat deliveries, with the same message ids.
    """
    finished = 0
    for _round in range(MOST_ROUNDS):
        with transaction.atomic(), together():
            of_round = _deliver_batch(now)
        finished += of_round
        if of_round < BATCH:
            break
    return finished


def _deliver_batch(now: datetime) -> int:
    due = Message.objects.filter(state=MessageState.QUEUED.value, next_attempt_at__lte=now).order_by("id")
    messages = list(due.select_for_update(skip_locked=True)[:BATCH])
    ways = _ways(messages, now)
    leaves: list[NewLeaf] = []
    finished = failures = 0
    for message in messages:
        # A server that is away costs a timeout each time; the rest of the batch waits for the next second instead.
        if failures == ENOUGH_FAILURES:
            break
        leaf = _attempt(message, *ways[message.id], now)
        leaves += [leaf] if leaf else []
        is_finished = message.state != MessageState.QUEUED
        finished, failures = finished + is_finished, 0 if is_finished else failures + 1
    record_many(leaves, viewer=SYSTEM, now=now)
    return finished


def retry_failed_messages(*, viewer: Viewer, now: datetime) -> int:
    """Puts all failed messages back into the queue, to be tried as often as new ones; returns how many.

    Raises NotPermitted.
    """
    viewer.require(OperationsPermission.RETRY)
    with transaction.atomic():
        failed = Message.objects.filter(state=MessageState.FAILED.value)
        count = failed.update(state=MessageState.QUEUED.value, attempts=0, next_attempt_at=now)
        if count:
            record(
                "messaging.messages_retried",
                viewer=viewer,
                subject_kind="messages",
                subject_id=new_id(),
                now=now,
                detail={"count": count},
            )
    return count


def _ways(messages: Sequence[Message], now: datetime) -> Mapping[UUID, tuple[str, str]]:
    """Transport and address of each message, an empty address where there is none."""
    wanted = {
        message.recipient_id: f"message {message.template}"
        for message in messages
        if message.recipient_kind == RecipientKind.CONTACT
    }
    contacts = get_contacts(wanted, viewer=SYSTEM, now=now)
    return {message.id: _way(message, contacts.get(message.recipient_id)) for message in messages}


def _way(message: Message, contact: ContactDetails | None) -> tuple[str, str]:
    if message.recipient_kind == RecipientKind.UNIT:
        unit = find_unit(message.recipient_id)
        return "mail", unit.email if unit else ""
    if contact is None:
        return "mail", ""
    if contact.phone and (message.sealed_values or not contact.email):
        return "sms", contact.phone
    return "mail", contact.email


def _attempt(message: Message, transport: str, address: str, now: datetime) -> NewLeaf | None:
    """Tries once and writes how it went; the leaf for the trail once the message is sent or given up."""
    message.attempts += 1
    message.transport = transport
    if not address:
        return _finish(message, MessageState.SKIPPED, now, error="the recipient left no address for this way")
    try:
        _adapter(transport).deliver(_letter(message, address))
    except DeliveryFailed as error:
        reason = str(error.params.get("reason", ""))
        if message.attempts >= MOST_ATTEMPTS:
            return _finish(message, MessageState.FAILED, now, error=reason)
        message.last_error = reason[:300]
        message.next_attempt_at = now + min(FIRST_PAUSE * 2 ** (message.attempts - 1), LONGEST_PAUSE)
        update(message, ["attempts", "transport", "last_error", "next_attempt_at"])
        return None
    return _finish(message, MessageState.SENT, now)


def _finish(message: Message, state: MessageState, now: datetime, *, error: str = "") -> NewLeaf | None:
    message.state, message.last_error = state.value, error[:300]
    message.sent_at = now if state is MessageState.SENT else None
    if state is not MessageState.FAILED:  # people may have a failed one tried again, with all it says
        message.sealed_values = None
    update(message, ["state", "attempts", "transport", "last_error", "sent_at", "sealed_values"])
    log.info("message_finished", message_id=str(message.id), state=state.value, transport=message.transport)
    if state is MessageState.SKIPPED:
        return None
    action = "messaging.message_failed" if state is MessageState.FAILED else "messaging.message_sent"
    detail = {"template": message.template, "transport": message.transport, "attempts": message.attempts}
    return NewLeaf(action, "message", message.id, detail)


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


@transaction.atomic
def erase_messages_before(moment: datetime, limit: int) -> int:
    """Deletes at most ``limit`` messages queued before ``moment``, sent or not; returns how many."""
    old = Message.objects.filter(queued_at__lt=moment).order_by("id").values_list("id", flat=True)
    return Message.objects.filter(id__in=list(old[:limit])).delete()[0]
