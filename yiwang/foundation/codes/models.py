from django.db import models

from yiwang.foundation.kernel.ids import new_id


class Code(models.Model):
    """One entry of a hierarchical, temporal code list (categories, matter types, channels)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    kind = models.CharField(max_length=20)
    system = models.CharField(max_length=40)
    code = models.CharField(max_length=200)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    names = models.JSONField()
    words = models.JSONField(default=dict)
    attributes = models.JSONField(default=dict)
    position = models.PositiveIntegerField(default=0)
    is_default = models.BooleanField(default=False)
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    source = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "system", "code"], name="codes_unique"),
            models.CheckConstraint(
                condition=models.Q(valid_to__gt=models.F("valid_from"))
                | models.Q(valid_to=None)
                | models.Q(valid_from=None),
                name="codes_valid_order",
            ),
        ]
