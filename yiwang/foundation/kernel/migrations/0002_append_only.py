from django.db import migrations

CREATE = """
CREATE FUNCTION kernel_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    """The function behind every append-only table."""

    dependencies = [("kernel", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, "DROP FUNCTION kernel_append_only()")]
