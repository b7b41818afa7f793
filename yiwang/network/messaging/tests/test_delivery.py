"""A message is delivered once, tried a bounded number of times, and always ends in a state people can see."""

from datetime import UTC, datetime, timedelta

import pytest

from yiwang.foundation.kernel.errors import Unauthenticated
from yiwang.foundation.kernel.settings import get_settings
from yiwang.foundation.kernel.viewer import ANONYMOUS, SYSTEM
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
    assert [services.deliver_waiting(now=NOW) for _ in range(2)] == [1, 0]
    message.refresh_from_db()
    assert (message.state, message.attempts, message.transport) == ("sent", 1, "mail")
    letter = get_settings().home / "outbox" / "mail" / f"{message.id}.eml"
    assert "wang@example.invalid" in letter.read_text()
    assert letter.stat().st_mode & 0o077 == 0


def test_secrets_are_sealed_while_they_wait_and_forgotten_once_sent(city):
    message = send(ContactDetails(phone="13800138000", email="wang@example.invalid"), secrets={"code": "123456"})
    assert b"123456" not in bytes(message.sealed_values)
    services.deliver_waiting(now=NOW)
    message.refresh_from_db()
    assert message.sealed_values is None
    assert message.transport == "sms"
    assert "123456" in (get_settings().home / "outbox" / "sms" / f"{message.id}.eml").read_text()


def test_a_failing_way_is_tried_after_growing_pauses_and_then_shown_as_failed(city, monkeypatch):
    monkeypatch.setattr(services, "_adapter", lambda transport: Refusing())
    message, at, pauses = send(ContactDetails(email="wang@example.invalid")), NOW, []
    while message.state == "queued":
        services.deliver_waiting(now=at)
        message.refresh_from_db()
        pauses.append(message.next_attempt_at - at)
        services.deliver_waiting(now=message.next_attempt_at - timedelta(seconds=1))
        at = message.next_attempt_at
    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == ("failed", services.MOST_ATTEMPTS, "no route")
    assert pauses[:3] == [timedelta(seconds=2), timedelta(seconds=4), timedelta(seconds=8)]
    assert max(pauses) == services.LONGEST_PAUSE


def test_failed_messages_are_tried_again_when_somebody_says_so(city, monkeypatch):
    message = send(ContactDetails(email="wang@example.invalid"))
    Message.objects.update(state="failed", attempts=services.MOST_ATTEMPTS)
    with pytest.raises(Unauthenticated):
        services.retry_failed_messages(viewer=ANONYMOUS, now=NOW)
    assert services.retry_failed_messages(viewer=SYSTEM, now=NOW) == 1
    services.deliver_waiting(now=NOW)
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("sent", 1)
    assert services.retry_failed_messages(viewer=SYSTEM, now=NOW) == 0


def test_a_way_that_is_away_does_not_cost_a_timeout_for_each_message(city, monkeypatch):
    tried = []

    class Away(Refusing):
        def deliver(self, letter):
            tried.append(letter.message_id)
            super().deliver(letter)

    monkeypatch.setattr(services, "_adapter", lambda transport: Away())
    contact_id = keep_contact(ContactDetails(email="wang@example.invalid"), now=NOW)
    for number in range(10):
        values = {"name": "Wang", "code": "-"}
        new = NewMessage(f"greeting:{number}", RecipientKind.CONTACT, contact_id, "greeting", values, "en")
        services.send_message(new, now=NOW)
    assert services.deliver_waiting(now=NOW) == 0
    assert len(tried) == services.ENOUGH_FAILURES


def test_without_an_address_a_message_is_skipped_and_says_so(city):
    message = send(ContactDetails(name="Wang"))
    services.deliver_waiting(now=NOW)
    message.refresh_from_db()
    assert message.state == "skipped"
    assert message.last_error
