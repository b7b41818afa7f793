from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from yiwang.foundation.kernel.ids import new_id


class PublicCase(models.Model):
    """The words of a case as the public reads them: a copy of the moment they were released, masked."""

    id = models.UUIDField(primary_key=True, default=new_id)
    case = models.OneToOneField("cases.Case", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    text = models.TextField(blank=True, default="")
    reply = models.TextField(blank=True, default="")
    released_at = models.DateTimeField()
    released_by = models.UUIDField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True) | ~models.Q(withdrawal=""),
                name="publication_withdrawal_has_reason",
            )
        ]
        indexes = [
            models.Index(
                fields=["-released_at", "-id"],
                name="publication_newest",
                condition=models.Q(withdrawn_at__isnull=True),
            ),
            BrinIndex(fields=["released_at"], name="publication_released_at"),
        ]


class PublicPhoto(models.Model):
    """A photo of a case, ``file_id`` of its report, that a person made fit for the public; the copy with the boxes in
    it is the file of this row."""

    id = models.UUIDField(primary_key=True, default=new_id)
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="+")
    file_id = models.UUIDField()
    # [[left, top, width, height], …] in percent.
    boxes = models.JSONField(default=list)
    redacted_at = models.DateTimeField()
    redacted_by = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["case", "file_id"], name="publication_photo_once")]
