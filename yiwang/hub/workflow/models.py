from django.db import models

from yiwang.foundation.kernel.ids import new_id


class ClockLimit(models.Model):
    """A time limit of the city: kind of clock × matter type, with the document and article it comes from."""

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=20)
    matter_type = models.CharField(max_length=40)
    amount = models.PositiveIntegerField()
    unit = models.CharField(max_length=20)
    count_rule = models.CharField(max_length=40)
    document = models.CharField(max_length=300)
    article = models.CharField(max_length=200)
    valid_from = models.DateField(null=True)
    pack = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "matter_type", "valid_from"], name="workflow_limit_unique", nulls_distinct=False
            )
        ]
