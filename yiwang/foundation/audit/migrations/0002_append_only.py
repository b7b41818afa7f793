from django.db import migrations

CREATE = """
CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit_auditleaf
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
"""


class Migration(migrations.Migration):
    """The trail can only grow."""

    dependencies = [("audit", "0001_initial"), ("kernel", "0002_append_only")]
    operations = [migrations.RunSQL(CREATE, "DROP TRIGGER audit_append_only ON audit_auditleaf")]
