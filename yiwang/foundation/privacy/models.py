from django.db import models

from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.privacy.types import Decision


class FindingDecision(models.Model):
    """What a person decided about one finding in one text of a record; another text, another decision.

    The text itself stays with its owner; here is only its digest, so that a decision never outlives what it was about.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    part = models.CharField(max_length=40)
    text_digest = models.BinaryField(max_length=32)
    kind = models.CharField(max_length=20)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    decision = models.CharField(max_length=10)
    reason = models.CharField(max_length=500, blank=True, default="")
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["subject_id", "subject_kind", "part", "text_digest", "kind", "start", "end"],
                name="privacy_decided_once",
            ),
            models.CheckConstraint(condition=models.Q(decision__in=list(Decision)), name="privacy_decision_known"),
            models.CheckConstraint(
                condition=~models.Q(decision="waived") | ~models.Q(reason=""), name="privacy_waived_has_reason"
            ),
            models.CheckConstraint(condition=models.Q(start__lt=models.F("end")), name="privacy_span_in_order"),
        ]
        indexes = [models.Index(fields=["decided_at"], name="privacy_decided_at")]
