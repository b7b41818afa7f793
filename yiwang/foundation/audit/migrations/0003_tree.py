import os

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

from yiwang.foundation.audit.leaves import NONCE_BYTES, commit

ERASING = """
DROP TRIGGER audit_append_only ON audit_auditleaf;
CREATE FUNCTION audit_only_erasing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.nonce IS NULL AND NEW.actor_id IS NULL AND NEW.reason = '' AND NEW.detail = '{}'
        AND NEW.subject_id = '00000000-0000-0000-0000-000000000000'
        AND (NEW.seq, NEW.xid, NEW.at, NEW.actor_kind, NEW.action, NEW.subject_kind, NEW.commitment)
            IS NOT DISTINCT FROM
            (OLD.seq, OLD.xid, OLD.at, OLD.actor_kind, OLD.action, OLD.subject_kind, OLD.commitment)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rows of % are append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit_auditleaf
    FOR EACH ROW EXECUTE FUNCTION audit_only_erasing();
"""
NOTHING = """
DROP TRIGGER audit_append_only ON audit_auditleaf;
DROP FUNCTION audit_only_erasing;
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit_auditleaf
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
"""


def commit_again(apps, schema_editor):
    """Leaves from before the tree commit to all that could name people, not to the subject alone."""
    leaves = apps.get_model("audit", "AuditLeaf").objects
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_auditleaf DISABLE TRIGGER audit_append_only")
        for leaf in leaves.filter(nonce=None).iterator():
            nonce = os.urandom(NONCE_BYTES)
            private = {"subject_id": leaf.subject_id, "actor_id": leaf.actor_id, "reason": leaf.reason}
            commitment = commit(nonce, **private, detail=leaf.detail)
            leaves.filter(seq=leaf.seq).update(nonce=nonce, commitment=commitment)
        cursor.execute("ALTER TABLE audit_auditleaf ENABLE TRIGGER audit_append_only")


class Migration(migrations.Migration):
    """Commitments with a nonce of their own, the tree in tiles, signed checkpoints."""

    dependencies = [("audit", "0002_append_only")]

    operations = [
        migrations.AddField("auditleaf", "nonce", models.BinaryField(max_length=16, null=True)),
        migrations.RunPython(commit_again, migrations.RunPython.noop),
        migrations.RunSQL(ERASING, NOTHING),
        migrations.AddIndex("auditleaf", models.Index(fields=["xid", "seq"], name="audit_order")),
        migrations.AddIndex(
            "auditleaf",
            models.Index(fields=["actor_id", "-seq"], name="audit_actor", condition=models.Q(actor_id__isnull=False)),
        ),
        migrations.AddIndex("auditleaf", models.Index(fields=["action", "-seq"], name="audit_action")),
        migrations.AddIndex("auditleaf", django.contrib.postgres.indexes.BrinIndex(fields=["at"], name="audit_at")),
        migrations.CreateModel(
            name="AuditTile",
            fields=[
                ("index", models.BigIntegerField(primary_key=True, serialize=False)),
                ("seqs", django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), size=None)),
                ("hashes", models.BinaryField()),
                ("root", models.BinaryField(default=b"", max_length=32)),
            ],
        ),
        migrations.CreateModel(
            name="AuditCheckpoint",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("root", models.BinaryField(max_length=32)),
                ("at", models.DateTimeField()),
                ("hash_name", models.CharField(max_length=10)),
                ("previous", models.BinaryField(max_length=32)),
                ("key_version", models.PositiveSmallIntegerField()),
                ("signature", models.BinaryField(max_length=64)),
                ("tile_roots", models.BinaryField()),
                ("last_xid", models.BigIntegerField()),
                ("last_seq", models.BigIntegerField()),
                ("floor_seq", models.BigIntegerField()),
                ("cluster", models.CharField(max_length=40)),
            ],
        ),
    ]
