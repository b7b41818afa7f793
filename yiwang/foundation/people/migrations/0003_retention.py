import django.contrib.postgres.indexes
from django.db import migrations


class Migration(migrations.Migration):
    """How long contacts are kept is the city's to say, not each row's."""

    dependencies = [("people", "0002_key_versions")]

    operations = [
        migrations.RemoveIndex("contact", "people_retain_until"),
        migrations.RemoveField("contact", "retain_until"),
        migrations.AddIndex(
            "contact",
            django.contrib.postgres.indexes.BrinIndex(fields=["created_at"], name="people_created_at"),
        ),
    ]
