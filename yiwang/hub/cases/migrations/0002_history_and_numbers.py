from django.db import migrations

CREATE = """
CREATE SEQUENCE cases_number_seq INCREMENT BY 50;
CREATE TRIGGER cases_history_append_only BEFORE UPDATE OR DELETE ON cases_caseevent
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
"""
DROP = """
DROP TRIGGER cases_history_append_only ON cases_caseevent;
DROP SEQUENCE cases_number_seq;
"""


class Migration(migrations.Migration):
    """Case numbers in blocks of 50; a history that can only grow."""

    dependencies = [("cases", "0001_initial"), ("kernel", "0002_append_only")]
    operations = [migrations.RunSQL(CREATE, DROP)]
