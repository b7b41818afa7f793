from django.db import migrations

# As Django's database cache wants it. Unlogged: what is in it may be lost with a crash, and costs no writing of logs.
CREATE = """
CREATE UNLOGGED TABLE kernel_cache (
    cache_key varchar(255) PRIMARY KEY,
    value text NOT NULL,
    expires timestamptz NOT NULL
);
CREATE INDEX kernel_cache_expires ON kernel_cache (expires);
"""


class Migration(migrations.Migration):
    """What all nodes must remember together for some minutes: wrong codes, and codes that were used."""

    dependencies = [("kernel", "0002_append_only")]
    operations = [migrations.RunSQL(CREATE, "DROP TABLE kernel_cache")]
