from django.db import models
from django.db.models.functions import Now

from yiwang.foundation.kernel.fields import TransactionIdDefault


class AuditLeaf(models.Model):
    """One change or one read of personal data; append-only (a trigger refuses UPDATE and DELETE).

    ``seq`` may commit out of order, ``xid`` is the writing transaction: sealing stays below the oldest running one.
    ``commitment`` is HMAC(subject id): what is hashed and published later names no person, and erasing the key
    erases the link.
    """

    seq = models.BigAutoField(primary_key=True)
    xid = models.BigIntegerField(db_default=TransactionIdDefault())
    at = models.DateTimeField(db_default=Now())
    actor_kind = models.CharField(max_length=20)
    actor_id = models.UUIDField(null=True)
    action = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    commitment = models.BinaryField(max_length=32)
    detail = models.JSONField(default=dict)
    reason = models.TextField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["subject_id", "seq"], name="audit_subject")]
