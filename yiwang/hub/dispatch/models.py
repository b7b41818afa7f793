from django.db import models

from yiwang.foundation.kernel.ids import new_id


class DispatchRule(models.Model):
    """One ordered rule: under these conditions, to this unit. ``set_aside`` tells why a broken rule is not used."""

    id = models.UUIDField(primary_key=True, default=new_id)
    key = models.CharField(max_length=80, unique=True)
    position = models.PositiveIntegerField()
    names = models.JSONField()
    condition = models.JSONField()
    target = models.JSONField()
    source = models.JSONField(default=dict)
    pack = models.CharField(max_length=60)
    is_active = models.BooleanField(default=True)
    set_aside = models.CharField(max_length=300, blank=True, default="")
    valid_from = models.DateField(null=True)
    valid_to = models.DateField(null=True)
