from typing import cast

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import BrinIndex
from django.db import models
from django.db.models.functions import Now

from yiwang.foundation.audit.checkpoints import Checkpoint
from yiwang.foundation.audit.merkle import HASH_BYTES, Range
from yiwang.foundation.kernel.fields import TransactionIdDefault
from yiwang.foundation.kernel.settings import HashName


class AuditLeaf(models.Model):
    """One change or one read of personal data; append-only (a trigger refuses DELETE, and UPDATE but for erasing).

    ``seq`` may commit out of order, ``xid`` is the writing transaction: sealing stays below the oldest running one.
    ``commitment`` stands for all that could name people (leaves.commit); erasing takes ``nonce`` and these columns.
    """

    seq = models.BigAutoField(primary_key=True)
    xid = models.BigIntegerField(db_default=TransactionIdDefault())
    at = models.DateTimeField(db_default=Now())
    actor_kind = models.CharField(max_length=20)
    actor_id = models.UUIDField(null=True)
    action = models.CharField(max_length=60)
    subject_kind = models.CharField(max_length=30)
    subject_id = models.UUIDField()
    nonce = models.BinaryField(max_length=16, null=True)
    commitment = models.BinaryField(max_length=32)
    detail = models.JSONField(default=dict)
    reason = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["subject_id", "seq"], name="audit_subject"),
            models.Index(fields=["xid", "seq"], name="audit_order"),
            # People, not programs, are what auditors look for; the many leaves of programs cost nothing here.
            models.Index(fields=["actor_id", "-seq"], name="audit_actor", condition=models.Q(actor_id__isnull=False)),
            models.Index(fields=["action", "-seq"], name="audit_action"),
            BrinIndex(fields=["at"], name="audit_at"),
        ]


class AuditTile(models.Model):
    """256 leaves of the tree in their order (the last tile may have fewer): their numbers and their hashes.

    ``root`` is of the full tile, a whole subtree; empty before.
    """

    index = models.BigIntegerField(primary_key=True)
    seqs = ArrayField(models.BigIntegerField())
    hashes = models.BinaryField()
    root = models.BinaryField(max_length=32, default=b"")

    @property
    def nodes(self) -> list[bytes]:
        """The hashes, one by one."""
        whole = bytes(self.hashes)
        return [whole[start : start + HASH_BYTES] for start in range(0, len(whole), HASH_BYTES)]


class AuditCheckpoint(models.Model):
    """A signed statement about the tree, and where sealing goes on from there.

    ``last_xid``, ``last_seq``: the last leaf in the order of sealing. All up to ``floor_seq`` are sealed whatever their
    transaction, because ``cluster`` (the database's own identity) was another one then: a backup was put back.
    """

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    hash_name = models.CharField(max_length=10)
    previous = models.BinaryField(max_length=32)
    key_version = models.PositiveSmallIntegerField()
    signature = models.BinaryField(max_length=64)
    tile_roots = models.BinaryField()
    last_xid = models.BigIntegerField()
    last_seq = models.BigIntegerField()
    floor_seq = models.BigIntegerField()
    cluster = models.CharField(max_length=40)

    def statement(self) -> Checkpoint:
        """What was signed."""
        return Checkpoint(
            size=self.size,
            root=bytes(self.root),
            at=self.at,
            hash_name=cast(HashName, self.hash_name),
            previous=bytes(self.previous),
            key_version=self.key_version,
            signature=bytes(self.signature),
        )

    def full_tiles(self, tile: int) -> Range:
        """The tree over the full tiles, to go on from."""
        whole = bytes(self.tile_roots)
        roots = tuple(whole[start : start + HASH_BYTES] for start in range(0, len(whole), HASH_BYTES))
        return Range(self.size // tile, roots)
