from django.db import models

from yiwang.foundation.kernel.ids import new_id


class Unit(models.Model):
    """One organisation of the city's tree; temporal."""

    id = models.UUIDField(primary_key=True, default=new_id)
    code = models.CharField(max_length=80, unique=True)
    names = models.JSONField()
    kind = models.CharField(max_length=30)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    area = models.ForeignKey("places.Area", null=True, on_delete=models.PROTECT, related_name="+")
    email = models.EmailField(blank=True, default="")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
    source = models.JSONField(default=dict)
