"""A message is delivered once, tried a bounded number of times, and always ends in a state people can see."""

from datetime import UTC, datetime

import pytest

from yiwang.foundation.kernel.settings import get_settings
from yiwang.foundation.people.services import keep_contact
from yiwang.foundation.people.types import ContactDetails
from yiwang.network.messaging import services
from yiwang.network.messaging.errors import DeliveryFailed
from yiwang.network.messaging.models import Message
from yiwang.network.messaging.types import NewMessage, RecipientKind, Template, register_template

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
register_template(Template("greeting", "Hello %(name)s", "Your code is %(code)s.", "Bye"))


def send(contact, key="greeting:1", secrets=None):
    contact_id = keep_contact(contact, now=NOW)
    values = {"name": "Wang", "code": "-"} if secrets is None else {"name": "Wang"}
    new = NewMessage(key, RecipientKind.CONTACT, contact_id, "greeting", values, "en", secrets or {})
    for _ in range(2):
        services.send_message(new, now=NOW)
    return Message.objects.get()


class Refusing:
    """An adapter that never gets through."""

    def deliver(self, letter):
        raise DeliveryFailed(reason="no route")


def test_a_letter_is_written_once_however_often_it_is_asked_for(city):
    message = send(ContactDetails(email="wang@example.invalid"))
    for _ in range(2):
        services.deliver_message(message.id, now=NOW)
    message.refresh_from_db()
    assert (message.state, message.attempts, message.transport) == ("sent", 1, "mail")
    letter = get_settings().home / "outbox" / "mail" / f"{message.id}.eml"
    assert "wang@example.invalid" in letter.read_text()
    assert letter.stat().st_mode & 0o077 == 0


def test_secrets_are_sealed_while_they_wait_and_forgotten_once_sent(city):
    message = send(ContactDetails(phone="13800138000", email="wang@example.invalid"), secrets={"code": "123456"})
    assert b"123456" not in bytes(message.sealed_values)
    services.deliver_message(message.id, now=NOW)
    message.refresh_from_db()
    assert message.sealed_values is None
    assert message.transport == "sms"
    assert "123456" in (get_settings().home / "outbox" / "sms" / f"{message.id}.eml").read_text()


def test_a_failing_way_is_tried_a_few_times_and_then_shown_as_failed(city, monkeypatch):
    monkeypatch.setattr(services, "_adapter", lambda transport: Refusing())
    message = send(ContactDetails(email="wang@example.invalid"))
    for _ in range(services.MOST_ATTEMPTS - 1):
        with pytest.raises(DeliveryFailed):
            services.deliver_message(message.id, now=NOW)
    services.deliver_message(message.id, now=NOW)
    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == ("failed", services.MOST_ATTEMPTS, "no route")


def test_without_an_address_a_message_is_skipped_and_says_so(city):
    message = send(ContactDetails(name="Wang"))
    services.deliver_message(message.id, now=NOW)
    message.refresh_from_db()
    assert message.state == "skipped"
    assert message.last_error
