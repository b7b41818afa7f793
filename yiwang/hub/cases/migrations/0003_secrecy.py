from django.db import migrations, models


class Migration(migrations.Migration):
    """Whether an identity is hidden becomes one of three levels of secrecy."""

    dependencies = [("cases", "0002_history_and_numbers")]

    operations = [
        migrations.AddField("case", "secrecy", models.CharField(default="none", max_length=20)),
        migrations.RunSQL(
            "UPDATE cases_case SET secrecy = 'hide_identity' WHERE hide_identity",
            "UPDATE cases_case SET hide_identity = true WHERE secrecy <> 'none'",
        ),
        migrations.RemoveField("case", "hide_identity"),
        migrations.AddConstraint(
            "case",
            models.CheckConstraint(
                condition=models.Q(secrecy__in=["none", "hide_identity", "confidential"]), name="cases_secrecy_known"
            ),
        ),
    ]
