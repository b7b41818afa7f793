from django.db import models

from yiwang.foundation.kernel.ids import new_id


class InstalledPack(models.Model):
    """A pack as it was last installed; ``digest`` is SHA-256 over its files, so an unchanged pack is skipped."""

    id = models.UUIDField(primary_key=True, default=new_id)
    pack_id = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=20)
    version = models.CharField(max_length=30)
    digest = models.CharField(max_length=64)
    manifest = models.JSONField()
    # What each part said, for comparison and export; empty for packs installed before this was kept.
    contents = models.JSONField(default=dict, db_default={})
    installed_at = models.DateTimeField()
