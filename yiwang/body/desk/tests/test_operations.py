"""The machine room shows what went wrong and lets people with the right start it again."""

from datetime import timedelta

import pytest

from yiwang.foundation.kernel.clock import now
from yiwang.network.messaging.errors import DeliveryFailed
from yiwang.network.messaging.selectors import count_messages
from yiwang.network.messaging.services import deliver_waiting, send_message
from yiwang.network.messaging.types import MessageState, NewMessage, RecipientKind

pytestmark = pytest.mark.django_db


class Away:
    """A way out that leads nowhere."""

    def deliver(self, letter):
        raise DeliveryFailed(reason="SMTPServerDisconnected")


@pytest.fixture
def given_up(city, staff, monkeypatch):
    """A message that was tried in vain."""
    start, unit = now(), staff.units[0]
    values = {"number": "C1", "title": "x", "due": "x", "desk_url": "x"}
    send_message(NewMessage("case_assigned:1", RecipientKind.UNIT, unit.id, "case_assigned", values, "en"), now=start)
    with monkeypatch.context() as broken:
        broken.setattr("yiwang.network.messaging.services._adapter", lambda transport: Away())
        for day in range(20):
            deliver_waiting(now=start + timedelta(days=day))
    assert count_messages(MessageState.FAILED) == 1


def test_messages_given_up_are_shown_with_the_reason_and_tried_again(staff, given_up):
    page = staff.technician.get("/desk/operations")
    assert "SMTPServerDisconnected" in page.text
    answer = staff.technician.post("/desk/operations/messages/retry", follow=True)
    assert "1 message will be tried again" in answer.text
    assert "SMTPServerDisconnected" not in answer.text
    assert deliver_waiting(now=now()) == 1
    assert count_messages(MessageState.SENT) == 1


def test_only_who_may_retry_can(staff, given_up):
    assert staff.handler.post("/desk/operations/messages/retry").status_code == 403
    assert count_messages(MessageState.FAILED) == 1
