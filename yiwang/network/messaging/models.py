from django.db import models
from django.db.models.functions import Now

from yiwang.foundation.kernel.ids import new_id
from yiwang.network.messaging.types import MessageState


class Message(models.Model):
    """The outbox: one row per recipient and event. Addresses are looked up when it is sent, never stored here."""

    id = models.UUIDField(primary_key=True, default=new_id)
    key = models.CharField(max_length=100)
    recipient_kind = models.CharField(max_length=20)
    recipient_id = models.UUIDField()
    template = models.CharField(max_length=60)
    values = models.JSONField(default=dict)
    sealed_values = models.BinaryField(null=True)
    transport = models.CharField(max_length=10, blank=True, default="")
    language = models.CharField(max_length=10)
    state = models.CharField(max_length=10, default=MessageState.QUEUED.value)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True, default="")
    queued_at = models.DateTimeField()
    next_attempt_at = models.DateTimeField(db_default=Now())
    sent_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key", "recipient_id"], name="messaging_once")]
        # Waiting and failed messages are few among many sent ones; delivery, checks and metrics look for them often.
        indexes = [
            models.Index(
                fields=["state", "id"], name="messaging_not_sent", condition=models.Q(state__in=["queued", "failed"])
            )
        ]
