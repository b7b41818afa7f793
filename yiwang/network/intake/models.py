from django.db import models

from yiwang.foundation.kernel.ids import new_id


class Report(models.Model):
    """A report as it came in; never changed, only emptied after its period.

    The point is WGS84; what was sent is kept in ``sent_point``.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    receipt = models.CharField(max_length=24, unique=True)
    received_at = models.DateTimeField()
    acceptance_due = models.DateTimeField()
    source = models.CharField(max_length=40)
    external_id = models.CharField(max_length=120, null=True)
    idempotency_key = models.CharField(max_length=200, null=True)
    body_digest = models.BinaryField(max_length=32)
    text = models.TextField()
    title = models.CharField(max_length=200, blank=True, default="")
    lon = models.FloatField(null=True)
    lat = models.FloatField(null=True)
    sent_point = models.JSONField(null=True)
    address = models.CharField(max_length=300, blank=True, default="")
    area = models.ForeignKey("places.Area", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    contact = models.ForeignKey("people.Contact", null=True, on_delete=models.PROTECT, related_name="+")
    category = models.ForeignKey("codes.Code", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    matter_type = models.CharField(max_length=40, null=True)
    channel = models.CharField(max_length=40)
    occurred_at = models.DateTimeField(null=True)
    hide_identity = models.BooleanField(default=False)
    language = models.CharField(max_length=10)
    secret_version = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "external_id"], name="intake_external_once"),
            models.UniqueConstraint(fields=["source", "idempotency_key"], name="intake_idempotent"),
        ]


class PhoneCode(models.Model):
    """A one-time code sent to a phone to find lost receipts; only its keyed digest is stored."""

    id = models.UUIDField(primary_key=True, default=new_id)
    phone_index = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)
    attempts_left = models.PositiveSmallIntegerField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["phone_index"], name="intake_code_phone")]


class RateWindow(models.Model):
    """How often a source has acted in the present window; rows are replaced, never kept."""

    key = models.CharField(max_length=120, primary_key=True)
    window = models.BigIntegerField()
    count = models.PositiveIntegerField()
