from django.db import models

from yiwang.foundation.kernel.ids import new_id


class Area(models.Model):
    """One division at any depth; temporal. The shape is WGS84 WKB; what was delivered is kept with its datum."""

    id = models.UUIDField(primary_key=True, default=new_id)
    level = models.CharField(max_length=30)
    code = models.CharField(max_length=60)
    names = models.JSONField()
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    shape = models.BinaryField(null=True)
    delivered_shape = models.JSONField(null=True)
    delivered_datum = models.CharField(max_length=10, blank=True, default="")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    source = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="places_area_unique", nulls_distinct=False)
        ]
