from django.db import migrations


class Migration(migrations.Migration):
    """Receipt numbers in blocks of 50."""

    dependencies = [("intake", "0001_initial")]
    operations = [
        migrations.RunSQL("CREATE SEQUENCE intake_receipt_seq INCREMENT BY 50", "DROP SEQUENCE intake_receipt_seq")
    ]
