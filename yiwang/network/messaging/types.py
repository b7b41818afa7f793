from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yiwang.foundation.audit.types import register_actions


class RecipientKind(StrEnum):
    """What ``recipient_id`` is the id of."""

    CONTACT = "contact"
    UNIT = "unit"


class MessageState(StrEnum):
    """How far a message got; sent, failed and skipped are final and visible."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class NewMessage:
    """A message to one recipient about one event. ``key`` (subject + event) makes it exist once per recipient.

    ``template`` names a registered text; ``values`` fill it: numbers, dates, links, never contact data. ``secrets``
    fill
    it too, but are stored encrypted and forgotten once the message is sent.
    """

    key: str
    recipient_kind: RecipientKind
    recipient_id: UUID
    template: str
    values: Mapping[str, str]
    language: str
    secrets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class MessageRow:
    """A message as staff see it on a case."""

    id: UUID
    recipient_kind: RecipientKind
    template: str
    state: MessageState
    attempts: int
    queued_at: datetime
    sent_at: datetime | None
    last_error: str


Text = str | Promise


@dataclass(frozen=True)
class Template:
    """A registered text: subject, body and closing line, with ``%(name)s`` places, translated when sent."""

    name: str
    subject: Text
    body: Text
    footer: Text = ""


_templates: dict[str, Template] = {}


def register_template(template: Template) -> None:
    """Makes a text known under its name. Called at import by the app that sends it."""
    _templates[template.name] = template


def get_template(name: str) -> Template:
    """The text with this name. Raises KeyError for one nobody registered."""
    return _templates[name]


register_actions(
    {
        "messaging.message_sent": _("A message was sent"),
        "messaging.message_failed": _("A message could not be sent"),
        "messaging.messages_retried": _("Failed messages were put back into the queue"),
    }
)
