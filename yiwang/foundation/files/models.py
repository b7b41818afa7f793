from typing import cast

from django.db import models
from django.db.models.functions import Now

from yiwang.foundation.files.formats import Kind
from yiwang.foundation.files.stores import get_store
from yiwang.foundation.files.types import FileState
from yiwang.foundation.kernel.ids import new_id
from yiwang.foundation.kernel.sealing import Sealed, decrypt, seal, unseal
from yiwang.foundation.kernel.settings import CipherName

KEY_PURPOSE = "file-original"


class StoredFile(models.Model):
    """A file that belongs to something (``subject_kind``, ``subject_id``), as it may be shown; its content lies in the
    store under ``blob``."""

    id = models.UUIDField(primary_key=True, default=new_id)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, default=Kind.PHOTO.value, db_default=Kind.PHOTO.value)
    content_type = models.CharField(max_length=100)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    width_px = models.PositiveIntegerField()
    height_px = models.PositiveIntegerField()
    blob = models.CharField(max_length=80, db_default="")
    state = models.CharField(max_length=12, default=FileState.NOT_SCANNED.value, db_default=FileState.NOT_SCANNED.value)
    scan_attempts = models.PositiveSmallIntegerField(default=0, db_default=0)
    next_scan_at = models.DateTimeField(db_default=Now())
    scanned_at = models.DateTimeField(null=True)
    scan_note = models.CharField(max_length=200, blank=True, default="", db_default="")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=[state.value for state in FileState]), name="files_state"
            )
        ]
        indexes = [
            models.Index(fields=["subject_id"], name="files_subject"),
            models.Index(fields=["blob"], name="files_blob"),
            models.Index(fields=["created_at"], name="files_created"),
            # Few among many; the scanner and the checks look for them often.
            models.Index(
                fields=["state", "id"],
                name="files_unsettled",
                condition=models.Q(
                    state__in=[FileState.PENDING.value, FileState.FAILED.value, FileState.INFECTED.value]
                ),
            ),
        ]


class SealedOriginal(models.Model):
    """A file as it was sent, encrypted under a key of its own, which is sealed under the city's; bound to the row's
    id."""

    id = models.UUIDField(primary_key=True, default=new_id)
    file = models.OneToOneField(StoredFile, on_delete=models.PROTECT, related_name="+")
    blob = models.CharField(max_length=80)
    content_type = models.CharField(max_length=100)
    suffix = models.CharField(max_length=10)
    size_bytes = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    cipher = models.CharField(max_length=10)
    sealed_key = models.BinaryField()
    key_cipher = models.CharField(max_length=10)
    key_version = models.PositiveSmallIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["blob"], name="files_original_blob"),
            models.Index(fields=["key_version"], name="files_key_version"),
        ]

    def open(self) -> bytes:
        """The file as it was sent. Raises KeysMissing, InvalidTag and OSError."""
        with get_store().open(self.blob) as content:
            return decrypt(content.read(), self._key(), self.file_id.bytes, cast(CipherName, self.cipher))

    def seal_key(self, key: bytes | None = None) -> None:
        """Seals the key of the content, or the one sealed before, under the city's current key and cipher."""
        sealed = seal(self._key() if key is None else key, purpose=KEY_PURPOSE, bound_to=self.file_id.bytes)
        self.sealed_key, self.key_version, self.key_cipher = sealed.body, sealed.version, sealed.cipher

    def _key(self) -> bytes:
        sealed = Sealed(bytes(self.sealed_key), self.key_version, cast(CipherName, self.key_cipher))
        return unseal(sealed, purpose=KEY_PURPOSE, bound_to=self.file_id.bytes)
