from django.db import models

from yiwang.foundation.kernel.ids import new_id


class StoredFile(models.Model):
    """A photo that belongs to something (``subject_kind``, ``subject_id``); content lies in the file store under its
    id."""

    id = models.UUIDField(primary_key=True, default=new_id)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    name = models.CharField(max_length=120)
    content_type = models.CharField(max_length=60)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    width_px = models.PositiveIntegerField()
    height_px = models.PositiveIntegerField()
    created_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["subject_id"], name="files_subject")]

    @property
    def storage_name(self) -> str:
        """Where the content lies in the store: two levels of folders from the random end of the id."""
        text = self.id.hex
        return f"{text[-2:]}/{text[-4:-2]}/{text}.jpg"
